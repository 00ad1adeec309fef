//! A learner that follows another one: what it reads of each change makes it what it would be, were it opened
//! anew; and a change that it was not told of is noticed.

use crate::support::{BACKBONE, photo, see};
use keepsake::labels::LabelId;
use keepsake::learner::{Changes, Learner, Origin, PhotoId};
use keepsake::store::{Memory, Store, Table, Write};
use pollster::block_on;

fn fresh(store: &Memory) -> Learner<Memory> {
    block_on(Learner::open_read_only(store.again(), BACKBONE)).unwrap()
}

fn changes(writer: &Learner<Memory>) -> Changes {
    block_on(writer.changes()).unwrap().unwrap()
}

/// A store with a few photos, its writer, and one that follows.
fn two() -> (Memory, Learner<Memory>, Learner<Memory>) {
    let store = Memory::new();
    let writer = block_on(Learner::open(store.again(), BACKBONE)).unwrap();
    let photos = (0..9).map(|at| photo(at % 3, at)).collect();
    block_on(writer.add_photos(photos)).unwrap();
    assert_eq!(block_on(writer.changes()), Ok(None), "nobody asked before");
    let reader = fresh(&store);
    (store, writer, reader)
}

const PHOTOS: [PhotoId; 5] = [PhotoId(1), PhotoId(2), PhotoId(3), PhotoId(4), PhotoId(5)];

type Step = fn(&Learner<Memory>) -> keepsake::Result<()>;

const STEPS: [Step; 16] = [
    |it| block_on(it.teach(PHOTOS[0], "Hat")).map(drop),
    |it| block_on(it.teach(PHOTOS[1], "Boots")).map(drop),
    |it| block_on(it.teach_alike(&[PHOTOS[2]], &[PHOTOS[4]], "Hat")).map(drop),
    |it| block_on(it.rename_label(LabelId(1), "Cap")),
    |it| block_on(it.teach(PHOTOS[1], "Cap")).map(drop),
    |it| block_on(it.undo()).map(drop),
    |it| block_on(it.redo()).map(drop),
    |it| block_on(it.accept(&[(PHOTOS[3], LabelId(2))])).map(drop),
    |it| block_on(it.merge_labels(LabelId(2), LabelId(1))),
    |it| block_on(it.undo()).map(drop),
    |it| block_on(it.remove_photos(&[PHOTOS[0], PHOTOS[3]])),
    |it| block_on(it.undo()).map(drop),
    |it| block_on(it.add_photos(vec![photo(1, 50), photo(2, 51)])).map(drop),
    |it| block_on(it.set_origins(vec![(PHOTOS[2], Origin::default())])).map(drop),
    |it| block_on(it.remove_label(LabelId(1))),
    |it| block_on(it.undo()).map(drop),
];

#[test]
fn after_each_change_it_is_as_one_that_is_opened_anew() {
    let (store, writer, reader) = two();
    for (at, step) in STEPS.iter().enumerate() {
        step(&writer).unwrap();
        assert_eq!(block_on(reader.follow(changes(&writer))), Ok(true), "{at}");
        assert_eq!(see(&reader), see(&fresh(&store)), "{at}");
        assert_eq!(reader.bursts(), writer.bursts(), "{at}");
        let revisions = [&reader, &writer].map(|it| block_on(it.revision()).unwrap());
        assert_eq!(revisions[0], revisions[1], "{at}");
    }
}

#[test]
fn several_changes_can_be_read_as_one() {
    let (store, writer, reader) = two();
    for step in &STEPS {
        step(&writer).unwrap();
    }
    assert_eq!(block_on(reader.follow(changes(&writer))), Ok(true));
    assert_eq!(see(&reader), see(&fresh(&store)));
}

#[test]
fn what_was_missed_is_noticed_and_nothing_is_done() {
    let (store, writer, reader) = two();
    let before = see(&reader);
    STEPS[0](&writer).unwrap();
    let missed = changes(&writer);
    STEPS[1](&writer).unwrap();
    let next = changes(&writer);
    // It stands before the one that was missed; and by now the store is further on than that one.
    assert_eq!(block_on(reader.follow(next.clone())), Ok(false));
    assert_eq!(block_on(reader.follow(missed)), Ok(false));
    assert_eq!(see(&reader), before);
    // One that was opened since has read it all, and is not taken back by it.
    let late = fresh(&store);
    assert_eq!(block_on(late.follow(next)), Ok(false));
    assert_eq!(see(&late), see(&writer));
}

#[test]
fn who_may_write_follows_nobody() {
    let (_, writer, _) = two();
    STEPS[0](&writer).unwrap();
    let own = changes(&writer);
    assert_eq!(block_on(writer.follow(own)), Ok(false));
}

#[test]
fn a_record_that_cannot_be_read_is_left_to_who_opens_anew() {
    let (store, writer, reader) = two();
    STEPS[0](&writer).unwrap();
    let mut told = changes(&writer);
    let (lessons, before) = (Table::Lessons, see(&reader));
    let put = |bytes: &[u8]| Write::Put {
        table: lessons,
        key: 1,
        bytes: bytes.to_vec(),
    };
    block_on(store.again().commit(vec![put(b"not a lesson")])).unwrap();
    told.after += 1;
    assert_eq!(block_on(reader.follow(told)), Ok(false));
    assert_eq!(see(&reader), before);
}

#[test]
fn too_many_are_not_listed() {
    let (_, writer, _) = two();
    for portion in 0..5 {
        let photos = (0..900).map(|at| photo(at % 3, 100 + 900 * portion + at));
        block_on(writer.add_photos(photos.collect())).unwrap();
    }
    assert_eq!(block_on(writer.changes()), Ok(None));
    STEPS[0](&writer).unwrap();
    assert!(!changes(&writer).places.is_empty(), "the next one is");
}
