//! The names a person gives. A label has a stable numeric id; id 0 is always "none of these".

use std::collections::HashMap;

use crate::Result;
use crate::error::RequestError;

pub use keepsake_vision::label::{LabelId, NOISE};

/// What label 0 is called. No other label may have this name.
pub const NOISE_NAME: &str = "None of these";
/// The largest id a label gets. A stored id above it is not believed: the next one would be out of range,
/// and no label could be made any more.
pub const LAST_ID: u32 = 1 << 30;
/// How many labels a collection may have: far more than a page could show, and few enough for a file
/// from anyone to be read at once.
pub const MOST_LABELS: usize = 10_000;
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

/// The name as it is kept: control, text-direction and invisible characters gone, runs of white space
/// one space, trimmed, and each letter in one piece with its accents (Unicode's form NFC), since systems
/// write “é” as one character or as two and nobody sees which. Joiners stay between visible characters,
/// where scripts and emoji need them.
///
/// # Errors
/// `request/empty-label` when nothing is left, `request/long-label` above [`LONGEST_NAME`].
pub fn clean_name(raw: &str) -> Result<String> {
    let visible: String = raw
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|&c| !c.is_control() && !turns_text(c) && !is_invisible(c))
        .collect();
    let words = visible.split(' ').map(|word| word.trim_matches(joins));
    let name = words.filter(|word| !word.is_empty());
    let name = composed(name.collect::<Vec<_>>().join(" "));
    if name.is_empty() {
        return Err(RequestError::EmptyLabel.into());
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(RequestError::LongLabel(LONGEST_NAME).into());
    }
    Ok(name)
}

/// The name in Unicode's form NFC.
fn composed(name: String) -> String {
    if name.is_ascii() {
        return name;
    }
    // A browser has the tables for this, which would be a part of the download.
    #[cfg(target_arch = "wasm32")]
    return js_sys::JsString::from(name).normalize("NFC").into();
    #[cfg(not(target_arch = "wasm32"))]
    return unicode_normalization::UnicodeNormalization::nfc(name.as_str()).collect();
}

/// Characters that change the direction of the text after them, and so could garble a whole line.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Characters without width that join nothing: two names that differ in them look the same.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}'
    )
}

/// Zero-width joiner and non-joiner: they say how their neighbours are written, and alone are nothing.
fn joins(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// As names are compared: upper and lower case alike.
fn folded(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    #[cfg(target_arch = "wasm32")] // as above
    return String::from(js_sys::JsString::from(name).to_lower_case());
    #[cfg(not(target_arch = "wasm32"))]
    return name.to_lowercase();
}

/// The registry of labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// Ascending by id.
    entries: Vec<(LabelId, LabelEntry)>,
    /// Who has each [`folded`] name: several only in the middle of a change.
    named: HashMap<String, Vec<LabelId>>,
    /// How many labels have each slot.
    slots: HashMap<u32, usize>,
    /// The lowest slot, from 1, that no label has.
    free_slot: u32,
}

