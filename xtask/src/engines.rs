//! The other engines that the page is tested in: Firefox, and Safari's as WebKitGTK brings it.
//!
//! Each is looked for as Chromium is: what an environment variable names, what the system has,
//! what Debian's packages bring. One that cannot be had is no failure: the tests are left out, and
//! it is said why.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::browser;

/// What the tests of an engine are told in environment variables: which programs to start.
pub type Programs = Vec<(&'static str, PathBuf)>;

/// A browser's engine.
pub struct Engine {
    /// As Playwright's project is called, too.
    pub name: &'static str,
    /// What to do where it is missing.
    pub advice: &'static str,
    find: fn() -> Result<Option<Programs>>,
    packages: &'static [&'static str],
}

impl Engine {
    /// Its programs, `None` where they are not to be had.
    ///
    /// # Errors
    /// An environment variable names a program that is not there.
    pub fn find(&self) -> Result<Option<Programs>> {
        if let Some(found) = (self.find)()? {
            return Ok(Some(found));
        }
        browser::install_from_debian(self.name, self.packages);
        (self.find)()
    }
}

pub const ALL: [Engine; 2] = [
    Engine {
        name: "firefox",
        advice: "no Firefox was found: install it, or set KEEPSAKE_FIREFOX to its executable",
        find: firefox,
        packages: &["firefox-esr"],
    },
    Engine {
        name: "webkit",
        advice: "no WebKitGTK was found, which Linux alone has: install WebKitWebDriver with its \
                 MiniBrowser (Debian: webkit2gtk-driver) and Xvfb (xvfb), or set KEEPSAKE_WEBKIT \
                 and KEEPSAKE_MINIBROWSER to the executables of the first two",
        find: webkit,
        packages: &["webkit2gtk-driver", "xvfb"],
    },
];

fn firefox() -> Result<Option<Programs>> {
    const VARIABLE: &str = "KEEPSAKE_FIREFOX";
    let places = [
        "/Applications/Firefox.app/Contents/MacOS/firefox",
        r"C:\Program Files\Mozilla Firefox\firefox.exe",
    ];
    let found = browser::named(VARIABLE)?
        .or_else(|| browser::installed(&["firefox", "firefox-esr"], &places));
    Ok(found.map(|path| vec![(VARIABLE, path)]))
}

fn webkit() -> Result<Option<Programs>> {
    const DRIVER: &str = "KEEPSAKE_WEBKIT";
    const BROWSER: &str = "KEEPSAKE_MINIBROWSER";
    let driver = browser::named(DRIVER)?.or_else(|| browser::installed(&["WebKitWebDriver"], &[]));
    let browser = browser::named(BROWSER)?.or_else(|| mini_browser(&["/usr/lib", "/usr/libexec"]));
    let screen = browser::installed(&["Xvfb"], &[]);
    Ok(match (driver, browser, screen) {
        (Some(driver), Some(browser), Some(_)) => Some(vec![(DRIVER, driver), (BROWSER, browser)]),
        _ => None,
    })
}

/// The newest `MiniBrowser` in folders called `webkit…`, in these folders or one below. Distributions
/// put it into a folder of the library's version, under one of the machine's kind.
fn mini_browser(folders: &[&str]) -> Option<PathBuf> {
    let below = |folder: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    };
    let is_webkit = |path: &Path| {
        let name = path.file_name().unwrap_or_default();
        name.to_string_lossy().starts_with("webkit")
    };
    let mut found: Vec<PathBuf> = Vec::new();
    for folder in folders.iter().flat_map(|folder| below(Path::new(folder))) {
        let inner = below(&folder).into_iter().filter(|path| is_webkit(path));
        found.extend(inner.map(|path| path.join("MiniBrowser")));
        if is_webkit(&folder) {
            found.push(folder.join("MiniBrowser"));
        }
    }
    found.retain(|path| path.is_file());
    found.sort();
    found.pop()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_mini_browser_is_found_wherever_a_distribution_puts_it() {
        let root = std::env::temp_dir().join(format!("keepsake-engines-{}", std::process::id()));
        let mut last = PathBuf::new();
        for place in [
            "libexec/webkit2gtk-4.0",
            "lib/x86_64-linux-gnu/webkit2gtk-4.1",
        ] {
            last = root.join(place);
            fs::create_dir_all(&last).unwrap();
            fs::write(last.join("MiniBrowser"), "").unwrap();
        }
        let (lib, libexec) = (root.join("lib"), root.join("libexec"));
        let of = |folder: &Path| mini_browser(&[folder.to_str().unwrap()]);
        assert_eq!(of(&lib), Some(last.join("MiniBrowser")));
        assert!(of(&libexec).is_some());
        assert_eq!(of(&root.join("none")), None);
        fs::remove_dir_all(root).unwrap();
    }
}
