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
//! Actions may be started without waiting for each other: they take turns, in the order of their first
//! poll. Reads never wait; they see what is committed. Do not drop the future of an action midway: the
//! store may then have it, and memory not until the next opening.
//!
//! | file | holds |
//! |---|---|
//! | `open` | records → state, and what could not be read |
//! | [`album`] | the photos the page shows |
//! | `actions` | what can be done: every action with its errors |
//! | `reads` | what can be asked |
//! | `teaching`, `labelling`, `photos` | the plans of actions: pure functions of the state |
//! | `predict` | what the album is, and when the learner is not sure |
//! | `report` | how often it would be right, by leave-one-out |
//! | `transfer`, `import` | one file with everything; reading it back |
//! | `state`, `change`, `history`, `records` | memory, its edits, their inverses, their bytes |

use std::cell::{Cell, RefCell};

use crate::Result;
use crate::error::StorageError;
use crate::store::{Store, Table, Turn, Turns};

mod actions;
pub mod album;
mod change;
mod history;
mod import;
mod labelling;
mod open;
mod photos;
mod predict;
mod reads;
mod records;
mod report;
mod state;
mod teaching;
mod transfer;

pub use album::{ContentKey, NewPhoto, Photo, PhotoId};
pub use import::{How, ImportSummary};
pub use predict::{AlbumPredictions, LEAD, Prediction, RANKED, Ranked, SURE};
pub use reads::{AlbumPhoto, HistoryWords, Label, Lesson};
pub use report::{LabelReport, Mistake, Report};
pub use state::LessonId;
pub use teaching::Sample;

use change::Change;
use history::History;
use state::State;

/// Everything one person taught on one device.
pub struct Learner<S: Store> {
    store: Turns<S>,
    read_only: bool,
    /// Never borrowed across an await.
    state: RefCell<State>,
    history: RefCell<History>,
    /// Which network the features come from; `None` while there are none.
    backbone: Cell<Option<[u8; 32]>>,
    /// What could not be read at opening.
    problems: Vec<String>,
}

/// An action that was thought through but not done yet.
struct Plan<T> {
    /// What the person did, as the history names it.
    words: String,
    change: Change,
    answer: T,
}

impl<S: Store> Learner<S> {
    async fn lock(&self) -> Result<Turn<'_, S>> {
        if self.read_only {
            return Err(StorageError::Busy.into());
        }
        self.store.take().await
    }

    /// Plans, stores, applies and remembers one action.
    async fn act<T>(&self, plan: impl FnOnce(&State) -> Result<Plan<T>>) -> Result<T> {
        self.act_as(plan, History::done).await
    }

    /// The same, remembered in a way of its own.
    async fn act_as<T>(
        &self,
        plan: impl FnOnce(&State) -> Result<Plan<T>>,
        remember: impl FnOnce(&mut History, String, Change),
    ) -> Result<T> {
        let mut turn = self.lock().await?;
        let Plan {
            words,
            change,
            answer,
        } = plan(&self.state.borrow())?;
        if !change.is_empty() {
            let inverse = self.commit(turn.store()?, &change).await?;
            remember(&mut self.history.borrow_mut(), words, inverse);
        }
        Ok(answer)
    }

    /// Stores the change, then applies it; returns its inverse.
    async fn commit(&self, store: &mut S, change: &Change) -> Result<Change> {
        let mut thumbnails = Vec::with_capacity(change.thumbnails.len());
        for (photo, after) in &change.thumbnails {
            // One that comes had no predecessor; one that goes is needed to bring it back.
            let before = match after {
                Some(_) => None,
                None => read_picture(store, *photo).await?,
            };
            thumbnails.push((*photo, before));
        }
        store.commit(records::writes(change)).await?;
        Ok(Change {
            thumbnails,
            ..change.apply(&mut self.state.borrow_mut())
        })
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

/// A small picture, if it can be read: a damaged one is no reason to refuse what was asked for.
async fn read_picture<S: Store>(store: &mut S, photo: PhotoId) -> Result<Option<Vec<u8>>> {
    match store.read(Table::Thumbnails, photo.0).await {
        Err(crate::Error::Storage(StorageError::Damaged(_))) => Ok(None),
        read => read,
    }
}
