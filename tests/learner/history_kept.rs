//! What was done can be taken back after a reload, step by step, and never into a state that never was.

use crate::support::{BACKBONE, Shared, act, actions::action, photo, see, told};
use keepsake::error::StorageError;
use keepsake::learner::{Learner, NewPhoto};
use keepsake::store::{Loaded, Store, Table, Write};
use keepsake::{Error, Result};
use pollster::block_on;
use proptest::prelude::*;

/// Where a step is stored, by its number.
fn step(number: u64) -> u64 {
    (1 << 32) + number
}

/// The numbers of the steps that a store has.
fn stored(store: &Shared) -> Vec<u64> {
    let records = block_on(store.clone().load()).unwrap().records;
    let steps = records.iter().filter(|(table, ..)| *table == Table::Meta);
    let numbers = steps.filter_map(|(_, key, _)| key.checked_sub(1 << 32));
    numbers.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_step_leads_back_also_after_reloads(
        actions in proptest::collection::vec((action(), any::<bool>(), any::<bool>()), 1..25),
    ) {
        let store = Shared::default();
        let mut learner = store.open();
        let mut seen = vec![see(&learner)];
        for (action, undone, reopened) in &actions {
            let before = see(&learner);
            let _ = act(&learner, action);
            if see(&learner) != before {
                seen.push(see(&learner));
                if *undone {
                    block_on(learner.undo()).unwrap();
                    seen.pop();
                    prop_assert_eq!(&see(&learner), &before);
                }
            }
            if *reopened {
                learner = store.open();
                prop_assert_eq!(&see(&learner), seen.last().unwrap());
            }
        }
        learner = store.open();
        prop_assert!(learner.problems().is_empty());
        for (at, step) in seen.iter().rev().skip(1).enumerate() {
            let words = learner.history().undo;
            prop_assert_eq!(Some(block_on(learner.undo()).unwrap()), words);
            prop_assert_eq!(&see(&learner), step);
            if at % 3 == 0 {
                learner = store.open();
            }
        }
        prop_assert_eq!(learner.history().undo, None);
        prop_assert_eq!(stored(&store), Vec::<u64>::new());
    }
}

#[test]
fn the_last_fifty_are_kept() {
    let store = Shared::default();
    let learner = store.open();
    block_on(async {
        for number in 0..60 {
            learner.add_label(&format!("Label {number}")).await.unwrap();
        }
        assert_eq!(stored(&store), (11..=60).collect::<Vec<_>>());
        let learner = store.open();
        for number in (10..60).rev() {
            let words = format!("New label Label {number}");
            assert_eq!(learner.undo().await.unwrap(), words);
        }
        assert_eq!(learner.history().undo, None);
        assert_eq!(learner.labels().len(), 11);
        // What was undone can be done again, while it is open.
        assert_eq!(learner.redo().await.unwrap(), "New label Label 10");
        assert_eq!(stored(&store), [11]);
        let learner = store.open();
        assert_eq!(learner.history().redo, None);
        learner.undo().await.unwrap();
        assert_eq!(learner.labels().len(), 11);
    });
}

#[test]
fn what_is_too_heavy_to_be_kept_can_be_taken_back_until_it_is_closed() {
    let heavy = |seed| NewPhoto {
        thumbnail: vec![seed as u8; 20 << 20],
        ..photo(0, seed)
    };
    let store = Shared::default();
    let learner = store.open();
    block_on(async {
        let photos = learner.add_photos(vec![heavy(0), heavy(1)]).await.unwrap();
        let before = see(&learner);
        learner.remove_photos(&photos).await.unwrap();
        assert_eq!(stored(&store), [0; 0], "nor what came before it");
        learner.add_label("Hat").await.unwrap();
        assert_eq!(stored(&store), [3]);
        let other = store.look();
        assert_eq!(other.history().undo, None, "who only reads undoes nothing");
        learner.undo().await.unwrap();
        learner.undo().await.unwrap();
        assert_eq!(see(&learner), before);
        learner.undo().await.unwrap();
        assert!(learner.photos().is_empty());
        assert_eq!(store.open().history().undo, None);
    });
}

