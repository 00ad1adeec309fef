//! What the bytes of the store's records mean. The store frames, versions and checks each record; here
//! is the layout inside, all numbers little endian:
//!
//! | table | key | payload |
//! |---|---|---|
//! | Meta | 0 | layout version (1 byte), backbone id (32) |
//! | Meta | 1 | the highest ids ever given: label (4), lesson (8), photo (8) |
//! | Meta | 2, and from 2³² on | the last steps of undo, see `steps` |
//! | Labels | label id | slot (4), name (UTF-8, to the end) |
//! | Lessons | lesson id | label id (4), photo id or 0 (8), content key where known (32), feature (6,416) |
//! | Photos | photo id | content key (32), width (4), height (4), feature (6,416), name (UTF-8, to the end) |
//! | Thumbnails | photo id | the picture's bytes |
//! | Origins | photo id | size (8), last change (8), taken (8) or −2⁶³, length (4) and text of its path, then of each file that goes along |
//! | Accepted | photo id | label id (4) |
//!
//! A lesson names its photo, not the other way round: teaching a photo writes one record.
//!
//! Layout 1 had no content keys in its lessons, and no record of the highest ids or of undo; 2 had
//! neither origins nor what was accepted.

use std::sync::Arc;

use super::album::{Photo, PhotoId, cut_name};
use super::change::Change;
use super::origin::Origin;
use super::state::{LastIds, Lesson, LessonId};
use crate::head::Feature;
use crate::labels::{LAST_ID, LabelEntry, LabelId};
use crate::store::payload::{Unreadable, take};
use crate::store::{MAX_KEY, Table, Write};

/// Version of the layout above.
pub(super) const LAYOUT: u8 = 3;
/// From this version on lessons have content keys.
pub(super) const CONTENT_KEYS: u8 = 2;
/// Where [`Table::Meta`] says what the learner is bound to.
pub(super) const META_KEY: u64 = 0;
/// Where it has the highest ids ever given.
pub(super) const LAST_IDS_KEY: u64 = 1;
/// Bytes of a stored feature: 3,208 numbers of 16 bits.
pub(super) const FEATURE_BYTES: usize = 6416;

/// What the learner is bound to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Meta {
    pub layout: u8,
    /// SHA-256 over the weights and the way photos are prepared: features are comparable only where
    /// it is equal.
    pub backbone: [u8; 32],
}

