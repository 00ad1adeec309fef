//! Another network: a collection goes over with all its lessons, or comes back.

use crate::support::{BACKBONE, Shared, feature, photo, see};
use keepsake::learner::{Learner, Renewal, Sample};
use keepsake::{Error, error::StorageError};
use pollster::block_on;

const OTHER: [u8; 32] = [8; 32];

#[test]
fn lessons_go_along_with_their_photos_and_undo_brings_the_old_ones_back() {
    block_on(async {
        let store = Shared::default();
        let learner = store.open();
        let photos: Vec<_> = (0..6).map(|i| photo(i % 2, i)).collect();
        let ids = learner.add_photos(photos).await.unwrap();
        for (i, &id) in ids.iter().take(4).enumerate() {
            let label = ["Hat", "Boot"][i % 2];
            learner.teach(Sample::Photo(id), label).await.unwrap();
        }
        // One that no photo of the album belongs to.
        learner.teach(feature(1, 99), "Boot").await.unwrap();
        let before = see(&learner);
        drop(learner);

        let refused = Learner::open(store.clone(), OTHER).await.err();
        assert_eq!(refused, Some(Error::Storage(StorageError::OtherBackbone)));

        // The new network sees other kinds in them, and one picture cannot be opened.
        let learner = Learner::open(store.clone(), None).await.unwrap();
        let seen = ids[1..].iter().enumerate();
        let seen: Vec<_> = seen
            .map(|(i, &id)| (id, feature(10 + (i as u64 + 1) % 2, id.0)))
            .collect();
        let renewal = learner.renew(OTHER, seen.clone()).await.unwrap();
        let expected = Renewal {
            photos: 5,
            lost_photos: 1,
            lost_lessons: 2,
        };
        assert_eq!(renewal, expected);
        assert_eq!(learner.backbone(), Some(OTHER));
        assert_eq!(learner.lessons().len(), 3);
        for lesson in learner.lessons() {
            let photo = lesson.photo.unwrap();
            let now = &seen.iter().find(|(id, _)| *id == photo).unwrap().1;
            // The head knows the new features: each lesson's own photo is what it was taught.
            let label = learner.predict(now).unwrap().ranked[0].label;
            assert_eq!(label, lesson.label);
        }
        let after = see(&learner);
        drop(learner);

        // It lasts, the new network is welcome and the old one refused.
        let learner = Learner::open(store.clone(), OTHER).await.unwrap();
        assert_eq!(see(&learner), after);
        assert!(Learner::open(store.clone(), BACKBONE).await.is_err());
        // Twice is once.
        assert_eq!(
            learner.renew(OTHER, Vec::new()).await,
            Ok(Renewal::default())
        );
        drop(learner);

        // Taken back after a reload, everything is as it was, network and all.
        let learner = Learner::open(store.clone(), None).await.unwrap();
        assert_eq!(learner.undo().await.unwrap(), "Looked at 5 photos again");
        assert_eq!(learner.backbone(), Some(BACKBONE));
        assert_eq!(see(&learner).lessons, before.lessons);
        assert_eq!(learner.redo().await.unwrap(), "Looked at 5 photos again");
        assert_eq!(learner.backbone(), Some(OTHER));
        learner.undo().await.unwrap();
        drop(learner);
        let learner = Learner::open(store, BACKBONE).await.unwrap();
        assert_eq!(see(&learner).lessons, before.lessons);
    });
}