/// The bytes of all steps' records.
fn weight(store: &Shared) -> usize {
    let records = block_on(store.clone().load()).unwrap().records;
    let steps = records.iter().filter(|(_, key, _)| *key > 1 << 32);
    steps.map(|(.., bytes)| bytes.len()).sum()
}

/// An import in portions of these sizes, each followed by a reload or not.
async fn import(store: &Shared, portions: &[(u64, bool)]) -> Learner<Shared> {
    let mut learner = store.open();
    let mut seed = 0;
    for (at, &(size, reopened)) in portions.iter().enumerate() {
        let photos = (seed..seed + size).map(|seed| photo(1, seed)).collect();
        seed += size;
        match at {
            0 => learner.add_photos(photos).await.unwrap(),
            _ => learner.add_more_photos(photos).await.unwrap(),
        };
        if reopened {
            learner = store.open();
        }
    }
    learner
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_import_in_portions_is_one_step_also_after_reloads(
        portions in proptest::collection::vec((1..5u64, any::<bool>()), 1..9),
        reopened in any::<bool>(),
        silent in any::<bool>(),
    ) {
        let store = Shared::default();
        block_on(async {
            let learner = store.open();
            learner.add_label("Hat").await.unwrap();
            let before = see(&learner);
            let mut learner = import(&store, &portions).await;
            let imported = see(&learner);
            // A step of its own after it, taken back again.
            store.silent.set(silent);
            learner.add_label("Boots").await.unwrap();
            store.silent.set(false);
            learner.undo().await.unwrap();
            if reopened {
                learner = store.open();
            }
            prop_assert!(learner.problems().is_empty());
            let count = imported.photos.len();
            let words = if count == 1 { "Added 1 photo".to_owned() } else { format!("Added {count} photos") };
            prop_assert_eq!(learner.history().undo, Some(words));
            learner.undo().await.unwrap();
            prop_assert_eq!(&see(&learner), &before);
            prop_assert_eq!(&see(&store.look()), &before);
            prop_assert_eq!(stored(&store), [1]);
            learner.redo().await.unwrap();
            prop_assert_eq!(&see(&learner), &imported);
            let learner = store.open();
            prop_assert_eq!(undo_all(&learner).len(), 2);
            prop_assert_eq!(stored(&store), [0; 0]);
            Ok(())
        })?;
    }
}

#[test]
fn a_portion_writes_only_what_is_new() {
    let store = Shared::default();
    let portions = [(4, false); 50];
    block_on(import(&store, &portions[..1]));
    let first = weight(&store);
    let store = Shared::default();
    block_on(import(&store, &portions));
    assert_eq!(stored(&store).len(), portions.len());
    // The name grows by two digits.
    assert!(weight(&store) <= portions.len() * (first + 2));
    // Fifty steps are kept, not fifty records.
    let learner = store.open();
    for number in 0..49 {
        block_on(learner.add_label(&format!("Label {number}"))).unwrap();
    }
    assert_eq!(stored(&store).len(), portions.len() + 49);
    block_on(learner.add_label("One more")).unwrap();
    assert_eq!(stored(&store).len(), 50);
}

#[test]
fn an_import_of_which_a_portion_cannot_be_read_is_not_offered_in_part() {
    for damaged in 1..=4 {
        let mut store = Shared::default();
        block_on(import(&store, &[(2, false); 4]));
        let (table, key, bytes) = (Table::Meta, step(damaged), b"?".to_vec());
        block_on(store.commit(vec![Write::Put { table, key, bytes }])).unwrap();
        let learner = store.open();
        assert_eq!(learner.problems().len(), 1);
        assert_eq!(learner.history().undo, None);
        assert_eq!(stored(&store), [0; 0]);
        assert_eq!(learner.photos().len(), 8);
        block_on(learner.add_label("Hat")).unwrap();
        assert_eq!(undo_all(&store.open()), ["New label Hat"]);
    }
}

