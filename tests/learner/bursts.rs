//! Photos of one scene: what is a burst follows from the photos alone, and nothing is folded that is not
//! one. What is taught with one photo of it and accepted with the others is one step.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::support::{BACKBONE, Shared};
use keepsake::backbone::STAGE_WIDTHS;
use keepsake::head::{BLOCKS, Feature, likeness};
use keepsake::learner::{ALIKE, APART, Learner, NewPhoto, Origin, PhotoId, SAME};
use keepsake::store::{Memory, Store};
use pollster::block_on;
use proptest::prelude::*;

/// What a scene looks like; each photo of it differs by as much as `wobble` says.
#[derive(Debug, Clone)]
struct Shot {
    scene: u64,
    seed: u64,
    wobble: f32,
    /// In seconds.
    taken: Option<i64>,
}

impl Shot {
    fn new(scene: u64, seed: u64, wobble: f32, taken: Option<i64>) -> Shot {
        Shot {
            scene,
            seed,
            wobble,
            taken,
        }
    }

    fn name(&self) -> String {
        format!("scene {}, {:03}.jpg", self.scene, self.seed)
    }

    fn feature(&self) -> Arc<Feature> {
        let scene = noise(self.scene + 1);
        let own = noise(1_000 + self.scene * 100 + self.seed);
        let mut values: Vec<f32> = scene.zip(own).map(|(s, o)| s + self.wobble * o).collect();
        // What the network itself takes it for: one class, and sure of it.
        values[BLOCKS[1].start + self.scene as usize] = 20.0;
        let widths = [BLOCKS[0].len(), BLOCKS[1].len()];
        let mut rest = &mut values[..];
        for width in widths.into_iter().chain(STAGE_WIDTHS) {
            let (block, after) = std::mem::take(&mut rest).split_at_mut(width);
            let length = block.iter().map(|v| v * v).sum::<f32>().sqrt();
            block.iter_mut().for_each(|value| *value /= length);
            rest = after;
        }
        let halves = values.into_iter().map(half::f16::from_f32);
        let bytes: Vec<u8> = halves.flat_map(half::f16::to_le_bytes).collect();
        Arc::new(Feature::from_bytes(&bytes).unwrap())
    }

    fn photo(&self) -> NewPhoto {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&self.scene.to_le_bytes());
        key[8..16].copy_from_slice(&self.seed.to_le_bytes());
        NewPhoto {
            name: self.name(),
            key,
            feature: self.feature(),
            thumbnail: vec![1],
            width: 4,
            height: 3,
            origin: Some(Origin {
                path: self.name(),
                size: 9,
                // As after copying: all at once.
                modified: 1_700_000_000_000,
                taken: self.taken.map(|seconds| seconds * 1000),
                companions: Vec::new(),
            }),
        }
    }
}

/// Numbers from -1 to 1, always the same for a seed.
fn noise(seed: u64) -> impl Iterator<Item = f32> {
    let length = keepsake::head::LENGTH as u64;
    (0..length).map(move |at| {
        let mut z = (seed << 32 | at).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    })
}

fn learner_with(shots: &[Shot]) -> (Learner<Memory>, Vec<PhotoId>) {
    let learner = block_on(Learner::open(Memory::new(), BACKBONE)).unwrap();
    let photos = shots.iter().map(Shot::photo).collect();
    let ids = block_on(learner.add_photos(photos)).unwrap();
    (learner, ids)
}

fn names<S: Store>(learner: &Learner<S>) -> Vec<Vec<String>> {
    let name = |id: &PhotoId| learner.photo(*id).unwrap().photo.name.clone();
    let bursts = learner.bursts();
    bursts
        .iter()
        .map(|burst| burst.iter().map(name).collect())
        .collect()
}

fn bursts_of(shots: &[Shot]) -> Vec<Vec<String>> {
    names(&learner_with(shots).0)
}

