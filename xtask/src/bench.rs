//! `cargo xtask bench`.

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::engines::{self, Programs};
use crate::server::{Server, listen};
use crate::{browser, build, process, site, weights, workspace};

pub const HELP: &str = "
Usage: cargo xtask bench NAME [--json FILE] [OPTIONS]

Builds what is missing, then runs one benchmark: a table on standard output and, if asked, JSON.

Benchmarks:
  backbone   ImageNet accuracy and time of the backbone (--photos DIR)
  scratch    The learner from nothing: what it still knows of labels taught first (--dataset NAME)
  accuracy   Accuracy after 1, 5, 20 … lessons per label (--photos DIR --shots LIST --seeds N)
  bursts     How alike photos of one scene are, and others, and how lessons of one scene count (--photos DIR)
  feature    Time of one photo's feature in the browser, against the machine's peak
  photo      Time from a photo's file to the network's input in the browser (--photos DIR)
  lesson     Time of one lesson in the browser, saved, and 1,000 photos predicted anew
  accept     Time of accepting what is left of a label, in the page, and of a lesson before and after
  again      Time of adding a folder whose photos are here already, in the browser
  many       The page with thousands of photos: import, a tap, scrolling, reload, backup (--photos N)
  train-step Time of one training step of the scratch learner's network in the browser, on the CPU
  new-label  Time of one more label of the scratch learner in the browser, on the CPU
  crash      What is lost when the browser is killed while it teaches (--kills N --browser firefox)
  move       What is lost when the browser is killed while it moves photos into folders (--kills N)
  zip        Memory of the page while it writes gigabytes of photos into a ZIP (--gigabytes N)
  import     Time and memory of adding photos of 12 megapixels, in the page (--photos N)
  peers      Time of one photo's feature beside TensorFlow.js and ONNX Runtime Web, in the browser
  seam       Time of a photo between the processor and the graphics card, in the browser
  size       Compressed size of the code and of the weights
  gpu        Photos per second on this machine's graphics card, by batch (--batch LIST)

`cargo xtask bench NAME --help` tells a benchmark's own options.";

/// How a benchmark runs.
enum Kind {
    /// `benches/NAME.rs`, a bench target of the crate, built with these options of cargo.
    Native(&'static [&'static str]),
    /// `benches/browser/NAME.mjs`, a Node script that drives a browser.
    Browser,
    /// `benches/NAME.mjs`, a Node script over what was built.
    Node,
}

/// The profile of the tests, which is optimised too: burn takes ten minutes for every other one.
const AS_TESTED: &str = "--profile=dev";

const BENCHMARKS: &[(&str, Kind)] = &[
    ("backbone", Kind::Native(&[])),
    ("accuracy", Kind::Native(&[])),
    ("bursts", Kind::Native(&[])),
    ("scratch", Kind::Native(&["--features=burn", AS_TESTED])),
    ("gpu", Kind::Native(&["--features=burn"])),
    ("feature", Kind::Browser),
    ("photo", Kind::Browser),
    ("lesson", Kind::Browser),
    ("accept", Kind::Browser),
    ("again", Kind::Browser),
    ("many", Kind::Browser),
    ("train-step", Kind::Browser),
    ("new-label", Kind::Browser),
    ("crash", Kind::Browser),
    ("move", Kind::Browser),
    ("zip", Kind::Browser),
    ("peers", Kind::Browser),
    ("import", Kind::Browser),
    ("seam", Kind::Browser),
    ("size", Kind::Node),
];

pub fn run(mut arguments: Vec<OsString>) -> Result<()> {
    let names: Vec<_> = BENCHMARKS.iter().map(|(name, _)| *name).collect();
    let names = names.join(", ");
    if arguments.is_empty() {
        bail!("name a benchmark: {names}");
    }
    let name = arguments.remove(0);
    let Some((name, kind)) = BENCHMARKS.iter().find(|(known, _)| name == *known) else {
        bail!("there is no benchmark {name:?}; the benchmarks are {names}");
    };
    match kind {
        Kind::Native(options) => {
            weights::run()?;
            let mut cargo = process::cargo()?;
            cargo.args(["bench", "--package=keepsake", "--bench", name]);
            process::run(cargo.args(*options).arg("--").args(arguments))
        }
        Kind::Browser => {
            build::everything(false, false)?;
            let programs = browser_of(&arguments)?;
            let server = Server::start(listen(0)?, site::test_mounts())?;
            process::run(
                process::node(script("benches/browser", name))
                    .args(arguments)
                    .envs(programs)
                    .env(site::URL_VARIABLE, &server.url),
            )
        }
        Kind::Node => {
            build::everything(false, false)?;
            process::run(process::node(script("benches", name)).args(arguments))
        }
    }
}

/// The browser to measure in: Chromium, or the engine that `--browser NAME` asks for.
fn browser_of(arguments: &[OsString]) -> Result<Programs> {
    let mut words = arguments.iter().map(|word| word.to_string_lossy());
    let mut asked = None;
    while let Some(word) = words.next() {
        match word.strip_prefix("--browser=") {
            Some(name) => asked = Some(name.to_owned()),
            None if word == "--browser" => asked = words.next().map(Cow::into_owned),
            None => {}
        }
    }
    let engine = asked.and_then(|asked| engines::ALL.iter().find(|engine| engine.name == asked));
    match engine {
        Some(engine) => engine.find()?.with_context(|| engine.advice),
        None => Ok(vec![(browser::VARIABLE, browser::find()?)]),
    }
}

fn script(folder: &str, name: &str) -> PathBuf {
    workspace::root().join(folder).join(format!("{name}.mjs"))
}
