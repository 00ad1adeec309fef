//! `cargo xtask serve`.

use std::ffi::OsString;

use anyhow::{Result, anyhow};
use lexopt::prelude::*;

use crate::server::{Server, listen};
use crate::{build, site, wasm};

pub const HELP: &str = "
Usage: cargo xtask serve [--port PORT] [--dev] [--core] [--for-tests]

Builds what is missing, then serves the page on this machine only, until Ctrl-C. The first time the
page is there before the networks' module, which takes minutes more; it is built while the page is
served.

Options:
  --port PORT   Serve here; 0 takes any free port [default: 8321]
  --dev         As in `cargo xtask build --dev`
  --core        As in `cargo xtask build --core`
  --for-tests   Serve pkg/, tests/ and benches/ too, for the browser tests and benchmarks, and all of
                it only when everything is built";

pub fn run(arguments: Vec<OsString>) -> Result<()> {
    let (mut port, mut dev, mut core, mut for_tests) = (8321, false, false, false);
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("port") => {
                let value = parser.value()?;
                port = value
                    .parse()
                    .map_err(|_| anyhow!("--port takes a number from 0 to 65535, not {value:?}"))?;
            }
            Long("dev") => dev = true,
            Long("core") => core = true,
            Long("for-tests") => for_tests = true,
            other => return Err(other.unexpected().into()),
        }
    }
    // A port in use is told before the minutes of a first build.
    let listener = listen(port)?;
    let networks_follow = !for_tests && !wasm::BURN.is_there();
    if networks_follow {
        build::first_page(dev)?;
    } else {
        build::everything(dev, core)?;
    }
    let mounts = if for_tests {
        site::test_mounts()
    } else {
        vec![("/", site::folder())]
    };
    let server = Server::start(listener, mounts)?;
    println!("Keepsake: {}", server.url);
    if networks_follow {
        println!("Graphics cards and drawings follow in some minutes.");
        // The page is whole without them.
        match build::everything(dev, core) {
            Ok(()) => println!(
                "Graphics cards and drawings are there: reload {}",
                server.url
            ),
            Err(error) => eprintln!("error: no graphics cards, no drawings: {error:#}"),
        }
    }
    server.wait()
}