impl Default for Labels {
    fn default() -> Labels {
        Labels {
            entries: Vec::new(),
            named: HashMap::new(),
            slots: HashMap::new(),
            free_slot: 1,
        }
    }
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
            _ => self.get(id).map(|entry| entry.name.as_str()),
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
        self.get(id).ok_or_else(missing)
    }

    /// The label with this [cleaned](clean_name) name, upper and lower case alike.
    pub fn find(&self, name: &str) -> Option<LabelId> {
        let name = folded(name);
        if name == folded(NOISE_NAME) {
            return Some(NOISE);
        }
        self.named.get(&name)?.iter().min().copied()
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

    /// The name, or with a number after it where another label has it; cut so that it stays a name that
    /// [`clean_name`] accepts.
    pub(crate) fn numbered(&self, name: String) -> String {
        let mut free = name.clone();
        let mut number = 2;
        while self.find(&free).is_some() {
            let ending = format!(" ({number})");
            let room = LONGEST_NAME - ending.len();
            let cut: String = name.chars().take(room).collect();
            free = format!("{}{ending}", cut.trim_end());
            number += 1;
        }
        free
    }

    /// An entry for a label whose own was lost: a name that says so.
    pub(crate) fn nameless(&self, id: LabelId) -> LabelEntry {
        LabelEntry {
            name: self.numbered(format!("Label {} (name lost)", id.0)),
            slot: self.free_slot(),
        }
    }

    /// What is stored of a label; `None` for label 0 and for no label.
    pub fn get(&self, id: LabelId) -> Option<&LabelEntry> {
        Some(&self.entries[self.place(id).ok()?].1)
    }

    /// Where an entry is, or would be.
    fn place(&self, id: LabelId) -> Result<usize, usize> {
        self.entries.binary_search_by_key(&id, |(id, _)| *id)
    }

    /// That another label may be made.
    ///
    /// # Errors
    /// `request/invalid` when there are [`MOST_LABELS`].
    pub fn room(&self) -> Result<()> {
        if self.entries.len() < MOST_LABELS {
            return Ok(());
        }
        let sentence = format!("A collection has at most {MOST_LABELS} labels.");
        Err(RequestError::Invalid(sentence).into())
    }

    /// Every label but label 0, ascending by id.
    pub fn iter(&self) -> impl Iterator<Item = (LabelId, &LabelEntry)> {
        self.entries.iter().map(|(id, entry)| (*id, entry))
    }

    /// The lowest slot that no label has.
    pub fn free_slot(&self) -> u32 {
        self.free_slot
    }

    /// Whether a label has this slot.
    pub fn has_slot(&self, slot: u32) -> bool {
        self.slots.contains_key(&slot)
    }

    /// Puts, replaces (`Some`) or deletes (`None`) a label and returns what was there. Names were
    /// checked before.
    pub(crate) fn set(&mut self, id: LabelId, entry: Option<LabelEntry>) -> Option<LabelEntry> {
        if let Some(entry) = &entry {
            let ids = self.named.entry(folded(&entry.name)).or_default();
            if !ids.contains(&id) {
                ids.push(id);
            }
            *self.slots.entry(entry.slot).or_default() += 1;
        }
        let before = match (self.place(id), entry) {
            (Ok(place), Some(entry)) => Some(std::mem::replace(&mut self.entries[place].1, entry)),
            (Ok(place), None) => Some(self.entries.remove(place).1),
            (Err(place), Some(entry)) => {
                self.entries.insert(place, (id, entry));
                None
            }
            (Err(_), None) => None,
        };
        if let Some(before) = &before {
            self.let_go(id, before);
        }
        while self.has_slot(self.free_slot) {
            self.free_slot += 1;
        }
        before
    }

    /// `id` no longer has this entry, but it may have one of the same name or slot by now.
    fn let_go(&mut self, id: LabelId, before: &LabelEntry) {
        let name = folded(&before.name);
        let kept = self.get(id).map(|entry| folded(&entry.name));
        if kept.as_ref() != Some(&name)
            && let Some(ids) = self.named.get_mut(&name)
        {
            ids.retain(|other| *other != id);
            if ids.is_empty() {
                self.named.remove(&name);
            }
        }
        if let Some(count) = self.slots.get_mut(&before.slot) {
            *count -= 1;
            if *count == 0 {
                self.slots.remove(&before.slot);
                if before.slot > 0 {
                    self.free_slot = self.free_slot.min(before.slot);
                }
            }
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
    fn what_cannot_be_seen_makes_no_other_name() {
        assert_eq!(
            clean_name("H\u{200b}a\u{ad}t\u{feff}"),
            Ok("Hat".to_owned())
        );
        assert_eq!(clean_name("Hat \u{200d}"), Ok("Hat".to_owned()));
        let family = "\u{1f469}\u{200d}\u{1f467}";
        assert_eq!(clean_name(family), Ok(family.to_owned()));
        let empty = Err(Error::Request(RequestError::EmptyLabel));
        assert_eq!(clean_name("\u{200b}\u{200d} \u{200c}"), empty);
    }

    #[test]
    fn one_name_however_its_accents_are_written() {
        assert_eq!(clean_name("Caf\u{65}\u{301}"), Ok("Caf\u{e9}".to_owned()));
        assert_eq!(
            clean_name("\u{212b}"),
            Ok("\u{c5}".to_owned()),
            "Å, the unit"
        );
        // What is 60 characters to see is not too long for being written in 120.
        assert_eq!(clean_name(&"e\u{301}".repeat(60)), Ok("\u{e9}".repeat(60)));
        let mut labels = Labels::new();
        labels.set(LabelId(1), entry("Caf\u{e9}", 1));
        let taken = RequestError::LabelExists("Caf\u{e9}".to_owned());
        assert_eq!(
            labels.free_name("Cafe\u{301}", None),
            Err(Error::Request(taken))
        );
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
    fn a_name_and_a_slot_go_with_their_last_label() {
        let mut labels = Labels::new();
        labels.set(LabelId(1), entry("Hat", 1));
        labels.set(LabelId(2), entry("Cap", 2));
        // Two that change names in one change have the same one in between.
        labels.set(LabelId(1), entry("Cap", 1));
        assert_eq!(labels.find("cap"), Some(LabelId(1)));
        labels.set(LabelId(2), entry("Hat", 1));
        assert_eq!(labels.find("cap"), Some(LabelId(1)));
        assert_eq!(labels.find("hat"), Some(LabelId(2)));
        assert_eq!(labels.free_slot(), 2);
        labels.set(LabelId(1), None);
        assert!(labels.has_slot(1), "the other one has it still");
        labels.set(LabelId(2), None);
        assert_eq!(labels, Labels::new());
    }

    #[test]
    fn label_0_is_there_and_fixed() {
        let labels = Labels::new();
        assert_eq!(labels.existing(NOISE), Ok(NOISE_NAME));
        let fixed = Err(Error::Request(RequestError::NoiseIsFixed));
        assert_eq!(labels.changeable(NOISE), fixed);
    }
}
