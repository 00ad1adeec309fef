//! The names a person gives. A label has a stable numeric id; id 0 is always "none of these".

use std::collections::BTreeMap;

use crate::Result;
use crate::error::RequestError;

/// Stable id of a label; never given to another label while the learner is open.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct LabelId(pub u32);

/// Label 0: "none of these". Always there, never stored, neither renamed nor deleted.
pub const NOISE: LabelId = LabelId(0);
/// What label 0 is called. No other label may have this name.
pub const NOISE_NAME: &str = "None of these";
/// The longest name, in characters: what fits a line of the page.
pub const LONGEST_NAME: usize = 60;

/// What is known of one label besides its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelEntry {
    /// The cleaned name, see [`clean_name`].
    pub name: String,
    /// Its place among the labels, from 1: the lowest one that was free when the label was made. It
    /// stays when other labels go, so that a label keeps its colour. Label 0 has slot 0.
    pub slot: u32,
}

impl LabelEntry {
    /// As records and files keep it: the slot (4 bytes, little endian), then the name in UTF-8.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        [&self.slot.to_le_bytes(), self.name.as_bytes()].concat()
    }

    /// Reads [`LabelEntry::to_bytes`]. The name is cleaned again: the bytes may come from somebody
    /// else's file.
    ///
    /// # Errors
    /// What is wrong with the bytes, as the end of a sentence.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<LabelEntry, &'static str> {
        let (slot, name) = bytes.split_first_chunk().ok_or("it is too short")?;
        let name = std::str::from_utf8(name).map_err(|_| "its name is not text")?;
        Ok(LabelEntry {
            name: clean_name(name).map_err(|_| "its name is not one")?,
            slot: u32::from_le_bytes(*slot),
        })
    }
}

/// A label by id or by name, as callers give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabelChoice {
    /// A label that exists.
    Id(LabelId),
    /// A name: the label that has it, or a new one.
    Name(String),
}

impl From<LabelId> for LabelChoice {
    fn from(id: LabelId) -> LabelChoice {
        LabelChoice::Id(id)
    }
}

impl From<&str> for LabelChoice {
    fn from(name: &str) -> LabelChoice {
        LabelChoice::Name(name.to_owned())
    }
}

/// The name as it is kept: control and text-direction characters gone, runs of white space one space,
/// trimmed.
///
/// # Errors
/// `request/empty-label` when nothing is left, `request/long-label` above [`LONGEST_NAME`].
pub fn clean_name(raw: &str) -> Result<String> {
    let visible: String = raw
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|&c| !c.is_control() && !turns_text(c))
        .collect();
    let name = visible.split(' ').filter(|word| !word.is_empty());
    let name = name.collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(RequestError::EmptyLabel.into());
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(RequestError::LongLabel(LONGEST_NAME).into());
    }
    Ok(name)
}

/// Characters that change the direction of the text after them, and so could garble a whole line.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The registry of labels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labels {
    entries: BTreeMap<LabelId, LabelEntry>,
}

impl Labels {
    /// Only label 0.
    pub fn new() -> Labels {
        Labels::default()
    }

    /// The label's name, `None` where there is no such label.
    pub fn name(&self, id: LabelId) -> Option<&str> {
        match id {
            NOISE => Some(NOISE_NAME),
            _ => self.entries.get(&id).map(|entry| entry.name.as_str()),
        }
    }

    /// The label's name.
    ///
    /// # Errors
    /// `request/no-such-label`.
    pub fn existing(&self, id: LabelId) -> Result<&str> {
        let missing = || RequestError::NoSuchLabel(id.0.to_string()).into();
        self.name(id).ok_or_else(missing)
    }

    /// Like [`Labels::existing`], for what may not be done to label 0.
    ///
    /// # Errors
    /// `request/noise-is-fixed`, `request/no-such-label`.
    pub fn changeable(&self, id: LabelId) -> Result<&LabelEntry> {
        if id == NOISE {
            return Err(RequestError::NoiseIsFixed.into());
        }
        let missing = || RequestError::NoSuchLabel(id.0.to_string()).into();
        self.entries.get(&id).ok_or_else(missing)
    }

