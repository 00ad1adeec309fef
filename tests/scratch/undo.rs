//! The last lesson can be taken back: exactly the networks of before answer again, after a reload, too, and
//! in whichever way it learns.

use crate::learner_support::Shared;
use keepsake::device;
use keepsake::error::{Error, RequestError, StorageError};
use keepsake::labels::LabelId;
use keepsake::scratch::collection::LastLesson;
use keepsake::scratch::{
    Control, Phase, Preset, Progress, ScratchLearner, Settings, Sketch, Unwatched, Watch,
};
use keepsake::store::{Store, Table, Write};
use pollster::block_on;

const PRESETS: [Preset; 3] = [Preset::Exact, Preset::Rehearse, Preset::Article];

fn open(store: &Shared, preset: Preset) -> ScratchLearner<Shared> {
    let settings = Settings {
        preset,
        side: 8,
        max_iter: 4,
        ..Settings::default()
    };
    let device = device::cpu();
    block_on(ScratchLearner::open(store.clone(), Some(settings), &device)).unwrap()
}

/// A bar at this row: a kind of picture.
fn bar(row: usize) -> Sketch {
    let mut values = vec![0.0; 64];
    values[8 * (row % 8)..][..8].fill(1.0);
    Sketch { side: 8, values }
}

/// Ends what comes after the first step of dreaming, so that a test takes no time.
struct Soon;

impl Watch for Soon {
    async fn progress(&mut self, progress: Progress) -> Control {
        match progress.phase {
            Phase::Generator => Control::Stop,
            Phase::Classifier => Control::Continue,
        }
    }
}

fn teach(learner: &ScratchLearner<Shared>, name: &str, row: usize) -> LabelId {
    let pictures = [bar(row), bar(row)];
    block_on(learner.teach(name.into(), &pictures, &mut Soon))
        .unwrap()
        .label
}

/// All of it, bit for bit.
fn all(learner: &ScratchLearner<Shared>) -> Vec<u8> {
    block_on(learner.export()).unwrap()
}

fn nothing(what: &'static str) -> Result<String, Error> {
    Err(RequestError::NothingTo(what).into())
}

fn undo(of: &str, label: u32) -> LastLesson {
    LastLesson {
        undo: Some(of.to_owned()),
        redo: None,
        label: Some(LabelId(label)),
    }
}

fn redo(of: &str, label: u32) -> LastLesson {
    LastLesson {
        undo: None,
        redo: Some(of.to_owned()),
        label: Some(LabelId(label)),
    }
}

#[test]
fn exactly_the_networks_of_before_come_back() {
    for preset in PRESETS {
        let store = Shared::default();
        let learner = open(&store, preset);
        teach(&learner, "Cup", 0);
        let before = all(&learner);
        teach(&learner, "Fish", 3);
        let after = all(&learner);
        assert_eq!(learner.last_lesson(), undo("Taught Fish", 2));
        assert_eq!(block_on(learner.undo()).as_deref(), Ok("Taught Fish"));
        assert_eq!(all(&learner), before, "{preset:?}");
        assert_eq!(all(&open(&store, preset)), before, "{preset:?}");

        let learner = open(&store, preset);
        assert_eq!(learner.last_lesson(), redo("Taught Fish", 2));
        assert_eq!(
            block_on(learner.undo()),
            nothing("undo"),
            "one step, no more"
        );
        assert_eq!(block_on(learner.redo()).as_deref(), Ok("Taught Fish"));
        assert_eq!(all(&learner), after, "{preset:?}");

        // With nothing in memory of before.
        let learner = open(&store, preset);
        assert_eq!(all(&learner), after, "{preset:?}");
        assert_eq!(block_on(learner.redo()), nothing("redo"));
        block_on(learner.undo()).unwrap();
        assert_eq!(all(&learner), before, "{preset:?}");
    }
}

#[test]
fn another_picture_of_a_label_goes_and_the_label_stays() {
    let store = Shared::default();
    let learner = open(&store, Preset::Exact);
    teach(&learner, "Cup", 0);
    teach(&learner, "Fish", 3);
    let before = all(&learner);
    let known = learner.labels();
    teach(&learner, "Cup", 1);
    block_on(learner.rename_label(LabelId(1), "Mug")).unwrap();
    assert_eq!(learner.last_lesson(), undo("Taught Mug", 1));
    block_on(learner.undo()).unwrap();
    block_on(learner.rename_label(LabelId(1), "Cup")).unwrap();
    assert_eq!(all(&learner), before);
    assert_eq!(learner.labels(), known, "how well it is known, too");
}

