//! A scratch learner lasts: what was taught is there after a reload, whatever is interrupted, refused or
//! damaged leaves what was there before, and a file from anybody changes nothing until it was checked.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use crate::learner_support::Shared;
use keepsake::device;
use keepsake::error::{Error, ImportError, RequestError, StorageError};
use keepsake::labels::{LabelChoice, LabelId};
use keepsake::scratch::snapshot::Snapshot;
use keepsake::scratch::{
    Control, KnownLabel, Phase, Preset, Progress, ScratchLearner, Settings, Sketch, Unwatched,
    Watch,
};
use keepsake::store::{Memory, Store, Table, Write};
use pollster::block_on;
use sha2::{Digest, Sha256};

/// A tiny network, so that a test takes no time.
fn settings(preset: Preset) -> Settings {
    Settings {
        preset,
        side: 8,
        max_iter: 4,
        rehearsal: false,
        ..Settings::default()
    }
}

fn open<S: Store>(store: S) -> ScratchLearner<S> {
    open_as(store, Preset::Article)
}

fn open_as<S: Store>(store: S, preset: Preset) -> ScratchLearner<S> {
    let device = device::cpu();
    block_on(ScratchLearner::open(store, Some(settings(preset)), &device)).unwrap()
}

/// What a reload would show, while the learner goes on writing.
fn reopened(store: &Shared) -> ScratchLearner<Memory> {
    let mut copy = Memory::new();
    let records = block_on(store.clone().load()).unwrap().records;
    let put = |(table, key, bytes)| Write::Put { table, key, bytes };
    block_on(copy.commit(records.into_iter().map(put).collect())).unwrap();
    open(copy)
}

#[test]
fn two_writers_do_not_overwrite_each_other() {
    let store = Shared::default();
    let first = open(store.clone());
    teach(&first, "Cup", 0);
    let second = open(store.clone());
    teach(&second, "Fish", 1);
    let busy = Error::Storage(StorageError::Busy);
    let refused = block_on(first.teach(named("House"), &[bar(2)], &mut Unwatched));
    assert_eq!(refused, Err(busy.clone()));
    assert_eq!(block_on(first.add_label("Boat")), Err(busy));
    assert_eq!(see(&reopened(&store)), see(&second));
}

/// A bar at this row: a kind of picture.
fn bar(row: usize) -> Sketch {
    let mut values = vec![0.0; 64];
    values[8 * (row % 8)..][..8].fill(1.0);
    Sketch { side: 8, values }
}

fn named(name: &str) -> LabelChoice {
    LabelChoice::from(name)
}

fn teach<S: Store>(learner: &ScratchLearner<S>, name: &str, row: usize) -> LabelId {
    let pictures = [bar(row), bar(row)];
    block_on(learner.teach(named(name), &pictures, &mut Unwatched))
        .unwrap()
        .label
}

/// What a person sees, but for what only this visit knows.
type Seen = (Vec<(LabelId, String, u32, u64)>, Vec<Vec<(LabelId, f32)>>);

fn see<S: Store>(learner: &ScratchLearner<S>) -> Seen {
    let labels = learner.labels().into_iter();
    let labels = labels.map(
        |KnownLabel {
             id,
             name,
             slot,
             taught,
             ..
         }| (id, name, slot, taught),
    );
    let pictures: Vec<Sketch> = (0..3).map(bar).collect();
    (
        labels.collect(),
        block_on(learner.predict(&pictures)).unwrap(),
    )
}

#[test]
fn a_reload_brings_everything_back() {
    let store = Shared::default();
    let learner = open(store.clone());
    teach(&learner, "Cup", 0);
    teach(&learner, "Fish", 1);
    block_on(learner.add_label("House")).unwrap();
    block_on(learner.rename_label(LabelId(2), "Carp")).unwrap();
    let seen = see(&learner);
    let names: Vec<_> = seen.0.iter().map(|label| (&*label.1, label.3)).collect();
    assert_eq!(
        names,
        [("None of these", 0), ("Cup", 2), ("Carp", 2), ("House", 0)]
    );
    // Even in other settings: a collection keeps how it was begun.
    let again = open_as(store, Preset::Exact);
    assert_eq!(again.settings(), learner.settings());
    assert_eq!(see(&again), seen);
    assert_eq!(
        block_on(again.add_label("carp")),
        Err(RequestError::LabelExists("Carp".into()).into())
    );
}

#[test]
fn what_nothing_was_taught_to_can_still_be_begun_otherwise() {
    let store = Shared::default();
    drop(open(store.clone()));
    assert_eq!(open_as(store, Preset::Article).settings().max_iter, 4);
}

