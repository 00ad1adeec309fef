//! Whatever happens to one stored record of drawings (cut off, a bit flipped, another record's content,
//! anything at all) the collection opens and answers as before, with every other label, or says that its
//! networks cannot be read; nothing is written over them then. Below the store's checksums: what is put
//! here looks whole to the store. The same for every bit of a file, whose checksum is made right again.

use std::sync::LazyLock;

use crate::damage::{Damage, damage};
use crate::learner_support::Shared;
use keepsake::device;
use keepsake::error::Error;
use keepsake::labels::LabelId;
use keepsake::scratch::{Control, Preset, Progress, ScratchLearner, Settings, Sketch, Watch};
use keepsake::store::{Record, Store, Table, Write};
use pollster::block_on;
use proptest::prelude::*;
use proptest::sample::Index;
use sha2::{Digest, Sha256};

const SIDE: usize = 8;

/// Ends every training at once: it is not asked how good these learners are.
struct Stop;

impl Watch for Stop {
    async fn progress(&mut self, _: Progress) -> Control {
        Control::Stop
    }
}

fn bar(row: usize) -> Sketch {
    let mut values = vec![0.0; SIDE * SIDE];
    values[SIDE * row..][..SIDE].fill(1.0);
    Sketch { side: SIDE, values }
}

fn open(store: &Shared, preset: Preset) -> keepsake::Result<ScratchLearner<Shared>> {
    let settings = Settings {
        preset,
        side: SIDE,
        max_iter: 2,
        rehearsal_steps: 1,
        ..Settings::default()
    };
    let device = device::cpu();
    block_on(ScratchLearner::open(store.clone(), Some(settings), &device))
}

type Answers = Vec<Vec<(LabelId, f32)>>;

fn answers(learner: &ScratchLearner<Shared>) -> Answers {
    let pictures: Vec<_> = (0..4).map(bar).collect();
    block_on(learner.predict(&pictures)).unwrap()
}

/// What a store holds, what that answers, and it all as a file.
type Collection = (Vec<Record>, Answers, Vec<u8>);

fn collection(preset: Preset) -> Collection {
    let mut store = Shared::default();
    let learner = open(&store, preset).unwrap();
    for (name, row) in [("Cup", 0), ("Fish", 3)] {
        let pictures = [bar(row), bar(row)];
        block_on(learner.teach(name.into(), &pictures, &mut Stop)).unwrap();
    }
    block_on(learner.add_label("House")).unwrap();
    let records = block_on(store.load()).unwrap().records;
    let file = block_on(learner.export()).unwrap();
    (records, answers(&learner), file)
}

const PRESETS: [Preset; 3] = [Preset::Exact, Preset::Article, Preset::Rehearse];
static COLLECTIONS: LazyLock<[Collection; 3]> = LazyLock::new(|| PRESETS.map(collection));

fn stored(records: &[Record]) -> Shared {
    let mut store = Shared::default();
    let puts = records.iter().cloned();
    let puts = puts.map(|(table, key, bytes)| Write::Put { table, key, bytes });
    block_on(store.commit(puts.collect())).unwrap();
    store
}

/// The records after it, and the places that were hit.
fn damaged(records: &[Record], hit: &Index, damage: &Damage) -> (Vec<Record>, Vec<(Table, u64)>) {
    let mut after = records.to_vec();
    let at = hit.index(after.len());
    let mut touched = vec![(after[at].0, after[at].1)];
    match damage {
        Damage::Cut(end) => {
            let end = end.index(after[at].2.len());
            after[at].2.truncate(end);
        }
        Damage::Flip(bit) => {
            let bit = bit.index(after[at].2.len() * 8);
            after[at].2[bit / 8] ^= 1 << (bit % 8);
        }
        Damage::Swap(other) => {
            let other = other.index(after.len());
            touched.push((after[other].0, after[other].1));
            let bytes = std::mem::take(&mut after[at].2);
            let theirs = std::mem::replace(&mut after[other].2, bytes);
            // With itself, it is the empty one that was put there.
            if other != at {
                after[at].2 = theirs;
            }
        }
        Damage::Anything(bytes) => after[at].2 = bytes.clone(),
        Damage::Gone => drop(after.remove(at)),
    }
    (after, touched)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn one_damaged_record_takes_no_other_with_it(which in 0..3usize, hit: Index, damage in damage(40)) {
        let (records, answered, _) = &COLLECTIONS[which];
        let (after, touched) = damaged(records, &hit, &damage);
        let mut store = stored(&after);
        let networks_hit = touched.iter().any(|(table, _)| *table == Table::Meta);
        let learner = match open(&store, PRESETS[which]) {
            Ok(learner) => learner,
            Err(error) => {
                prop_assert!(networks_hit, "{error}");
                prop_assert!(matches!(error.code(), "storage/damaged" | "storage/newer"), "{error}");
                prop_assert_eq!(block_on(store.load()).unwrap().records, after);
                return Ok(());
            }
        };
        let answers = answers(&learner);
        if !networks_hit {
            prop_assert_eq!(&answers, answered);
        }
        let labels = learner.labels();
        for (table, key, bytes) in records.iter().filter(|(table, key, _)| !touched.contains(&(*table, *key))) {
            let label = labels.iter().find(|label| u64::from(label.id.0) == *key);
            match table {
                Table::Labels => {
                    // Numbered, where the damage gave its name to another one before it.
                    let name = std::str::from_utf8(&bytes[4..]).unwrap();
                    prop_assert!(label.is_some_and(|label| label.name.starts_with(name)));
                }
                Table::Lessons => {
                    let count = u64::from_le_bytes(bytes[..].try_into().unwrap());
                    prop_assert_eq!(label.map(|label| label.taught), Some(count));
                }
                _ => {}
            }
        }
        // It goes on: what is taught now is there after a reload.
        block_on(learner.teach("Boat".into(), &[bar(5)], &mut Stop)).unwrap();
        let seen = (learner.labels().len(), self::answers(&learner));
        let again = open(&store, PRESETS[which]).unwrap();
        prop_assert_eq!((again.labels().len(), self::answers(&again)), seen);
    }

    #[test]
    fn a_flipped_or_torn_file_is_refused_or_is_a_whole_learner(which in 0..3usize, bit: Index, end: Index, cut: bool) {
        let (_, _, file) = &COLLECTIONS[which];
        let mut content = file[..file.len() - 32].to_vec();
        // Most of a file are weights: half of the cases hit its first bytes, where the structure is.
        let within = if bit.index(2) == 0 { content.len().min(600) } else { content.len() };
        if cut {
            content.truncate(end.index(within));
        } else {
            let bit = bit.index(within * 8);
            content[bit / 8] ^= 1 << (bit % 8);
        }
        let digest = Sha256::digest(&content);
        content.extend_from_slice(&digest);
        let store = Shared::default();
        let learner = open(&store, PRESETS[which]).unwrap();
        match block_on(learner.import(&content)) {
            Err(error) => {
                prop_assert!(matches!(error, Error::Import(_)), "{error}");
                prop_assert_eq!(learner.labels().len(), 1);
            }
            Ok(()) => {
                let seen = (learner.labels(), answers(&learner));
                prop_assert!(seen.1.iter().flatten().all(|(_, p)| p.is_finite()));
                let again = open(&store, PRESETS[which]).unwrap();
                prop_assert_eq!((again.labels(), answers(&again)), seen);
            }
        }
    }
}
