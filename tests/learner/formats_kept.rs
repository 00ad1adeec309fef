//! What earlier versions wrote still opens, with everything in it, and what a newer one wrote is
//! refused by name. The files lie in `tests/reference/formats-kept/LAYOUT/` and are never made anew:
//! a new layout gets a folder of its own,
//!
//! ```sh
//! cargo test --test learner formats_kept::make -- --ignored
//! ```
//!
//! The frames of a journal are also the values of a browser's database.

use std::path::{Path, PathBuf};

use crate::support::{BACKBONE, Shared, feature, photo, see};
use keepsake::Error;
use keepsake::error::{ImportError, StorageError};
use keepsake::labels::NOISE;
use keepsake::learner::{How, ImportSummary, Learner, Sample};
use keepsake::store::format::{self, HEADER};
use keepsake::store::{File, Memory, Store, Table, Write};
use pollster::block_on;

/// The layout that [`make`] writes.
const NOW: &str = "3";

fn kept() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/formats-kept")
}

/// Every layout that was ever in use.
fn layouts() -> Vec<PathBuf> {
    let mut folders: Vec<_> = std::fs::read_dir(kept())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(!folders.is_empty());
    folders
}

/// A copy of a kept journal, since opening one may write to it.
fn copy(folder: &Path, name: &str) -> PathBuf {
    let to = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::copy(folder.join("photos.journal"), &to).unwrap();
    to
}

fn open(path: &Path) -> Learner<File> {
    block_on(Learner::open(File::open(path).unwrap(), BACKBONE)).unwrap()
}

/// Two photos, of which one is taught and one accepted, and a lesson without a photo for each of two
/// labels.
async fn fill<S: Store>(learner: &Learner<S>) {
    let new = vec![photo(0, 0), photo(1, 1)];
    let photos = learner.add_photos(new).await.unwrap();
    learner.teach(photos[0], "Hut").await.unwrap();
    let hat = learner.labels()[1].id;
    learner.rename_label(hat, "Hat").await.unwrap();
    let file = Sample::Content([9; 32], feature(1, 9));
    learner.teach(file, "Boots – été").await.unwrap();
    learner.teach(feature(2, 9), NOISE).await.unwrap();
    let boots = learner.labels()[2].id;
    learner.accept(&[(photos[1], boots)]).await.unwrap();
}

#[test]
#[ignore = "writes the files of today's layout, once"]
fn make() {
    let folder = kept().join(NOW);
    std::fs::create_dir_all(kept()).unwrap();
    std::fs::create_dir(&folder).expect("what is kept is never made anew");
    let journal = folder.join("photos.journal");
    let learner = open(&journal);
    block_on(async {
        fill(&learner).await;
        let file = learner.export().await.unwrap();
        std::fs::write(folder.join("photos.keepsake"), file).unwrap();
        learner.close().await.unwrap();
    });
    drop(learner);
    std::fs::remove_file(folder.join("photos.journal.lock")).unwrap();
}

/// All that [`fill`] put in is there: in layouts 1 and 2, but for where photos come from and what was
/// accepted.
fn check<S: Store>(learner: &Learner<S>, folder: &Path) {
    let facts = !(folder.ends_with("1") || folder.ends_with("2"));
    assert!(learner.problems().is_empty(), "{:?}", learner.problems());
    let labels = learner.labels();
    let named: Vec<_> = labels.iter().map(|l| (&*l.name, l.lessons)).collect();
    assert_eq!(
        named,
        [("None of these", 1), ("Hat", 1), ("Boots – été", 1)]
    );
    let photos = learner.photos();
    let expected = [photo(0, 0), photo(1, 1)];
    assert_eq!(photos.len(), expected.len());
    let accepted = facts.then_some(labels[2].id);
    assert_eq!(photos[1].accepted, accepted);
    for (found, expected) in photos.iter().zip(expected) {
        let origin = expected.origin.filter(|_| facts);
        assert_eq!(found.origin.as_deref(), origin.as_ref());
        assert_eq!(found.photo.name, expected.name);
        assert_eq!(found.photo.key, expected.key);
        assert_eq!(found.photo.feature, expected.feature);
        assert_eq!(found.photo.width, expected.width);
        assert_eq!(found.photo.height, expected.height);
        let thumbnail = block_on(learner.thumbnail(found.id)).unwrap();
        assert_eq!(thumbnail, Some(expected.thumbnail));
    }
    let taught = photos[0].lesson.as_ref().map(|lesson| lesson.label);
    assert_eq!(taught, Some(labels[1].id));
    assert!(photos[1].lesson.is_none());
    assert_eq!(learner.lessons()[0].key, Some(photos[0].photo.key));
    for (kind, label) in [(0, labels[1].id), (1, labels[2].id), (2, NOISE)] {
        let prediction = learner.predict(&feature(kind, 5)).unwrap();
        assert_eq!(prediction.ranked[0].label, label, "kind {kind}");
    }
}

