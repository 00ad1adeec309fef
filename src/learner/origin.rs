//! Where a photo came from: what its file was called, in which folder, how large, from when.

use crate::store::payload::{Unreadable, split, take};

/// The longest path that is kept, in characters; of a longer one the end, which has the file's name.
pub const LONGEST_PATH: usize = 4000;
/// The most files that are kept as going along with a photo.
pub const MOST_COMPANIONS: usize = 16;
/// The last moment that JavaScript's dates reach, and the first, in milliseconds from 1970.
const LAST_MOMENT: i64 = 8_640_000_000_000_000;
/// In place of a time that is not known.
const UNKNOWN: i64 = i64::MIN;

/// The file that a photo was read from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// Its path within what was given, folders first, with `/` between: "Italy/Rome/IMG_1.jpg". For
    /// people to read and to find the file again: it may come from a stranger's file and says nothing
    /// about where anything may be written.
    pub path: String,
    /// Its length in bytes.
    pub size: u64,
    /// When it was last changed, in milliseconds since 1970 (UTC).
    pub modified: i64,
    /// When the photo was taken by the camera's own clock, in milliseconds since 1970 as if that clock
    /// showed UTC. `None` where the file does not say.
    pub taken: Option<i64>,
    /// Paths of the files that belong to it, such as its RAW or its Live Photo's video.
    pub companions: Vec<String>,
}

impl Origin {
    /// As it is kept, wherever it came from: nothing longer, later or more than the limits say.
    pub(super) fn within_limits(mut self) -> Origin {
        self.path = cut(self.path);
        self.size = self.size.min(crate::store::MAX_KEY);
        self.modified = self.modified.clamp(-LAST_MOMENT, LAST_MOMENT);
        self.taken = self.taken.filter(|taken| is_moment(*taken));
        self.companions.truncate(MOST_COMPANIONS);
        self.companions = self.companions.into_iter().map(cut).collect();
        self
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(64 + self.path.len());
        bytes.extend_from_slice(&self.size.to_le_bytes());
        bytes.extend_from_slice(&self.modified.to_le_bytes());
        bytes.extend_from_slice(&self.taken.unwrap_or(UNKNOWN).to_le_bytes());
        for path in std::iter::once(&self.path).chain(&self.companions) {
            bytes.extend_from_slice(&(path.len() as u32).to_le_bytes());
            bytes.extend_from_slice(path.as_bytes());
        }
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Origin, Unreadable> {
        let mut rest = bytes;
        let size = u64::from_le_bytes(*take(&mut rest)?);
        let modified = i64::from_le_bytes(*take(&mut rest)?);
        let taken = Some(i64::from_le_bytes(*take(&mut rest)?));
        let path = text(&mut rest)?;
        let mut companions = Vec::new();
        while !rest.is_empty() {
            companions.push(text(&mut rest)?);
            if companions.len() > MOST_COMPANIONS {
                return Err("it has too many files");
            }
        }
        let origin = Origin {
            path,
            size,
            modified,
            taken,
            companions,
        };
        Ok(origin.within_limits())
    }
}

fn is_moment(time: i64) -> bool {
    (-LAST_MOMENT..=LAST_MOMENT).contains(&time)
}

fn cut(path: String) -> String {
    match path.chars().count().checked_sub(LONGEST_PATH) {
        None | Some(0) => path,
        Some(more) => path.chars().skip(more).collect(),
    }
}

/// A length and as many bytes of text.
fn text(rest: &mut &[u8]) -> Result<String, Unreadable> {
    let length = u32::from_le_bytes(*take(rest)?);
    let text = std::str::from_utf8(split(rest, length)?).map_err(|_| "its path is not text")?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// These bytes are on people's disks and in their files.
    #[test]
    fn the_layout_stays() {
        let origin = Origin {
            path: "Öl/a.jpg".to_owned(),
            size: 258,
            modified: -2,
            taken: None,
            companions: vec!["b".to_owned()],
        };
        let bytes = origin.to_bytes();
        assert_eq!(bytes[..8], *b"\x02\x01\0\0\0\0\0\0");
        assert_eq!(bytes[8..16], *b"\xfe\xff\xff\xff\xff\xff\xff\xff");
        assert_eq!(bytes[16..24], *b"\0\0\0\0\0\0\0\x80");
        assert_eq!(bytes[24..], *b"\x09\0\0\0\xc3\x96l/a.jpg\x01\0\0\0b");
        assert_eq!(Origin::from_bytes(&bytes), Ok(origin));
    }

    #[test]
    fn a_long_path_keeps_the_name_of_its_file() {
        let path = format!("{}/ä.jpg", "folder/".repeat(LONGEST_PATH));
        let origin = Origin {
            path,
            ..Origin::default()
        };
        let kept = origin.within_limits().path;
        assert_eq!(kept.chars().count(), LONGEST_PATH);
        assert!(kept.ends_with("/ä.jpg"));
    }

    proptest! {
        #[test]
        fn it_is_read_as_it_was_written(
            path in ".{0,40}",
            size in 0..=crate::store::MAX_KEY,
            modified in -LAST_MOMENT..=LAST_MOMENT,
            taken in proptest::option::of(-LAST_MOMENT..=LAST_MOMENT),
            companions in proptest::collection::vec(".{0,9}", 0..=MOST_COMPANIONS),
        ) {
            let origin = Origin { path, size, modified, taken, companions };
            prop_assert_eq!(Origin::from_bytes(&origin.to_bytes()), Ok(origin));
        }

        #[test]
        fn any_bytes_are_read_within_the_limits_or_refused(
            bytes in proptest::collection::vec(any::<u8>(), 0..99)
        ) {
            if let Ok(origin) = Origin::from_bytes(&bytes) {
                prop_assert_eq!(origin.clone().within_limits(), origin);
            }
        }
    }
}
