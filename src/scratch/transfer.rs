//! A scratch learner in one file ([`bundle`]), and a file read back. Its records are those of
//! `records`, but that the networks' snapshot is one record, of Meta with key 0.
//!
//! A file may come from anybody: it is checked whole before anything of it is used.

use std::collections::BTreeMap;

use super::records::Contents;
use crate::Result;
use crate::labels::{LabelId, Labels};
use crate::store::Table;
use crate::store::bundle::{self, damaged};

/// Key of the networks' record.
const NETWORK: u64 = 0;

/// # Errors
/// None of its own.
pub(super) fn write(
    labels: &Labels,
    counts: &BTreeMap<LabelId, u64>,
    network: &[u8],
) -> Result<Vec<u8>> {
    let mut whole = Vec::new();
    let mut file = bundle::Writer::new(&bundle::DRAWINGS, &[], |piece: &[u8]| {
        whole.extend_from_slice(piece);
        Ok(())
    });
    for (id, entry) in labels.iter() {
        file.record(Table::Labels, u64::from(id.0), &entry.to_bytes())?;
    }
    for (id, count) in counts {
        file.record(Table::Lessons, u64::from(id.0), &count.to_le_bytes())?;
    }
    file.record(Table::Meta, NETWORK, network)?;
    file.finish()?;
    Ok(whole)
}

/// Reads a whole file and checks its records. Its networks are checked when they are built:
/// [`Contents::restore`].
///
/// # Errors
/// `import/foreign`, `import/other-learner`, `import/newer`, `import/damaged`.
pub(super) fn read(bytes: &[u8]) -> Result<Contents> {
    let mut rest = bundle::content(&bundle::DRAWINGS, bytes)?;
    let mut contents = Contents::default();
    while !rest.is_empty() {
        let cut_off = || damaged("a record is cut off");
        let (table, key, payload) = bundle::record(&mut rest).ok_or_else(cut_off)?;
        if (table, key) == (Table::Meta, NETWORK) && contents.network.is_none() {
            contents.network = Some(payload.to_vec());
            continue;
        }
        let flaw = |flaw| damaged(format!("record {key} of {}: {flaw}", table.name()));
        contents.add(table, key, payload).map_err(flaw)?;
    }
    Ok(contents)
}
