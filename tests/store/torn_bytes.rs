//! A journal that was cut off anywhere, has any bit flipped or any frame missing still opens: with
//! everything that is whole, nothing that was never stored, and a report of the rest.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use keepsake::store::format::{Flaw, HEADER};
use keepsake::store::{Damaged, File, Store, Table, Write};
use pollster::block_on;
use proptest::prelude::*;

type Place = (Table, u64);
type State = BTreeMap<Place, Vec<u8>>;

/// A journal, and what is known of it without reading it.
struct Written {
    bytes: Vec<u8>,
    /// The state after each transaction and where it ends; the first is the empty journal.
    states: Vec<(usize, State)>,
    /// Every frame: its bytes, the record it is about (`None` for clears and commits), its transaction.
    frames: Vec<(Range<usize>, Option<Place>, usize)>,
    /// Everything that was ever stored.
    history: BTreeSet<(Place, Vec<u8>)>,
}

fn write_journal(folder: &Path, transactions: Vec<Vec<Write>>) -> Written {
    let path = folder.join("journal");
    let _ = std::fs::remove_file(&path);
    let mut store = File::open(&path).unwrap();
    let mut state = State::new();
    let mut at = HEADER;
    let mut states = vec![(at, state.clone())];
    let mut frames = vec![(0..at, None, 0)];
    let mut history = BTreeSet::new();
    for (i, writes) in transactions.into_iter().enumerate() {
        for write in &writes {
            let (place, length) = match write {
                Write::Put { table, key, bytes } => {
                    state.insert((*table, *key), bytes.clone());
                    history.insert(((*table, *key), bytes.clone()));
                    (Some((*table, *key)), bytes.len())
                }
                Write::Delete { table, key } => {
                    state.remove(&(*table, *key));
                    (Some((*table, *key)), 0)
                }
                Write::Clear => {
                    state.clear();
                    (None, 0)
                }
            };
            frames.push((at..at + HEADER + length, place, i + 1));
            at += HEADER + length;
        }
        frames.push((at..at + HEADER, None, i + 1));
        at += HEADER;
        states.push((at, state.clone()));
        block_on(store.commit(writes)).unwrap();
    }
    block_on(store.close()).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(bytes.len(), at, "the layout this test goes by");
    Written {
        bytes,
        states,
        frames,
        history,
    }
}

/// What a journal of these bytes opens as. Then it is written to and opened once more: the damage
/// must not spread.
fn open(folder: &Path, bytes: &[u8]) -> (State, Vec<Damaged>) {
    let path = folder.join("journal");
    std::fs::write(&path, bytes).unwrap();
    let mut store = File::open(&path).unwrap();
    let loaded = block_on(store.load()).unwrap();
    let new = (Table::Labels, 77, b"after the damage".to_vec());
    let write = Write::Put {
        table: new.0,
        key: new.1,
        bytes: new.2.clone(),
    };
    block_on(store.commit(vec![write])).unwrap();
    block_on(store.close()).unwrap();

    let mut again = File::open(&path).unwrap();
    let mut expected = loaded.records.clone();
    expected.push(new);
    expected.sort();
    let reloaded = block_on(again.load()).unwrap();
    assert_eq!(reloaded.records, expected);
    let lasting: Vec<_> = loaded
        .damaged
        .iter()
        .filter(|damaged| damaged.flaw != Flaw::Unfinished)
        .cloned()
        .collect();
    assert_eq!(reloaded.damaged, lasting);

    let state = loaded
        .records
        .into_iter()
        .map(|(table, key, bytes)| ((table, key), bytes));
    (state.collect(), loaded.damaged)
}

/// What must hold when one frame is damaged or missing.
fn check(written: &Written, hit: usize, state: &State, damaged: &[Damaged]) {
    let (_, place, transaction) = &written.frames[hit];
    let last = written.states.len() - 1;
    let whole = &written.states[last].1;
    for (place, bytes) in state {
        assert!(
            written.history.contains(&(*place, bytes.clone())),
            "{place:?} was never stored"
        );
    }
    if state != whole {
        assert!(!damaged.is_empty(), "a change that is not reported");
    }
    let is_commit = written
        .frames
        .get(hit + 1)
        .is_none_or(|next| next.2 != *transaction);
    match place {
        // A put or a delete: every other record is as it should be.
        Some(place) => {
            let others = |state: &State| {
                let mut state = state.clone();
                state.remove(place);
                state
            };
            assert_eq!(others(state), others(whole));
        }
        // The last commit: its transaction did not happen, or, if it is empty, was nothing anyway.
        None if is_commit && *transaction == last => {
            assert_eq!(state, &written.states[last.saturating_sub(1)].1);
        }
        // Any other commit: that its transaction was finished follows from the next one.
        None if is_commit => assert_eq!(state, whole),
        // A clear: what it took away may be back.
        None => assert!(
            whole
                .iter()
                .all(|(place, bytes)| state.get(place) == Some(bytes))
        ),
    }
}

/// Few keys, so that records are overwritten and deleted; no thumbnails, which are not loaded.
fn write() -> impl Strategy<Value = Write> {
    let place = (proptest::sample::select(&Table::ALL[..4]), 0..4_u64);
    let bytes = proptest::collection::vec(any::<u8>(), 0..40);
    prop_oneof![
        12 => (place.clone(), bytes)
            .prop_map(|((table, key), bytes)| Write::Put { table, key, bytes }),
        3 => place.prop_map(|(table, key)| Write::Delete { table, key }),
        1 => Just(Write::Clear),
    ]
}

