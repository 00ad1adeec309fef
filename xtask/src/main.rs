//! `cargo xtask`: everything a person needs to build, serve, test and measure Keepsake.
//!
//! One file per command; what they share lies in [`workspace`] (where things are, what is up to
//! date), [`process`] (running other programs), [`prerequisites`], [`browser`] and [`engines`].

mod bench;
mod browser;
mod build;
mod data;
mod engines;
mod fuzz;
mod headers;
mod http;
mod prerequisites;
mod process;
mod serve;
mod server;
mod site;
mod suites;
mod supply;
mod test;
mod wasm;
mod weights;
mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::{Result, bail};

/// One command: its name, one line about it, its help page, and what it does with its arguments.
struct Command {
    name: &'static str,
    summary: &'static str,
    help: &'static str,
    run: fn(Vec<OsString>) -> Result<()>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "serve",
        summary: "Build what is missing and serve the page on this machine",
        help: serve::HELP,
        run: serve::run,
    },
    Command {
        name: "test",
        summary: "Run every test: Rust, WebAssembly and the page in a browser",
        help: test::HELP,
        run: test::run,
    },
    Command {
        name: "build",
        summary: "Make the npm package (pkg/) and the static site (www/dist/)",
        help: build::HELP,
        run: build::run,
    },
    Command {
        name: "bench",
        summary: "Run one benchmark",
        help: bench::HELP,
        run: bench::run,
    },
    Command {
        name: "fuzz",
        summary: "Give a reader of foreign bytes bytes that nobody meant",
        help: fuzz::HELP,
        run: fuzz::run,
    },
    Command {
        name: "weights",
        summary: "Get the pretrained network and write it for the page",
        help: data::WEIGHTS_HELP,
        run: data::weights,
    },
    Command {
        name: "prior",
        summary: "Make data/prior.bin from generic photos",
        help: data::PRIOR_HELP,
        run: data::prior,
    },
];

fn main() -> ExitCode {
    match dispatch(std::env::args_os().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(mut arguments: Vec<OsString>) -> Result<()> {
    std::env::set_current_dir(workspace::root())?;
    if arguments.is_empty() {
        print!("{}", overview());
        bail!("name a command");
    }
    let name = arguments.remove(0);
    if name == "--help" || name == "-h" || name == "help" {
        print!("{}", overview());
        return Ok(());
    }
    let Some(command) = COMMANDS.iter().find(|c| name == c.name) else {
        let names: Vec<_> = COMMANDS.iter().map(|c| c.name).collect();
        let names = names.join(", ");
        bail!("there is no command {name:?}; the commands are {names}");
    };
    // `bench NAME --help` is the benchmark's own help.
    if matches!(arguments.first(), Some(first) if first == "--help" || first == "-h") {
        println!("{}\n\n{}", command.summary, command.help.trim());
        return Ok(());
    }
    (command.run)(arguments)
}

fn overview() -> String {
    let mut page = String::from("Usage: cargo xtask COMMAND [OPTIONS]\n\nCommands:\n");
    for command in COMMANDS {
        page += &format!("  {:<8} {}\n", command.name, command.summary);
    }
    page + "\n`cargo xtask COMMAND --help` tells more. Paths are relative to the repository's root.\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_shows_its_usage() {
        for command in COMMANDS {
            let usage = format!("Usage: cargo xtask {}", command.name);
            assert!(command.help.contains(&usage), "{}", command.name);
        }
    }

    #[test]
    fn an_unknown_command_is_named_in_the_error() {
        let error = dispatch(vec!["sevre".into()]).unwrap_err().to_string();
        assert!(
            error.contains("sevre") && error.contains("serve"),
            "{error}"
        );
    }
}
