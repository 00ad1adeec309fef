//! The learner: labels, lessons, the album of photos, undo, and the store in which they last.
//!
//! Every action of the person is planned on the state in memory, committed to the store, and only then
//! applied to memory:
//!
//! ```text
//! action ──► Plan ──► store.commit ──► state ──► history
//!            pure      all or nothing   in memory   its inverse, for undo
//! ```
//!
//! A failed write therefore leaves everything as it was, and what an action resolved to is on disk.
//! Where the store failed and has the write all the same, which it is asked, the action has happened.
//! Actions may be started without waiting for each other: they take turns, in the order of their first
//! poll. Reads never wait; they see what is committed. Do not drop the future of an action midway: the
//! store may then have it, and memory not until the next opening.
//!
//! | file | holds |
//! |---|---|
//! | `open` | records → state, and what could not be read |
//! | `follow` | what another learner changed → state |
//! | [`album`] | the photos the page shows |
//! | `origin` | the files they came from |
//! | `actions` | what can be done: every action with its errors |
//! | `reads` | what can be asked |
//! | `damage`, `mend` | what could not be read; taken from a backup, or left out |
//! | `teaching`, `accepting`, `labelling`, `photos` | the plans of actions: pure functions of the state |
//! | `bursts` | which photos are of one scene |
//! | `predict` | what the album is, and when the learner is not sure |
//! | `renewal` | the plan of going over to another network |
//! | `report` | how often it would be right, by leave-one-out |
//! | `transfer`, `import` | one file with everything; reading it back |
//! | `state`, `change`, `history` | memory, its edits, their inverses |
//! | `records`, `steps` | the bytes of all that, as the store keeps it |

use std::cell::{Cell, RefCell};

use crate::error::StorageError;
use crate::store::{Store, Table, Turn, Turns, Write};
use crate::{Error, Result};

mod accepting;
mod actions;
pub mod album;
mod bursts;
mod change;
mod damage;
mod follow;
mod history;
mod import;
mod labelling;
mod mend;
mod open;
mod origin;
mod photos;
mod predict;
mod reads;
mod records;
mod renewal;
mod report;
mod state;
mod steps;
mod teaching;
mod transfer;

pub use album::{ContentKey, NewPhoto, Photo, PhotoId};
pub use bursts::{ALIKE, APART, SAME};
pub use damage::{Problem, Was};
pub use follow::Changes;
pub use import::{How, ImportSummary};
pub use mend::Mended;
pub use origin::{LONGEST_PATH, MOST_COMPANIONS, Origin};
pub use predict::{AlbumPredictions, LEAD, Prediction, RANKED, Ranked, SURE, Speaker, Why};
pub use reads::{AlbumPhoto, HistoryWords, Label, Lesson};
pub use renewal::Renewal;
pub use report::{LabelReport, Mistake, Report};
pub use state::LessonId;
pub use teaching::Sample;

use change::Change;
use damage::Found;
use follow::Recent;
use history::{History, Next, Remember};
use records::LAST_IDS_KEY;
use state::State;

/// Everything one person taught on one device.
pub struct Learner<S: Store> {
    store: Turns<S>,
    read_only: Cell<bool>,
    /// Never borrowed across an await.
    state: RefCell<State>,
    history: RefCell<History>,
    /// The last write, where it failed and nobody could say yet whether it is stored all the same.
    doubtful: RefCell<Option<Doubtful>>,
    /// Which network the features come from; `None` while there are none.
    backbone: Cell<Option<[u8; 32]>>,
    /// What could not be read, and is still there.
    damaged: RefCell<Vec<Found>>,
    /// What is to be written before anything else: records of an older layout, in this one.
    overdue: RefCell<Vec<Write>>,
    /// What was changed, once somebody asks.
    recent: RefCell<Option<Recent>>,
}

/// An action that was thought through but not done yet.
#[derive(Default)]
struct Plan<T> {
    /// What the person did, as the history names it.
    words: String,
    change: Change,
    answer: T,
}

/// A write of which nobody knows whether it is stored.
struct Doubtful {
    change: Change,
    inverse: Change,
    remember: Remember,
    next: Next,
}