#[test]
fn photos_alike_within_seconds_are_one_and_others_are_not() {
    let shots = [
        // Five of one scene, three of them in one second; something else among them.
        Shot::new(1, 4, 0.2, Some(103)),
        Shot::new(1, 1, 0.2, Some(100)),
        Shot::new(1, 2, 0.2, Some(100)),
        Shot::new(2, 1, 0.2, Some(100)),
        Shot::new(1, 3, 0.2, Some(100)),
        Shot::new(1, 5, 0.2, Some(112)),
        // The same place, an hour later.
        Shot::new(1, 6, 0.2, Some(3_700)),
        // Not that much alike.
        Shot::new(3, 1, 0.9, Some(9_000)),
        Shot::new(3, 2, 0.9, Some(9_000)),
    ];
    let [a, b] = [&shots[7], &shots[8]].map(Shot::feature);
    assert!(likeness(&a, &b) < ALIKE);
    let expected: Vec<_> = (1..6)
        .map(|seed| format!("scene 1, 00{seed}.jpg"))
        .collect();
    assert_eq!(bursts_of(&shots), [expected]);
}

#[test]
fn without_a_time_only_much_the_same_picture_is_of_the_scene() {
    let alike = |taken| [1, 2].map(|seed| Shot::new(1, seed, 0.35, taken));
    let [a, b] = alike(None).map(|shot| shot.feature());
    assert!((ALIKE..SAME).contains(&likeness(&a, &b)));
    // Their files were changed at the same moment, which says nothing.
    assert_eq!(bursts_of(&alike(None)), Vec::<Vec<String>>::new());
    assert_eq!(bursts_of(&alike(Some(1))).len(), 1);
    let same = [1, 2].map(|seed| Shot::new(1, seed, 0.1, None));
    assert_eq!(bursts_of(&same).len(), 1);
    // One with a time and one without are compared by nobody.
    let mixed = [Shot::new(1, 1, 0.1, None), Shot::new(1, 2, 0.1, Some(5))];
    assert_eq!(bursts_of(&mixed), Vec::<Vec<String>>::new());
}

#[test]
fn many_small_steps_lead_nowhere() {
    // Each is like the one before, and the last is nothing like the first.
    let (from, to) = (Shot::new(1, 1, 0.0, None), Shot::new(2, 1, 0.0, None));
    let [from, to] = [from, to].map(|shot| shot.feature());
    let steps = 12;
    let learner = block_on(Learner::open(Memory::new(), BACKBONE)).unwrap();
    let shots = (0..=steps).map(|at| {
        let share = at as f32 / steps as f32;
        let values = (*from.values()).into_iter().zip(*to.values());
        let (sin, cos) = (share * std::f32::consts::FRAC_PI_2).sin_cos();
        let halves = values.map(|(a, b)| half::f16::from_f32(a * cos + b * sin));
        let bytes: Vec<u8> = halves.flat_map(half::f16::to_le_bytes).collect();
        let feature = Arc::new(Feature::from_bytes(&bytes).unwrap());
        NewPhoto {
            feature,
            ..Shot::new(1, at, 0.0, Some(at as i64)).photo()
        }
    });
    block_on(learner.add_photos(shots.collect())).unwrap();
    for burst in learner.bursts().iter() {
        let [first, last] = [burst[0], burst[burst.len() - 1]]
            .map(|id| learner.photo(id).unwrap().photo.feature.clone());
        assert!(likeness(&first, &last) >= ALIKE);
    }
    assert!(learner.bursts().len() > 1);
}

#[test]
fn they_are_found_anew_when_the_album_changes_and_not_by_lessons() {
    let shots: Vec<_> = (1..5)
        .map(|seed| Shot::new(1, seed, 0.2, Some(7)))
        .collect();
    let (learner, ids) = learner_with(&shots);
    assert_eq!(learner.bursts()[0], ids);
    block_on(async {
        learner.teach(ids[1], "Hat").await.unwrap();
        assert_eq!(learner.bursts()[0], ids);
        learner.remove_photos(&ids[..1]).await.unwrap();
        assert_eq!(learner.bursts()[0], ids[1..]);
        learner.undo().await.unwrap();
        assert_eq!(learner.bursts()[0], ids);
        // The file turns out to say another time.
        let mut origin = shots[3].photo().origin.unwrap();
        origin.taken = Some(99_000);
        learner.set_origins(vec![(ids[3], origin)]).await.unwrap();
        assert_eq!(learner.bursts()[0], ids[..3]);
        learner.remove_photos(&ids[..2]).await.unwrap();
        assert!(learner.bursts().is_empty(), "one alone is none");
    });
}

