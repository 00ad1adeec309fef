//! Finding a Chromium for the browser tests, or getting one.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::process;

/// The environment variable that names the browser; also how it is told to Playwright.
pub const VARIABLE: &str = "KEEPSAKE_BROWSER";

/// Chromium and its kin, as they are called on the search path.
const NAMES: [&str; 8] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
];

/// Where macOS and Windows put them, which is not on the search path.
const PLACES: [&str; 6] = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
];

/// Enough for a slow line; without a network the download fails at once or hangs.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(240);

/// The browser's executable: the one named by [`VARIABLE`], the system's, Playwright's own, one
/// that Playwright downloads, one from Debian's packages; in this order.
pub fn find() -> Result<PathBuf> {
    if let Some(path) = named(VARIABLE)? {
        return Ok(path);
    }
    if let Some(path) = of_the_system().or_else(of_playwright) {
        return Ok(path);
    }
    if let Some(path) = download().or_else(from_debian) {
        return Ok(path);
    }
    bail!("no Chromium, Chrome or Edge found: install one, or set {VARIABLE} to its executable")
}

/// The executable that an environment variable names, if it is set.
pub fn named(variable: &str) -> Result<Option<PathBuf>> {
    let Some(value) = env::var_os(variable).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let path = PathBuf::from(value);
    if !path.is_file() {
        bail!("{variable} names {}, which is not there", path.display());
    }
    Ok(Some(path))
}

fn of_the_system() -> Option<PathBuf> {
    installed(&NAMES, &PLACES)
}

/// The first of these programs on the search path, or else at one of these places.
pub fn installed(names: &[&str], places: &[&str]) -> Option<PathBuf> {
    let on_path = env::var_os("PATH").and_then(|path| {
        let folders: Vec<PathBuf> = env::split_paths(&path).collect();
        first_in(&folders, names)
    });
    on_path.or_else(|| places.iter().map(PathBuf::from).find(|p| p.is_file()))
}

/// The first of these programs in these folders; an earlier name wins over an earlier folder.
fn first_in(folders: &[PathBuf], names: &[&str]) -> Option<PathBuf> {
    let ending = env::consts::EXE_SUFFIX;
    names
        .iter()
        .flat_map(|name| {
            folders
                .iter()
                .map(move |f| f.join(format!("{name}{ending}")))
        })
        .find(|path| path.is_file())
}

fn of_playwright() -> Option<PathBuf> {
    let script = "import('@playwright/test').then(p => console.log(p.chromium.executablePath()))";
    let path = process::ask(Command::new("node").args(["-e", script]))?;
    Some(PathBuf::from(path)).filter(|p| p.is_file())
}

fn download() -> Option<PathBuf> {
    eprintln!("▸ No browser found; Playwright downloads Chromium");
    let mut install = process::node("node_modules/@playwright/test/cli.js");
    install.args(["install", "chromium"]);
    process::run_within(&mut install, DOWNLOAD_LIMIT)
        .then(of_playwright)
        .flatten()
}

fn from_debian() -> Option<PathBuf> {
    install_from_debian("Chromium", &["chromium"]);
    of_the_system()
}

/// Installs these packages where that can be done: as root, on Debian and its kin.
pub fn install_from_debian(what: &str, packages: &[&str]) {
    let is_root = process::ask(Command::new("id").arg("-u")).is_some_and(|id| id == "0");
    if !is_root || !Path::new("/etc/debian_version").exists() {
        return;
    }
    eprintln!("▸ No {what} found; installing Debian's");
    let apt = |arguments: &[&str]| {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        process::run(apt.args(arguments))
    };
    let install = ["install", "-y", "-q", "--no-install-recommends"];
    // Whether it worked shows in whether the browser is found then.
    let _ = apt(&["update", "-q"]).and_then(|()| apt(&[&install, packages].concat()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chromium_is_preferred_whatever_the_order_of_the_folders() {
        let folder = env::temp_dir().join(format!("keepsake-browser-{}", std::process::id()));
        let (one, two) = (folder.join("one"), folder.join("two"));
        let ending = env::consts::EXE_SUFFIX;
        for (place, name) in [(&one, "google-chrome"), (&two, "chromium")] {
            std::fs::create_dir_all(place).unwrap();
            std::fs::write(place.join(format!("{name}{ending}")), "").unwrap();
        }
        let found = first_in(&[one.clone(), two.clone()], &NAMES).unwrap();
        assert!(found.starts_with(&two), "{}", found.display());
        assert_eq!(first_in(std::slice::from_ref(&folder), &NAMES), None);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
