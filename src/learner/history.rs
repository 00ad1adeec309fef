//! Undo and redo, for as long as the learner is open: the history is in memory and starts empty after
//! a reload. (What was taught is on disk and can be corrected or taken back then, too.)

use std::collections::VecDeque;
use std::sync::Arc;

use super::change::Change;
use super::photos;

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
}

/// Which way to go in the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Undo,
    Redo,
}

impl History {
    /// The action that would be taken back or done again next.
    pub fn next(&self, direction: Direction) -> Option<&Entry> {
        match direction {
            Direction::Undo => self.undo.back(),
            Direction::Redo => self.redo.last(),
        }
    }

    /// A new action was done; what had been undone before can no longer be redone.
    pub fn done(&mut self, words: String, inverse: Change) {
        for entry in self.redo.drain(..) {
            self.weight -= entry.change.weight();
        }
        let change = Arc::new(inverse);
        self.weight += change.weight();
        self.undo.push_back(Entry { words, change });
        self.forget_oldest();
    }

    /// More photos were added: the same action as the one before, if that added photos and nothing
    /// was undone since.
    pub fn added_more(&mut self, words: String, inverse: Change) {
        match self.undo.back_mut() {
            Some(entry) if self.redo.is_empty() && entry.change.only_removes_photos() => {
                // What the inverse keeps alive is nothing: it holds no photo and no picture.
                let change = Arc::make_mut(&mut entry.change);
                change.photos.extend(inverse.photos);
                change.thumbnails.extend(inverse.thumbnails);
                entry.words = photos::added(change.photos.len());
            }
            _ => self.done(words, inverse),
        }
    }

    /// The next action was undone or redone: it moves to the other side, as `inverse`.
    pub fn moved(&mut self, direction: Direction, inverse: Change) {
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
