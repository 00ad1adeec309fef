//! `cargo xtask test`.
//!
//! A failed suite does not stop the others. The last line is the sum over all of them.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};
use lexopt::prelude::*;

use crate::engines::{self, Engine};
use crate::server::{Server, listen};
use crate::suites::{self, Count, Suite};
use crate::{browser, build, prerequisites, process, site, supply, wasm, weights, workspace};

pub const HELP: &str = "
Usage: cargo xtask test [--quick]

Gets and builds what is missing, then runs every check and test: format, lints, Rust, WebAssembly,
types, and the package and the page in browsers. A failed suite does not stop the others. The last
line is `N passed, N failed`; a check without tests of its own, such as the linter, counts as one.

The browser is the one that KEEPSAKE_BROWSER names, the system's Chromium, Chrome or Edge, or one
that is downloaded. The core of the browser tests runs in Firefox (KEEPSAKE_FIREFOX, or the
system's) and in WebKitGTK (KEEPSAKE_WEBKIT and KEEPSAKE_MINIBROWSER, or the system's), too; one that
is not there is said and left out.

Options:
  --quick   Leave out what needs a browser or burn";

/// One set of features for all native steps, so that burn is compiled once.
pub const FEATURES: &str = "--features=keepsake/burn,keepsake-fuzz/burn";

pub fn run(arguments: Vec<OsString>) -> Result<()> {
    let mut quick = false;
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("quick") => quick = true,
            other => return Err(other.unexpected().into()),
        }
    }
    prerequisites::check()?;
    wasm::add_target()?;
    site::install_packages()?;
    weights::run()?;

    let mut run = Run::default();
    run.check("format", || {
        process::run(process::cargo()?.args(["fmt", "--all", "--check"]))
    });
    let burn: &[&str] = if quick { &[] } else { &[FEATURES] };
    run.check("clippy", || {
        let all = ["clippy", "--workspace", "--all-targets"];
        let deny = ["--", "-D", "warnings"];
        process::run(process::cargo()?.args(all).args(burn).args(deny))
    });
    run.check("clippy (wasm)", || {
        clippy_wasm(&[
            "--package=keepsake",
            "--package=keepsake-codecs",
            "--package=keepsake-vision",
        ])
    });
    if !quick {
        let burn = [
            "--package=keepsake",
            "--no-default-features",
            "--features=burn",
        ];
        run.check("clippy (wasm, burn)", || clippy_wasm(&burn));
    }
    // xtask's dependencies are compiled in its own profile only.
    run.suite("rust", || {
        let tests = ["--workspace", "--exclude=xtask", "--no-fail-fast"];
        cargo_test(&[&tests, burn].concat())
    });
    run.suite("xtask", || {
        cargo_test(&["--package=xtask", "--profile=xtask"])
    });
    run.suite("cargo deny", supply::deny);
    run.suite("npm audit", supply::audit);
    let built = run.check("build", || {
        if quick {
            build::without_burn()
        } else {
            build::everything(false, false)
        }
    });
    // The page's types are those of both modules.
    if !quick || wasm::BURN.is_there() {
        run.check("types", || npm("check"));
    }
    run.check("lint", || npm("lint"));
    run.suite("page units", page_units);
    if !quick {
        run.suite("browser", || {
            if !built {
                bail!("there is no build to test");
            }
            browser_tests()
        });
        for engine in &engines::ALL {
            run.suite(engine.name, || {
                if !built {
                    bail!("there is no build to test");
                }
                engine_tests(engine)
            });
        }
    }

    println!("{}", suites::table(&run.suites));
    if run.suites.iter().any(|suite| suite.count.failed > 0) {
        // The sum must stay the last line, so nothing is said here.
        std::process::exit(1);
    }
    Ok(())
}

/// The suites that have run.
#[derive(Default)]
struct Run {
    suites: Vec<Suite>,
}

impl Run {
    /// Runs a check that counts as one; returns whether it passed.
    fn check(&mut self, name: &'static str, work: impl FnOnce() -> Result<()>) -> bool {
        self.suite(name, || work().map(|()| Count::of_check(true)))
    }

    /// Runs a suite; one that cannot run at all counts as one failure.
    fn suite(&mut self, name: &'static str, work: impl FnOnce() -> Result<Count>) -> bool {
        eprintln!("\n━━ {name}");
        let start = Instant::now();
        let count = work().unwrap_or_else(|error| {
            eprintln!("error: {error:#}");
            Count::of_check(false)
        });
        let time = start.elapsed();
        self.suites.push(Suite { name, count, time });
        count.failed == 0
    }
}

fn cargo_test(arguments: &[&str]) -> Result<Count> {
    let mut count = Count::default();
    let ended_well = process::run_reading(process::cargo()?.arg("test").args(arguments), |line| {
        count.add(suites::cargo_test_line(line).unwrap_or_default())
    })?;
    Ok(count.or_failed(ended_well))
}

/// Lints a library of the workspace as WebAssembly.
fn clippy_wasm(package: &[&str]) -> Result<()> {
    let lib = ["clippy", "--lib", "--target", wasm::TARGET];
    let deny = ["--", "-D", "warnings"];
    process::run(process::cargo()?.args(lib).args(package).args(deny))
}

fn npm(script: &str) -> Result<()> {
    process::run(Command::new(process::NPM).args(["run", "--silent", script]))
}

/// Runs the page's tests of pure functions, which open no browser.
fn page_units() -> Result<Count> {
    playwright(
        &["--config=www/unit.config.ts", "--reporter=line,json"],
        &[],
    )
}

/// Runs the browser tests against the built page and package, served as on a careful host.
fn browser_tests() -> Result<Count> {
    let browser = browser::find()?;
    let server = Server::start(listen(0)?, site::test_mounts())?;
    let environment = [
        (browser::VARIABLE, browser.as_os_str()),
        (site::URL_VARIABLE, OsStr::new(&server.url)),
    ];
    playwright(&[], &environment)
}

/// Runs the core of the browser tests in another engine, or says why not.
fn engine_tests(engine: &Engine) -> Result<Count> {
    let Some(programs) = engine.find()? else {
        println!("{} is left out: {}", engine.name, engine.advice);
        return Ok(Count {
            skipped: 1,
            ..Count::default()
        });
    };
    let server = Server::start(listen(0)?, site::test_mounts())?;
    let mut environment = vec![(site::URL_VARIABLE, OsStr::new(&server.url))];
    environment.extend(
        programs
            .iter()
            .map(|(name, path)| (*name, path.as_os_str())),
    );
    let project = format!("--project={}", engine.name);
    playwright(&["--config=tests/engines", &project], &environment)
}

/// Runs Playwright and reads the report it leaves.
fn playwright(arguments: &[&str], environment: &[(&str, &OsStr)]) -> Result<Count> {
    let report = workspace::root().join("test-results/report.json");
    // A report of an earlier run must not be taken for one of this run.
    let _ = fs::remove_file(&report);
    let mut playwright = process::node("node_modules/@playwright/test/cli.js");
    let status = playwright
        .arg("test")
        .args(arguments)
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report)
        .envs(environment.iter().copied())
        .status()?;
    let text = fs::read_to_string(&report).unwrap_or_default();
    let count = suites::playwright_report(&text).unwrap_or_default();
    Ok(count.or_failed(status.success()))
}