#[test]
fn the_first_lesson_leaves_nothing_and_another_way_of_learning_can_be_chosen() {
    let store = Shared::default();
    let learner = open(&store, Preset::Exact);
    teach(&learner, "Cup", 0);
    let after = all(&learner);
    block_on(learner.undo()).unwrap();
    assert_eq!(learner.labels().len(), 1);
    assert_eq!(block_on(learner.predict(&[bar(0)])).unwrap(), [vec![]]);
    let other = open(&store, Preset::Article);
    assert_eq!(other.labels().len(), 1);
    assert_eq!(other.settings().preset, Preset::Article);
    block_on(other.redo()).unwrap();
    assert_eq!(all(&other), after);
    assert_eq!(
        open(&store, Preset::Article).settings().preset,
        Preset::Exact
    );
}

#[test]
fn what_is_taught_after_it_was_taken_back_takes_its_place() {
    for preset in PRESETS {
        let store = Shared::default();
        let learner = open(&store, preset);
        teach(&learner, "Cup", 0);
        teach(&learner, "Fish", 3);
        block_on(learner.undo()).unwrap();
        let before = all(&learner);
        teach(&learner, "House", 5);
        let names = |learner: &ScratchLearner<Shared>| -> Vec<String> {
            let labels = learner.labels().into_iter();
            labels.map(|label| label.name).collect()
        };
        assert_eq!(names(&learner), ["None of these", "Cup", "House"]);
        assert_eq!(block_on(learner.redo()), nothing("redo"));
        let again = open(&store, preset);
        assert_eq!(all(&again), all(&learner));
        block_on(again.undo()).unwrap();
        assert_eq!(all(&again), before);
    }
}

#[test]
fn a_new_label_may_have_the_number_of_one_that_went() {
    let store = Shared::default();
    let learner = open(&store, Preset::Exact);
    teach(&learner, "Cup", 0);
    teach(&learner, "Fish", 3);
    block_on(learner.undo()).unwrap();
    assert_eq!(block_on(learner.add_label("Boat")), Ok(LabelId(2)));
    assert_eq!(learner.last_lesson(), LastLesson::default());
    assert_eq!(
        open(&store, Preset::Exact).last_lesson(),
        LastLesson::default()
    );
}

#[test]
fn what_fails_changes_nothing() {
    let mut store = Shared::default();
    let learner = open(&store, Preset::Exact);
    teach(&learner, "Cup", 0);
    teach(&learner, "Fish", 3);
    let after = all(&learner);
    store.fail_after(0);
    assert_eq!(block_on(learner.undo()), Err(StorageError::Full.into()));
    store.works_again();
    assert_eq!(all(&learner), after);
    assert_eq!(learner.last_lesson(), undo("Taught Fish", 2));
    // The networks of before, altered on disk.
    let (table, key) = (Table::Meta, 1);
    let mut bytes = block_on(store.read(table, key)).unwrap().unwrap();
    bytes[100] ^= 1;
    block_on(store.commit(vec![Write::Put { table, key, bytes }])).unwrap();
    let again = open(&store, Preset::Exact);
    assert_eq!(
        block_on(again.undo()).unwrap_err().code(),
        "storage/damaged"
    );
    assert_eq!(all(&again), after);
    assert_eq!(all(&open(&store, Preset::Exact)), after);
}

#[test]
fn networks_that_are_not_the_ones_that_were_stored_are_refused() {
    let mut store = Shared::default();
    let learner = open(&store, Preset::Exact);
    teach(&learner, "Cup", 0);
    teach(&learner, "Cup", 1);
    // Those of before, in the place of those that answer: as long, and whole.
    let table = Table::Meta;
    let bytes = block_on(store.read(table, 1)).unwrap().unwrap();
    let key = (1 << 32) + 1;
    let now = block_on(store.read(table, key)).unwrap().unwrap();
    assert_eq!(now.len(), bytes.len());
    block_on(store.commit(vec![Write::Put { table, key, bytes }])).unwrap();
    let refused = block_on(ScratchLearner::open(store, None, &device::cpu()));
    assert_eq!(refused.err().unwrap().code(), "storage/damaged");
}