/// Stops after some steps.
struct StopAfter(usize);

impl Watch for StopAfter {
    async fn progress(&mut self, progress: Progress) -> Control {
        match progress.step >= self.0 {
            true => Control::Stop,
            false => Control::Continue,
        }
    }
}

#[test]
fn what_was_learned_until_it_was_stopped_is_kept() {
    let store = Shared::default();
    let learner = open(store.clone());
    let lesson = block_on(learner.teach(named("Cup"), &[bar(0)], &mut StopAfter(2))).unwrap();
    assert!(lesson.taught.stopped);
    assert_eq!(lesson.taught.steps, 2);
    assert_eq!(see(&open(store)), see(&learner));
}

/// Waits for ever at the second step.
struct Hang;

impl Watch for Hang {
    async fn progress(&mut self, progress: Progress) -> Control {
        if progress.step == 2 {
            std::future::pending::<()>().await;
        }
        Control::Continue
    }
}

#[test]
fn what_is_given_up_in_the_middle_never_was() {
    let store = Shared::default();
    let learner = open(store.clone());
    teach(&learner, "Cup", 0);
    let before = see(&learner);
    {
        let pictures = [bar(1)];
        let mut hang = Hang;
        let mut lesson = pin!(learner.teach(named("Fish"), &pictures, &mut hang));
        let mut context = Context::from_waker(Waker::noop());
        assert!(matches!(lesson.as_mut().poll(&mut context), Poll::Pending));
        // The old networks answer meanwhile.
        assert_eq!(see(&learner), before);
    }
    assert_eq!(see(&learner), before);
    assert_eq!(see(&reopened(&store)), before);
    // The turn was given back, too.
    teach(&learner, "Fish", 1);
}

/// A learner that dreams and knows two labels, and its store.
fn dreamer() -> (ScratchLearner<Shared>, Shared) {
    let store = Shared::default();
    let settings = Settings {
        rehearsal: true,
        ..settings(Preset::Rehearse)
    };
    let device = device::cpu();
    let learner = ScratchLearner::open(store.clone(), Some(settings), &device);
    let learner = block_on(learner).unwrap();
    // Pictures are also learned moved by a pixel: these rows stay apart.
    teach(&learner, "Cup", 0);
    teach(&learner, "Fish", 3);
    (learner, store)
}

/// Looks at the learner, and at what it stored, at some steps of its learning to dream, and then waits
/// for ever.
struct Look<'a> {
    learner: &'a ScratchLearner<Shared>,
    store: &'a Shared,
    seen: Vec<(Seen, Seen, Vec<Sketch>)>,
}

impl Watch for Look<'_> {
    async fn progress(&mut self, progress: Progress) -> Control {
        if progress.phase == Phase::Generator && [1, 50].contains(&progress.step) {
            let dreams = self.learner.dreams(LabelId(3), 3, 7).await.unwrap();
            let stored = see(&reopened(self.store));
            self.seen.push((see(self.learner), stored, dreams));
            if progress.step == 50 {
                std::future::pending::<()>().await;
            }
        }
        Control::Continue
    }
}

#[test]
fn a_label_answers_and_is_stored_before_it_is_dreamt_of_well() {
    let (learner, store) = dreamer();
    let mut look = Look {
        learner: &learner,
        store: &store,
        seen: Vec::new(),
    };
    {
        let pictures = [bar(6), bar(6)];
        let mut lesson = pin!(learner.teach(named("House"), &pictures, &mut look));
        let mut context = Context::from_waker(Waker::noop());
        assert!(lesson.as_mut().poll(&mut context).is_pending());
    }
    let [(early, early_stored, first), (late, late_stored, then)] = &look.seen[..] else {
        panic!("it was looked at {} times", look.seen.len());
    };
    assert_eq!(early.0[3], (LabelId(3), "House".into(), 3, 2));
    let answers = block_on(learner.predict(&[bar(6)])).unwrap();
    assert_eq!(answers[0][0].0, LabelId(3));
    for other in [early_stored, late, late_stored] {
        assert_eq!(other, early);
    }
    assert_ne!(first, then, "its dreams are those of before");
    // Given up there, the lesson is kept, and the next one goes on from it.
    assert_eq!(see(&reopened(&store)), *early);
    teach(&learner, "Boat", 3);
    assert_eq!(see(&open(store)), see(&learner));
}

