//! The photos the page shows.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::Arc;

use super::origin::Origin;
use crate::head::Feature;

/// Stable id of a photo in the album, from 1.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct PhotoId(pub u64);

/// SHA-256 of a photo's bytes: the same file twice is one photo.
pub type ContentKey = [u8; 32];

/// The longest file name that is kept, in characters; the rest is cut off.
pub const LONGEST_FILE_NAME: usize = 1000;

/// A photo to be added.
#[derive(Debug, Clone)]
pub struct NewPhoto {
    /// The file's name, for the person.
    pub name: String,
    /// SHA-256 of the file's bytes.
    pub key: ContentKey,
    /// What the backbone made of it.
    pub feature: Arc<Feature>,
    /// A small picture (JPEG, WebP or PNG), stored but not kept in memory. May be empty.
    pub thumbnail: Vec<u8>,
    /// Width of the original, upright, in pixels.
    pub width: u32,
    /// Height of the original, upright, in pixels.
    pub height: u32,
    /// The file it came from, where that is known.
    pub origin: Option<Origin>,
}

/// A photo of the album, without its thumbnail.
#[derive(Debug, Clone, PartialEq)]
pub struct Photo {
    /// The file's name.
    pub name: String,
    /// SHA-256 of the file's bytes.
    pub key: ContentKey,
    /// Width of the original, upright, in pixels.
    pub width: u32,
    /// Height of the original, upright, in pixels.
    pub height: u32,
    /// What the backbone made of it.
    pub feature: Arc<Feature>,
}

impl From<&NewPhoto> for Photo {
    fn from(new: &NewPhoto) -> Photo {
        Photo {
            name: cut_name(&new.name),
            key: new.key,
            width: new.width,
            height: new.height,
            feature: Arc::clone(&new.feature),
        }
    }
}

/// A file's name as it is kept, wherever it came from.
pub(super) fn cut_name(name: &str) -> String {
    name.chars().take(LONGEST_FILE_NAME).collect()
}

/// Photos by id and by content.
#[derive(Debug, Default)]
pub struct Album {
    photos: BTreeMap<PhotoId, Arc<Photo>>,
    by_key: HashMap<ContentKey, PhotoId>,
}

impl Album {
    /// The photo with this id.
    pub fn get(&self, id: PhotoId) -> Option<&Arc<Photo>> {
        self.photos.get(&id)
    }

    /// The photo with this content.
    pub fn find(&self, key: &ContentKey) -> Option<PhotoId> {
        self.by_key.get(key).copied()
    }

    /// Every photo, ascending by id: in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (PhotoId, &Arc<Photo>)> {
        self.photos.iter().map(|(&id, photo)| (id, photo))
    }

    /// The photos, or only those with higher ids than this one.
    pub fn after(&self, id: Option<PhotoId>) -> impl Iterator<Item = (PhotoId, &Arc<Photo>)> {
        let from = id.map_or(Bound::Unbounded, Bound::Excluded);
        let photos = self.photos.range((from, Bound::Unbounded));
        photos.map(|(&id, photo)| (id, photo))
    }

    /// Puts (`Some`) or deletes (`None`) a photo and returns what was there.
    pub(super) fn set(&mut self, id: PhotoId, photo: Option<Arc<Photo>>) -> Option<Arc<Photo>> {
        let before = match photo {
            Some(photo) => {
                self.by_key.insert(photo.key, id);
                self.photos.insert(id, photo)
            }
            None => self.photos.remove(&id),
        };
        if let Some(gone) = before.as_ref()
            && self.by_key.get(&gone.key) == Some(&id)
            && self.photos.get(&id).is_none_or(|now| now.key != gone.key)
        {
            self.by_key.remove(&gone.key);
        }
        before
    }
}
