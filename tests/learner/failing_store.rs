//! A store that fails: the action is refused and nothing at all is lost, in memory or on disk.

use crate::support::{BACKBONE, Shared, act, actions::action, feature, photo, see};
use keepsake::Error;
use keepsake::error::{RequestError, StorageError};
use keepsake::learner::Learner;
use pollster::block_on;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_failed_write_changes_nothing(actions in proptest::collection::vec(action(), 1..20), after in 0..12usize) {
        let store = Shared::default();
        let learner = store.open();
        store.fail_after(after);
        for action in &actions {
            let before = (see(&learner), learner.history());
            if let Err(Error::Storage(error)) = act(&learner, action) {
                prop_assert_eq!(error, StorageError::Full);
                prop_assert_eq!(&(see(&learner), learner.history()), &before);
                prop_assert_eq!(&see(&store.look()), &before.0);
                if learner.history().undo.is_some() {
                    prop_assert_eq!(block_on(learner.undo()), Err(Error::Storage(StorageError::Full)));
                    prop_assert_eq!(&(see(&learner), learner.history()), &before);
                }
                // Room was made: the same action works.
                store.works_again();
                act(&learner, action).unwrap();
                prop_assert_eq!(see(&store.look()), see(&learner));
                return Ok(());
            }
        }
    }
}

#[test]
fn two_writers_do_not_overwrite_each_other() {
    let store = Shared::default();
    let first = store.open();
    let busy = Error::Storage(StorageError::Busy);
    block_on(async {
        first.teach(feature(0, 0), "Hat").await.unwrap();
        let second = store.open();
        second.teach(feature(1, 0), "Boots").await.unwrap();
        let before = see(&first);
        assert_eq!(first.teach(feature(2, 0), "Skirt").await, Err(busy.clone()));
        assert_eq!(first.undo().await, Err(busy));
        assert_eq!(see(&first), before);
        second.teach(feature(1, 1), "Boots").await.unwrap();
        assert_eq!(see(&second).lessons.len(), 3);
        assert_eq!(see(&store.look()), see(&second));
        // Who comes back continues from what the other wrote.
        let first = store.open();
        first.teach(feature(0, 1), "Hat").await.unwrap();
        assert_eq!(see(&store.look()).lessons.len(), 4);
    });
}

#[test]
fn who_lets_another_write_only_reads() {
    let store = Shared::default();
    let learner = store.open();
    block_on(async {
        learner.add_label("Hat").await.unwrap();
        learner.stop_writing().await;
        let busy = Err(Error::Storage(StorageError::Busy));
        assert_eq!(learner.add_label("Boots").await, busy);
        assert_eq!(learner.labels().len(), 2);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The connection is lost after the store wrote: the action has happened, and says so.
    #[test]
    fn a_write_that_landed_has_happened(actions in proptest::collection::vec(action(), 1..20)) {
        let store = Shared::default();
        let learner = store.open();
        let (plain, told) = (Shared::default().open(), &store.silent);
        for (at, action) in actions.iter().enumerate() {
            told.set(at % 3 != 0);
            prop_assert_eq!(act(&learner, action), act(&plain, action));
            prop_assert_eq!(learner.history(), plain.history());
            prop_assert_eq!(see(&learner), see(&plain));
        }
        prop_assert_eq!(see(&store.look()), see(&learner));
        while block_on(learner.undo()).is_ok() {
            block_on(plain.undo()).unwrap();
            prop_assert_eq!(see(&learner), see(&plain));
        }
        prop_assert_eq!(see(&store.look()), see(&learner));
    }
}

#[test]
fn where_nobody_can_say_whether_it_landed_it_is_asked_before_the_next_action() {
    for landed in [false, true] {
        let store = Shared::default();
        let learner = store.open();
        block_on(async {
            store.silent.set(landed);
            if !landed {
                store.fail_after(0);
            }
            store.blind.set(true);
            assert!(learner.add_label("Hat").await.is_err());
            assert!(learner.add_label("Coat").await.is_err());
            store.silent.set(false);
            store.works_again();
            assert!(learner.add_label("Coat").await.is_err(), "not even asked");
            store.blind.set(false);
            let coat = learner.add_label("Coat").await.unwrap();
            let names: Vec<_> = learner.labels().into_iter().map(|it| it.name).collect();
            let expected: &[&str] = match landed {
                true => &["None of these", "Hat", "Coat"],
                false => &["None of these", "Coat"],
            };
            assert_eq!(names, expected);
            assert_eq!(see(&store.look()), see(&learner));
            assert_eq!(coat.0 as usize, expected.len() - 1);
            learner.undo().await.unwrap();
            assert_eq!(learner.history().undo.is_some(), landed);
        });
    }
}

#[test]
fn a_learner_that_cannot_be_bound_is_not_opened() {
    let store = Shared::default();
    store.fail_after(0);
    let opened = block_on(Learner::open(store.clone(), BACKBONE));
    assert_eq!(opened.err(), Some(Error::Storage(StorageError::Full)));
}

#[test]
fn a_read_only_learner_shows_everything_and_writes_nothing() {
    let store = Shared::default();
    let writer = store.open();
    block_on(async {
        let photos = writer
            .add_photos(vec![photo(0, 0), photo(1, 0)])
            .await
            .unwrap();
        writer.teach(photos[0], "Hat").await.unwrap();
        store.fail_after(0);
        let reader = Learner::open_read_only(store.clone(), BACKBONE)
            .await
            .unwrap();
        assert_eq!(see(&reader), see(&writer));
        let busy = Err(Error::Storage(StorageError::Busy));
        assert_eq!(reader.remove_photos(&photos).await, busy);
    });
}

#[test]
fn a_closed_learner_says_so() {
    let learner = Shared::default().open();
    let closed = Error::Request(RequestError::Closed);
    block_on(async {
        learner.close().await.unwrap();
        assert_eq!(learner.add_label("Hat").await, Err(closed.clone()));
        assert_eq!(learner.undo().await, Err(closed.clone()));
        assert_eq!(learner.close().await, Err(closed));
    });
}
