//! Undo and redo: whatever was done, going back and forth shows exactly what was there.

use crate::support::{Shared, act, actions::action, feature, photo, see};
use keepsake::labels::NOISE;
use pollster::block_on;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_step_back_and_forth_is_exact(actions in proptest::collection::vec(action(), 1..25)) {
        let store = Shared::default();
        let learner = store.open();
        let mut seen = vec![see(&learner)];
        for action in &actions {
            let before = see(&learner);
            let refused = act(&learner, action).is_err();
            let after = see(&learner);
            if refused {
                prop_assert_eq!(&before, &after, "refused: {:?}", action);
            }
            if before != after {
                seen.push(after);
            }
            prop_assert_eq!(&see(&store.look()), seen.last().unwrap(), "on disk: {:?}", action);
        }
        for step in seen.iter().rev().skip(1) {
            block_on(learner.undo()).unwrap();
            prop_assert_eq!(&see(&learner), step);
            prop_assert_eq!(&see(&store.look()), step);
        }
        prop_assert!(block_on(learner.undo()).is_err());
        for step in &seen[1..] {
            block_on(learner.redo()).unwrap();
            prop_assert_eq!(&see(&learner), step);
        }
        prop_assert!(block_on(learner.redo()).is_err());
        prop_assert_eq!(&see(&store.look()), seen.last().unwrap());
    }
}

#[test]
fn every_action_has_a_name() {
    let learner = Shared::default().open();
    let named = |name: &str| assert_eq!(learner.history().undo.as_deref(), Some(name));
    assert_eq!(learner.history().undo, None);
    block_on(async {
        let photos = (0..3).map(|seed| photo(0, seed)).collect();
        let photos = learner.add_photos(photos).await.unwrap();
        named("Added 3 photos");
        let lesson = learner.teach(photos[0], "Hat").await.unwrap();
        named("Taught Hat");
        learner.teach_many(&photos[1..], NOISE).await.unwrap();
        named("Taught 2 photos None of these");
        learner.correct(lesson, "Cap").await.unwrap();
        named("Corrected to Cap");
        learner.unteach(&[lesson]).await.unwrap();
        named("Took back a lesson of Cap");
        let hat = learner.labels()[1].id;
        let cap = learner.labels()[2].id;
        learner.rename_label(hat, "Bowler").await.unwrap();
        named("Renamed Hat to Bowler");
        learner.merge_labels(hat, cap).await.unwrap();
        named("Merged Bowler into Cap");
        learner.remove_label(cap).await.unwrap();
        named("Deleted Cap");
        learner.remove_photos(&photos[..1]).await.unwrap();
        named("Removed 1 photo");
        learner.add_label("Boots").await.unwrap();
        named("New label Boots");
        assert_eq!(learner.undo().await.unwrap(), "New label Boots");
        named("Removed 1 photo");
        assert_eq!(learner.history().redo.as_deref(), Some("New label Boots"));
        assert_eq!(learner.redo().await.unwrap(), "New label Boots");
    });
}

#[test]
fn an_import_in_portions_is_one_step() {
    let store = Shared::default();
    let learner = store.open();
    let portion = |seeds: std::ops::Range<u64>| seeds.map(|seed| photo(0, seed)).collect();
    block_on(async {
        let first = learner.add_photos(portion(0..2)).await.unwrap();
        learner.add_more_photos(portion(2..5)).await.unwrap();
        assert_eq!(learner.history().undo.as_deref(), Some("Added 5 photos"));

        // What was done in between keeps its own step.
        learner.teach(first[0], "Hat").await.unwrap();
        learner.add_more_photos(portion(5..6)).await.unwrap();
        assert_eq!(learner.history().undo.as_deref(), Some("Added 1 photo"));
        let last = see(&store.look());
        for words in ["Added 1 photo", "Taught Hat", "Added 5 photos"] {
            assert_eq!(learner.undo().await.unwrap(), words);
        }
        assert!(learner.photos().is_empty());
        for _ in 0..3 {
            learner.redo().await.unwrap();
        }
        assert_eq!(see(&store.look()), last);
    });
}

#[test]
fn what_changes_nothing_is_no_action() {
    let learner = Shared::default().open();
    block_on(async {
        let photos = learner.add_photos(vec![photo(0, 0)]).await.unwrap();
        let lesson = learner.teach(photos[0], "Hat").await.unwrap();
        let before = learner.history();
        assert_eq!(learner.add_photos(vec![photo(0, 0)]).await.unwrap(), photos);
        assert_eq!(learner.teach(photos[0], "hat").await.unwrap(), lesson);
        learner.correct(lesson, "Hat").await.unwrap();
        let hat = learner.labels()[1].id;
        learner.rename_label(hat, " Hat ").await.unwrap();
        learner.unteach(&[]).await.unwrap();
        assert!(
            learner.teach_many(&[], "Cap").await.is_err(),
            "nor is its label made"
        );
        assert_eq!(learner.history(), before);
        learner.teach(feature(0, 0), "Hat").await.unwrap();
        assert_eq!(
            learner.lessons().len(),
            2,
            "not a photo of the album: a lesson of its own"
        );
    });
}
