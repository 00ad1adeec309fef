//! A store that fails: the action is refused and nothing at all is lost, in memory or on disk.

mod learner_support;

use keepsake::Error;
use keepsake::error::{RequestError, StorageError};
use keepsake::learner::Learner;
use learner_support::{BACKBONE, Shared, act, actions::action, photo, see};
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
                prop_assert_eq!(&see(&store.open()), &before.0);
                if learner.history().undo.is_some() {
                    prop_assert_eq!(block_on(learner.undo()), Err(Error::Storage(StorageError::Full)));
                    prop_assert_eq!(&(see(&learner), learner.history()), &before);
                }
                // Room was made: the same action works.
                store.works_again();
                act(&learner, action).unwrap();
                prop_assert_eq!(see(&store.open()), see(&learner));
                return Ok(());
            }
        }
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