fn transactions() -> impl Strategy<Value = Vec<Vec<Write>>> {
    let transaction = proptest::collection::vec(write(), 1..6);
    proptest::collection::vec(transaction, 0..6)
}

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_prefix(transactions in transactions(), cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 12)) {
        let folder = folder("torn_prefix");
        let written = write_journal(&folder, transactions);
        for cut in cuts {
            let end = cut.index(written.bytes.len() + 1);
            let (state, damaged) = open(&folder, &written.bytes[..end]);
            let before = written.states.iter().rfind(|(at, _)| *at <= end);
            prop_assert_eq!(state, before.map(|(_, state)| state.clone()).unwrap_or_default());
            let unfinished = Damaged { place: None, flaw: Flaw::Unfinished };
            let at_boundary = end == 0 || before.is_some_and(|(at, _)| *at == end);
            prop_assert_eq!(damaged, if at_boundary { vec![] } else { vec![unfinished] });
        }
    }

    #[test]
    fn any_flipped_bit(transactions in transactions(), bits in proptest::collection::vec(any::<proptest::sample::Index>(), 12)) {
        let folder = folder("torn_bit");
        let written = write_journal(&folder, transactions);
        for bit in bits {
            let bit = bit.index(written.bytes.len() * 8);
            let mut bytes = written.bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let (state, damaged) = open(&folder, &bytes);
            let hit = written.frames.iter().position(|frame| frame.0.contains(&(bit / 8))).unwrap();
            check(&written, hit, &state, &damaged);
        }
    }

    #[test]
    fn any_missing_frame(transactions in transactions(), frames in proptest::collection::vec(any::<proptest::sample::Index>(), 6)) {
        let folder = folder("torn_frame");
        let written = write_journal(&folder, transactions);
        for frame in frames {
            let hit = frame.index(written.frames.len());
            let mut bytes = written.bytes.clone();
            bytes.drain(written.frames[hit].0.clone());
            let (state, damaged) = open(&folder, &bytes);
            check(&written, hit, &state, &damaged);
        }
    }

    #[test]
    fn any_garbage_behind(transactions in transactions(), garbage in proptest::collection::vec(any::<u8>(), 1..200)) {
        let folder = folder("torn_garbage");
        let written = write_journal(&folder, transactions);
        let (state, damaged) = open(&folder, &[&written.bytes[..], &garbage].concat());
        prop_assert_eq!(&state, &written.states.last().unwrap().1);
        prop_assert_eq!(damaged, vec![Damaged { place: None, flaw: Flaw::Unfinished }]);
    }
}

/// A record whose content is damaged is known by its key, does not let an older value pass for the
/// current one, and is still there, as it is, after compaction.
#[test]
fn a_damaged_record_keeps_its_place() {
    let folder = folder("torn_place");
    let put = |key, bytes: &[u8]| Write::Put {
        table: Table::Lessons,
        key,
        bytes: bytes.to_vec(),
    };
    let transactions = vec![
        vec![put(1, b"old"), put(2, b"other")],
        vec![put(1, b"corrected")],
    ];
    let mut written = write_journal(&folder, transactions);
    let content = written.frames[4].0.start + HEADER;
    written.bytes[content] ^= 1;
    let (state, damaged) = open(&folder, &written.bytes);
    assert_eq!(
        state,
        State::from([((Table::Lessons, 2), b"other".to_vec())])
    );
    let expected = [Damaged {
        place: Some((Table::Lessons, 1)),
        flaw: Flaw::Payload,
    }];
    assert_eq!(damaged, expected);

    let path = folder.join("journal");
    let mut store = File::open(&path).unwrap();
    let big = vec![0; 1 << 20];
    for _ in 0..4 {
        block_on(store.commit(vec![put(3, &big)])).unwrap();
    }
    assert!(
        std::fs::metadata(&path).unwrap().len() < 3 << 20,
        "it was compacted"
    );
    assert_eq!(block_on(store.load()).unwrap().damaged, expected);
    let error = block_on(store.read(Table::Lessons, 1)).unwrap_err();
    assert_eq!(error.code(), "storage/damaged");
}

/// Transactions that were not acknowledged do not count, but their bytes are not destroyed.
#[test]
fn an_unfinished_transaction_is_set_aside() {
    let folder = folder("torn_aside");
    let _ = std::fs::remove_file(folder.join("journal.aside"));
    let put = Write::Put {
        table: Table::Labels,
        key: 1,
        bytes: b"kittens".to_vec(),
    };
    let written = write_journal(&folder, vec![vec![put]]);
    let commit = written.frames[2].0.start;
    let (state, _) = open(&folder, &written.bytes[..commit]);
    assert_eq!(state, State::new());
    let aside = std::fs::read(folder.join("journal.aside")).unwrap();
    assert_eq!(aside, written.bytes[HEADER..commit]);
}

/// A commit says how many frames there are; one that claims the most there can be must not make the next
/// ones unreadable.
#[test]
fn a_forged_count_of_frames_loses_nothing_that_is_acknowledged_later() {
    let folder = folder("forged_count");
    let mut forged = write_journal(&folder, Vec::new()).bytes;
    forged[8..16].copy_from_slice(&keepsake::store::MAX_KEY.to_le_bytes());
    let sum = crc32fast::hash(&forged[..24]);
    forged[24..28].copy_from_slice(&sum.to_le_bytes());
    let (state, damaged) = open(&folder, &forged);
    assert!(state.is_empty());
    assert_eq!(damaged.len(), 1, "the frames that it claims are missing");
}
