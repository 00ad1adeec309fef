//! Running other programs: what is done is said before, how long it took after.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::workspace;

/// npm is a script, and on Windows scripts have an ending.
pub const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// Cargo, told to use the target folder that xtask itself was built in.
pub fn cargo() -> Result<Command> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.env("CARGO_TARGET_DIR", workspace::target()?);
    Ok(command)
}

/// A Node program that a package brings, by its path under `node_modules`.
pub fn node(script: impl AsRef<Path>) -> Command {
    let mut command = Command::new("node");
    command.arg(script.as_ref());
    command
}

/// Says what is being done, does it, and says how long it took.
pub fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    eprintln!("▸ {what}");
    let result = work().with_context(|| format!("{what} failed"))?;
    eprintln!("  {what}: {:.1} s", start.elapsed().as_secs_f64());
    Ok(result)
}

/// Says that a thing needs no work.
pub fn skip(what: &str) {
    eprintln!("▸ {what}: up to date");
}

/// Runs a program to its end; its output goes where ours goes.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot start {}", name(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", name(command));
    }
    Ok(())
}

/// Runs a program, shows its standard output line by line, and gives every line to `read`.
/// Returns whether it ended well.
pub fn run_reading(command: &mut Command, mut read: impl FnMut(&str)) -> Result<bool> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", name(command)))?;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line?;
            println!("{line}");
            read(&line);
        }
    }
    Ok(child.wait()?.success())
}

/// Runs a program quietly and returns what it printed, or `None` if it is missing or failed.
pub fn ask(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs a program that may hang, and ends it after `limit`. Returns whether it ended well in time.
pub fn run_within(command: &mut Command, limit: Duration) -> bool {
    let Ok(mut child) = command.stdin(Stdio::null()).spawn() else {
        return false;
    };
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if start.elapsed() < limit => {
                std::thread::sleep(Duration::from_millis(100));
            }
            _ => {
                // It may end by itself between the look and the kill: both are an end.
                let _ = child.kill();
                let _ = child.wait();
                return false;
            }
        }
    }
}

fn name(command: &Command) -> String {
    let mut line = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        line += " ";
        line += &argument.to_string_lossy();
    }
    format!("`{line}`")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_hangs_is_ended() {
        let start = Instant::now();
        let limit = Duration::from_millis(200);
        assert!(!run_within(Command::new("sleep").arg("60"), limit));
        assert!(start.elapsed() < Duration::from_secs(30));
        assert!(run_within(
            &mut Command::new("true"),
            Duration::from_secs(30)
        ));
    }

    #[test]
    fn lines_are_read_and_failure_is_told() {
        let mut lines = Vec::new();
        let mut shell = Command::new("sh");
        shell.args(["-c", "echo one; echo two; exit 3"]);
        let well = run_reading(&mut shell, |line| lines.push(line.to_owned())).unwrap();
        assert_eq!((lines.join(" "), well), ("one two".to_owned(), false));
    }
}
