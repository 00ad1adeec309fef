//! The loop over one target, and the replay of its inputs.

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::Result;
use crate::mutate::{Random, mutated};
use crate::targets::Target;
use crate::watch::{self, Cost, watched};

/// The longest committed input in bytes.
const SMALL: usize = 2048;

/// Where the last panic was, as the hook heard of it.
static PANIC: Mutex<String> = Mutex::new(String::new());

/// What a run came to.
#[derive(Debug, Default)]
pub struct Ran {
    /// Inputs that were read.
    pub inputs: u64,
    /// Different outcomes.
    pub outcomes: usize,
    /// CPU time of all inputs together.
    pub time: Duration,
    /// The slowest input's CPU time.
    pub slowest: Duration,
    /// The most memory that an input held, in bytes.
    pub memory: usize,
    /// Different panics, each with the file of one input.
    pub panics: Vec<String>,
    /// The smallest inputs of outcomes that the corpus does not have.
    pub new: Vec<Vec<u8>>,
}

impl Ran {
    fn count(&mut self, cost: Cost) {
        self.inputs += 1;
        self.time += cost.time;
        self.slowest = self.slowest.max(cost.time);
        self.memory = self.memory.max(cost.memory);
    }
}

/// Keeps panics from being printed for each input; they are told at the end, once each.
fn quiet() {
    std::panic::set_hook(Box::new(|info| {
        if let Ok(mut place) = PANIC.lock() {
            *place = info.to_string().replace('\n', " ");
        }
    }));
}

/// The committed inputs of a target, and those among the tests' files; by name.
///
/// # Errors
/// When they cannot be read.
pub fn corpus(target: &Target) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let own = PathBuf::from("corpus").join(target.name);
    let folders = target.folders.iter().map(PathBuf::from).chain([own]);
    let mut files = Vec::new();
    for folder in folders {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        // A target need have no inputs of its own.
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.map_err(|error| error.to_string())?.path();
            if path.is_file() {
                let bytes =
                    fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
                files.push((path, bytes));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Reads every input of the corpus as it is; returns how many.
///
/// # Errors
/// The first that panics or breaks a limit.
pub fn replay(target: &Target) -> Result<usize> {
    let files = corpus(target)?;
    let made = (target.seeds)().into_iter();
    let made = made.map(|bytes| (PathBuf::from("an input that is made"), bytes));
    let mut count = 0;
    for (path, bytes) in files.into_iter().chain(made) {
        let (outcome, cost) = read(target, &bytes);
        let flaw = match outcome {
            Err(panic) => Some(panic),
            Ok(_) => (cost.time > watch::TIME).then(|| format!("it took {:?}", cost.time)),
        };
        if let Some(flaw) = flaw {
            return Err(format!("{}: {}: {flaw}", target.name, path.display()));
        }
        count += 1;
    }
    Ok(count)
}

/// What comes of an input: its outcome, or the panic.
fn read(target: &Target, bytes: &[u8]) -> (std::result::Result<String, String>, Cost) {
    watched(target.name, bytes, || {
        let outcome = catch_unwind(AssertUnwindSafe(|| (target.read)(bytes)));
        outcome.map_err(|panic| {
            let said = PANIC.lock().map(|place| place.clone()).unwrap_or_default();
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or(panic.downcast_ref::<&str>().copied());
            if said.is_empty() {
                text.unwrap_or("a panic").to_owned()
            } else {
                said
            }
        })
    })
}

/// Gives a target new inputs for some time.
///
/// # Errors
/// When its corpus cannot be read.
pub fn run(target: &Target, time: Duration, seed: u64) -> Result<Ran> {
    let mut random = Random::new(seed);
    let mut inputs: Vec<Vec<u8>> = corpus(target)?
        .into_iter()
        .map(|(_, bytes)| bytes)
        .collect();
    inputs.extend((target.seeds)());
    inputs.push(Vec::new());
    quiet();
    let (mut ran, mut outcomes, mut panics) = (Ran::default(), BTreeSet::new(), BTreeSet::new());
    let known = inputs.len();
    let began = Instant::now();
    let mut next = 0;
    while next < known || began.elapsed() < time {
        let bytes = match inputs.get(next) {
            Some(bytes) if next < known => bytes.clone(),
            _ => {
                let mut bytes = mutated(&mut random, &inputs, target.words, target.longest);
                // Now and then what a checksum would refuse, too.
                if random.below(16) > 0 {
                    (target.seal)(&mut bytes);
                }
                bytes
            }
        };
        let (outcome, cost) = read(target, &bytes);
        ran.count(cost);
        match outcome {
            Ok(outcome) => {
                if outcomes.insert(essence(&outcome)) && next >= known {
                    if bytes.len() <= SMALL {
                        ran.new.push(bytes.clone());
                    }
                    inputs.push(bytes);
                }
            }
            Err(panic) => {
                if panics.insert(essence(&panic)) {
                    let saved = watch::save(target.name, &bytes);
                    ran.panics.push(format!("{panic}: {saved}"));
                }
            }
        }
        next += 1;
    }
    ran.outcomes = outcomes.len();
    Ok(ran)
}

/// Adds inputs to the committed ones; returns how many.
///
/// # Errors
/// When they cannot be written.
pub fn keep(target: &Target, inputs: &[Vec<u8>]) -> Result<usize> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target.name);
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    for bytes in inputs {
        let path = folder.join(format!("{:08x}", crc32fast::hash(bytes)));
        fs::write(path, bytes).map_err(|error| error.to_string())?;
    }
    Ok(inputs.len())
}

/// What was said, each line once and without its numbers: which records it were, and how many, makes no
/// other outcome.
fn essence(outcome: &str) -> String {
    let lines: BTreeSet<String> = outcome.lines().map(without_numbers).collect();
    lines.into_iter().collect::<Vec<_>>().join("\n")
}

/// The sentence with each number as one sign, hexadecimal ones (`0x3FA`) too.
fn without_numbers(outcome: &str) -> String {
    let mut text = String::with_capacity(outcome.len());
    let mut signs = outcome.chars().peekable();
    while let Some(sign) = signs.next() {
        if !sign.is_ascii_digit() {
            text.push(sign);
            continue;
        }
        let hexadecimal = sign == '0' && signs.next_if_eq(&'x').is_some();
        let goes_on =
            |next: &char| next.is_ascii_digit() || hexadecimal && next.is_ascii_hexdigit();
        while signs.next_if(goes_on).is_some() {}
        text.push('#');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_in_its_numbers_and_in_how_often_it_is_said_is_one_outcome() {
        let one = essence("Bad code 0x3FA2 at 17, of 0 or 1.\nRecord 3.\nRecord 4.");
        assert_eq!(one, "Bad code # at #, of # or #.\nRecord #.");
        assert_eq!(one, essence("Record 7.\nBad code 0xB at 9, of 3 or 100."));
        assert_ne!(one, essence("Bad code 0xB at 9, of 3 or 100."));
    }
}
