//! The command line.

use std::path::PathBuf;
use std::{env, process};

const HELP: &str = "Usage: cargo xtask bench accuracy --photos DIR [OPTIONS]

Balanced accuracy, in per cent, on photos never seen: the mean over the labels of how often their
photos are named right. For each seed and number of shots, that many photos of each label are drawn
and taught once, label by label. The table also shows the mean stated confidence: it should be close
to the accuracy.

  --photos DIR      DIR/train/LABEL and DIR/validation/LABEL, or DIR/LABEL: then every other photo
                    of a label is kept for validation
  --shots LIST      lessons per label (1,5,20); a label with fewer photos gives what it has
  --seeds N         how many draws (5)
  --json FILE       write {\"shots\": {\"5\": {\"mean\", \"std\", \"n\"}}}; std is over the n draws
                    (and \"accepted\", the mean with --accept)
  --weights KIND    shipped: what the page loads (the default); f32: the same network unquantised, in
                    plain f32, slower
  --accept          also with what a person would accept, photos of the rest that the learner is sure of
                    and right about; and what they would bring as lessons
  --fresh           compute all features anew instead of keeping them between runs";

/// Ends with a sentence for the person who called.
pub fn stop(message: impl std::fmt::Display) -> ! {
    eprintln!("{message}\n\n{HELP}");
    process::exit(2)
}

/// What the command line asks for.
pub struct Options {
    pub photos: PathBuf,
    pub shots: Vec<usize>,
    pub seeds: u64,
    pub json: Option<PathBuf>,
    pub f32: bool,
    pub fresh: bool,
    pub accept: bool,
}

impl Options {
    pub fn read() -> Self {
        let mut options = Self {
            photos: PathBuf::new(),
            shots: vec![1, 5, 20],
            seeds: 5,
            json: None,
            f32: false,
            fresh: false,
            accept: false,
        };
        let mut words = env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || {
                words
                    .next()
                    .unwrap_or_else(|| stop(format!("{word} needs a value.")))
            };
            match word.as_str() {
                "--photos" => options.photos = value().into(),
                "--shots" => {
                    options.shots = value().split(',').map(|n| positive(n, "--shots")).collect()
                }
                "--seeds" => options.seeds = positive(&value(), "--seeds") as u64,
                "--json" => options.json = Some(value().into()),
                "--weights" => {
                    options.f32 = match value().as_str() {
                        "shipped" => false,
                        "f32" => true,
                        other => stop(format!("There are no {other} weights: shipped or f32.")),
                    }
                }
                "--fresh" => options.fresh = true,
                "--accept" => options.accept = true,
                "--bench" => (), // what cargo itself adds
                "--help" => {
                    println!("{HELP}");
                    process::exit(0);
                }
                _ => stop(format!("There is no option {word}.")),
            }
        }
        if options.photos.as_os_str().is_empty() {
            stop("--photos is missing.");
        }
        options
    }
}

fn positive(text: &str, option: &str) -> usize {
    match text.trim().parse() {
        Ok(number) if number > 0 => number,
        _ => stop(format!("{option} takes numbers from 1 on, not “{text}”.")),
    }
}
