//! `cargo xtask build`.

use std::ffi::OsString;
use std::panic::resume_unwind;
use std::thread;

use anyhow::Result;
use lexopt::prelude::*;

use crate::{prerequisites, site, supply, wasm, weights};

pub const HELP: &str = "
Usage: cargo xtask build [--dev] [--core]

Makes pkg/ (the npm package: WebAssembly, JavaScript, types, weights) and www/dist/ (the static
site). What is up to date is left alone. The first time, the networks' module alone takes about ten
minutes.

Options:
  --dev   Keep names and checks in the WebAssembly, and do not shrink it
  --core  Leave the networks' module as it is, when it has been built before: for work on the photo
          learner, without burn's minutes";

pub fn run(arguments: Vec<OsString>) -> Result<()> {
    let (mut dev, mut core) = (false, false);
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("dev") => dev = true,
            Long("core") => core = true,
            other => return Err(other.unexpected().into()),
        }
    }
    everything(dev, core)?;
    println!("pkg/ and www/dist/ are up to date.");
    Ok(())
}

/// Everything that the page and the package need, in order; with `core`, a burn module that is
/// there is left as it is, up to date or not.
pub fn everything(dev: bool, core: bool) -> Result<()> {
    prepare(dev)?;
    if !(core && wasm::BURN.is_there()) {
        wasm::build(&wasm::BURN, dev)?;
    }
    page(dev)
}

/// The page and what is there of the package: all but the networks' module takes three minutes.
pub fn first_page(dev: bool) -> Result<()> {
    prepare(dev)?;
    page(dev)
}

/// What can be made without burn: the core module alone.
pub fn without_burn() -> Result<()> {
    wasm::build(&wasm::CORE, false)
}

fn prepare(dev: bool) -> Result<()> {
    prerequisites::check()?;
    wasm::add_target()?;
    if weights::exist() {
        return site::install_packages();
    }
    // The first time: to compile the core is one thread's work for most of a minute, and much of the
    // rest is to wait for servers.
    thread::scope(|scope| {
        let core = scope.spawn(|| wasm::compile(&wasm::CORE, dev));
        site::install_packages()?;
        weights::run()?;
        core.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

fn page(dev: bool) -> Result<()> {
    wasm::build(&wasm::CORE, dev)?;
    supply::write_for_package()?;
    site::build(dev)
}