impl<S: Store> Learner<S> {
    /// The turn of an action that writes, with memory and store at one.
    async fn lock(&self) -> Result<Turn<'_, S>> {
        self.may_write()?;
        let mut turn = self.store.take().await?;
        // It may have been given away while others had their turn.
        self.may_write()?;
        self.settle(turn.store()?).await?;
        Ok(turn)
    }

    fn may_write(&self) -> Result<()> {
        match self.read_only.get() {
            true => Err(StorageError::Busy.into()),
            false => Ok(()),
        }
    }

    /// Lets another write: waits for the action under way, then only reads. Every action answers
    /// `storage/busy` from then on, those that wait for their turn, too.
    pub async fn stop_writing(&self) {
        // Where it was closed there is no action under way.
        let _turn = self.store.take().await;
        self.read_only.set(true);
    }

    /// Plans, stores, applies and remembers one action.
    async fn act<T>(&self, plan: impl FnOnce(&State) -> Result<Plan<T>>) -> Result<T> {
        self.act_as(plan, Remember::Done).await
    }

    /// The same, remembered in a way of its own.
    async fn act_as<T>(
        &self,
        plan: impl FnOnce(&State) -> Result<Plan<T>>,
        remember: impl FnOnce(String) -> Remember,
    ) -> Result<T> {
        let mut turn = self.lock().await?;
        let Plan {
            words,
            change,
            answer,
        } = plan(&self.state.borrow())?;
        if !change.is_empty() {
            self.commit(turn.store()?, change, remember(words)).await?;
        }
        Ok(answer)
    }

    /// Stores the change, then applies and remembers it.
    async fn commit(&self, store: &mut S, change: Change, remember: Remember) -> Result<()> {
        let change = change.complete(&self.state.borrow());
        let mut thumbnails = Vec::with_capacity(change.thumbnails.len());
        for (photo, after) in &change.thumbnails {
            // One that comes had no predecessor; one that goes is needed to bring it back.
            let before = match after {
                Some(_) => None,
                None => self.picture(store, *photo).await?,
            };
            thumbnails.push((*photo, before));
        }
        let inverse = Change {
            thumbnails,
            ..change.inverse(&self.state.borrow(), self.backbone.get())
        };
        let all = |room| {
            let (steps, next) = self.history.borrow().keep(&remember, &inverse, room);
            let mut writes = self.overdue.borrow().clone();
            writes.extend(records::writes(&change));
            writes.push(self.state.borrow().last_after(&change).write());
            writes.extend(steps);
            (writes, next)
        };
        let (writes, mut next) = all(true);
        let mut stored = store.commit(writes).await;
        if stored == Err(StorageError::Full.into()) {
            // What was done is worth more than that it can be taken back after a reload.
            let (writes, fewer) = all(false);
            stored = store.commit(writes).await;
            next = fewer;
        }
        let write = Doubtful {
            change,
            inverse,
            remember,
            next,
        };
        match stored {
            Ok(()) => self.done(write),
            Err(Error::Request(_) | Error::Storage(StorageError::Busy)) => return stored,
            Err(_) => {
                // A store may lose its connection after it wrote and before it could say so.
                self.doubtful.replace(Some(write));
                // Where it cannot be asked now it is asked before the next action.
                if !self.settle(store).await.unwrap_or(false) {
                    return stored;
                }
            }
        }
        Ok(())
    }

    /// Finds out what became of a write that failed; whether it is stored, and therefore done.
    async fn settle(&self, store: &mut S) -> Result<bool> {
        let Some(write) = self.doubtful.take() else {
            return Ok(false);
        };
        match is_stored(store, &write.change).await {
            Ok(true) => self.done(write),
            Ok(false) => return Ok(false),
            Err(error) => {
                self.doubtful.replace(Some(write));
                return Err(error);
            }
        }
        Ok(true)
    }

    /// Memory and the history follow the store.
    fn done(&self, write: Doubtful) {
        if write.change.backbone.is_some() {
            self.backbone.set(write.change.backbone);
        }
        self.overdue.borrow_mut().clear();
        // These two are part of every action.
        let always = [LAST_IDS_KEY, steps::NEWEST_KEY].map(|key| (Table::Meta, key));
        self.forget_damage(write.change.places().chain(always));
        self.note_change(&write.change);
        write.change.apply(&mut self.state.borrow_mut());
        let mut history = self.history.borrow_mut();
        history.remember(write.remember, write.inverse, write.next);
    }

    /// Names what is here and stored, when the actions under way are done: see [`Store::revision`].
    ///
    /// # Errors
    /// `request/closed`.
    pub async fn revision(&self) -> Result<Option<u64>> {
        Ok(self.store.take().await?.store()?.revision())
    }

    /// A small picture, if it can be read: a damaged one is no reason to refuse what was asked for. It
    /// is kept in mind.
    async fn picture(&self, store: &mut S, photo: PhotoId) -> Result<Option<Vec<u8>>> {
        self.readable(photo, store.read(Table::Thumbnails, photo.0).await)
    }

    /// The same for several, read together.
    async fn pictures(&self, store: &mut S, of: &[PhotoId]) -> Result<Vec<Option<Vec<u8>>>> {
        let keys: Vec<_> = of.iter().map(|photo| photo.0).collect();
        let read = store.read_many(Table::Thumbnails, &keys).await?;
        let pictures = of.iter().zip(read);
        pictures
            .map(|(&photo, picture)| self.readable(photo, picture))
            .collect()
    }

    fn readable(&self, photo: PhotoId, read: Result<Option<Vec<u8>>>) -> Result<Option<Vec<u8>>> {
        match read {
            Err(Error::Storage(StorageError::Damaged(flaw))) => {
                self.note_picture(photo, &flaw);
                Ok(None)
            }
            read => read,
        }
    }

    /// Waits for the actions under way, then lets go of the store. Actions answer `request/closed` from
    /// then on.
    ///
    /// # Errors
    /// `request/closed` when it was closed already; errors of the store.
    pub async fn close(&self) -> Result<()> {
        self.store.close().await
    }
}

/// Whether the store has a change. It has all of it or nothing, but what was as the change wants it
/// before says nothing about that: every record is compared.
async fn is_stored<S: Store>(store: &mut S, change: &Change) -> Result<bool> {
    for write in records::writes(change) {
        let (table, key, expected) = match write {
            Write::Put { table, key, bytes } => (table, key, Some(bytes)),
            Write::Delete { table, key } => (table, key, None),
            Write::Clear => continue,
        };
        match store.read(table, key).await {
            // What was written would be whole: this is what was damaged before.
            Err(Error::Storage(StorageError::Damaged(_))) => return Ok(false),
            found => {
                if found? != expected {
                    return Ok(false);
                }
            }
        }
    }
    Ok(true)
}
