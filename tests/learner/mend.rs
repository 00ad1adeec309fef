//! Damaged records come back from a backup under their own numbers, or are left out and not told of again:
//! whatever table they are in, and with nothing else changed.

use std::cell::RefCell;
use std::rc::Rc;

use crate::support::{BACKBONE, Seen, Shared, feature, photo, see};
use keepsake::error::{ImportError, StorageError};
use keepsake::labels::LabelId;
use keepsake::learner::{How, Learner, Mended, PhotoId, Was};
use keepsake::store::format::Flaw;
use keepsake::store::{Damaged, Loaded, Store, Table, Write};
use keepsake::{Error, Result};
use pollster::block_on;

/// A store that tells damage from data, as those on disks do: what it is told to break cannot be read.
#[derive(Clone, Default)]
struct Breakable {
    whole: Shared,
    broken: Rc<RefCell<Vec<(Table, u64)>>>,
}

impl Breakable {
    fn open(&self) -> Learner<Breakable> {
        block_on(Learner::open(self.clone(), BACKBONE)).unwrap()
    }

    fn damage(&self, table: Table, key: u64) {
        self.broken.borrow_mut().push((table, key));
    }

    fn is_damaged(&self, place: (Table, u64)) -> bool {
        self.broken.borrow().contains(&place)
    }
}

impl Store for Breakable {
    async fn load(&mut self) -> Result<Loaded> {
        let mut loaded = self.whole.load().await?;
        let places = loaded.records.iter().map(|(table, key, _)| (*table, *key));
        let (broken, flaw) = (
            places.filter(|place| self.is_damaged(*place)),
            Flaw::Payload,
        );
        let damaged = broken.map(|place| Damaged {
            place: Some(place),
            flaw,
        });
        loaded.damaged = damaged.collect();
        let whole = |(table, key, _): &(Table, u64, Vec<u8>)| !self.is_damaged((*table, *key));
        loaded.records.retain(whole);
        Ok(loaded)
    }

    async fn claim(&mut self) -> Result<()> {
        self.whole.claim().await
    }

    async fn commit(&mut self, writes: Vec<Write>) -> Result<()> {
        let written: Vec<_> = writes.iter().filter_map(Write::place).collect();
        self.whole.commit(writes).await?;
        self.broken
            .borrow_mut()
            .retain(|place| !written.contains(place));
        Ok(())
    }

    async fn read(&mut self, table: Table, key: u64) -> Result<Option<Vec<u8>>> {
        if self.is_damaged((table, key)) {
            let (place, flaw) = (Some((table, key)), Flaw::Payload);
            let damaged = Damaged { place, flaw }.to_string();
            return Err(StorageError::Damaged(damaged).into());
        }
        self.whole.read(table, key).await
    }

    async fn close(self) -> Result<()> {
        Ok(())
    }
}

/// Two photos taught Hat (label 1), one taught Boots (label 2), one accepted as Hat, a lesson without a photo;
/// how it all looks, and a backup of it.
fn collection() -> (Breakable, Seen, Vec<u8>) {
    let store = Breakable::default();
    let learner = store.open();
    let backup = block_on(async {
        let new = (0..4).map(|n| photo(n / 2, n)).collect();
        let photos = learner.add_photos(new).await.unwrap();
        learner.teach_many(&photos[..2], "Hat").await.unwrap();
        learner.accept(&[(photos[3], LabelId(1))]).await.unwrap();
        learner.teach(photos[2], "Boots").await.unwrap();
        learner.teach(feature(1, 9), "Boots").await.unwrap();
        learner.export().await.unwrap()
    });
    let seen = see(&learner);
    (store, seen, backup)
}

/// A small picture is looked at only when somebody wants to see it.
fn look_at_pictures<S: Store>(learner: &Learner<S>) {
    for photo in learner.photos() {
        let _ = block_on(learner.thumbnail(photo.id));
    }
}

const DESCRIPTION: (Table, u64) = (Table::Meta, 0);
const NUMBERS: (Table, u64) = (Table::Meta, 1);

