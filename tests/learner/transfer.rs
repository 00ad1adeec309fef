//! Export and import: everything comes back, nothing comes twice, and what is refused touches nothing.

use crate::support;
use std::sync::Arc;

use crate::support::{BACKBONE, Seen, Shared, act, actions::action, feature, photo, see};
use keepsake::Error;
use keepsake::error::{ImportError, StorageError};
use keepsake::learner::{How, ImportSummary, Learner, Photo};
use keepsake::store::Store;
use pollster::block_on;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

/// A learner after some actions.
fn after(actions: &[support::Action]) -> (Shared, Learner<Shared>) {
    let store = Shared::default();
    let learner = store.open();
    for action in actions {
        let _ = act(&learner, action);
    }
    (store, learner)
}

fn export<S: Store>(learner: &Learner<S>) -> Vec<u8> {
    block_on(learner.export()).unwrap()
}

/// What is the same wherever it is: names instead of numbers, sorted.
#[derive(Debug, PartialEq)]
struct Content {
    labels: Vec<(String, u32, usize)>,
    /// With the label they were taught.
    photos: Vec<(Arc<Photo>, Option<String>)>,
    thumbnails: Vec<Option<Vec<u8>>>,
    /// Per photo and for one elsewhere: whether the learner is sure, and what it says.
    answers: Vec<(bool, Vec<(String, f32)>)>,
}