    /// The label with this name, upper and lower case alike.
    pub fn find(&self, name: &str) -> Option<LabelId> {
        let folded = name.to_lowercase();
        if folded == NOISE_NAME.to_lowercase() {
            return Some(NOISE);
        }
        let same = |(_, entry): &(_, &LabelEntry)| entry.name.to_lowercase() == folded;
        self.entries.iter().find(same).map(|(&id, _)| id)
    }

    /// The name, cleaned, if no label but `except` has it.
    ///
    /// # Errors
    /// `request/label-exists`, and those of [`clean_name`].
    pub fn free_name(&self, name: &str, except: Option<LabelId>) -> Result<String> {
        let name = clean_name(name)?;
        match self.find(&name) {
            Some(other) if Some(other) != except => {
                let other = self.existing(other)?.to_owned();
                Err(RequestError::LabelExists(other).into())
            }
            _ => Ok(name),
        }
    }

    /// What is stored of a label; `None` for label 0 and for no label.
    pub fn get(&self, id: LabelId) -> Option<&LabelEntry> {
        self.entries.get(&id)
    }

    /// Every label but label 0, ascending by id.
    pub fn iter(&self) -> impl Iterator<Item = (LabelId, &LabelEntry)> {
        self.entries.iter().map(|(&id, entry)| (id, entry))
    }

    /// The lowest slot that no label has.
    pub fn free_slot(&self) -> u32 {
        let taken = |slot: &u32| self.entries.values().any(|entry| entry.slot == *slot);
        (1..).find(|slot| !taken(slot)).unwrap_or(u32::MAX)
    }

    /// Puts, replaces (`Some`) or deletes (`None`) a label and returns what was there. Names were
    /// checked before.
    pub(crate) fn set(&mut self, id: LabelId, entry: Option<LabelEntry>) -> Option<LabelEntry> {
        match entry {
            Some(entry) => self.entries.insert(id, entry),
            None => self.entries.remove(&id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    fn entry(name: &str, slot: u32) -> Option<LabelEntry> {
        let name = name.to_owned();
        Some(LabelEntry { name, slot })
    }

    #[test]
    fn names_are_cleaned() {
        for (raw, clean) in [
            ("  Hat ", "Hat"),
            ("Rain\n\tcoat", "Rain coat"),
            ("Ha\u{7}t\u{0}", "Hat"),
            ("\u{202e}Hat\u{2066}", "Hat"),
            ("Überzug 帽子 🧢", "Überzug 帽子 🧢"),
        ] {
            assert_eq!(clean_name(raw), Ok(clean.to_owned()));
        }
        assert_eq!(clean_name(&"é".repeat(60)), Ok("é".repeat(60)));
    }

    #[test]
    fn names_of_nothing_or_too_much_are_refused() {
        let empty = Err(Error::Request(RequestError::EmptyLabel));
        assert_eq!(clean_name(" \n\u{0}\u{202e}"), empty);
        let long = Err(Error::Request(RequestError::LongLabel(60)));
        assert_eq!(clean_name(&"é".repeat(61)), long);
    }

    #[test]
    fn found_whatever_the_case() {
        let mut labels = Labels::new();
        labels.set(LabelId(3), entry("Ärmel", 1));
        assert_eq!(labels.find("äRMEL"), Some(LabelId(3)));
        assert_eq!(labels.find("none OF these"), Some(NOISE));
        assert_eq!(labels.find("Hat"), None);
    }

    #[test]
    fn the_lowest_free_slot_is_next_and_zero_is_taken() {
        let mut labels = Labels::new();
        assert_eq!(labels.free_slot(), 1);
        for slot in 1..=3 {
            labels.set(LabelId(slot + 10), entry("x", slot));
        }
        labels.set(LabelId(12), None);
        assert_eq!(labels.free_slot(), 2);
    }

    #[test]
    fn label_0_is_there_and_fixed() {
        let labels = Labels::new();
        assert_eq!(labels.existing(NOISE), Ok(NOISE_NAME));
        let fixed = Err(Error::Request(RequestError::NoiseIsFixed));
        assert_eq!(labels.changeable(NOISE), fixed);
    }
}
