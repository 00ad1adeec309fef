//! `cargo xtask fuzz`.

use std::ffi::OsString;

use anyhow::Result;

use crate::process;
use crate::test::FEATURES;

pub const HELP: &str = "
Usage: cargo xtask fuzz NAME... [--seconds S] [--seed N] [--keep]
       cargo xtask fuzz --all [--seconds S] [--seed N] [--keep]

Gives a reader of foreign bytes bytes that nobody meant. One line for each: seconds by the clock and CPU
time spent in the reader, how many inputs, how many different outcomes, the slowest and the largest
input, and panics. An input that panics, takes more
than 2 s of CPU or holds more than 256 MB is saved in fuzz/found/, and the command fails.

Names: photo-header, photo, jpeg, photos-file, records, journal, weights, drawings-file,
drawings-records, snapshot

Options:
  --seconds S  Seconds for each (60)
  --seed N     Where its random numbers begin (1)
  --keep       Add small inputs with new outcomes to fuzz/corpus/, which the tests replay";

pub fn run(arguments: Vec<OsString>) -> Result<()> {
    // As the tests are built, so that burn is compiled once.
    let mut cargo = process::cargo()?;
    cargo.args(["bench", "--workspace", "--exclude=xtask", FEATURES]);
    cargo.args(["--profile=dev", "--bench=fuzz", "--"]);
    process::run(cargo.args(arguments))
}
