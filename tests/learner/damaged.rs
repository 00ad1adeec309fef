//! What a damaged, foreign or newer collection does at opening: only what is damaged is missing.

use crate::support::{BACKBONE, Shared, photo, see, told};
use keepsake::Error;
use keepsake::error::StorageError;
use keepsake::labels::{LabelId, NOISE};
use keepsake::learner::{How, Learner};
use keepsake::store::{Store, Table, Write};
use pollster::block_on;

/// Two photos taught Hat (label 1), one taught Boots (label 2), one not taught.
fn collection() -> Shared {
    let store = Shared::default();
    let learner = store.open();
    block_on(async {
        let new = (0..4).map(|n| photo(n / 2, n)).collect();
        let photos = learner.add_photos(new).await.unwrap();
        learner.teach_many(&photos[..2], "Hat").await.unwrap();
        learner.teach(photos[2], "Boots").await.unwrap();
    });
    store
}

/// Puts something in a record's place.
fn put(store: &mut Shared, table: Table, key: u64, bytes: &[u8]) {
    let bytes = bytes.to_vec();
    block_on(store.commit(vec![Write::Put { table, key, bytes }])).unwrap();
}

#[test]
fn a_lost_lesson_takes_nothing_with_it_and_keeps_its_number() {
    let mut store = collection();
    put(&mut store, Table::Lessons, 3, b"not a lesson");
    let learner = store.open();
    assert_eq!(
        told(&learner),
        ["Lesson 3 cannot be read: it is too short."]
    );
    assert_eq!(learner.lessons().len(), 2);
    assert_eq!(learner.photos().len(), 4);
    let photo = learner.photos()[3].id;
    let lesson = block_on(learner.teach(photo, "Boots")).unwrap();
    assert_eq!(lesson.0, 4, "3 is still where it was");
    let kept = block_on(store.read(Table::Lessons, 3)).unwrap();
    assert_eq!(kept.as_deref(), Some(&b"not a lesson"[..]));
}

#[test]
fn a_lost_photo_leaves_its_lesson() {
    let mut store = collection();
    let before = see(&store.look());
    put(&mut store, Table::Photos, 1, &[0; 6456]);
    put(&mut store, Table::Photos, 2, &[0xff; 6456]);
    let learner = store.open();
    assert_eq!(
        told(&learner),
        ["Photo 2 cannot be read: its feature is not one."],
        "zeros are a photo, if not a likely one"
    );
    assert_eq!(learner.photos().len(), 3);
    assert_eq!(learner.lessons()[1].photo, None);
    assert_eq!(
        see(&learner).elsewhere,
        before.elsewhere,
        "what was learnt is all there"
    );
}

#[test]
fn a_lost_label_can_be_named_again() {
    let mut store = collection();
    let before = see(&store.look());
    put(&mut store, Table::Labels, 1, b"\x01\0\0\0\xff\xfe");
    let learner = store.open();
    assert_eq!(
        told(&learner),
        ["Label 1 cannot be read: its name is not text."]
    );
    assert_eq!(learner.labels()[1].name, "Label 1 (name lost)");
    block_on(learner.rename_label(LabelId(1), "Hat")).unwrap();
    let learner = store.open();
    assert!(learner.problems().is_empty());
    assert_eq!(see(&learner).elsewhere, before.elsewhere);
    assert_eq!(learner.labels(), before.labels);
}

#[test]
fn labels_that_no_label_can_be_are_set_aside() {
    let mut store = collection();
    put(&mut store, Table::Labels, 0, b"\x01\0\0\0Noise");
    put(&mut store, Table::Labels, 1 << 40, b"\x01\0\0\0Far");
    put(&mut store, Table::Labels, 7, b"\x01\0\0\0hat");
    let learner = store.open();
    assert_eq!(learner.problems().len(), 2);
    let names: Vec<_> = learner
        .labels()
        .into_iter()
        .map(|label| label.name)
        .collect();
    assert_eq!(
        names,
        ["None of these", "Hat", "Boots", "hat (2)"],
        "names stay unique"
    );
}

#[test]
fn the_largest_number_of_all_keeps_no_label_from_being_made() {
    let mut store = collection();
    let last = u64::from(u32::MAX);
    put(&mut store, Table::Labels, last, b"\x01\0\0\0Last");
    let learner = store.open();
    assert_eq!(learner.problems().len(), 1);
    let new = block_on(learner.add_label("Scarf")).unwrap();
    assert!(new.0 < u32::MAX);
}

#[test]
fn names_made_unique_stay_names() {
    let mut store = collection();
    let long = [&b"\x05\0\0\0"[..], "é".repeat(60).as_bytes()].concat();
    for key in 7..20 {
        put(&mut store, Table::Labels, key, &long);
    }
    let learner = store.open();
    assert_eq!(told(&learner), [""; 0]);
    let names: Vec<_> = learner.labels().into_iter().map(|it| it.name).collect();
    assert_eq!(names.len(), 3 + 13);
    assert!(names.iter().all(|name| name.chars().count() <= 60));
    // What is exported can be read.
    let file = block_on(learner.export()).unwrap();
    let fresh = Shared::default().open();
    let summary = block_on(fresh.import(&file, How::Replace)).unwrap();
    assert_eq!(summary.labels, 15);
}

#[test]
fn another_network_and_a_newer_layout_are_refused_untouched() {
    let mut store = collection();
    let other = block_on(Learner::open(store.clone(), [8; 32])).err();
    assert_eq!(other, Some(Error::Storage(StorageError::OtherBackbone)));
    let mut newer = vec![u8::MAX];
    newer.extend_from_slice(&BACKBONE);
    put(&mut store, Table::Meta, 0, &newer);
    let newer = block_on(Learner::open(store.clone(), BACKBONE)).err();
    assert_eq!(newer, Some(Error::Storage(StorageError::Newer)));
}

#[test]
fn an_unreadable_description_is_reported_and_kept() {
    let mut store = collection();
    let before = see(&store.look());
    put(&mut store, Table::Meta, 0, b"?");
    let learner = store.open();
    assert_eq!(
        told(&learner),
        ["The collection's own description cannot be read: it is too short."]
    );
    assert_eq!(see(&learner), before);
    let kept = block_on(store.read(Table::Meta, 0)).unwrap();
    assert_eq!(kept.as_deref(), Some(&b"?"[..]));
}

#[test]
fn any_bytes_in_any_record_are_safe() {
    let whole = collection();
    let records = block_on(whole.records.borrow_mut().load()).unwrap().records;
    for (table, key, bytes) in records {
        for cut in [0, 1, 3, 4, 11, 12, 33, 40, bytes.len().saturating_sub(1)] {
            let mut store = collection();
            put(&mut store, table, key, &bytes[..cut.min(bytes.len())]);
            let Ok(learner) = block_on(Learner::open(store, BACKBONE)) else {
                assert_eq!(table, Table::Meta);
                continue;
            };
            let seen = see(&learner);
            assert!(seen.labels.iter().any(|label| label.id == NOISE));
        }
    }
}