#[test]
fn every_table_is_told_of_with_what_it_was() {
    let (store, ..) = collection();
    let places = [
        (Table::Labels, 1),
        (Table::Lessons, 3),
        (Table::Photos, 1),
        (Table::Photos, 4),
        (Table::Thumbnails, 2),
        DESCRIPTION,
        NUMBERS,
    ];
    for (table, key) in places {
        store.damage(table, key);
    }
    let learner = store.open();
    assert_eq!(
        learner.problems().len(),
        6,
        "the small picture was not asked for"
    );
    look_at_pictures(&learner);
    look_at_pictures(&learner);
    let problems = learner.problems();
    let was = |place| {
        let mut of = problems
            .iter()
            .filter(|problem| problem.place == Some(place));
        let told = of.next().unwrap();
        assert_eq!(of.next(), None, "told twice");
        assert!(
            told.sentence
                .ends_with("cannot be read: its content is damaged."),
            "{told:?}"
        );
        (told.was.clone(), told.step.as_deref())
    };
    assert_eq!(
        was(places[0]),
        (Was::Label { lessons: 2 }, Some("Taught 2 photos Hat"))
    );
    assert_eq!(was(places[1]), (Was::Lesson, Some("Taught Boots")));
    let taught = Some(LabelId(1));
    assert_eq!(
        was(places[2]),
        (Was::Photo { taught }, Some("Added 4 photos"))
    );
    assert_eq!(was(places[3]).0, Was::Photo { taught: None });
    let of = Some("kind 0, 1.jpg".to_owned());
    assert_eq!(was(places[4]).0, Was::Picture { of });
    assert_eq!(was(places[5]).0, Was::Description);
    assert_eq!(was(places[6]).0, Was::Numbers);
}

#[test]
fn each_record_comes_back_from_a_backup_as_it_was() {
    let (_, before, backup) = collection();
    let lessons = (1..5).map(|key| (Table::Lessons, key));
    let of_photo = [Table::Photos, Table::Thumbnails, Table::Origins];
    let photos = (1..5).flat_map(|key| of_photo.map(|table| (table, key)));
    let labels = [
        (Table::Labels, 1),
        (Table::Labels, 2),
        (Table::Accepted, 4),
        DESCRIPTION,
        NUMBERS,
    ];
    for place in labels.into_iter().chain(lessons).chain(photos) {
        let (store, ..) = collection();
        store.damage(place.0, place.1);
        let learner = store.open();
        look_at_pictures(&learner);
        assert_eq!(learner.problems().len(), 1, "{place:?}");
        let mended = block_on(learner.mend(&backup)).unwrap();
        assert_eq!(
            mended,
            Mended {
                records: 1,
                outdated: 0,
                left: 0
            },
            "{place:?}"
        );
        assert_eq!(learner.problems(), [], "{place:?}");
        assert_eq!(see(&learner), before, "{place:?}");
        let again = store.open();
        look_at_pictures(&again);
        assert_eq!(again.problems(), [], "{place:?}");
        assert_eq!(see(&again), before, "{place:?}");
        assert_eq!(again.backbone(), Some(BACKBONE));
    }
}

#[test]
fn all_at_once_and_whatever_was_taught_since_stays() {
    let (store, _, backup) = collection();
    let places = [
        (Table::Labels, 2),
        (Table::Lessons, 2),
        (Table::Lessons, 3),
        (Table::Photos, 3),
        (Table::Thumbnails, 3),
        (Table::Thumbnails, 4),
        DESCRIPTION,
    ];
    let learner = store.open();
    block_on(learner.teach(PhotoId(4), "Scarf")).unwrap();
    let before = see(&learner);
    for (table, key) in places {
        store.damage(table, key);
    }
    let learner = store.open();
    look_at_pictures(&learner);
    let mended = block_on(learner.mend(&backup)).unwrap();
    assert_eq!(
        (mended.left, mended.outdated),
        (0, 0),
        "{:?}",
        learner.problems()
    );
    assert_eq!(see(&learner), before);
    assert_eq!(see(&store.open()), before);
}

#[test]
fn what_came_from_a_backup_can_be_taken_back_and_done_again() {
    let (store, before, backup) = collection();
    store.damage(Table::Lessons, 1);
    store.damage(Table::Photos, 4);
    let learner = store.open();
    let damaged = see(&learner);
    block_on(learner.mend(&backup)).unwrap();
    assert_eq!(
        learner.history().undo.as_deref(),
        Some("Took 2 records from a backup")
    );
    let learner = store.open();
    block_on(learner.undo()).unwrap();
    assert_eq!(see(&learner), damaged);
    assert_eq!(learner.problems(), [], "deleted, not damaged");
    block_on(learner.redo()).unwrap();
    assert_eq!(see(&learner), before);
}