#[test]
fn portions_that_had_no_room_can_be_taken_back_until_it_is_closed() {
    let store = Shared::default();
    block_on(async {
        let learner = Learner::open(Tight(store.clone()), BACKBONE).await.unwrap();
        learner.add_photos(vec![photo(1, 1)]).await.unwrap();
        learner.add_more_photos(vec![photo(1, 2)]).await.unwrap();
        assert_eq!(stored(&store), [0; 0]);
        assert_eq!(learner.undo().await.unwrap(), "Added 2 photos");
        assert!(learner.photos().is_empty());
        assert_eq!(store.open().history().undo, None);
    });
}

/// Five labels, each a step.
fn five_labels() -> Shared {
    let store = Shared::default();
    let learner = store.open();
    for number in 1..=5 {
        block_on(learner.add_label(&format!("Label {number}"))).unwrap();
    }
    store
}

fn undo_all<S: Store>(learner: &Learner<S>) -> Vec<String> {
    std::iter::from_fn(|| block_on(learner.undo()).ok()).collect()
}

#[test]
fn what_comes_before_a_damaged_step_is_no_longer_offered() {
    for bytes in [b"?".to_vec(), Vec::new()] {
        let mut store = five_labels();
        let (table, key) = (Table::Meta, step(3));
        block_on(store.commit(vec![Write::Put { table, key, bytes }])).unwrap();
        let only_reads = store.look();
        assert_eq!(stored(&store), [1, 2, 3, 4, 5]);
        let learner = store.open();
        let problem = "Step 3 of undo cannot be read: it is too short.";
        assert_eq!(told(&learner), [problem]);
        assert_eq!(told(&only_reads), [problem]);
        assert_eq!(stored(&store), [4, 5]);
        let all = ["New label Label 5", "New label Label 4"];
        assert_eq!(undo_all(&learner), all);
        assert_eq!(told(&store.open()), [""; 0], "said once");
    }
}

#[test]
fn a_step_that_is_not_the_last_one_done_is_not_offered() {
    // The newest one is lost, or the note of which it is.
    for key in [step(5), 2] {
        let mut store = five_labels();
        let table = Table::Meta;
        block_on(store.commit(vec![Write::Delete { table, key }])).unwrap();
        let learner = store.open();
        assert_eq!(learner.history().undo, None);
        block_on(learner.add_label("Hat")).unwrap();
        assert_eq!(undo_all(&store.open()), ["New label Hat"]);
    }
    // Another one is in its place.
    let mut store = five_labels();
    let other = block_on(store.read(Table::Meta, step(2))).unwrap().unwrap();
    let (table, key) = (Table::Meta, step(5));
    let put = Write::Put {
        table,
        key,
        bytes: other,
    };
    block_on(store.commit(vec![put])).unwrap();
    assert_eq!(store.open().history().undo, None);
}

/// A store with no room for a step.
struct Tight(Shared);

impl Store for Tight {
    async fn load(&mut self) -> Result<Loaded> {
        self.0.load().await
    }

    async fn commit(&mut self, writes: Vec<Write>) -> Result<()> {
        let step = |write: &Write| matches!(write, Write::Put { table: Table::Meta, key, .. } if *key > 1 << 32);
        match writes.iter().any(step) {
            true => Err(Error::Storage(StorageError::Full)),
            false => self.0.commit(writes).await,
        }
    }

    async fn read(&mut self, table: Table, key: u64) -> Result<Option<Vec<u8>>> {
        self.0.read(table, key).await
    }

    async fn close(self) -> Result<()> {
        Ok(())
    }
}

#[test]
fn a_lesson_goes_before_the_steps_where_there_is_no_room_for_both() {
    let store = five_labels();
    block_on(async {
        let learner = Learner::open(Tight(store.clone()), BACKBONE).await.unwrap();
        learner.add_label("Hat").await.unwrap();
        assert_eq!(stored(&store), [0; 0]);
        assert_eq!(undo_all(&learner).len(), 6, "until it is closed");
        assert_eq!(learner.redo().await.unwrap(), "New label Label 1");
        assert_eq!(store.open().labels().len(), 2);
    });
}
