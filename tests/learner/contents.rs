//! The same content has one lesson, whether the album has it or not; and a number that was given once
//! never comes to mean something else.

use std::path::{Path, PathBuf};

use crate::support::{BACKBONE, Shared, feature, photo, see};
use keepsake::labels::LabelId;
use keepsake::learner::{ContentKey, How, Learner, Sample};
use keepsake::store::{File, Memory, Store, Table, Write};
use pollster::block_on;

/// A file that is not in the album, and its name by content.
fn content(kind: u64, seed: u64) -> (Sample, ContentKey) {
    let photo = photo(kind, seed);
    (Sample::Content(photo.key, photo.feature), photo.key)
}

#[test]
fn the_same_file_taught_again_is_corrected() {
    let store = Shared::default();
    let learner = store.open();
    block_on(async {
        let (file, key) = content(0, 0);
        let first = learner.teach(file.clone(), "Hat").await.unwrap();
        let before = see(&learner);
        let second = learner.teach(file.clone(), "Boots").await.unwrap();
        assert_eq!(second, first);
        let [lesson] = &learner.lessons()[..] else {
            panic!("one lesson");
        };
        assert_eq!((lesson.photo, lesson.key), (None, Some(key)));
        assert_eq!(lesson.label, learner.labels()[2].id);
        learner.undo().await.unwrap();
        assert_eq!(see(&learner), before);

        // So it is after a reload.
        let learner = store.open();
        let again = learner.teach(file, "Boots").await.unwrap();
        assert_eq!(again, first);
        assert_eq!(learner.lessons().len(), 1);
        assert_eq!(see(&store.open()), see(&learner));
    });
}

#[test]
fn a_file_that_was_taught_and_comes_into_the_album_is_taught_there() {
    let store = Shared::default();
    let learner = store.open();
    block_on(async {
        let (file, _) = content(0, 0);
        let lesson = learner.teach(file.clone(), "Hat").await.unwrap();
        let taught = see(&learner);
        let ids = learner.add_photos(vec![photo(0, 0), photo(0, 1)]).await;
        let ids = ids.unwrap();
        let shown = learner.photos();
        assert_eq!(shown[0].lesson.as_ref().map(|it| it.id), Some(lesson));
        assert_eq!(learner.lesson(lesson).unwrap().photo, Some(ids[0]));
        assert_eq!(see(&store.look()), see(&learner));
        assert_eq!(learner.teach(ids[0], "Boots").await.unwrap(), lesson);
        learner.undo().await.unwrap();

        // What is shown is what is taught: it goes with its photo, and comes back with it.
        let before = see(&learner);
        learner.remove_photos(&ids[..1]).await.unwrap();
        assert!(learner.lessons().is_empty());
        learner.undo().await.unwrap();
        assert_eq!(see(&learner), before);
        learner.undo().await.unwrap();
        assert_eq!(see(&learner), taught);
    });
}

#[test]
fn a_file_of_lessons_is_merged_by_contents() {
    let other = Shared::default().open();
    let here = Shared::default().open();
    block_on(async {
        let (Sample::Content(key, _), _) = content(0, 0) else {
            panic!("a content");
        };
        other.teach(content(0, 0).0, "Hat").await.unwrap();
        other.teach(content(1, 1).0, "Boots").await.unwrap();
        // Another browser may see the same file a little differently.
        let seen = Sample::Content(key, feature(0, 77));
        here.teach(seen, "Cap").await.unwrap();
        let file = other.export().await.unwrap();
        let summary = here.import(&file, How::Merge).await.unwrap();
        assert_eq!((summary.kept, summary.lessons), (1, 1));
        let again = here.import(&file, How::Merge).await.unwrap();
        assert_eq!((again.kept, again.lessons), (1, 0));
        assert_eq!(here.lessons().len(), 2);
    });
}

#[test]
fn no_number_is_given_twice() {
    let store = Shared::default();
    block_on(async {
        let learner = store.open();
        let photos = learner.add_photos(vec![photo(0, 0), photo(0, 1)]).await;
        let photos = photos.unwrap();
        let lesson = learner.teach(photos[1], "Hat").await.unwrap();
        let label = learner.labels()[1].id;
        learner.remove_photos(&photos[1..]).await.unwrap();
        learner.remove_label(label).await.unwrap();

        let learner = store.open();
        let new = learner.add_photos(vec![photo(0, 2)]).await.unwrap();
        assert!(new[0] > photos[1], "{new:?}");
        assert!(learner.teach(new[0], "Boots").await.unwrap() > lesson);
        assert!(learner.labels()[1].id > label);
    });
}

/// A copy of what layout 1 wrote: photos 1 and 2, lessons 1 to 3, labels 1 and 2.
fn layout_1(name: &str) -> PathBuf {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/formats-kept/1");
    let to = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::copy(kept.join("photos.journal"), &to).unwrap();
    to
}

#[test]
fn a_collection_of_layout_1_gives_no_number_twice_either() {
    let path = layout_1("contents-layout-1");
    let open = || block_on(Learner::open(File::open(&path).unwrap(), BACKBONE)).unwrap();
    block_on(async {
        let learner = open();
        let last = learner.photos()[1].id;
        learner.remove_photos(&[last]).await.unwrap();
        learner.close().await.unwrap();
        drop(learner);
        let learner = open();
        let new = learner.add_photos(vec![photo(0, 5)]).await.unwrap();
        assert!(new[0] > last, "{new:?}");
        learner.close().await.unwrap();
    });
}

/// Everything of a store, as another one.
async fn shared(store: &mut impl Store) -> Shared {
    let copy = Shared::default();
    let records = store.load().await.unwrap().records;
    let put = |(table, key, bytes)| Write::Put { table, key, bytes };
    let writes = records.into_iter().map(put).collect();
    let mut records: Memory = copy.records.borrow().again();
    records.commit(writes).await.unwrap();
    copy
}

#[test]
fn layout_1_becomes_todays_all_at_once_now_or_with_the_first_action() {
    block_on(async {
        let mut old = File::open(layout_1("contents-migrated")).unwrap();
        let mut store = shared(&mut old).await;
        let layout = async |store: &mut Shared| {
            let meta = store.read(Table::Meta, 0).await.unwrap().unwrap();
            let lesson = store.read(Table::Lessons, 1).await.unwrap().unwrap();
            (meta[0], lesson.len())
        };
        let (short, long) = (12 + 6416, 44 + 6416);
        assert_eq!(layout(&mut store).await, (1, short));
        // Who only reads changes nothing.
        let seen = see(&store.look());
        assert_eq!(layout(&mut store).await, (1, short));
        // Nor does a full disk, and all is there.
        store.fail_after(0);
        let learner = store.open();
        assert_eq!(see(&learner), seen);
        assert!(learner.add_label("Scarf").await.is_err());
        assert_eq!(layout(&mut store).await, (1, short));
        store.works_again();
        learner.add_label("Scarf").await.unwrap();
        assert_eq!(layout(&mut store).await, (3, long));
        // The content of a lesson is that of its photo.
        let keys: Vec<_> = store.open().lessons().iter().map(|it| it.key).collect();
        assert_eq!(keys, [Some(photo(0, 0).key), None, None]);
        assert_eq!(learner.labels()[3].id, LabelId(3));
    });
}