#[test]
fn dreaming_can_be_stopped_and_the_disk_be_full_then() {
    struct StopDreaming;
    impl Watch for StopDreaming {
        async fn progress(&mut self, progress: Progress) -> Control {
            match (progress.phase, progress.step) {
                (Phase::Generator, 25) => Control::Stop,
                _ => Control::Continue,
            }
        }
    }
    let (learner, store) = dreamer();
    let dreams = |learner: &ScratchLearner<Shared>, label| {
        block_on(learner.dreams(LabelId(label), 3, 7)).unwrap()
    };
    let lesson = block_on(learner.teach(named("House"), &[bar(2)], &mut StopDreaming)).unwrap();
    assert!(lesson.taught.stopped);
    assert_eq!(see(&reopened(&store)), see(&learner));
    assert_eq!(dreams(&open(store.clone()), 3), dreams(&learner, 3));
    let learner = open(store.clone());

    // The disk takes what the label is known by, and then nothing more.
    store.fail_after(1);
    let lesson = block_on(learner.teach(named("Boat"), &[bar(3)], &mut Unwatched));
    assert_eq!(lesson, Err(Error::Storage(StorageError::Full)));
    store.works_again();
    let again = open(store);
    assert_eq!(learner.labels()[4].taught, 1);
    assert_eq!(see(&again), see(&learner));
    assert_eq!(dreams(&again, 4), dreams(&learner, 4));
}

#[test]
fn a_full_disk_changes_nothing() {
    let store = Shared::default();
    let learner = open(store.clone());
    teach(&learner, "Cup", 0);
    let before = see(&learner);
    store.fail_after(0);
    let full = Error::Storage(StorageError::Full);
    let lesson = block_on(learner.teach(named("Fish"), &[bar(1)], &mut Unwatched));
    assert_eq!(lesson, Err(full.clone()));
    assert_eq!(block_on(learner.add_label("House")), Err(full));
    assert_eq!(see(&learner), before);
    store.works_again();
    assert_eq!(see(&reopened(&store)), before);
    teach(&learner, "Fish", 1);
}

#[test]
fn a_label_with_no_picture_is_refused_and_not_made() {
    let learner = open(Memory::new());
    let lesson = block_on(learner.teach(named("Cup"), &[], &mut Unwatched));
    assert_eq!(lesson.unwrap_err().code(), "request/invalid");
    let lesson = block_on(learner.teach(LabelId(7).into(), &[bar(0)], &mut Unwatched));
    assert_eq!(lesson.unwrap_err().code(), "request/no-such-label");
    let nothing = Sketch {
        side: 8,
        values: vec![f32::NAN; 64],
    };
    let lesson = block_on(learner.teach(named("Cup"), &[nothing], &mut Unwatched));
    assert_eq!(lesson.unwrap_err().code(), "request/invalid");
    assert_eq!(learner.labels().len(), 1);
}

#[test]
fn what_is_known_is_tried_again_after_every_lesson() {
    let learner = open(Memory::new());
    teach(&learner, "Cup", 0);
    teach(&learner, "Fish", 1);
    let labels = learner.labels();
    assert_eq!((labels[1].tried, labels[2].tried), (2, 2));
    let (_, answers) = see(&learner);
    for (row, label) in [(0, &labels[1]), (1, &labels[2])] {
        let known = answers[row][0].0 == label.id;
        assert_eq!(label.known, if known { 2 } else { 0 });
    }
}

#[test]
fn two_hundred_labels() {
    let store = Shared::default();
    let learner = open(store.clone());
    for number in 1..=200 {
        block_on(learner.add_label(&format!("Label {number}"))).unwrap();
    }
    for number in [1, 77, 200] {
        let label = LabelId(number);
        let picture = [bar(number as usize)];
        let lesson = block_on(learner.teach(label.into(), &picture, &mut StopAfter(1)));
        assert_eq!(lesson.unwrap().label, label);
    }
    assert_eq!(see(&open(store)), see(&learner));
}

#[test]
fn deleting_leaves_nothing() {
    let store = Shared::default();
    let learner = open(store.clone());
    teach(&learner, "Cup", 0);
    block_on(learner.delete()).unwrap();
    assert_eq!(
        block_on(learner.add_label("Fish")),
        Err(RequestError::Closed.into())
    );
    assert_eq!(open(store).labels().len(), 1);
}

