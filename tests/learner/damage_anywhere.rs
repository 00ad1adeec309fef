//! Whatever happens to one stored record of whatever table (cut off, a bit flipped, another record's
//! content, anything at all) the collection opens with all the rest, or says that its description is
//! unreadable. Below the store's checksums: what is put here looks whole to the store.

use std::collections::BTreeSet;

use crate::damage::{Damage, damage};
use crate::support::{BACKBONE, Shared, feature, photo, see, told};
use keepsake::learner::Learner;
use keepsake::store::{Record, Store, Table, Write};
use pollster::block_on;
use proptest::prelude::*;
use proptest::sample::Index;

fn collection() -> (Shared, Vec<Record>) {
    let mut store = Shared::default();
    let learner = store.open();
    block_on(async {
        let new = (0..3).map(|n| photo(n, n)).collect();
        let photos = learner.add_photos(new).await.unwrap();
        learner.teach(photos[0], "Hat").await.unwrap();
        learner.teach(photos[1], "Boots").await.unwrap();
        learner.teach(feature(1, 9), "Boots").await.unwrap();
        let boots = learner.labels()[2].id;
        learner.accept(&[(photos[2], boots)]).await.unwrap();
    });
    let mut records = block_on(store.load()).unwrap().records;
    for photo in learner.photos() {
        let picture = block_on(store.read(Table::Thumbnails, photo.id.0)).unwrap();
        records.push((Table::Thumbnails, photo.id.0, picture.unwrap()));
    }
    (store, records)
}

/// The places that were written to, with what was written.
fn writes(records: &[Record], hit: &Index, damage: &Damage) -> Vec<Write> {
    let (table, key, bytes) = records[hit.index(records.len())].clone();
    let put = |table, key, bytes| Write::Put { table, key, bytes };
    match damage {
        Damage::Cut(at) => vec![put(table, key, bytes[..at.index(bytes.len())].to_vec())],
        Damage::Flip(bit) => {
            let bit = bit.index(bytes.len() * 8);
            let mut bytes = bytes;
            bytes[bit / 8] ^= 1 << (bit % 8);
            vec![put(table, key, bytes)]
        }
        Damage::Swap(other) => {
            let (table2, key2, bytes2) = records[other.index(records.len())].clone();
            vec![put(table, key, bytes2), put(table2, key2, bytes)]
        }
        Damage::Anything(bytes) => vec![put(table, key, bytes.clone())],
        Damage::Gone => vec![Write::Delete { table, key }],
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn one_damaged_record_takes_no_other_with_it(hit: Index, damage in damage(100)) {
        let (mut store, records) = collection();
        let writes = writes(&records, &hit, &damage);
        let touched: BTreeSet<_> = writes
            .iter()
            .filter_map(|write| match write {
                Write::Put { table, key, .. } | Write::Delete { table, key } => Some((*table, *key)),
                Write::Clear => None,
            })
            .collect();
        block_on(store.commit(writes)).unwrap();
        let learner = match block_on(Learner::open(store.clone(), BACKBONE)) {
            Ok(learner) => learner,
            Err(error) => {
                // Another network's, or newer: only the description can say so.
                prop_assert!(touched.iter().any(|(table, _)| *table == Table::Meta), "{error}");
                return Ok(());
            }
        };
        // Everything can be looked at.
        let seen = see(&learner);
        let photos: BTreeSet<_> = seen.photos.iter().map(|photo| photo.id.0).collect();
        let lessons: BTreeSet<_> = seen.lessons.iter().map(|lesson| lesson.id.0).collect();
        // What is said of a photo that cannot be read waits for it; a lesson says more than an acceptance.
        let of = |id: &u64| seen.photos.iter().find(|photo| photo.id.0 == *id);
        let labels: BTreeSet<_> = seen.labels.iter().map(|label| u64::from(label.id.0)).collect();
        for (table, key, _) in records.iter().filter(|(table, key, _)| !touched.contains(&(*table, *key))) {
            let there = match table {
                Table::Meta => true,
                Table::Labels => labels.contains(key),
                Table::Lessons => lessons.contains(key),
                Table::Photos => photos.contains(key),
                Table::Origins => of(key).is_none_or(|photo| photo.origin.is_some()),
                Table::Accepted => {
                    of(key).is_none_or(|photo| photo.accepted.is_some() || photo.lesson.is_some())
                }
                Table::Thumbnails => block_on(store.clone().read(*table, *key)).unwrap().is_some(),
            };
            prop_assert!(there, "{table:?} {key} went, too");
        }
        // What is unreadable is named, and what was put there stays as it is.
        for (table, key) in &touched {
            let lost = match table {
                Table::Lessons => !lessons.contains(key),
                Table::Photos => !photos.contains(key),
                _ => false,
            };
            if lost && !matches!(damage, Damage::Gone) {
                let name = if *table == Table::Lessons { "Lesson" } else { "Photo" };
                let named = format!("{name} {key} cannot be read");
                prop_assert!(told(&learner).iter().any(|problem| problem.starts_with(&named)));
            }
        }
    }
}
