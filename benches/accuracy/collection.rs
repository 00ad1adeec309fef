//! Which photos belong to which label.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::options::stop;

/// One kind of thing: its photos to learn from and to be asked about.
pub struct Label<T> {
    pub name: String,
    pub train: Vec<T>,
    pub validation: Vec<T>,
}

/// The photo files of each label.
pub fn collection(folder: &Path) -> Vec<Label<PathBuf>> {
    if !folder.is_dir() {
        stop(format!("{} is no folder.", folder.display()));
    }
    let (train, validation) = (folder.join("train"), folder.join("validation"));
    let labels: Vec<Label<PathBuf>> = if train.is_dir() && validation.is_dir() {
        let mut validation = subfolders(&validation);
        let label = |(name, train)| {
            let validation = validation.remove(&name).unwrap_or_default();
            Label {
                name,
                train,
                validation,
            }
        };
        subfolders(&train).into_iter().map(label).collect()
    } else {
        let label = |(name, files): (String, Vec<PathBuf>)| {
            let half = |first: usize| files.iter().skip(first).step_by(2).cloned().collect();
            Label {
                train: half(0),
                validation: half(1),
                name,
            }
        };
        subfolders(folder).into_iter().map(label).collect()
    };
    if labels.len() < 2 {
        stop(format!(
            "{} holds fewer than two labels (folders of photos).",
            folder.display()
        ));
    }
    labels
}

/// The files of each folder in a folder, in the order of their names.
fn subfolders(folder: &Path) -> BTreeMap<String, Vec<PathBuf>> {
    let entries = |folder: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder)
            .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
        let mut entries: Vec<PathBuf> =
            entries.unwrap_or_else(|error| stop(format!("{}: {error}", folder.display())));
        entries.sort();
        entries
    };
    let folders = entries(folder).into_iter().filter(|path| path.is_dir());
    let named = folders.map(|path| {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let files = entries(&path)
            .into_iter()
            .filter(|path| path.is_file())
            .collect();
        (name, files)
    });
    named.collect()
}
