//! A folder of photos as the network sees them.

use crate::Result;
use keepsake_vision::backbone::Input;
use keepsake_vision::photo::{self, Limits};
use std::path::Path;

/// Every photo of a folder at `side` × `side` pixels, in the order of the file names. Names that
/// start with a dot are left out.
///
/// # Errors
/// The folder cannot be read, or one of its files is no photo.
pub fn read(folder: &Path, side: usize) -> Result<Vec<Input>> {
    let named = |error: &dyn std::fmt::Display, path: &Path| format!("{}: {error}", path.display());
    let entries = std::fs::read_dir(folder).map_err(|error| named(&error, folder))?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<Vec<_>>>()
        .map_err(|error| named(&error, folder))?;
    paths.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.is_file() && !name.starts_with('.')
    });
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let bytes = std::fs::read(path).map_err(|error| named(&error, path))?;
            photo::decode(&bytes, &Limits::default())
                .and_then(|picture| Ok(photo::to_input(picture.pixels()?, side)))
                .map_err(|error| named(&error, path))
        })
        .collect()
}
