//! Everything in one file, and a file read back. All numbers little endian:
//!
//! | offset | bytes | field |
//! |---|---|---|
//! | 0 | 8 | `KEEPSAKE` |
//! | 8 | 4 | version |
//! | 12 | 32 | backbone id; zeros when no photo was ever added |
//! | 44 | | records: table (1), key (8), length (4), payload as in `records` |
//! | end − 32 | 32 | SHA-256 of everything before |
//!
//! A file is read whole and checked whole, also for what a checksum cannot see (a lesson of a label
//! that is not there), before anything of it is used: it may come from anybody.

use std::collections::{BTreeMap, HashSet};

use sha2::{Digest, Sha256};

use super::album::{Photo, PhotoId};
use super::records;
use super::state::{Lesson, LessonId, State};
use crate::Result;
use crate::error::ImportError;
use crate::labels::{LabelId, Labels, NOISE};
use crate::store::{MAX_KEY, Table};

const MAGIC: [u8; 8] = *b"KEEPSAKE";
/// The version this program writes.
const VERSION: u32 = 1;
/// No network's id.
const UNBOUND: [u8; 32] = [0; 32];
/// Bytes of the checksum at the end.
const DIGEST: usize = 32;

/// What a file holds, checked.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub backbone: Option<[u8; 32]>,
    pub labels: Labels,
    pub lessons: BTreeMap<LessonId, Lesson>,
    pub photos: BTreeMap<PhotoId, Photo>,
    pub thumbnails: BTreeMap<PhotoId, Vec<u8>>,
}

/// A file being written. Thumbnails are added one by one, since they come from the store.
pub(super) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// A file with everything but the thumbnails.
    pub fn new(backbone: Option<[u8; 32]>, state: &State) -> Writer {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&backbone.unwrap_or(UNBOUND));
        let mut writer = Writer { bytes };
        for (id, entry) in state.labels.iter() {
            let payload = records::label_to_bytes(entry);
            writer.record(Table::Labels, u64::from(id.0), &payload);
        }
        for (id, lesson) in &state.lessons {
            writer.record(Table::Lessons, id.0, &records::lesson_to_bytes(lesson));
        }
        for (id, photo) in state.album.iter() {
            writer.record(Table::Photos, id.0, &records::photo_to_bytes(photo));
        }
        writer
    }

    pub fn thumbnail(&mut self, photo: PhotoId, picture: &[u8]) {
        self.record(Table::Thumbnails, photo.0, picture);
    }

    fn record(&mut self, table: Table, key: u64, payload: &[u8]) {
        self.bytes.push(table as u8);
        self.bytes.extend_from_slice(&key.to_le_bytes());
        // The store holds no record above 64 MiB.
        let length = payload.len() as u32;
        self.bytes.extend_from_slice(&length.to_le_bytes());
        self.bytes.extend_from_slice(payload);
    }

    pub fn finish(mut self) -> Vec<u8> {
        let digest = Sha256::digest(&self.bytes);
        self.bytes.extend_from_slice(&digest);
        self.bytes
    }
}

/// Reads and checks a whole file.
///
/// # Errors
/// `import/foreign`, `import/newer`, `import/damaged`.
pub(super) fn read(bytes: &[u8]) -> Result<Contents> {
    let Some(rest) = bytes.strip_prefix(&MAGIC) else {
        return Err(ImportError::Foreign.into());
    };
    let (version, _) = rest
        .split_first_chunk()
        .ok_or_else(|| damaged("it is cut off"))?;
    // Before the checksum, which a newer version may make in another way.
    if u32::from_le_bytes(*version) > VERSION {
        return Err(ImportError::Newer.into());
    }
    let (content, digest) = bytes
        .split_last_chunk::<DIGEST>()
        .ok_or_else(|| damaged("it is cut off"))?;
    if Sha256::digest(content)[..] != digest[..] {
        return Err(damaged("it is cut off or was altered"));
    }
    contents(content.get(MAGIC.len() + 4..).unwrap_or_default()).map_err(damaged)
}

