//! Where things are, and what is up to date.
//!
//! A built thing is up to date when the *content* of everything it is made from is as it was when
//! it was made. Times would not do: a fresh clone or a switched branch gives every file a new one.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// The root of the repository: that of the checkout which `cargo xtask` was called in. What was compiled
/// in may be another one's, where two checkouts share a target folder.
pub fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let mut package = package.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        package.pop();
        package
    })
}

/// Cargo's target folder: the one this very program runs from, so that a `CARGO_TARGET_DIR` or a
/// `--target-dir` given to `cargo xtask` holds for everything it starts.
pub fn target() -> Result<PathBuf> {
    // TARGET/xtask/xtask
    let executable = std::env::current_exe()?;
    let folder = executable.ancestors().nth(2);
    Ok(folder
        .context("xtask runs outside of a target folder")?
        .to_path_buf())
}

/// Remembers from which inputs a thing was made. Kept in `.stamps/` of the checkout.
pub struct Stamp {
    file: PathBuf,
    now: String,
}

impl Stamp {
    /// Reads the inputs: files, or folders with everything under them (without `node_modules` and
    /// names that start with a dot). A missing path counts as empty. `settings` is anything else
    /// the result depends on.
    pub fn new(name: &str, inputs: &[PathBuf], settings: &str) -> Result<Stamp> {
        let mut hash = Sha256::new();
        hash.update(settings);
        for input in inputs {
            for file in files(input)? {
                let bytes =
                    fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
                hash.update(file.to_string_lossy().as_bytes());
                hash.update((bytes.len() as u64).to_le_bytes());
                hash.update(&bytes);
            }
        }
        Ok(Stamp {
            file: root().join(".stamps").join(name),
            now: hash.finalize().iter().map(|b| format!("{b:02x}")).collect(),
        })
    }

    /// Whether the thing was made from exactly these inputs and all its `outputs` are there.
    pub fn is_current(&self, outputs: &[PathBuf]) -> bool {
        outputs.iter().all(|output| output.exists())
            && fs::read_to_string(&self.file).is_ok_and(|then| then == self.now)
    }

    /// Notes that the thing has been made.
    pub fn set(&self) -> Result<()> {
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.file, &self.now)
            .with_context(|| format!("cannot write {}", self.file.display()))
    }
}

/// All files under `path`, sorted; `path` itself if it is a file; none if it is absent.
pub fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    let mut folders = vec![path.to_path_buf()];
    while let Some(folder) = folders.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let name = entry.file_name();
            if name == "node_modules" || name.to_string_lossy().starts_with('.') {
                continue;
            }
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_follows_content_and_asks_for_the_outputs() {
        let folder = std::env::temp_dir().join(format!("keepsake-stamp-{}", std::process::id()));
        let (input, output) = (folder.join("in/a.txt"), folder.join("out"));
        fs::create_dir_all(folder.join("in")).unwrap();
        fs::write(&input, "one").unwrap();
        fs::write(&output, "").unwrap();
        let stamp = |settings: &str| {
            let mut stamp = Stamp::new("test", &[folder.join("in")], settings).unwrap();
            stamp.file = folder.join("stamp");
            stamp
        };
        let outputs = [output.clone()];

        assert!(!stamp("").is_current(&outputs), "never made");
        stamp("").set().unwrap();
        assert!(stamp("").is_current(&outputs));
        assert!(!stamp("dev").is_current(&outputs), "other settings");
        fs::write(&input, "two").unwrap();
        assert!(!stamp("").is_current(&outputs), "other content");
        stamp("").set().unwrap();
        fs::remove_file(&output).unwrap();
        assert!(!stamp("").is_current(&outputs), "output is gone");
        fs::remove_dir_all(folder).unwrap();
    }
}
