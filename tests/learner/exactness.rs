//! The learner's answers depend on the set of what is taught, not on the way there, nor on a reload.

use std::path::PathBuf;

use crate::support::{BACKBONE, Shared, act, actions::action, photo, see};
use keepsake::learner::{AlbumPhoto, AlbumPredictions, Learner};
use keepsake::store::{File, Memory, Store};
use pollster::block_on;
use proptest::prelude::*;

const NAMES: [&str; 3] = ["Hat", "Boots", "Skirt"];
const PHOTOS: usize = 12;

/// A learner with twelve photos of three kinds and three labels.
fn twelve() -> Learner<Memory> {
    let learner = block_on(Learner::open(Memory::new(), BACKBONE)).unwrap();
    let photos = (0..PHOTOS as u64).map(|n| photo(n % 3, n)).collect();
    block_on(learner.add_photos(photos)).unwrap();
    for name in NAMES {
        block_on(learner.add_label(name)).unwrap();
    }
    learner
}

/// What it says, without the numbers of lessons, which do depend on the way.
fn said<S: Store>(learner: &Learner<S>) -> AlbumPredictions {
    AlbumPredictions {
        lessons: Vec::new(),
        ..learner.predict_all()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_way_to_the_same_lessons_gives_the_same_answers(
        steps in proptest::collection::vec((0..PHOTOS, 0..=NAMES.len()), 1..40),
        order in Just((0..PHOTOS).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let wandering = twelve();
        let mut taught = [None; PHOTOS];
        for (at, label) in steps {
            let AlbumPhoto { id, lesson, .. } = wandering.photos()[at].clone();
            taught[at] = NAMES.get(label);
            match (taught[at], lesson) {
                (Some(name), Some(lesson)) => block_on(wandering.correct(lesson.id, *name)).unwrap(),
                (Some(name), None) => drop(block_on(wandering.teach(id, *name)).unwrap()),
                (None, Some(lesson)) => block_on(wandering.unteach(&[lesson.id])).unwrap(),
                (None, None) => {}
            }
        }
        let straight = twelve();
        for at in order {
            if let Some(name) = taught[at] {
                let photo = straight.photos()[at].id;
                block_on(straight.teach(photo, *name)).unwrap();
            }
        }
        prop_assert_eq!(said(&wandering), said(&straight));
    }

    #[test]
    fn a_file_brings_everything_back(actions in proptest::collection::vec(action(), 1..20)) {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("learner_exactness");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let open = || block_on(Learner::open(File::open(folder.join("learner")).unwrap(), BACKBONE)).unwrap();
        let (filed, remembered) = (open(), Shared::default().open());
        for action in &actions {
            let _ = (act(&filed, action), act(&remembered, action));
        }
        let seen = see(&filed);
        prop_assert_eq!(&seen, &see(&remembered), "the store makes no difference");
        block_on(filed.close()).unwrap();
        prop_assert_eq!(&see(&open()), &seen);
        let _ = std::fs::remove_dir_all(&folder);
    }
}

#[test]
fn a_taught_photo_shows_its_label_and_the_others_follow() {
    let learner = twelve();
    block_on(async {
        let photos = learner.photos();
        for (at, name) in NAMES.iter().enumerate() {
            learner.teach(photos[at].id, *name).await.unwrap();
            learner.teach(photos[at + 3].id, *name).await.unwrap();
        }
        let labels: Vec<_> = learner
            .labels()
            .iter()
            .skip(1)
            .map(|label| label.id)
            .collect();
        let all = learner.predict_all();
        for at in 0..PHOTOS {
            let label = Some(labels[at % 3]);
            assert_eq!(all.ranked_labels[at * 3], label, "photo {at}");
            assert_eq!(all.taught[at], label.filter(|_| at < 6), "photo {at}");
            assert_eq!(all.lessons[at].is_some(), at < 6);
            let row = &all.ranked_probabilities[at * 3..][..3];
            assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5, "{row:?}");
            assert!(row.is_sorted_by(|a, b| a >= b));
        }
        // Against the eye's judgement: a taught photo is what the person says.
        learner.teach(photos[0].id, labels[1]).await.unwrap();
        let all = learner.predict_all();
        assert_eq!(all.taught[0], Some(labels[1]));
        assert!(!all.not_sure[0]);
    });
}