#[test]
fn a_damaged_record_is_told_of_and_left() {
    let mut store = Shared::default();
    let learner = open(store.clone());
    teach(&learner, "Cup", 0);
    drop(learner);
    let good = block_on(store.read(Table::Meta, 1)).unwrap().unwrap();
    let mut bad = good.clone();
    let at = bad.len() / 2;
    bad[at] ^= 1;
    for bytes in [bad, good[..good.len() - 1].to_vec(), Vec::new()] {
        put(&mut store, bytes.clone());
        let device = device::cpu();
        let opened = block_on(ScratchLearner::open(store.clone(), None, &device));
        assert_eq!(opened.err().unwrap().code(), "storage/damaged");
        assert_eq!(block_on(store.read(Table::Meta, 1)), Ok(Some(bytes)));
    }
    put(&mut store, good);
    assert_eq!(open(store).labels().len(), 2);
}

fn put(store: &mut Shared, bytes: Vec<u8>) {
    let (table, key) = (Table::Meta, 1);
    block_on(store.commit(vec![Write::Put { table, key, bytes }])).unwrap();
}

fn taught() -> (ScratchLearner<Shared>, Vec<u8>) {
    let learner = open(Shared::default());
    teach(&learner, "Cup", 0);
    teach(&learner, "Fish", 1);
    let file = block_on(learner.export()).unwrap();
    (learner, file)
}

#[test]
fn a_file_brings_everything_to_another_learner() {
    let (learner, file) = taught();
    let store = Shared::default();
    let other = open(store.clone());
    teach(&other, "House", 2);
    block_on(other.import(&file)).unwrap();
    assert_eq!(see(&other), see(&learner));
    assert_eq!(see(&open(store)), see(&learner));
}

/// Why a file was refused, which must have changed nothing.
fn refusal(file: &[u8]) -> ImportError {
    let store = Shared::default();
    let learner = open(store.clone());
    teach(&learner, "House", 2);
    let before = see(&learner);
    let Err(Error::Import(refusal)) = block_on(learner.import(file)) else {
        panic!("not refused");
    };
    assert_eq!(see(&learner), before);
    assert_eq!(see(&open(store)), before);
    refusal
}

#[test]
fn each_refusal_says_why() {
    let (_, file) = taught();
    assert_eq!(refusal(b""), ImportError::Foreign);
    assert_eq!(refusal(b"KEEPSAKE"), ImportError::OtherLearner);
    let altered = "it is cut off or was altered";
    assert_eq!(
        refusal(&file[..file.len() - 1]),
        ImportError::Damaged(altered.into())
    );
    let mut newer = file.clone();
    newer[8] = 2;
    assert_eq!(refusal(&newer), ImportError::Newer);
}

/// The file with other records: each is a table, a key and a payload.
fn sealed(records: &[(u8, u64, Vec<u8>)]) -> Vec<u8> {
    let mut file = b"KEEPDRAW\x01\0\0\0".to_vec();
    for (table, key, payload) in records {
        file.push(*table);
        file.extend_from_slice(&key.to_le_bytes());
        file.extend_from_slice(&(payload.len() as u32).to_le_bytes());
        file.extend_from_slice(payload);
    }
    let digest = Sha256::digest(&file);
    file.extend_from_slice(&digest);
    file
}

fn records(file: &[u8]) -> Vec<(u8, u64, Vec<u8>)> {
    let mut rest = &file[12..file.len() - 32];
    let mut records = Vec::new();
    while let [table, after @ ..] = rest {
        let key = u64::from_le_bytes(after[..8].try_into().unwrap());
        let length = u32::from_le_bytes(after[8..12].try_into().unwrap()) as usize;
        records.push((*table, key, after[12..12 + length].to_vec()));
        rest = &after[12 + length..];
    }
    records
}

#[test]
fn what_no_checksum_sees_is_refused() {
    let (_, file) = taught();
    let whole = records(&file);
    assert_eq!(sealed(&whole), file);
    let without = |table: u8| -> Vec<_> {
        let others = whole.iter().filter(|record| record.0 != table);
        others.cloned().collect()
    };
    let (labels, networks) = (Table::Labels as u8, Table::Meta as u8);
    for broken in [
        without(networks),
        without(labels),
        [whole.clone(), whole.clone()].concat(),
        [whole.clone(), vec![(Table::Lessons as u8, 9, vec![1; 8])]].concat(),
        [whole.clone(), vec![(Table::Photos as u8, 1, vec![])]].concat(),
        [whole.clone(), vec![(labels, 3, b"\x03\0\0\0Cup".to_vec())]].concat(),
    ] {
        assert!(matches!(refusal(&sealed(&broken)), ImportError::Damaged(_)));
    }
}

