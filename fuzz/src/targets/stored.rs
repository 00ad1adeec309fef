//! What a disk gives back: the records of a collection, and the journal they lie in.

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use keepsake::learner::{How, Learner};
use keepsake::store::{File, MAX_KEY, Memory, Store, Table, Write};
use pollster::block_on;

use super::files::sane;
use super::{Target, as_it_is, put, sealed, size};

/// Records whose checksums are right, whatever is in them: table, key (8 bytes), length (2), payload.
pub const RECORDS: Target = Target {
    name: "records",
    read: records,
    seal: as_it_is,
    seeds: one_collection,
    folders: &[],
    words: &[
        b"\x02\x07\0\0\0\0\0\0\0\x07\0\x01\0\0\0Hat",
        b"\x01\0\0\0\0\0\0\0\0\x21\0\x01",
        b"\x01\0\0\0\0\0\0\0\0\x21\0\x02",
        b"\xff\xff\xff\xff\xff\xff\x1f\0",
        b"e\xcc\x81",
        b"\xe2\x80\x8b",
    ],
    longest: 64 << 10,
};

/// A journal, as it is found on a disk.
pub const JOURNAL: Target = Target {
    name: "journal",
    read: journal,
    seal: |bytes| sealed::frames(bytes),
    seeds: || Vec::new(),
    folders: &["../tests/reference/formats-kept/1"],
    words: &[
        b"KEEP\x01\x01\x02\0",
        b"KEEP\x01\x02\x03\0",
        b"KEEP\x01\x03\0\0",
        b"KEEP\x01\x04\0\0",
        b"KEEP\x02",
    ],
    longest: 64 << 10,
};

/// The records of the file that the tests keep.
fn one_collection() -> Vec<Vec<u8>> {
    let file = include_bytes!("../../../tests/reference/formats-kept/1/photos.keepsake");
    let mut store = Memory::new();
    let seed = block_on(async {
        let learner = Learner::open(store.again(), None).await?;
        learner.import(file, How::Replace).await?;
        let mut bytes = Vec::new();
        for (table, key, payload) in store.load().await?.records {
            bytes.push(table as u8);
            bytes.extend_from_slice(&key.to_le_bytes());
            bytes.extend_from_slice(&(payload.len() as u16).to_le_bytes());
            bytes.extend_from_slice(&payload);
        }
        Ok::<_, keepsake::Error>(bytes)
    });
    seed.into_iter().collect()
}

fn writes(mut bytes: &[u8]) -> Vec<Write> {
    let mut writes = Vec::new();
    while let Some((header, rest)) = bytes.split_first_chunk::<11>() {
        let [table, key @ .., low, high] = *header;
        let length = usize::from(u16::from_le_bytes([low, high]));
        let (payload, rest) = rest.split_at(length.min(rest.len()));
        writes.push(put(table, u64::from_le_bytes(key), payload));
        bytes = rest;
    }
    writes
}

fn records(bytes: &[u8]) -> String {
    let mut store = Memory::new();
    let committed = block_on(store.commit(writes(bytes)));
    committed.unwrap_or_else(|error| panic!("not stored: {error}"));
    let learner = match block_on(Learner::open(store.again(), None)) {
        Ok(learner) => learner,
        Err(error) => return error.to_string(),
    };
    sane(&learner);
    let problems = learner.problems().into_iter();
    let problems: Vec<_> = problems.map(|problem| problem.sentence).collect();
    let problems = problems.join("\n");
    // It goes on, and what is added is there after a reload.
    let added = block_on(learner.add_label("A new one"));
    for photo in learner.photos().iter().take(4) {
        // Numbers may be used up by a record that has the last one.
        if let Err(error) = block_on(learner.teach(photo.id, "A new one")) {
            assert_eq!(error.code(), "request/invalid");
        }
    }
    sane(&learner);
    let seen = (learner.labels(), learner.lessons(), learner.photos().len());
    let again = block_on(Learner::open(store.again(), None));
    let again = again.unwrap_or_else(|error| panic!("it does not open again: {error}"));
    assert_eq!(
        (again.labels(), again.lessons(), again.photos().len()),
        seen
    );
    match block_on(again.export()) {
        Ok(file) => {
            let other = block_on(async {
                let other = Learner::open(Memory::new(), None).await?;
                other.import(&file, How::Merge).await
            });
            assert!(other.is_ok(), "its own export is refused: {other:?}");
        }
        // Unbound, nobody knows what the numbers of photos and lessons mean.
        Err(error) => {
            let unknown = again.backbone().is_none() && error.code() == "storage/damaged";
            assert!(unknown, "no export: {error}");
        }
    }
    format!("{}\n{problems}", added.is_ok())
}

/// A file of this process alone, in memory where there is such a place.
static PATH: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let folder = if memory.is_dir() {
        memory
    } else {
        std::env::temp_dir()
    };
    folder.join(format!("keepsake-fuzz-{}", std::process::id()))
});

fn journal(bytes: &[u8]) -> String {
    let path = &*PATH;
    fs::write(path, bytes).unwrap_or_else(|error| panic!("{error}"));
    let outcome = block_on(one_journal(path));
    for ending in ["", "lock", "aside", "new"] {
        let mut name = path.clone().into_os_string();
        if !ending.is_empty() {
            name.push(format!(".{ending}"));
        }
        let _ = fs::remove_file(name);
    }
    outcome.unwrap_or_else(|error| error.to_string())
}

async fn one_journal(path: &PathBuf) -> keepsake::Result<String> {
    let mut file = File::open(path)?;
    let loaded = file.load().await?;
    let flaws: Vec<_> = loaded
        .damaged
        .iter()
        .map(|one| one.flaw.to_string())
        .collect();
    for (table, key, bytes) in &loaded.records {
        let read = file.read(*table, *key).await?;
        assert_eq!(read.as_ref(), Some(bytes), "what was loaded cannot be read");
    }
    let write = Write::Put {
        table: Table::Lessons,
        key: MAX_KEY,
        bytes: b"a new one".to_vec(),
    };
    file.commit(vec![write]).await?;
    file.close().await?;
    let mut again = File::open(path).unwrap_or_else(|error| panic!("not again: {error}"));
    let new = again.read(Table::Lessons, MAX_KEY).await?;
    assert_eq!(
        new.as_deref(),
        Some(&b"a new one"[..]),
        "what was acknowledged is gone"
    );
    let after = again.load().await?.records.len();
    assert!(after >= loaded.records.len(), "records went");
    again.close().await?;
    Ok(format!(
        "{}\n{}",
        size(loaded.records.len()),
        flaws.join("\n")
    ))
}