fn damaged(flaw: impl Into<String>) -> crate::Error {
    ImportError::Damaged(flaw.into()).into()
}

/// What follows the version.
fn contents(bytes: &[u8]) -> Result<Contents, String> {
    let (backbone, mut rest) = bytes.split_first_chunk().ok_or("it is too short")?;
    let mut contents = Contents {
        backbone: Some(*backbone).filter(|id| *id != UNBOUND),
        ..Contents::default()
    };
    while !rest.is_empty() {
        let (table, key, payload) = record(&mut rest).ok_or("a record is cut off")?;
        let within = |flaw: &str| format!("record {key} of {}: {flaw}", table.name());
        if key == 0 || key > MAX_KEY {
            return Err(within("its number is out of range"));
        }
        contents.add(table, key, payload).map_err(within)?;
    }
    contents.check()?;
    contents.share_features();
    Ok(contents)
}

fn record<'a>(rest: &mut &'a [u8]) -> Option<(Table, u64, &'a [u8])> {
    let (&table, after) = rest.split_first()?;
    let (key, after) = after.split_first_chunk()?;
    let (length, after) = after.split_first_chunk()?;
    let (payload, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    *rest = after;
    Some((
        Table::from_number(table)?,
        u64::from_le_bytes(*key),
        payload,
    ))
}

impl Contents {
    fn add(&mut self, table: Table, key: u64, payload: &[u8]) -> Result<(), &'static str> {
        let twice = match table {
            Table::Meta => return Err("it does not belong into a file"),
            Table::Labels => {
                let id = LabelId(u32::try_from(key).map_err(|_| "its number is out of range")?);
                let entry = records::label_from_bytes(payload)?;
                if self.labels.find(&entry.name).is_some() {
                    return Err("another label has its name");
                }
                self.labels.set(id, Some(entry)).is_some()
            }
            Table::Lessons => {
                let lesson = records::lesson_from_bytes(payload)?;
                self.lessons.insert(LessonId(key), lesson).is_some()
            }
            Table::Photos => {
                let photo = records::photo_from_bytes(payload)?;
                self.photos.insert(PhotoId(key), photo).is_some()
            }
            Table::Thumbnails => {
                let picture = payload.to_vec();
                self.thumbnails.insert(PhotoId(key), picture).is_some()
            }
        };
        if twice {
            Err("it is there twice")
        } else {
            Ok(())
        }
    }

    /// What holds between records.
    fn check(&self) -> Result<(), String> {
        if self.backbone.is_none() && !(self.lessons.is_empty() && self.photos.is_empty()) {
            return Err("it does not say which network it is for".to_owned());
        }
        let mut taught = HashSet::new();
        for (LessonId(id), lesson) in &self.lessons {
            let known = lesson.label == NOISE || self.labels.get(lesson.label).is_some();
            if !known {
                return Err(format!("lesson {id} has a label that is not there"));
            }
            if lesson.photo.is_some_and(|photo| !taught.insert(photo)) {
                return Err(format!("the photo of lesson {id} has another lesson"));
            }
        }
        let mut keys = HashSet::new();
        for (PhotoId(id), photo) in &self.photos {
            if !keys.insert(photo.key) {
                return Err(format!("photo {id} is there twice"));
            }
        }
        match self
            .thumbnails
            .keys()
            .find(|id| !self.photos.contains_key(id))
        {
            Some(PhotoId(id)) => Err(format!("small picture {id} has no photo")),
            None => Ok(()),
        }
    }

    /// The same numbers need not be in memory twice.
    fn share_features(&mut self) {
        for lesson in self.lessons.values_mut() {
            let photo = lesson.photo.and_then(|photo| self.photos.get(&photo));
            lesson.share_feature(photo);
        }
    }
}