#[test]
fn what_was_taught_or_added_anew_is_not_contradicted() {
    let (store, _, backup) = collection();
    store.damage(Table::Lessons, 1);
    store.damage(Table::Photos, 4);
    let learner = store.open();
    block_on(async {
        learner.teach(PhotoId(1), "Boots").await.unwrap();
        let again = learner.add_photos(vec![photo(1, 3)]).await.unwrap();
        assert_eq!(again, [PhotoId(5)]);
    });
    let before = see(&learner);
    let mended = block_on(learner.mend(&backup)).unwrap();
    assert_eq!(
        mended,
        Mended {
            records: 2,
            outdated: 2,
            left: 0
        }
    );
    assert_eq!(see(&learner), before);
    let again = store.open();
    assert_eq!((again.problems(), see(&again)), (vec![], before));
}

#[test]
fn a_lesson_brings_back_the_label_that_it_had() {
    let (store, _, backup) = collection();
    let learner = store.open();
    block_on(learner.merge_labels(LabelId(2), LabelId(1))).unwrap();
    store.damage(Table::Lessons, 3);
    let learner = store.open();
    block_on(learner.mend(&backup)).unwrap();
    let labels = learner.labels().into_iter();
    let labels: Vec<_> = labels
        .map(|label| (label.id.0, label.name, label.lessons))
        .collect();
    let expected = [(0, "None of these", 0), (1, "Hat", 3), (2, "Boots", 1)];
    assert_eq!(
        labels,
        expected.map(|(id, name, n)| (id, name.to_owned(), n))
    );
}

#[test]
fn another_collections_numbers_are_not_believed() {
    let (store, ..) = collection();
    store.damage(Table::Lessons, 3);
    store.damage(Table::Thumbnails, 1);
    let other = Shared::default().open();
    let theirs = block_on(async {
        // The same numbers of other photos; the first one here is their third.
        let new = vec![photo(5, 0), photo(5, 1), photo(0, 0)];
        let photos = other.add_photos(new).await.unwrap();
        other.teach_many(&photos, "Elsewhere").await.unwrap();
        other.export().await.unwrap()
    });
    let learner = store.open();
    look_at_pictures(&learner);
    let before = learner.lessons();
    let mended = block_on(learner.mend(&theirs)).unwrap();
    // A small picture is known by its photo's content.
    assert_eq!(
        mended,
        Mended {
            records: 1,
            outdated: 0,
            left: 1
        }
    );
    assert_eq!(learner.lessons(), before);
    let picture = block_on(learner.thumbnail(PhotoId(1))).unwrap();
    assert_eq!(picture.as_deref(), Some(&b"picture 0/0"[..]));
}

#[test]
fn a_file_that_cannot_be_used_changes_nothing() {
    let (store, _, backup) = collection();
    store.damage(Table::Lessons, 3);
    let learner = store.open();
    let before = see(&learner);
    let refused = |file: &[u8]| block_on(learner.mend(file)).unwrap_err();
    assert_eq!(
        refused(b"what is this"),
        Error::Import(ImportError::Foreign)
    );
    assert!(matches!(
        refused(&backup[..backup.len() - 1]),
        Error::Import(ImportError::Damaged(_))
    ));
    let other = block_on(Learner::open(Shared::default(), [8; 32])).unwrap();
    block_on(other.add_photos(vec![photo(0, 0)])).unwrap();
    let theirs = block_on(other.export()).unwrap();
    assert_eq!(refused(&theirs), Error::Import(ImportError::OtherBackbone));
    let empty = block_on(Shared::default().open().export()).unwrap();
    let nothing = Mended {
        records: 0,
        outdated: 0,
        left: 1,
    };
    assert_eq!(block_on(learner.mend(&empty)), Ok(nothing));
    assert_eq!(learner.history().undo.as_deref(), Some("Taught Boots"));
    // A full disk.
    store.whole.fail_after(0);
    assert_eq!(refused(&backup), Error::Storage(StorageError::Full));
    assert_eq!(learner.problems().len(), 1);
    assert_eq!(see(&learner), before);
    store.whole.works_again();
    assert_eq!(block_on(learner.mend(&backup)).unwrap().left, 0);
}

