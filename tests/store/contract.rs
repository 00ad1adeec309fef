//! What every store promises, asked of each that runs outside a browser.

use keepsake::Error;
use keepsake::error::StorageError;
use keepsake::store::{AnyStore, File, MAX_KEY, Memory, Store, Table, Write};
use pollster::block_on;
use std::path::PathBuf;

/// An empty folder of its own for one test, gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn journal(&self) -> PathBuf {
        self.0.join("learner")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs a test on an empty store of each kind.
fn on_each(name: &str, test: impl Fn(AnyStore)) {
    test(AnyStore::Memory(Memory::new()));
    let folder = Folder::new(name);
    test(AnyStore::File(File::open(folder.journal()).unwrap()));
}

fn put(table: Table, key: u64, bytes: &[u8]) -> Write {
    Write::Put {
        table,
        key,
        bytes: bytes.to_vec(),
    }
}

fn records(store: &mut impl Store) -> Vec<(Table, u64, Vec<u8>)> {
    let loaded = block_on(store.load()).unwrap();
    assert_eq!(loaded.damaged, []);
    loaded.records
}

#[test]
fn a_new_store_is_empty() {
    on_each("empty", |mut store| {
        assert_eq!(records(&mut store), []);
        assert_eq!(block_on(store.read(Table::Thumbnails, 1)), Ok(None));
    });
}

#[test]
fn records_come_back_in_order_and_thumbnails_only_on_demand() {
    on_each("order", |mut store| {
        let writes = vec![
            put(Table::Photos, 9, b"nine"),
            put(Table::Thumbnails, 9, b"a picture"),
            put(Table::Labels, 300, b"later"),
            put(Table::Labels, 2, b""),
            put(Table::Photos, MAX_KEY, b"last"),
        ];
        block_on(store.commit(writes)).unwrap();
        let expected = vec![
            (Table::Labels, 2, b"".to_vec()),
            (Table::Labels, 300, b"later".to_vec()),
            (Table::Photos, 9, b"nine".to_vec()),
            (Table::Photos, MAX_KEY, b"last".to_vec()),
        ];
        assert_eq!(records(&mut store), expected);
        assert_eq!(
            block_on(store.read(Table::Thumbnails, 9)),
            Ok(Some(b"a picture".to_vec()))
        );
        assert_eq!(
            block_on(store.read(Table::Photos, 9)),
            Ok(Some(b"nine".to_vec()))
        );
        assert_eq!(block_on(store.read(Table::Lessons, 9)), Ok(None));
    });
}

#[test]
fn a_transaction_happens_in_its_order() {
    on_each("steps", |mut store| {
        block_on(store.commit(vec![put(Table::Meta, 1, b"before")])).unwrap();
        let writes = vec![
            put(Table::Labels, 1, b"gone"),
            Write::Clear,
            put(Table::Labels, 2, b"first"),
            put(Table::Labels, 2, b"second"),
            put(Table::Labels, 3, b"deleted"),
            Write::Delete {
                table: Table::Labels,
                key: 3,
            },
            Write::Delete {
                table: Table::Labels,
                key: 4,
            },
        ];
        block_on(store.commit(writes)).unwrap();
        assert_eq!(
            records(&mut store),
            [(Table::Labels, 2, b"second".to_vec())]
        );
    });
}

#[test]
fn a_refused_transaction_changes_nothing() {
    on_each("refused", |mut store| {
        block_on(store.commit(vec![put(Table::Meta, 1, b"kept")])).unwrap();
        let writes = vec![Write::Clear, put(Table::Lessons, MAX_KEY + 1, b"beyond")];
        let error = block_on(store.commit(writes)).unwrap_err();
        assert_eq!(error.code(), "request/invalid");
        assert_eq!(records(&mut store), [(Table::Meta, 1, b"kept".to_vec())]);
    });
}

#[test]
fn a_file_is_there_when_opened_again() {
    let folder = Folder::new("again");
    for round in 0..3 {
        let mut store = File::open(folder.journal()).unwrap();
        assert_eq!(records(&mut store).len(), round as usize);
        block_on(store.commit(vec![put(Table::Lessons, round, b"lesson")])).unwrap();
        block_on(store.close()).unwrap();
    }
}

#[test]
fn one_writer_at_a_time() {
    let folder = Folder::new("writer");
    let first = File::open(folder.journal()).unwrap();
    let busy = Error::Storage(StorageError::Busy);
    assert_eq!(File::open(folder.journal()).unwrap_err(), busy);
    block_on(first.close()).unwrap();
    File::open(folder.journal()).unwrap();
}

#[test]
fn who_claimed_last_writes_and_nobody_else() {
    let mut first = Memory::new();
    let mut second = first.again();
    let busy = Err(Error::Storage(StorageError::Busy));
    block_on(async {
        first.claim().await.unwrap();
        first
            .commit(vec![put(Table::Labels, 1, b"first")])
            .await
            .unwrap();
        second.claim().await.unwrap();
        assert_eq!(first.commit(vec![Write::Clear]).await, busy);
        assert_eq!(
            first.commit(vec![put(Table::Labels, 1, b"late")]).await,
            busy
        );
        second
            .commit(vec![Write::Clear, put(Table::Labels, 2, b"second")])
            .await
            .unwrap();
        second
            .commit(vec![put(Table::Labels, 3, b"still")])
            .await
            .unwrap();
        first.claim().await.unwrap();
        assert_eq!(
            second.commit(vec![put(Table::Labels, 2, b"late")]).await,
            busy
        );
        assert_eq!(
            records(&mut first),
            [
                (Table::Labels, 2, b"second".to_vec()),
                (Table::Labels, 3, b"still".to_vec())
            ]
        );
    });
}

#[test]
fn a_file_does_not_grow_without_end() {
    let folder = Folder::new("compaction");
    let mut store = File::open(folder.journal()).unwrap();
    let picture = vec![7; 20_000];
    block_on(store.commit(vec![put(Table::Thumbnails, 1, &picture)])).unwrap();
    for round in 0..300_u64 {
        let bytes = [&round.to_le_bytes()[..], &picture].concat();
        block_on(store.commit(vec![put(Table::Photos, round % 3, &bytes)])).unwrap();
    }
    // 300 · 20 kB were written, 80 kB are alive; 1 MiB and twice what is alive may stay.
    assert!(std::fs::metadata(folder.journal()).unwrap().len() < 1_300_000);
    for opened_again in [false, true] {
        if opened_again {
            block_on(store.close()).unwrap();
            store = File::open(folder.journal()).unwrap();
        }
        let expected: Vec<_> = [(0, 297_u64), (1, 298), (2, 299)]
            .map(|(key, round)| {
                (
                    Table::Photos,
                    key,
                    [&round.to_le_bytes()[..], &picture].concat(),
                )
            })
            .into();
        assert_eq!(records(&mut store), expected);
        assert_eq!(
            block_on(store.read(Table::Thumbnails, 1)),
            Ok(Some(picture.clone()))
        );
    }
}

#[test]
fn a_file_of_something_else_is_refused_and_left_alone() {
    let folder = Folder::new("foreign");
    let foreign = b"Dear diary, today I taught the computer what a monkey looks like.";
    std::fs::write(folder.journal(), foreign).unwrap();
    let error = File::open(folder.journal()).unwrap_err();
    assert_eq!(error.code(), "storage/failed");
    assert_eq!(std::fs::read(folder.journal()).unwrap(), foreign);
}