impl Meta {
    /// Of this layout.
    pub fn bound_to(backbone: [u8; 32]) -> Meta {
        Meta {
            layout: LAYOUT,
            backbone,
        }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        [&[self.layout][..], &self.backbone].concat()
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Meta, Unreadable> {
        let mut rest = bytes;
        let [layout] = *take::<1>(&mut rest)?;
        let backbone = *take::<32>(&mut rest)?;
        Ok(Meta { layout, backbone })
    }

    /// Stores it.
    pub fn write(&self) -> Write {
        let (table, key, bytes) = (Table::Meta, META_KEY, self.to_bytes());
        Write::Put { table, key, bytes }
    }
}

impl LastIds {
    pub fn to_bytes(self) -> Vec<u8> {
        let (lesson, photo) = (self.lesson.to_le_bytes(), self.photo.to_le_bytes());
        [&self.label.to_le_bytes()[..], &lesson, &photo].concat()
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<LastIds, Unreadable> {
        let mut rest = bytes;
        let last = LastIds {
            label: u32::from_le_bytes(*take(&mut rest)?),
            lesson: u64::from_le_bytes(*take(&mut rest)?),
            photo: u64::from_le_bytes(*take(&mut rest)?),
        };
        if last.label > LAST_ID || last.lesson.max(last.photo) > MAX_KEY || !rest.is_empty() {
            return Err("it holds no numbers");
        }
        Ok(last)
    }

    /// Stores them.
    pub fn write(self) -> Write {
        let (table, key, bytes) = (Table::Meta, LAST_IDS_KEY, self.to_bytes());
        Write::Put { table, key, bytes }
    }
}

fn text(bytes: &[u8]) -> Result<&str, Unreadable> {
    std::str::from_utf8(bytes).map_err(|_| "its name is not text")
}

fn feature(bytes: &[u8; FEATURE_BYTES]) -> Result<Arc<Feature>, Unreadable> {
    let feature = Feature::from_bytes(bytes).map_err(|_| "its feature is not one")?;
    Ok(Arc::new(feature))
}

pub(super) fn lesson_to_bytes(lesson: &Lesson) -> Vec<u8> {
    let photo = lesson.photo.map_or(0, |photo| photo.0);
    let mut bytes = Vec::with_capacity(44 + FEATURE_BYTES);
    bytes.extend_from_slice(&lesson.label.0.to_le_bytes());
    bytes.extend_from_slice(&photo.to_le_bytes());
    bytes.extend_from_slice(lesson.key.as_ref().map_or(&[], |key| &key[..]));
    bytes.extend_from_slice(&lesson.feature.to_bytes());
    bytes
}

pub(super) fn lesson_from_bytes(bytes: &[u8]) -> Result<Lesson, Unreadable> {
    let mut rest = bytes;
    let label = LabelId(u32::from_le_bytes(*take(&mut rest)?));
    let photo = match u64::from_le_bytes(*take(&mut rest)?) {
        0 => None,
        id => Some(PhotoId(id)),
    };
    let key = match rest.len() {
        FEATURE_BYTES => None,
        _ => Some(*take(&mut rest)?),
    };
    let feature = feature(take(&mut rest)?)?;
    if !rest.is_empty() {
        return Err("it is too long");
    }
    Ok(Lesson {
        label,
        photo,
        key,
        feature,
    })
}

pub(super) fn photo_to_bytes(photo: &Photo) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(40 + FEATURE_BYTES + photo.name.len());
    bytes.extend_from_slice(&photo.key);
    bytes.extend_from_slice(&photo.width.to_le_bytes());
    bytes.extend_from_slice(&photo.height.to_le_bytes());
    bytes.extend_from_slice(&photo.feature.to_bytes());
    bytes.extend_from_slice(photo.name.as_bytes());
    bytes
}

pub(super) fn photo_from_bytes(bytes: &[u8]) -> Result<Photo, Unreadable> {
    let mut rest = bytes;
    let key = *take(&mut rest)?;
    let width = u32::from_le_bytes(*take(&mut rest)?);
    let height = u32::from_le_bytes(*take(&mut rest)?);
    let feature = feature(take(&mut rest)?)?;
    let name = cut_name(text(rest)?);
    Ok(Photo {
        name,
        key,
        width,
        height,
        feature,
    })
}

pub(super) fn accepted_to_bytes(label: LabelId) -> Vec<u8> {
    label.0.to_le_bytes().to_vec()
}

pub(super) fn accepted_from_bytes(bytes: &[u8]) -> Result<LabelId, Unreadable> {
    let label = bytes.try_into().map_err(|_| "it is no label's number")?;
    Ok(LabelId(u32::from_le_bytes(label)))
}

/// The transaction that stores a change.
pub(super) fn writes(change: &Change) -> Vec<Write> {
    let binding = change
        .backbone
        .map(|backbone| Meta::bound_to(backbone).write());
    let labels = change.labels.iter().map(|(LabelId(id), entry)| {
        let bytes = entry.as_ref().map(LabelEntry::to_bytes);
        write(Table::Labels, u64::from(*id), bytes)
    });
    let lessons = change.lessons.iter().map(|(LessonId(id), lesson)| {
        write(Table::Lessons, *id, lesson.as_ref().map(lesson_to_bytes))
    });
    let photos = change.photos.iter().map(|(PhotoId(id), photo)| {
        write(Table::Photos, *id, photo.as_deref().map(photo_to_bytes))
    });
    let thumbnails = change
        .thumbnails
        .iter()
        .map(|(PhotoId(id), bytes)| write(Table::Thumbnails, *id, bytes.clone()));
    let origins = change.origins.iter().map(|(PhotoId(id), origin)| {
        write(Table::Origins, *id, origin.as_deref().map(Origin::to_bytes))
    });
    let accepted = change
        .accepted
        .iter()
        .map(|(PhotoId(id), label)| write(Table::Accepted, *id, label.map(accepted_to_bytes)));
    binding
        .into_iter()
        .chain(labels)
        .chain(lessons)
        .chain(photos)
        .chain(thumbnails)
        .chain(origins)
        .chain(accepted)
        .collect()
}

fn write(table: Table, key: u64, bytes: Option<Vec<u8>>) -> Write {
    match bytes {
        Some(bytes) => Write::Put { table, key, bytes },
        None => Write::Delete { table, key },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some_feature() -> Arc<Feature> {
        let bytes = [0, 0x1c].repeat(FEATURE_BYTES / 2); // 1/256 each
        Arc::new(Feature::from_bytes(&bytes).unwrap())
    }

    /// These bytes are on people's disks and in their files: a change needs a new [`LAYOUT`].
    #[test]
    fn the_layout_stays() {
        let entry = LabelEntry {
            name: "Hüt".to_owned(),
            slot: 258,
        };
        let bytes = entry.to_bytes();
        assert_eq!(bytes, b"\x02\x01\0\0H\xc3\xbct");
        assert_eq!(LabelEntry::from_bytes(&bytes), Ok(entry));

        let lesson = Lesson {
            label: LabelId(3),
            photo: Some(PhotoId(0x0102_0304_0506)),
            key: Some([7; 32]),
            feature: some_feature(),
        };
        let bytes = lesson_to_bytes(&lesson);
        let ids = b"\x03\0\0\0\x06\x05\x04\x03\x02\x01\0\0";
        assert_eq!(bytes[..12], *ids);
        assert_eq!(bytes[12..44], [7; 32]);
        assert_eq!(bytes[44..46], *b"\0\x1c");
        assert_eq!(bytes.len(), 44 + FEATURE_BYTES);
        let read = lesson_from_bytes(&bytes).unwrap();
        assert_eq!((read.label, read.photo), (lesson.label, lesson.photo));
        assert_eq!((read.key, &read.feature), (lesson.key, &lesson.feature));

        // Of layout 1, or of nobody knows what.
        let old = [&ids[..], &lesson.feature.to_bytes()].concat();
        let read = lesson_from_bytes(&old).unwrap();
        assert_eq!((read.label, read.photo), (lesson.label, lesson.photo));
        assert_eq!((read.key, &read.feature), (None, &lesson.feature));

        let photo = Photo {
            name: "a.jpg".to_owned(),
            key: [7; 32],
            width: 640,
            height: 480,
            feature: some_feature(),
        };
        let bytes = photo_to_bytes(&photo);
        assert_eq!(bytes[..32], [7; 32]);
        assert_eq!(bytes[32..42], *b"\x80\x02\0\0\xe0\x01\0\0\0\x1c");
        assert_eq!(bytes[40 + FEATURE_BYTES..], *b"a.jpg");
        assert_eq!(photo_from_bytes(&bytes), Ok(photo));

        let meta = Meta {
            layout: 1,
            backbone: [9; 32],
        };
        assert_eq!(meta.to_bytes(), [&[1][..], &[9; 32]].concat());
        assert_eq!(Meta::from_bytes(&meta.to_bytes()), Ok(meta));

        let last = LastIds {
            label: 3,
            lesson: 0x0102,
            photo: 5,
        };
        let bytes = last.to_bytes();
        assert_eq!(bytes, b"\x03\0\0\0\x02\x01\0\0\0\0\0\0\x05\0\0\0\0\0\0\0");
        assert_eq!(LastIds::from_bytes(&bytes), Ok(last));
        let above = LastIds {
            photo: MAX_KEY + 1,
            ..last
        };
        assert!(LastIds::from_bytes(&above.to_bytes()).is_err());
    }

    #[test]
    fn a_lesson_without_a_photo_stays_without() {
        let lesson = Lesson {
            label: LabelId(0),
            photo: None,
            key: None,
            feature: some_feature(),
        };
        let read = lesson_from_bytes(&lesson_to_bytes(&lesson)).unwrap();
        assert_eq!((read.photo, read.key), (None, None));
    }

    #[test]
    fn what_is_too_long_or_no_number_is_unreadable() {
        let mut bytes = vec![0; 44 + FEATURE_BYTES];
        assert!(lesson_from_bytes(&bytes).is_ok());
        bytes.push(0);
        assert_eq!(lesson_from_bytes(&bytes).err(), Some("it is too long"));
        bytes.pop();
        bytes[44..46].copy_from_slice(&[0, 0x7e]); // not a number
        assert_eq!(
            lesson_from_bytes(&bytes).err(),
            Some("its feature is not one")
        );
    }
}
