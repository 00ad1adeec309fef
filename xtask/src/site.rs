//! The page as a static site: `www/dist/`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::server::Mounts;
use crate::workspace::{self, Stamp};
use crate::{headers, process, supply, wasm};

/// The folder that a web server serves.
pub fn folder() -> PathBuf {
    workspace::root().join("www/dist")
}

/// The environment variable that tells browser tests and benchmarks where [`test_mounts`] are
/// served.
pub const URL_VARIABLE: &str = "KEEPSAKE_URL";

/// What browser tests and benchmarks see: the page, and beside it the package and their own files.
pub fn test_mounts() -> Mounts {
    let root = workspace::root();
    vec![
        ("/", folder()),
        ("/pkg/", wasm::package()),
        ("/tests/", root.join("tests")),
        ("/benches/", root.join("benches")),
    ]
}

/// Installs the npm packages exactly as `package-lock.json` names them, if that has changed.
pub fn install_packages() -> Result<()> {
    let root = workspace::root();
    let stamp = Stamp::new("npm", &[root.join("package-lock.json")], "")?;
    // npm writes this file last: without it an installation was cut short.
    if stamp.is_current(&[root.join("node_modules/.package-lock.json")]) {
        return Ok(());
    }
    process::step("Installing npm packages", || {
        let quiet = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
        process::run(Command::new(process::NPM).args(quiet))
    })?;
    stamp.set()
}

/// Makes `www/dist/` from the page's sources and `pkg/`.
pub fn build(dev: bool) -> Result<()> {
    let root = workspace::root();
    let www = root.join("www");
    let inputs = [
        "index.html",
        "offline-files.ts",
        "package.json",
        "public",
        "src",
        "tsconfig.json",
        "vite.config.ts",
    ]
    .map(|name| www.join(name))
    .into_iter()
    .chain([root.join("package-lock.json"), wasm::package()])
    .collect::<Vec<_>>();
    let mode = if dev { "development" } else { "production" };
    let host_files = headers::host_files();
    let told = host_files.each_ref().map(|(_, text)| text.as_str());
    let stamp = Stamp::new("site", &inputs, &format!("{mode} {}", told.concat()))?;
    let [list, text] = supply::files(&folder());
    if stamp.is_current(&[folder().join("index.html"), list, text]) {
        process::skip("Building the page");
        return Ok(());
    }
    process::step("Building the page", || {
        let mut npm = Command::new(process::NPM);
        npm.args(["run", "build", "--workspace=www", "--silent", "--"]);
        process::run(npm.args(["--mode", mode]))?;
        for (name, text) in &host_files {
            fs::write(folder().join(name), text)?;
        }
        supply::write_for_site(&folder())
    })?;
    stamp.set()
}