#[test]
fn one_is_taught_and_the_others_are_accepted_with_it_in_one_step() {
    let store = Shared::default();
    let learner = store.open();
    block_on(async {
        let shots: Vec<_> = (1..6)
            .map(|seed| Shot::new(1, seed, 0.2, Some(7)))
            .collect();
        let photos = shots.iter().map(Shot::photo).collect();
        let ids = learner.add_photos(photos).await.unwrap();
        let none = learner.predict_all();
        learner
            .teach_alike(&ids[..1], &ids[1..], "Hat")
            .await
            .unwrap();
        let hat = Some(learner.labels()[1].id);
        let undo = learner.history().undo.unwrap();
        assert_eq!(undo, "Taught 5 photos Hat");
        assert_eq!(learner.lessons().len(), 1);
        let all = store.open().predict_all();
        assert_eq!(all.taught, [hat, None, None, None, None]);
        assert_eq!(all.accepted, [None, hat, hat, hat, hat]);

        // Another label moves all of them; one that is taught by itself stays what it is.
        let learner = store.open();
        learner.teach(ids[4], "Boots").await.unwrap();
        learner
            .teach_alike(&ids[..1], &ids[1..], "Shoe")
            .await
            .unwrap();
        let [boots, shoe] = [learner.labels()[2].id, learner.labels()[3].id];
        let all = learner.predict_all();
        assert_eq!(all.taught, [Some(shoe), None, None, None, Some(boots)]);
        assert_eq!(all.accepted[1..4], [Some(shoe); 3]);
        assert_eq!(all.accepted[4], None);
        learner.undo().await.unwrap();
        learner.undo().await.unwrap();
        assert_eq!(learner.predict_all().taught, [hat, None, None, None, None]);

        // Taken back together, too.
        learner.take_back(&ids).await.unwrap();
        assert_eq!(learner.history().undo.unwrap(), "Took back 5 photos");
        let all = learner.predict_all();
        assert_eq!((all.taught, all.accepted), (none.taught, none.accepted));
        learner.undo().await.unwrap();
        let all = learner.predict_all();
        assert_eq!(all.accepted, [None, hat, hat, hat, hat]);
        learner.take_back(&ids[..1]).await.unwrap();
        let words = learner.history().undo.unwrap();
        assert_eq!(words, "Took back a lesson of Hat");
        let wrong = learner.take_back(&[PhotoId(99)]).await;
        assert_eq!(wrong.unwrap_err().code(), "request/no-such-photo");
        let wrong = learner.teach_alike(&ids[..1], &[PhotoId(99)], "Hat").await;
        assert_eq!(wrong.unwrap_err().code(), "request/no-such-photo");
    });
}

fn shots() -> impl Strategy<Value = Vec<Shot>> {
    let wobble = prop_oneof![Just(0.1f32), Just(0.3), Just(0.6)];
    let taken = proptest::option::weighted(0.8, 0i64..60);
    let shot = (0u64..4, wobble, taken);
    proptest::collection::vec(shot, 0..24).prop_map(|shots| {
        let shots = shots.into_iter().zip(0..);
        shots
            .map(|((scene, wobble, taken), seed)| Shot::new(scene, seed, wobble, taken))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn bursts_follow_from_the_photos_alone(
        (shots, mixed) in shots().prop_flat_map(|shots| (Just(shots.clone()), Just(shots).prop_shuffle())),
    ) {
        prop_assert_eq!(bursts_of(&shots), bursts_of(&mixed));
    }

    #[test]
    fn each_is_of_one_scene_and_no_photo_is_in_two(shots in shots()) {
        let (learner, ids) = learner_with(&shots);
        let bursts = learner.bursts();
        let shot_of = |id: &PhotoId| &shots[ids.iter().position(|known| known == id).unwrap()];
        let mut seen = BTreeSet::new();
        for burst in bursts.iter() {
            prop_assert!(burst.len() > 1);
            let first = shot_of(&burst[0]);
            let threshold = if first.taken.is_some() { ALIKE } else { SAME };
            for pair in burst.windows(2) {
                let [a, b] = [shot_of(&pair[0]).taken, shot_of(&pair[1]).taken];
                prop_assert_eq!(a.is_some(), b.is_some());
                prop_assert!(b.unwrap_or(0) - a.unwrap_or(0) <= APART / 1000);
                prop_assert!(a <= b);
            }
            for id in burst {
                prop_assert!(seen.insert(*id));
                let alike = likeness(&first.feature(), &shot_of(id).feature());
                prop_assert!(alike >= threshold || *id == burst[0]);
            }
        }
    }
}