fn content(seen: &Seen) -> Content {
    let name = |id| {
        seen.labels
            .iter()
            .find(|label| label.id == id)
            .unwrap()
            .name
            .clone()
    };
    let rows = seen
        .album
        .ranked_labels
        .chunks(3)
        .zip(seen.album.ranked_probabilities.chunks(3));
    let mut answers: Vec<(bool, Vec<_>)> = rows
        .zip(&seen.album.not_sure)
        .map(|((labels, probabilities), &not_sure)| {
            let known = labels
                .iter()
                .zip(probabilities)
                .filter_map(|(id, p)| id.map(|id| (name(id), *p)));
            (not_sure, known.collect())
        })
        .collect();
    let elsewhere = seen
        .elsewhere
        .ranked
        .iter()
        .map(|ranked| (name(ranked.label), ranked.probability));
    answers.push((seen.elsewhere.not_sure, elsewhere.collect()));
    // Equally likely labels stand in the order of their numbers, which differ.
    for (_, ranked) in &mut answers {
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    }
    let mut labels: Vec<_> = seen
        .labels
        .iter()
        .map(|l| (l.name.clone(), l.slot, l.lessons))
        .collect();
    labels.sort();
    let photos = seen.photos.iter().map(|entry| {
        let taught = entry.lesson.as_ref().map(|lesson| name(lesson.label));
        (Arc::clone(&entry.photo), taught)
    });
    Content {
        labels,
        photos: photos.collect(),
        thumbnails: seen.thumbnails.clone(),
        answers,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_file_brings_everything_to_another_learner(
        actions in proptest::collection::vec(action(), 1..20),
        others in proptest::collection::vec(action(), 0..10),
    ) {
        let (_, learner) = after(&actions);
        let file = export(&learner);
        let (store, other) = after(&others);
        let before = see(&other);
        block_on(other.import(&file, How::Replace)).unwrap();
        prop_assert_eq!(content(&see(&other)), content(&see(&learner)));
        prop_assert_eq!(see(&store.look()), see(&other));
        if before != see(&other) {
            block_on(other.undo()).unwrap();
            prop_assert_eq!(see(&other), before, "undone");
        }
    }

    #[test]
    fn merging_twice_is_merging_once(
        actions in proptest::collection::vec(action(), 1..20),
        others in proptest::collection::vec(action(), 0..20),
    ) {
        let (_, learner) = after(&actions);
        let file = export(&learner);
        let (_, other) = after(&others);
        let before = see(&other);
        block_on(other.import(&file, How::Merge)).unwrap();
        let once = see(&other);
        for label in &before.labels {
            let now = once.labels.iter().find(|now| now.id == label.id).unwrap();
            prop_assert_eq!(&now.name, &label.name, "what was here stays");
        }
        for lesson in &before.lessons {
            prop_assert!(once.lessons.contains(lesson), "what was here stays");
        }
        let again = block_on(other.import(&file, How::Merge)).unwrap();
        prop_assert_eq!((again.labels, again.photos, again.lessons), (0, 0, 0));
        let merged = see(&other);
        prop_assert_eq!(&merged, &once);
        let own = export(&other);
        block_on(other.import(&own, How::Merge)).unwrap();
        prop_assert_eq!(see(&other), merged);
    }

    #[test]
    fn every_altered_byte_is_refused(at in any::<prop::sample::Index>(), flip in 1..=255u8) {
        let (_, learner) = one_of_each();
        let mut file = export(&learner);
        let at = at.index(file.len());
        file[at] ^= flip;
        refused(&file)?;
        refused(&export(&learner)[..at])?;
    }

    #[test]
    fn any_bytes_are_refused(bytes: Vec<u8>) {
        refused(&bytes)?;
        refused(&[b"KEEPSAKE", &bytes[..]].concat())?;
        let whole = [&b"KEEPSAKE\x01\0\0\0"[..], &bytes].concat();
        let digest = Sha256::digest(&whole);
        // A forger can make the checksum right; the rest still has to make sense. (32 bytes do: they
        // are the file of an empty learner.)
        if bytes.len() != 32 {
            refused(&[&whole[..], &digest].concat())?;
        }
    }
}

/// Import answers with one of its own errors, and the learner is as it was.
fn refused(file: &[u8]) -> Result<(), TestCaseError> {
    let (store, learner) = one_of_each();
    let before = (see(&learner), learner.history());
    for how in [How::Replace, How::Merge] {
        let refusal = block_on(learner.import(file, how));
        prop_assert!(matches!(refusal, Err(Error::Import(_))), "{:?}", refusal);
        prop_assert_eq!(&(see(&learner), learner.history()), &before);
        prop_assert_eq!(&see(&store.look()), &before.0);
    }
    Ok(())
}

/// A label, two photos, a lesson with a photo and one without.
fn one_of_each() -> (Shared, Learner<Shared>) {
    let store = Shared::default();
    let learner = store.open();
    block_on(async {
        let photos = learner
            .add_photos(vec![photo(0, 0), photo(1, 0)])
            .await
            .unwrap();
        learner.teach(photos[0], "Hat").await.unwrap();
        learner.teach(feature(1, 9), "Boots").await.unwrap();
    });
    (store, learner)
}

fn refusal(file: &[u8]) -> ImportError {
    let (_, learner) = one_of_each();
    match block_on(learner.import(file, How::Merge)) {
        Err(Error::Import(error)) => error,
        other => panic!("{other:?}"),
    }
}

/// The file with its checksum made right again.
fn signed(mut file: Vec<u8>) -> Vec<u8> {
    let content = file.len() - 32;
    let digest = Sha256::digest(&file[..content]);
    file[content..].copy_from_slice(&digest);
    file
}

#[test]
fn each_refusal_says_why() {
    let (_, learner) = one_of_each();
    let file = export(&learner);
    assert_eq!(refusal(b""), ImportError::Foreign);
    assert_eq!(refusal(b"PK\x03\x04 a zip file"), ImportError::Foreign);
    assert_eq!(refusal(b"KEEPDRAW"), ImportError::OtherLearner);
    assert_eq!(
        refusal(&file[..8]),
        ImportError::Damaged("it is cut off".into())
    );
    let altered = "it is cut off or was altered";
    assert_eq!(
        refusal(&file[..file.len() - 1]),
        ImportError::Damaged(altered.into())
    );
    let mut newer = file.clone();
    newer[8] = u8::MAX;
    assert_eq!(refusal(&newer), ImportError::Newer);
    let mut other = file.clone();
    other[12] ^= 1;
    assert_eq!(refusal(&signed(other)), ImportError::OtherBackbone);
    let mut unknown = file.clone();
    unknown[12..44].fill(0);
    let says = "it does not say which network it is for";
    assert_eq!(refusal(&signed(unknown)), ImportError::Damaged(says.into()));
}

#[test]
fn what_no_checksum_sees_is_refused() {
    let (_, learner) = one_of_each();
    let file = export(&learner);
    // The first record is label 1: table, key, length, slot, "Hat".
    assert_eq!(file[44], 2);
    assert_eq!(&file[44 + 13 + 4..][..3], b"Hat");
    let mut gone = file[..44].to_vec();
    gone.extend_from_slice(&file[44 + 13 + 7..]);
    assert_eq!(
        refusal(&signed(gone)),
        ImportError::Damaged("lesson 1 has a label that is not there".into())
    );
    let mut twice = file[..64].to_vec();
    twice.extend_from_slice(&file[44..]);
    assert_eq!(
        refusal(&signed(twice)),
        ImportError::Damaged("record 1 of labels: another label has its name".into())
    );
    let mut nameless = file.clone();
    nameless[44 + 13 + 4..][..3].fill(b' ');
    assert_eq!(
        refusal(&signed(nameless)),
        ImportError::Damaged("record 1 of labels: its name is not one".into())
    );
    let mut meta = file.clone();
    meta[44] = 1;
    assert_eq!(
        refusal(&signed(meta)),
        ImportError::Damaged("record 1 of meta: it does not belong into a file".into())
    );
    // An acceptance of a photo that is not there.
    let mut stray = file[..file.len() - 32].to_vec();
    stray.push(7);
    stray.extend_from_slice(&99_u64.to_le_bytes());
    stray.extend_from_slice(&4_u32.to_le_bytes());
    stray.extend_from_slice(&1_u32.to_le_bytes());
    stray.extend_from_slice(&[0; 32]);
    assert_eq!(
        refusal(&signed(stray)),
        ImportError::Damaged("what is said of photo 99 has no photo".into())
    );
    let mut long = file;
    long[44 + 9..][..4].fill(0xff);
    assert_eq!(
        refusal(&signed(long)),
        ImportError::Damaged("a record is cut off".into())
    );
}

#[test]
fn lessons_longer_than_any_photo_s_are_refused() {
    let (_, learner) = one_of_each();
    let mut file = export(&learner);
    // Labels of 20 and 22 bytes, then a lesson: 13 bytes of the record, label, photo, feature.
    let feature = 44 + 20 + 22 + 13 + 12;
    for pair in file[feature..][..6416].chunks_exact_mut(2) {
        pair.copy_from_slice(&[0xff, 0x7b]); // 65,504, the largest half
    }
    assert_eq!(
        refusal(&signed(file)),
        ImportError::Damaged("record 1 of lessons: its feature is not one".into())
    );
}

/// A file of nothing but labels, whose slots are all the same.
fn labels(count: u64) -> Vec<u8> {
    let mut file = [&b"KEEPSAKE\x01\0\0\0"[..], &[0; 32]].concat();
    for id in 1..=count {
        let payload = [&7u32.to_le_bytes()[..], format!("Label {id}").as_bytes()].concat();
        file.push(2);
        file.extend_from_slice(&id.to_le_bytes());
        file.extend_from_slice(&(payload.len() as u32).to_le_bytes());
        file.extend_from_slice(&payload);
    }
    file.extend_from_slice(&[0; 32]);
    signed(file)
}

#[test]
fn ten_thousand_labels_are_read_at_once_and_more_are_refused() {
    let (_, learner) = after(&[]);
    let file = labels(10_000);
    let summary = block_on(learner.import(&file, How::Merge)).unwrap();
    assert_eq!(summary.labels, 10_000);
    let mut slots: Vec<_> = learner.labels().iter().map(|label| label.slot).collect();
    slots.sort_unstable();
    slots.dedup();
    assert_eq!(slots.len(), 10_001, "each has its own");
    let again = block_on(learner.import(&file, How::Merge)).unwrap();
    assert_eq!(again.labels, 0);
    let full = block_on(learner.add_label("One more"));
    assert!(matches!(full, Err(Error::Request(_))), "{full:?}");
    let beside = block_on(learner.import(&export(&after_one_label()), How::Merge));
    assert!(matches!(beside, Err(Error::Request(_))), "{beside:?}");
    assert_eq!(
        refusal(&labels(10_001)),
        ImportError::Damaged("record 10001 of labels: there are too many labels".into())
    );
}

fn after_one_label() -> Learner<Shared> {
    let (_, learner) = after(&[]);
    block_on(learner.add_label("Another")).unwrap();
    learner
}

#[test]
fn an_empty_collection_keeps_its_own_network() {
    let (_, learner) = one_of_each();
    let (store, empty) = after(&[]);
    block_on(empty.bind([8; 32])).unwrap();
    let refused = block_on(empty.import(&export(&learner), How::Merge));
    assert_eq!(refused, Err(Error::Import(ImportError::OtherBackbone)));
    assert_eq!(empty.backbone(), Some([8; 32]));
    drop(empty);
    block_on(Learner::open(store, [8; 32])).map(|_| ()).unwrap();
}

#[test]
fn what_is_here_wins_and_is_counted() {
    let (_, theirs) = one_of_each();
    let file = export(&theirs);
    let (_, ours) = one_of_each();
    block_on(async {
        let lessons = ours.lessons();
        ours.correct(lessons[0].id, "Cap").await.unwrap();
        let summary = ours.import(&file, How::Merge).await.unwrap();
        let expected = ImportSummary {
            kept: 1,
            ..ImportSummary::default()
        };
        assert_eq!(summary, expected);
        assert_eq!(
            ours.history().undo.as_deref(),
            Some("Corrected to Cap"),
            "nothing new"
        );
    });
}

#[test]
fn a_new_learner_takes_the_network_of_the_file() {
    let (_, learner) = one_of_each();
    let store = Shared::default();
    block_on(async {
        let new = Learner::open(store.clone(), None).await.unwrap();
        assert_eq!(new.backbone(), None);
        new.import(&export(&learner), How::Merge).await.unwrap();
        assert_eq!(new.backbone(), Some(BACKBONE));
        let other = new.bind([8; 32]).await;
        assert_eq!(other, Err(Error::Storage(StorageError::OtherBackbone)));
        let unasked = Learner::open(store.clone(), None).await.unwrap();
        assert_eq!(unasked.backbone(), Some(BACKBONE));
    });
    // An empty one is not bound for good.
    let (_, empty) = after(&[]);
    block_on(empty.bind([8; 32])).unwrap();
    assert_eq!(empty.backbone(), Some([8; 32]));
}

#[test]
fn the_network_comes_with_the_import_or_not_at_all() {
    let (_, learner) = one_of_each();
    let file = export(&learner);
    let store = Shared::default();
    block_on(async {
        let new = Learner::open(store.clone(), None).await.unwrap();
        store.fail_after(0);
        let full = Err(Error::Storage(StorageError::Full));
        assert_eq!(new.import(&file, How::Merge).await, full);
        assert_eq!(new.backbone(), None);
        // One transaction is enough for all of it.
        store.fail_after(1);
        new.import(&file, How::Merge).await.unwrap();
        assert_eq!(new.backbone(), Some(BACKBONE));
        assert_eq!(see(&store.look()), see(&new));
    });
    // A file without a photo or a lesson binds to nothing.
    let store = Shared::default();
    block_on(async {
        let new = Learner::open(store.clone(), None).await.unwrap();
        let (_, empty) = after(&[support::Action::AddLabel("Hat".into())]);
        new.import(&export(&empty), How::Merge).await.unwrap();
        assert_eq!((new.backbone(), new.labels().len()), (None, 2));
        new.bind([8; 32]).await.unwrap();
    });
}

#[test]
fn a_write_that_landed_unheard_has_bound_it() {
    let (_, learner) = one_of_each();
    let store = Shared::default();
    block_on(async {
        let new = Learner::open(store.clone(), None).await.unwrap();
        store.silent.set(true);
        new.import(&export(&learner), How::Merge).await.unwrap();
        store.silent.set(false);
        assert_eq!(new.backbone(), Some(BACKBONE));
        assert_eq!(see(&store.look()), see(&new));
    });
}

#[test]
fn a_photo_s_name_from_a_file_is_cut_as_own_ones_are() {
    let (_, learner) = after(&[support::Action::Add(vec![(0, 0)])]);
    let mut file = export(&learner);
    // The only records are the photo's, whose payload ends with its name, and its small picture's.
    let name = b"kind 0, 0.jpg";
    let at = file.windows(name.len()).position(|part| part == name);
    let at = at.unwrap();
    let length = 44 + 9;
    let longer = u32::from_le_bytes(file[length..][..4].try_into().unwrap()) + 5000;
    file[length..][..4].copy_from_slice(&longer.to_le_bytes());
    file.splice(at..at, "ö".repeat(2500).into_bytes());
    let (store, other) = after(&[]);
    block_on(other.import(&signed(file), How::Merge)).unwrap();
    for learner in [&other, &store.look()] {
        assert_eq!(learner.photos()[0].photo.name, "ö".repeat(1000));
    }
}

#[test]
fn a_full_disk_leaves_everything() {
    let (_, learner) = one_of_each();
    let file = export(&learner);
    let (store, other) = after(&[support::Action::Add(vec![(2, 2)])]);
    let before = see(&other);
    for how in [How::Replace, How::Merge] {
        store.fail_after(0);
        let full = Err(Error::Storage(StorageError::Full));
        assert_eq!(block_on(other.import(&file, how)), full);
        assert_eq!(see(&other), before);
        store.works_again();
        assert_eq!(see(&store.look()), before);
    }
}

/// However large it is, a file is handed on in pieces of a few megabytes, which make the same file; a sink
/// that fails ends it.
#[test]
fn a_file_comes_in_pieces() {
    let learner = Shared::default().open();
    let photos = (0..30).map(|seed| {
        let mut photo = photo(seed % 3, seed);
        photo.thumbnail = vec![seed as u8; 400_000];
        photo
    });
    block_on(learner.add_photos(photos.collect())).unwrap();
    let mut pieces = Vec::new();
    block_on(learner.export_to(|piece| {
        pieces.push(piece.to_vec());
        Ok(())
    }))
    .unwrap();
    assert!(pieces.len() > 2, "{} pieces", pieces.len());
    assert!(pieces.iter().all(|piece| piece.len() < 5_000_000));
    assert_eq!(pieces.concat(), export(&learner));

    let other = Shared::default().open();
    block_on(other.import(&pieces.concat(), How::Replace)).unwrap();
    assert_eq!(content(&see(&other)), content(&see(&learner)));

    let mut calls = 0;
    let failed = block_on(learner.export_to(|_| {
        calls += 1;
        Err(StorageError::Full.into())
    }));
    assert_eq!((failed, calls), (Err(StorageError::Full.into()), 1));
}
