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
    if let Some(named) = env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        let path = PathBuf::from(named);
        if !path.is_file() {
            bail!("{VARIABLE} names {}, which is not there", path.display());
        }
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

fn of_the_system() -> Option<PathBuf> {
    let on_path = env::var_os("PATH").and_then(|path| {
        let folders: Vec<PathBuf> = env::split_paths(&path).collect();
        first_in(&folders)
    });
    on_path.or_else(|| PLACES.map(PathBuf::from).into_iter().find(|p| p.is_file()))
}

/// The first known browser in these folders; a better-known name wins over an earlier folder.
fn first_in(folders: &[PathBuf]) -> Option<PathBuf> {
    let ending = env::consts::EXE_SUFFIX;
    NAMES
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
    let is_root = process::ask(Command::new("id").arg("-u")).is_some_and(|id| id == "0");
    if !is_root || !Path::new("/etc/debian_version").exists() {
        return None;
    }
    eprintln!("▸ No browser found; installing Debian's Chromium");
    let apt = |arguments: &[&str]| {
        process::run(
            Command::new("apt-get")
                .env("DEBIAN_FRONTEND", "noninteractive")
                .args(arguments),
        )
    };
    apt(&["update", "-q"]).ok()?;
    apt(&["install", "-y", "-q", "--no-install-recommends", "chromium"]).ok()?;
    of_the_system()
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
        let found = first_in(&[one.clone(), two.clone()]).unwrap();
        assert!(found.starts_with(&two), "{}", found.display());
        assert_eq!(first_in(std::slice::from_ref(&folder)), None);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
