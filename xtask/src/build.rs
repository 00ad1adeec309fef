//! `cargo xtask build`.

use std::ffi::OsString;

use anyhow::Result;
use lexopt::prelude::*;

use crate::{prerequisites, site, wasm, weights};

pub const HELP: &str = "
Usage: cargo xtask build [--dev]

Makes pkg/ (the npm package: WebAssembly, JavaScript, types, weights) and www/dist/ (the static
site). What is up to date is left alone. The first time, the networks' module alone takes about ten
minutes.

Options:
  --dev   Keep names and checks in the WebAssembly, and do not shrink it";

pub fn run(arguments: Vec<OsString>) -> Result<()> {
    let mut dev = false;
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("dev") => dev = true,
            other => return Err(other.unexpected().into()),
        }
    }
    everything(dev)?;
    println!("pkg/ and www/dist/ are up to date.");
    Ok(())
}

/// Everything that the page and the package need, in order.
pub fn everything(dev: bool) -> Result<()> {
    prerequisites::check()?;
    wasm::add_target()?;
    site::install_packages()?;
    weights::run()?;
    wasm::build(&wasm::BURN, dev)?;
    wasm::build(&wasm::CORE, dev)?;
    site::build(dev)
}

/// What can be made without burn: the core module alone.
pub fn without_burn() -> Result<()> {
    wasm::build(&wasm::CORE, false)
}