#[test]
fn a_collection_of_the_first_layout_goes_on_and_its_next_lesson_can_be_taken_back() {
    for preset in PRESETS {
        let mut store = Shared::default();
        let learner = open(&store, preset);
        teach(&learner, "Cup", 0);
        let before = all(&learner);
        // As it was written then: one snapshot, its length, and no last lesson.
        let table = Table::Meta;
        let head = block_on(store.read(table, 0)).unwrap().unwrap();
        let bytes = [&[1][..], &head[1..9]].concat();
        block_on(store.commit(vec![
            Write::Put {
                table,
                key: 0,
                bytes,
            },
            Write::Delete {
                table,
                key: 2 << 32,
            },
        ]))
        .unwrap();
        let learner = open(&store, preset);
        assert_eq!(all(&learner), before);
        assert_eq!(learner.last_lesson(), LastLesson::default());
        teach(&learner, "Fish", 3);
        let after = all(&learner);
        let learner = open(&store, preset);
        assert_eq!(all(&learner), after);
        block_on(learner.undo()).unwrap();
        assert_eq!(all(&learner), before);
        assert_eq!(all(&open(&store, preset)), before);
    }
}

#[test]
fn a_file_that_is_opened_ends_what_could_be_taken_back() {
    let store = Shared::default();
    let learner = open(&store, Preset::Exact);
    teach(&learner, "Cup", 0);
    let file = all(&learner);
    teach(&learner, "Fish", 3);
    block_on(learner.import(&file)).unwrap();
    assert_eq!(learner.last_lesson(), LastLesson::default());
    let again = open(&store, Preset::Exact);
    assert_eq!(
        (again.last_lesson(), all(&again)),
        (LastLesson::default(), file)
    );
    teach(&again, "Fish", 3);
    block_on(again.undo()).unwrap();
    assert_eq!(all(&again), all(&learner));
}

#[test]
fn a_lesson_whose_dreams_failed_is_taken_back_whole() {
    let store = Shared::default();
    let learner = open(&store, Preset::Rehearse);
    teach(&learner, "Cup", 0);
    let before = all(&learner);
    // What answers is stored, what dreams is not.
    store.fail_after(1);
    let failed = block_on(learner.teach("Fish".into(), &[bar(3)], &mut Soon));
    assert_eq!(failed, Err(StorageError::Full.into()));
    store.works_again();
    assert_eq!(learner.labels()[2].taught, 1);
    block_on(learner.undo()).unwrap();
    assert_eq!(all(&learner), before);
    assert_eq!(all(&open(&store, Preset::Rehearse)), before);
}

#[test]
fn what_cannot_be_read_is_left_out_once_and_not_told_of_again() {
    let mut store = Shared::default();
    let learner = open(&store, Preset::Exact);
    teach(&learner, "Cup", 0);
    teach(&learner, "Fish", 3);
    block_on(learner.add_label("House")).unwrap();
    let whole = block_on(learner.predict(&[bar(0), bar(3)])).unwrap();
    let places = [
        (Table::Labels, 1),
        (Table::Labels, 3),
        (Table::Lessons, 2),
        (Table::Meta, 2 << 32),
    ];
    let bytes = vec![1, 2];
    let damage = |(table, key)| Write::Put {
        table,
        key,
        bytes: bytes.clone(),
    };
    block_on(store.commit(places.map(damage).to_vec())).unwrap();
    let learner = open(&store, Preset::Exact);
    assert_eq!(learner.problems().len(), 4);
    assert_eq!(learner.last_lesson(), LastLesson::default());
    store.fail_after(0);
    assert_eq!(
        block_on(learner.leave_out()),
        Err(StorageError::Full.into())
    );
    store.works_again();
    assert_eq!(learner.problems().len(), 4);
    block_on(learner.leave_out()).unwrap();
    assert_eq!(learner.problems(), [""; 0]);
    let again = open(&store, Preset::Exact);
    assert_eq!(again.problems(), [""; 0]);
    assert_eq!(again.labels()[1].name, "Label 1 (name lost)");
    assert_eq!(again.labels()[2].taught, 0);
    assert_eq!(block_on(again.predict(&[bar(0), bar(3)])).unwrap(), whole);
    block_on(again.teach("Boat".into(), &[bar(5)], &mut Unwatched)).unwrap();
}
