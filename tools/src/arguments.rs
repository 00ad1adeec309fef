//! Command lines of the form `--name value`.

use crate::Result;
use std::collections::BTreeMap;

/// The values given on the command line, by name.
pub struct Arguments(BTreeMap<String, String>);

impl Arguments {
    /// Reads the command line of this program.
    ///
    /// # Errors
    /// A name that is not in `known`, or has no value. The sentence ends with `usage`.
    pub fn read(known: &[&str], usage: &str) -> Result<Self> {
        Self::parse(std::env::args().skip(1), known).map_err(|e| format!("{e}\nUsage: {usage}"))
    }

    fn parse(words: impl Iterator<Item = String>, known: &[&str]) -> Result<Self> {
        let mut words = words;
        let mut values = BTreeMap::new();
        while let Some(word) = words.next() {
            let name = word
                .strip_prefix("--")
                .filter(|name| known.contains(name))
                .ok_or_else(|| format!("There is no option {word}."))?;
            let value = words
                .next()
                .ok_or_else(|| format!("{word} needs a value."))?;
            values.insert(name.to_owned(), value);
        }
        Ok(Self(values))
    }

    /// The value of an option, if it was given.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value of an option that must be given.
    ///
    /// # Errors
    /// It was not given.
    pub fn need(&self, name: &str) -> Result<&str> {
        self.get(name)
            .ok_or_else(|| format!("--{name} is missing."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Arguments> {
        Arguments::parse(
            words.iter().map(|word| (*word).to_owned()),
            &["out", "photos"],
        )
    }

    #[test]
    fn options_are_found_by_name_and_strangers_refused() {
        let arguments = parse(&["--photos", "a", "--out", "b"]).unwrap();
        assert_eq!(arguments.need("photos").unwrap(), "a");
        assert_eq!(arguments.get("out"), Some("b"));
        assert!(parse(&[]).unwrap().need("out").is_err());
        for wrong in [&["--in", "a"][..], &["out", "a"], &["--out"]] {
            assert!(parse(wrong).is_err());
        }
    }
}
