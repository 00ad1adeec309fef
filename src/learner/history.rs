//! Undo and redo. The history is in memory; its last steps are in the store, too (`steps`), and are
//! there after a reload. What was undone is not: redo starts empty.

use std::collections::VecDeque;
use std::sync::Arc;

use super::change::Change;
use super::photos;
use super::steps::Kept;
use crate::store::{Table, Write};

/// How much memory the history may keep alive, in bytes. The oldest actions are forgotten above it,
/// never the last one.
const LIMIT: usize = 64 << 20;

/// One action, by name, and the change that takes it back (or does it again).
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub words: String,
    pub change: Arc<Change>,
}

/// What can be undone and redone.
#[derive(Debug, Default)]
pub(super) struct History {
    undo: VecDeque<Entry>,
    redo: Vec<Entry>,
    weight: usize,
    kept: Kept,
}

/// How an action comes into the history.
#[derive(Debug, Clone)]
pub(super) enum Remember {
    /// As a step of its own, by this name.
    Done(String),
    /// As part of the step before, if that added photos, too.
    AddedMore(String),
    /// The next step was taken back or done again.
    Moved(Direction),
    /// Not at all: nothing that a person would take back.
    Not,
}

/// What the history will be once an action is done.
#[derive(Debug)]
pub(super) struct Next {
    kept: Kept,
    /// The name of the step before together with this one, where they are one.
    joined: Option<String>,
}

/// Which way to go in the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Undo,
    Redo,
}

impl History {
    /// What a store had.
    pub fn restored(undo: VecDeque<Entry>, kept: Kept) -> History {
        let weight = undo.iter().map(|entry| entry.change.weight()).sum();
        History {
            undo,
            weight,
            kept,
            ..History::default()
        }
    }

    /// The action that would be taken back or done again next.
    pub fn next(&self, direction: Direction) -> Option<&Entry> {
        match direction {
            Direction::Undo => self.undo.back(),
            Direction::Redo => self.redo.last(),
        }
    }

    /// The name of the last action that touched this record, of those that can be taken back.
    pub fn last_about(&self, place: (Table, u64)) -> Option<&str> {
        let mut latest_first = self.undo.iter().rev();
        let last = latest_first.find(|entry| entry.change.places().any(|touched| touched == place));
        last.map(|entry| &*entry.words)
    }

    /// Says anew what the store has of it.
    pub fn again(&self) -> Vec<Write> {
        self.kept.writes(&self.kept)
    }

    /// What of this action the store keeps, to be written together with it, and what is remembered of it
    /// when it is done. With no `room`, the store keeps none.
    pub fn keep(&self, remember: &Remember, inverse: &Change, room: bool) -> (Vec<Write>, Next) {
        let mut kept = self.kept.clone();
        let joined = match remember {
            Remember::AddedMore(_) => self.joined(inverse),
            _ => None,
        };
        let step = match remember {
            Remember::Not => None,
            Remember::Moved(Direction::Undo) => {
                kept.pop();
                None
            }
            Remember::Moved(Direction::Redo) => {
                let words = self.redo.last().map_or("", |entry| &entry.words);
                kept.push(words, inverse)
            }
            Remember::Done(words) | Remember::AddedMore(words) => match &joined {
                Some(words) => kept.join(words, inverse),
                None => kept.push(words, inverse),
            },
        };
        if !room {
            kept.clear();
        }
        let mut writes = kept.writes(&self.kept);
        writes.extend(step.filter(|_| room));
        (writes, Next { kept, joined })
    }

    /// What forgets everything, in the store.
    pub fn forget(&self) -> Vec<Write> {
        Kept::default().writes(&self.kept)
    }

    /// Takes what was done, by its inverse, as [`History::keep`] said.
    pub fn remember(&mut self, remember: Remember, inverse: Change, next: Next) {
        self.kept = next.kept;
        match remember {
            Remember::Done(words) | Remember::AddedMore(words) => {
                match next.joined.zip(self.undo.back_mut()) {
                    // What the inverse keeps alive is nothing: it holds no photo and no picture.
                    Some((words, last)) => {
                        last.words = words;
                        Arc::make_mut(&mut last.change).join(inverse);
                    }
                    None => self.done(words, inverse),
                }
            }
            Remember::Moved(direction) => self.moved(direction, inverse),
            Remember::Not => {}
        }
    }

    /// A new action was done; what had been undone before can no longer be redone.
    fn done(&mut self, words: String, inverse: Change) {
        for entry in self.redo.drain(..) {
            self.weight -= entry.change.weight();
        }
        let change = Arc::new(inverse);
        self.weight += change.weight();
        self.undo.push_back(Entry { words, change });
        self.forget_oldest();
    }

    /// More photos were added: the name of the last action with them, if that added photos and nothing
    /// was undone since.
    fn joined(&self, inverse: &Change) -> Option<String> {
        let last = self.undo.back().filter(|_| self.redo.is_empty())?;
        let photos = last.change.photos.len() + inverse.photos.len();
        let adds = last.change.only_removes_photos();
        adds.then(|| photos::added(photos))
    }

    /// The next action was undone or redone: it moves to the other side, as `inverse`.
    fn moved(&mut self, direction: Direction, inverse: Change) {
        let entry = match direction {
            Direction::Undo => self.undo.pop_back(),
            Direction::Redo => self.redo.pop(),
        };
        let Some(Entry { words, change }) = entry else {
            return;
        };
        let inverse = Arc::new(inverse);
        self.weight = self.weight - change.weight() + inverse.weight();
        let entry = Entry {
            words,
            change: inverse,
        };
        match direction {
            Direction::Undo => self.redo.push(entry),
            Direction::Redo => self.undo.push_back(entry),
        }
        self.forget_oldest();
    }

    fn forget_oldest(&mut self) {
        while self.weight > LIMIT && self.undo.len() > 1 {
            if let Some(entry) = self.undo.pop_front() {
                self.weight -= entry.change.weight();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learner::album::PhotoId;

    fn heavy(megabytes: usize) -> Change {
        let thumbnails = vec![(PhotoId(1), Some(vec![0; megabytes << 20]))];
        Change {
            thumbnails,
            ..Change::default()
        }
    }

    #[test]
    fn the_oldest_is_forgotten_first_and_the_last_one_never() {
        let mut history = History::default();
        for name in ["a", "b", "c"] {
            history.done(name.to_owned(), heavy(30));
        }
        assert_eq!(history.undo.len(), 2, "90 MB are above the limit of 64");
        assert_eq!(history.next(Direction::Undo).unwrap().words, "c");
        history.done("d".to_owned(), heavy(100));
        assert_eq!(history.undo.len(), 1);
        assert_eq!(history.next(Direction::Undo).unwrap().words, "d");
    }

    #[test]
    fn a_new_action_ends_what_could_be_redone() {
        let mut history = History::default();
        history.done("a".to_owned(), heavy(0));
        history.moved(Direction::Undo, heavy(0));
        assert_eq!(history.next(Direction::Redo).unwrap().words, "a");
        history.done("b".to_owned(), heavy(0));
        assert!(history.next(Direction::Redo).is_none());
        assert_eq!(history.weight, 0);
    }
}