#[test]
fn every_kept_journal_opens_with_all_in_it_and_goes_on() {
    for (at, folder) in layouts().iter().enumerate() {
        let path = copy(folder, &format!("kept-{at}"));
        let learner = open(&path);
        check(&learner, folder);
        // What it is rewritten as holds the same, and can be added to.
        let before = see(&learner);
        block_on(learner.close()).unwrap();
        drop(learner);
        let learner = open(&path);
        assert_eq!(see(&learner), before);
        block_on(learner.teach(learner.photos()[1].id, "Boots – été")).unwrap();
        block_on(learner.close()).unwrap();
        drop(learner);
        assert_eq!(open(&path).lessons().len(), 4);
    }
}

#[test]
fn every_kept_file_is_imported_whole() {
    for folder in layouts() {
        let file = std::fs::read(folder.join("photos.keepsake")).unwrap();
        for how in [How::Merge, How::Replace] {
            let store = Shared::default();
            let learner = store.open();
            let summary = block_on(learner.import(&file, how)).unwrap();
            let expected = ImportSummary {
                labels: 2,
                photos: 2,
                lessons: 3,
                ..ImportSummary::default()
            };
            assert_eq!(summary, expected);
            check(&learner, &folder);
            check(&store.open(), &folder);
        }
    }
}

#[test]
fn what_a_newer_version_wrote_is_refused_by_name_and_left_alone() {
    for (at, folder) in layouts().iter().enumerate() {
        // A frame of a newer format.
        let path = copy(folder, &format!("kept-newer-{at}"));
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[4] = u8::MAX;
        let crc = crc32fast::hash(&bytes[..HEADER - 4]);
        bytes[HEADER - 4..HEADER].copy_from_slice(&crc.to_le_bytes());
        std::fs::write(&path, &bytes).unwrap();
        let newer = Error::Storage(StorageError::Newer);
        assert_eq!(File::open(&path).err(), Some(newer.clone()));
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "untouched");

        // Known frames that hold a newer layout.
        let path = copy(folder, &format!("kept-newer-layout-{at}"));
        let mut store = File::open(&path).unwrap();
        let mut meta = block_on(store.read(Table::Meta, 0)).unwrap().unwrap();
        meta[0] = u8::MAX;
        let put = Write::Put {
            table: Table::Meta,
            key: 0,
            bytes: meta,
        };
        block_on(store.commit(vec![put])).unwrap();
        let before = std::fs::read(&path).unwrap();
        let refused = block_on(Learner::open(store, BACKBONE)).err();
        assert_eq!(refused, Some(newer));
        assert_eq!(std::fs::read(&path).unwrap(), before, "untouched");

        // A newer file.
        let mut file = std::fs::read(folder.join("photos.keepsake")).unwrap();
        file[8..12].fill(0xff);
        let learner = block_on(Learner::open(Memory::default(), BACKBONE)).unwrap();
        let refused = block_on(learner.import(&file, How::Merge)).err();
        assert_eq!(refused, Some(Error::Import(ImportError::Newer)));
        assert!(learner.photos().is_empty());
    }
}

/// A frame is one record, and says itself where it belongs.
#[test]
fn the_frames_of_a_kept_journal_are_records_of_a_database() {
    let bytes = std::fs::read(kept().join("1/photos.journal")).unwrap();
    let mut at = 0;
    let mut records = 0;
    while at < bytes.len() {
        let number = |from: usize, length: usize| {
            let bytes = &bytes[at + from..][..length];
            bytes.iter().rev().fold(0, |n, &b| n << 8 | u64::from(b))
        };
        let end = at + HEADER + number(16, 4) as usize;
        if bytes[at + 5] == 1 {
            let table = Table::from_number(bytes[at + 6]).unwrap();
            format::decode(table, number(8, 8), &bytes[at..end]).unwrap();
            records += 1;
        }
        at = end;
    }
    assert_eq!(at, bytes.len());
    assert!(records >= 10, "meta, labels, photos, thumbnails, lessons");
}