#[test]
fn the_last_number_in_a_file_leaves_room_for_new_labels() {
    let (_, file) = taught();
    let labels = Table::Labels as u8;
    let with = |id: u64| {
        let another = (labels, id, b"\x03\0\0\0House".to_vec());
        sealed(&[records(&file), vec![another]].concat())
    };
    let learner = open(Shared::default());
    block_on(learner.import(&with(1 << 30))).unwrap();
    assert_eq!(block_on(learner.add_label("Boat")), Ok(LabelId(3)));
    teach(&learner, "Tree", 2);
    for id in [(1 << 30) + 1, u64::from(u32::MAX)] {
        assert!(matches!(refusal(&with(id)), ImportError::Damaged(_)));
    }
}

#[test]
fn a_count_that_nobody_could_reach_is_refused() {
    let counts = Table::Lessons as u8;
    for preset in [Preset::Article, Preset::Exact] {
        let learner = open_as(Shared::default(), preset);
        teach(&learner, "Cup", 0);
        let file = block_on(learner.export()).unwrap();
        let with = |count: u64| {
            let mut whole = records(&file);
            for record in whole.iter_mut().filter(|record| record.0 == counts) {
                record.2 = count.to_le_bytes().to_vec();
            }
            if preset == Preset::Exact {
                let networks = whole.iter_mut().find(|it| it.0 == Table::Meta as u8);
                let payload = &mut networks.unwrap().2;
                let mut snapshot = Snapshot::parse(payload).unwrap();
                snapshot.put_u64("counts", &[1], vec![count]);
                *payload = snapshot.to_bytes();
            }
            sealed(&whole)
        };
        for count in [(1 << 40) + 1, 1 << 53, u64::MAX] {
            assert!(matches!(refusal(&with(count)), ImportError::Damaged(_)));
        }
        // The largest can be taught on, and opened again.
        let store = Shared::default();
        let learner = open_as(store.clone(), preset);
        block_on(learner.import(&with(1 << 40))).unwrap();
        teach(&learner, "Cup", 0);
        assert_eq!(learner.labels()[1].taught, 1 << 40);
        assert_eq!(see(&open_as(store, preset)), see(&learner));
    }
}

#[test]
fn a_label_that_cannot_be_read_is_set_aside_and_told_of() {
    let mut store = Shared::default();
    let learner = open(store.clone());
    teach(&learner, "Cup", 0);
    teach(&learner, "Fish", 1);
    block_on(learner.add_label("House")).unwrap();
    let before = see(&learner);
    for key in [1, 3] {
        let write = Write::Put {
            table: Table::Labels,
            key,
            bytes: vec![1, 2],
        };
        block_on(store.commit(vec![write])).unwrap();
    }
    let again = open(store.clone());
    let (labels, answers) = see(&again);
    assert_eq!(answers, before.1, "it answers as before");
    assert_eq!(labels[1].1, "Label 1 (name lost)");
    assert_eq!((&labels[2], labels.len()), (&before.0[2], 3));
    let told = ["Label 1 cannot be read", "Label 3 cannot be read"];
    let problems = again.problems();
    for (problem, told) in problems.iter().zip(told) {
        assert!(problem.starts_with(told), "{problem}");
    }
    assert_eq!(problems.len(), 2);
    // What is left of the third is not overwritten by a new one; naming the first mends it.
    assert_eq!(block_on(again.add_label("Boat")), Ok(LabelId(4)));
    block_on(again.rename_label(LabelId(1), "Cup")).unwrap();
    let mended = open(store);
    assert_eq!(mended.problems().len(), 1);
    assert_eq!(see(&mended).0[1], before.0[1]);
}

#[test]
fn weights_that_are_no_numbers_are_refused() {
    let (_, file) = taught();
    let networks = Table::Meta as u8;
    let with = |value: f32| {
        let mut whole = records(&file);
        let record = whole.iter_mut().find(|record| record.0 == networks);
        let payload = &mut record.unwrap().2;
        let mut snapshot = Snapshot::parse(payload).unwrap();
        let shape = snapshot.shape("network.0").unwrap().to_vec();
        let mut values = snapshot.f32("network.0", &shape).unwrap().to_vec();
        values[5] = value;
        snapshot.put_f32("network.0", &shape, values);
        *payload = snapshot.to_bytes();
        sealed(&whole)
    };
    block_on(open(Shared::default()).import(&with(0.5))).unwrap();
    for value in [f32::NAN, f32::INFINITY] {
        assert!(matches!(refusal(&with(value)), ImportError::Damaged(_)));
    }
}
