//! What one learner changed, read by others that follow it: those records only, instead of all there are.
//!
//! The writer tells which records it changed, and from which [revision](Store::revision) of the store to which.
//! A follower that stands at the first reads these records as they are at the second. Where anything is in the
//! way (it stands elsewhere, the writer is further on, a record is damaged) it says so, and is opened anew.

use super::Learner;
use super::album::PhotoId;
use super::change::Change;
use super::origin::Origin;
use super::records;
use super::state::LessonId;
use crate::Result;
use crate::distinct::distinct;
use crate::labels::{LabelEntry, LabelId};
use crate::store::payload::Unreadable;
use crate::store::{Kept, Store, Table};
use std::sync::Arc;

/// More changed records than this are not listed: to read everything anew takes no longer.
const MOST: usize = 4_000;

/// Which records are others now than they were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The revision before.
    pub before: u64,
    /// The revision after.
    pub after: u64,
    /// The records: what is there now is what they are, what is not there is gone. Small pictures are not
    /// among them, since nobody keeps those in memory.
    pub places: Vec<(Table, u64)>,
}

/// What was changed since somebody asked.
#[derive(Debug)]
pub(super) struct Recent {
    before: u64,
    places: Vec<(Table, u64)>,
}

impl<S: Store> Learner<S> {
    /// What was changed since this was asked last; `None` the first time, and where that cannot be listed.
    ///
    /// # Errors
    /// `request/closed`.
    pub async fn changes(&self) -> Result<Option<Changes>> {
        let mut turn = self.store.take().await?;
        let now = turn.store()?.revision();
        let since = now.map(|before| Recent {
            before,
            places: Vec::new(),
        });
        let recent = self.recent.replace(since);
        Ok(recent.zip(now).and_then(|(recent, after)| {
            let listed = recent.places.len() <= MOST;
            listed.then_some(Changes {
                before: recent.before,
                after,
                places: recent.places,
            })
        }))
    }

    /// Notes what was written, for who asks.
    pub(super) fn note_change(&self, change: &Change) {
        if let Some(recent) = &mut *self.recent.borrow_mut() {
            let places = change.places();
            let places = places.filter(|(table, _)| *table != Table::Thumbnails);
            let room = (MOST + 1).saturating_sub(recent.places.len());
            recent.places.extend(places.take(room));
        }
    }

    /// Reads what another changed. `false` where that is not all there is to be read, or not to be read so:
    /// then nothing was done, and the collection is to be opened anew. One that may write follows nobody.
    ///
    /// # Errors
    /// `request/closed`, errors of the store.
    pub async fn follow(&self, changes: Changes) -> Result<bool> {
        let mut turn = self.store.take().await?;
        let store = turn.store()?;
        let stands = store.revision() == Some(changes.before) && self.damaged.borrow().is_empty();
        if !self.read_only.get() || !stands || changes.places.len() > MOST {
            return Ok(false);
        }
        // Between two looks that see the same revision nothing was written.
        if store.newest().await? != Some(changes.after) {
            return Ok(false);
        }
        let mut change = Change::default();
        for table in Table::ALL {
            let of_table = changes.places.iter().filter(|place| place.0 == table);
            let keys = distinct(of_table.map(|place| place.1));
            for (&key, found) in keys.iter().zip(store.read_many(table, &keys).await?) {
                if change.read(table, key, found).is_err() {
                    return Ok(false);
                }
            }
        }
        if store.newest().await? != Some(changes.after) {
            return Ok(false);
        }
        let mut state = self.state.borrow_mut();
        for (_, lesson) in &mut change.lessons {
            if let Some(lesson) = lesson {
                let photo = lesson.photo.and_then(|photo| state.album.get(photo));
                lesson.share_feature(photo.map(|photo| &**photo));
            }
        }
        change.apply(&mut state);
        store.stand_at(changes.after);
        Ok(true)
    }
}

impl Change {
    /// Adds a record as it was found.
    fn read(&mut self, table: Table, key: u64, found: Kept) -> Result<(), Unreadable> {
        let bytes = found.map_err(|_| "it cannot be read")?;
        let bytes = bytes.as_deref();
        match table {
            Table::Meta | Table::Thumbnails => return Err("it is none of those that are followed"),
            Table::Labels => {
                let id = u32::try_from(key).map_err(|_| "it has no number a label can have")?;
                let entry = bytes.map(LabelEntry::from_bytes).transpose()?;
                self.labels.push((LabelId(id), entry));
            }
            Table::Lessons => {
                let lesson = bytes.map(records::lesson_from_bytes).transpose()?;
                self.lessons.push((LessonId(key), lesson));
            }
            Table::Photos => {
                let photo = bytes.map(records::photo_from_bytes).transpose()?;
                self.photos.push((PhotoId(key), photo.map(Arc::new)));
            }
            Table::Origins => {
                let origin = bytes.map(Origin::from_bytes).transpose()?;
                self.origins.push((PhotoId(key), origin.map(Arc::new)));
            }
            Table::Accepted => {
                let label = bytes.map(records::accepted_from_bytes).transpose()?;
                self.accepted.push((PhotoId(key), label));
            }
        }
        Ok(())
    }
}
