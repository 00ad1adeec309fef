//! `cargo xtask fuzz`. A benchmark to cargo, so that it is built with what the tests are built with.

use std::process::ExitCode;
use std::time::Duration;

use keepsake_fuzz::targets::{TARGETS, Target};
use keepsake_fuzz::{Result, run, watch};
use lexopt::prelude::*;

struct Options {
    targets: Vec<&'static Target>,
    seconds: u64,
    seed: u64,
    keep: bool,
}

fn main() -> ExitCode {
    let done = options().and_then(|options| all(&options));
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn options() -> Result<Options> {
    let names = || {
        TARGETS
            .iter()
            .map(|target| target.name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let mut options = Options {
        targets: Vec::new(),
        seconds: 60,
        seed: 1,
        keep: false,
    };
    let mut parser = lexopt::Parser::from_env();
    let wrong = |error: lexopt::Error| error.to_string();
    while let Some(argument) = parser.next().map_err(wrong)? {
        match argument {
            Long("all") => options.targets = TARGETS.iter().collect(),
            Long("seconds") => options.seconds = number(&mut parser)?,
            Long("seed") => options.seed = number(&mut parser)?,
            // Cargo's own, to everything that it runs as a benchmark.
            Long("bench") => {}
            Long("keep") => options.keep = true,
            Value(name) => {
                let target = TARGETS.iter().find(|target| name == target.name);
                let missing =
                    || format!("there is no target {name:?}; the targets are {}", names());
                options.targets.push(target.ok_or_else(missing)?);
            }
            other => return Err(other.unexpected().to_string()),
        }
    }
    if options.targets.is_empty() {
        return Err(format!(
            "name a target, or --all; the targets are {}",
            names()
        ));
    }
    Ok(options)
}

fn number(parser: &mut lexopt::Parser) -> Result<u64> {
    let value = parser.value().map_err(|error| error.to_string())?;
    value
        .parse()
        .map_err(|error: lexopt::Error| error.to_string())
}

/// Returns whether nothing was found.
fn all(options: &Options) -> Result<bool> {
    watch::begin();
    println!(
        "{:<16}{:>9}{:>9}{:>12}{:>10}{:>14}{:>12}{:>9}",
        "target", "seconds", "CPU (s)", "inputs", "outcomes", "slowest (ms)", "most (MB)", "panics"
    );
    let mut nothing = true;
    for target in &options.targets {
        let ran = run::run(target, Duration::from_secs(options.seconds), options.seed)?;
        println!(
            "{:<16}{:>9}{:>9}{:>12}{:>10}{:>14.1}{:>12.1}{:>9}",
            target.name,
            options.seconds,
            ran.time.as_secs(),
            ran.inputs,
            ran.outcomes,
            ran.slowest.as_secs_f64() * 1e3,
            ran.memory as f64 / 1e6,
            ran.panics.len()
        );
        for panic in &ran.panics {
            println!("  {panic}");
        }
        if options.keep {
            println!("  {} inputs kept", run::keep(target, &ran.new)?);
        }
        nothing &= ran.panics.is_empty();
    }
    Ok(nothing)
}
