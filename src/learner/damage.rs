//! What could not be read, and what of it can be told all the same.
//!
//! The rest of a collection knows something about a record that is gone: a lesson says which photo it
//! was taught with, the last steps say what was done to what.

use std::collections::HashSet;

use super::Learner;
use super::album::PhotoId;
use super::history::History;
use super::records::{LAST_IDS_KEY, META_KEY};
use super::state::State;
use super::steps;
use crate::labels::LabelId;
use crate::store::{Damaged, Store, Table};

/// A stored record that cannot be read, or lacks what it should have. It stays where it is until it is
/// mended ([`Learner::mend`]) or left out ([`Learner::leave_out`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which record it is, where that is still known.
    pub place: Option<(Table, u64)>,
    /// What it was.
    pub was: Was,
    /// What is wrong with it: "Lesson 3 cannot be read: it is too short."
    pub sentence: String,
    /// The last action that touched it, as undo names it, where undo reaches back so far.
    pub step: Option<String>,
}

/// What a damaged record was, as far as the rest tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Was {
    /// Nobody knows.
    Unknown,
    /// Which network the collection belongs to. It is taken for this version's.
    Description,
    /// The highest numbers ever given. New ones go above all that are seen.
    Numbers,
    /// A step of undo, or how many there are: undo does not reach back beyond it.
    Undo,
    /// The name of a label. Its lessons answer on, under a name that says so.
    Label {
        /// How many those are.
        lessons: usize,
    },
    /// Something that was taught.
    Lesson,
    /// A photo of the album. What was taught with it is kept.
    Photo {
        /// What that is.
        taught: Option<LabelId>,
    },
    /// A small picture.
    Picture {
        /// The photo's file name, where that is in the album.
        of: Option<String>,
    },
    /// Which file a photo came from.
    Origin {
        /// The photo's file name, where that is in the album.
        of: Option<String>,
    },
    /// That a photo was accepted, and as what.
    Accepted {
        /// The photo's file name, where that is in the album.
        of: Option<String>,
    },
}

impl Was {
    fn of(place: Option<(Table, u64)>, state: &State) -> Was {
        let Some((table, key)) = place else {
            return Was::Unknown;
        };
        let name = || {
            let photo = state.album.get(PhotoId(key));
            photo.map(|photo| photo.name.clone())
        };
        match table {
            Table::Meta if key == META_KEY => Was::Description,
            Table::Meta if key == LAST_IDS_KEY => Was::Numbers,
            Table::Meta if key == steps::NEWEST_KEY => Was::Undo,
            Table::Meta if steps::number(key).is_some() => Was::Undo,
            Table::Meta => Was::Unknown,
            Table::Labels => {
                let id = u32::try_from(key).ok().map(LabelId);
                let lessons = id.map_or(0, |id| state.lessons_of(id).count());
                Was::Label { lessons }
            }
            Table::Lessons => Was::Lesson,
            Table::Photos => {
                let lesson = state.lesson_of(PhotoId(key));
                let lesson = lesson.and_then(|id| state.lessons.get(&id));
                let taught = lesson.map(|lesson| lesson.label);
                Was::Photo { taught }
            }
            Table::Thumbnails => Was::Picture { of: name() },
            Table::Origins => Was::Origin { of: name() },
            Table::Accepted => Was::Accepted { of: name() },
        }
    }
}

/// A damaged record as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub place: Option<(Table, u64)>,
    /// "it is too short".
    pub flaw: String,
}

impl Found {
    /// In a record whose place is known.
    pub fn at(table: Table, key: u64, flaw: impl std::fmt::Display) -> Found {
        Found {
            place: Some((table, key)),
            flaw: flaw.to_string(),
        }
    }

    fn told(&self, state: &State, history: &History) -> Problem {
        let steps = self.place.and_then(|place| history.last_about(place));
        Problem {
            place: self.place,
            was: Was::of(self.place, state),
            sentence: self.sentence(),
            step: steps.map(str::to_owned),
        }
    }

    fn sentence(&self) -> String {
        let flaw = &self.flaw;
        let Some((table, key)) = self.place else {
            return format!("A stored record cannot be read: {flaw}.");
        };
        let what = match table {
            Table::Meta if key == LAST_IDS_KEY => "The highest numbers given".to_owned(),
            Table::Meta if key == steps::NEWEST_KEY => "The number of steps to undo".to_owned(),
            Table::Meta => match steps::number(key) {
                Some(number) => format!("Step {number} of undo"),
                None => "The collection's own description".to_owned(),
            },
            Table::Labels => format!("Label {key}"),
            Table::Lessons => format!("Lesson {key}"),
            Table::Photos => format!("Photo {key}"),
            Table::Thumbnails => format!("The small picture of photo {key}"),
            Table::Origins => format!("Where photo {key} came from"),
            Table::Accepted => format!("What photo {key} was accepted as"),
        };
        format!("{what} cannot be read: {flaw}.")
    }
}

impl From<&Damaged> for Found {
    fn from(damaged: &Damaged) -> Found {
        Found {
            place: damaged.place,
            flaw: damaged.flaw.to_string(),
        }
    }
}

impl<S: Store> Learner<S> {
    /// What cannot be read: as it was found at opening and since (small pictures are read when they are
    /// asked for), without what was mended, written anew or left out.
    pub fn problems(&self) -> Vec<Problem> {
        let (state, history) = (self.state.borrow(), self.history.borrow());
        let damaged = self.damaged.borrow();
        let told = damaged.iter().map(|found| found.told(&state, &history));
        told.collect()
    }

    /// Keeps in mind that a small picture cannot be read.
    pub(super) fn note_picture(&self, photo: PhotoId, flaw: &str) {
        // The store's word begins with the place, which is told anyway.
        let flaw = flaw.split_once(": ").map_or(flaw, |(_, flaw)| flaw);
        let found = Found::at(Table::Thumbnails, photo.0, flaw);
        let mut damaged = self.damaged.borrow_mut();
        if !damaged.iter().any(|known| known.place == found.place) {
            damaged.push(found);
        }
    }

    /// These records were written or deleted: whatever was damaged there is no more.
    pub(super) fn forget_damage(&self, places: impl Iterator<Item = (Table, u64)>) {
        let mut damaged = self.damaged.borrow_mut();
        if damaged.is_empty() {
            return;
        }
        let written: HashSet<_> = places.collect();
        damaged.retain(|found| found.place.is_none_or(|place| !written.contains(&place)));
    }
}