#[test]
fn what_is_left_out_is_not_told_of_again_and_takes_nothing_else() {
    let (_, whole, _) = collection();
    let all = [
        (Table::Labels, 1),
        (Table::Lessons, 3),
        (Table::Photos, 1),
        (Table::Thumbnails, 2),
        (Table::Origins, 2),
        (Table::Accepted, 4),
        DESCRIPTION,
        NUMBERS,
    ];
    for place in all {
        let (store, ..) = collection();
        store.damage(place.0, place.1);
        let learner = store.open();
        look_at_pictures(&learner);
        let damaged = (learner.labels(), learner.lessons(), learner.photos());
        let elsewhere = learner.predict(&feature(2, 1_000_000));
        // What is whole is not deleted, whoever asks for it.
        let asked = [place, place, (Table::Lessons, 1)];
        assert_eq!(block_on(learner.leave_out(&asked)), Ok(1), "{place:?}");
        assert_eq!(learner.problems(), [], "{place:?}");
        let again = store.open();
        look_at_pictures(&again);
        assert_eq!(again.problems(), [], "{place:?}");
        let left = (again.labels(), again.lessons(), again.photos());
        assert_eq!(left, damaged, "{place:?}");
        assert_eq!(again.predict(&feature(2, 1_000_000)), elsewhere);
        assert_eq!(again.backbone(), Some(BACKBONE));
        let new = block_on(again.teach(feature(3, 3), "New")).unwrap();
        assert!(new.0 > 4, "a number came to mean something else");
        let lost = usize::from(place.0 == Table::Lessons);
        assert_eq!(again.lessons().len(), whole.lessons.len() + 1 - lost);
    }
}

#[test]
fn a_photo_that_is_left_out_takes_its_small_picture_along() {
    let (mut store, ..) = collection();
    store.damage(Table::Photos, 1);
    store.damage(Table::Thumbnails, 1);
    let learner = store.open();
    let _ = block_on(learner.thumbnail(PhotoId(1)));
    assert_eq!(learner.problems().len(), 2);
    assert_eq!(block_on(learner.leave_out(&[(Table::Photos, 1)])), Ok(1));
    assert_eq!(learner.problems(), []);
    assert_eq!(block_on(store.read(Table::Thumbnails, 1)), Ok(None));
}

#[test]
fn one_that_only_reads_mends_nothing() {
    let (store, _, backup) = collection();
    store.damage(Table::Lessons, 3);
    let learner = block_on(Learner::open_read_only(store.clone(), BACKBONE)).unwrap();
    let busy = Error::Storage(StorageError::Busy);
    assert_eq!(block_on(learner.mend(&backup)), Err(busy.clone()));
    assert_eq!(
        block_on(learner.leave_out(&[(Table::Lessons, 3)])),
        Err(busy)
    );
    assert_eq!(learner.problems().len(), 1);
}

#[test]
fn what_could_not_be_written_over_a_damaged_record_is_not_taken_for_stored() {
    let (store, ..) = collection();
    store.damage(Table::Labels, 1);
    let learner = store.open();
    let before = see(&learner);
    store.whole.fail_after(0);
    let refused = block_on(learner.rename_label(LabelId(1), "Cap"));
    assert_eq!(refused, Err(StorageError::Full.into()));
    assert_eq!(learner.problems().len(), 1);
    assert_eq!(see(&learner), before);
}

#[test]
fn what_is_written_anew_by_any_action_is_no_problem_any_more() {
    let (store, ..) = collection();
    store.damage(Table::Labels, 1);
    store.damage(NUMBERS.0, NUMBERS.1);
    let learner = store.open();
    assert_eq!(learner.problems().len(), 2);
    block_on(learner.rename_label(LabelId(1), "Cap")).unwrap();
    assert_eq!(learner.problems(), []);
}

#[test]
fn a_backup_says_which_network_it_is_for_or_is_not_made() {
    let (store, ..) = collection();
    store.damage(DESCRIPTION.0, DESCRIPTION.1);
    // As in the page, which opens the collection before it has a network.
    let learner = block_on(Learner::open(store.clone(), None)).unwrap();
    let refused = block_on(learner.export()).unwrap_err();
    assert_eq!(refused.code(), "storage/damaged");
    block_on(async {
        learner.bind(BACKBONE).await.unwrap();
        learner.leave_out(&[DESCRIPTION]).await.unwrap();
    });
    let file = block_on(block_on(Learner::open(store, None)).unwrap().export()).unwrap();
    let fresh = Shared::default().open();
    assert_eq!(
        block_on(fresh.import(&file, How::Replace)).unwrap().lessons,
        4
    );
}

#[test]
fn a_picture_that_a_backup_lacks_is_told_of() {
    let (store, ..) = collection();
    store.damage(Table::Thumbnails, 2);
    let learner = store.open();
    block_on(learner.export()).unwrap();
    assert_eq!(learner.problems().len(), 1);
}
