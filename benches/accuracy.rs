//! `cargo xtask bench accuracy`: how well a few lessons per label name photos never seen.

#[path = "../tests/files/mod.rs"]
mod files;

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, process, thread};

use keepsake::backbone::cpu::CpuBackbone;
use keepsake::backbone::cpu::reference::Reference;
use keepsake::backbone::{Input, Outputs};
use keepsake::head::{Feature, Head, Prior};
use keepsake::labels::LabelId;
use keepsake::photo::{self, Limits, PREPROCESSING};
use sha2::{Digest, Sha256};

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
  --weights KIND    shipped: what the page loads (the default); f32: the same network unquantised, in
                    plain f32, slower
  --fresh           compute all features anew instead of keeping them between runs";

/// Ends with a sentence for the person who called.
fn stop(message: impl std::fmt::Display) -> ! {
    eprintln!("{message}\n\n{HELP}");
    process::exit(2)
}

/// What the command line asks for.
struct Options {
    photos: PathBuf,
    shots: Vec<usize>,
    seeds: u64,
    json: Option<PathBuf>,
    f32: bool,
    fresh: bool,
}

impl Options {
    fn read() -> Self {
        let mut options = Self {
            photos: PathBuf::new(),
            shots: vec![1, 5, 20],
            seeds: 5,
            json: None,
            f32: false,
            fresh: false,
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

/// One kind of thing: its photos to learn from and to be asked about.
struct Label<T> {
    name: String,
    train: Vec<T>,
    validation: Vec<T>,
}

fn main() {
    let options = Options::read();
    let labels = features(&collection(&options.photos), &options);
    let chance = 100.0 / labels.len() as f64;
    println!(
        "{} labels; guessing would be right in {chance:.1} %",
        labels.len()
    );
    println!("shots  accuracy %    std  confidence %");
    let mut json = serde_json::Map::new();
    for &shots in &options.shots {
        let draws: Vec<Score> = (0..options.seeds)
            .map(|seed| draw(&labels, shots, seed))
            .collect();
        let (mean, std) = mean_and_deviation(draws.iter().map(|draw| draw.accuracy));
        let (confidence, _) = mean_and_deviation(draws.iter().map(|draw| draw.confidence));
        println!("{shots:5}  {mean:10.2}  {std:5.2}  {confidence:12.2}");
        let entry = serde_json::json!({ "mean": mean, "std": std, "n": draws.len() });
        json.insert(shots.to_string(), entry);
    }
    if let Some(path) = options.json {
        let json = serde_json::json!({ "shots": json });
        fs::write(&path, format!("{json}\n"))
            .unwrap_or_else(|error| stop(format!("{}: {error}", path.display())));
    }
}

/// Per cent, label by label averaged.
struct Score {
    accuracy: f64,
    confidence: f64,
}

/// Teaches `shots` photos of each label, drawn by `seed`, and asks about the validation photos.
fn draw(labels: &[Label<Arc<Feature>>], shots: usize, seed: u64) -> Score {
    let mut head = Head::new();
    let mut random = Random::new(seed);
    for (label, id) in labels.iter().zip(0..) {
        let mut order: Vec<&Arc<Feature>> = label.train.iter().collect();
        for place in (1..order.len()).rev() {
            order.swap(place, random.below(place + 1));
        }
        for feature in order.into_iter().take(shots) {
            head.insert(head.len() as u64, feature.clone(), LabelId(id));
        }
    }
    let classifier = head.solve();
    let (mut accuracy, mut confidence) = (0.0, 0.0);
    for (place, label) in labels.iter().enumerate() {
        let probabilities = classifier.predict_many(&label.validation);
        let share = 100.0 / (label.validation.len() * labels.len()) as f64;
        for row in probabilities.chunks_exact(labels.len()) {
            let best =
                (0..row.len()).fold(0, |best, at| if row[at] > row[best] { at } else { best });
            accuracy += if best == place { share } else { 0.0 };
            confidence += share * f64::from(row[best]);
        }
    }
    Score {
        accuracy,
        confidence,
    }
}

/// Mean and (sample) standard deviation; 0 for a single value.
fn mean_and_deviation(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let count = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / count;
    let squares: f64 = values.map(|value| (value - mean) * (value - mean)).sum();
    (mean, (squares / (count - 1.0).max(1.0)).sqrt())
}

/// SplitMix64: the draws are the same on every machine.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((value ^ (value >> 31)) % end as u64) as usize
    }
}

/// The photo files of each label.
fn collection(folder: &Path) -> Vec<Label<PathBuf>> {
    if !folder.is_dir() {
        stop(format!("{} is no folder.", folder.display()));
    }
    let (train, validation) = (folder.join("train"), folder.join("validation"));
    let labels: Vec<Label<PathBuf>> = if train.is_dir() && validation.is_dir() {
        let mut validation = subfolders(&validation);
        let label = |(name, train)| {
            let validation = validation.remove(&name).unwrap_or_default();
            Label {
                name,
                train,
                validation,
            }
        };
        subfolders(&train).into_iter().map(label).collect()
    } else {
        let label = |(name, files): (String, Vec<PathBuf>)| {
            let half = |first: usize| files.iter().skip(first).step_by(2).cloned().collect();
            Label {
                train: half(0),
                validation: half(1),
                name,
            }
        };
        subfolders(folder).into_iter().map(label).collect()
    };
    if labels.len() < 2 {
        stop(format!(
            "{} holds fewer than two labels (folders of photos).",
            folder.display()
        ));
    }
    labels
}

/// The files of each folder in a folder, in the order of their names.
fn subfolders(folder: &Path) -> BTreeMap<String, Vec<PathBuf>> {
    let entries = |folder: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder)
            .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
        let mut entries: Vec<PathBuf> =
            entries.unwrap_or_else(|error| stop(format!("{}: {error}", folder.display())));
        entries.sort();
        entries
    };
    let folders = entries(folder).into_iter().filter(|path| path.is_dir());
    let named = folders.map(|path| {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let files = entries(&path)
            .into_iter()
            .filter(|path| path.is_file())
            .collect();
        (name, files)
    });
    named.collect()
}

/// What turns inputs into outputs.
enum Network {
    Shipped(Box<CpuBackbone>),
    F32(Box<Reference>),
}

impl Network {
    fn open(f32: bool) -> Self {
        if f32 {
            return Self::F32(Box::new(Reference::new(files::float_weights())));
        }
        match CpuBackbone::new(&files::shipped_weights()) {
            Ok(backbone) => Self::Shipped(Box::new(backbone)),
            Err(error) => stop(error),
        }
    }

    fn run(&mut self, input: &Input) -> keepsake::Result<Outputs> {
        match self {
            Self::Shipped(backbone) => backbone.run(input),
            Self::F32(reference) => reference.run(input),
        }
    }
}

/// The features of all photos. A photo that cannot be read is named and left out.
fn features(labels: &[Label<PathBuf>], options: &Options) -> Vec<Label<Arc<Feature>>> {
    let paths: Vec<&PathBuf> = labels
        .iter()
        .flat_map(|label| label.train.iter().chain(&label.validation))
        .collect();
    let cache = Cache::open(options);
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        let mut network = None;
        let mut found = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = paths.get(at) else {
                return found;
            };
            match cache.feature(path, &mut network, options.f32) {
                Ok(feature) => found.push((at, Arc::new(feature))),
                Err(reason) => eprintln!("\r{}: {reason}", path.display()),
            }
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, paths.len());
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut features: BTreeMap<usize, Arc<Feature>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let joined = workers.into_iter().map(|worker| worker.join());
        joined
            .flat_map(|found| found.unwrap_or_else(|_| stop("A worker failed.")))
            .collect()
    });
    let mut places = 0..;
    let mut take = |photos: usize| -> Vec<Arc<Feature>> {
        places
            .by_ref()
            .take(photos)
            .filter_map(|place| features.remove(&place))
            .collect()
    };
    let label = |label: &Label<PathBuf>| {
        let (train, validation) = (take(label.train.len()), take(label.validation.len()));
        if train.is_empty() || validation.is_empty() {
            stop(format!(
                "The label {} needs photos to learn from and photos to be asked about.",
                label.name
            ));
        }
        Label {
            name: label.name.clone(),
            train,
            validation,
        }
    };
    labels.iter().map(label).collect()
}

/// Shows how far it is: a line that counts up on a terminal, elsewhere one line per hundred.
fn progress(done: usize, all: usize) {
    let terminal = std::io::stderr().is_terminal();
    if terminal {
        eprint!("\rfeatures {done}/{all}");
    }
    if done == all || (done.is_multiple_of(100) && !terminal) {
        eprintln!(
            "{}",
            if terminal {
                String::new()
            } else {
                format!("features {done}/{all}")
            }
        );
    }
}

/// Features kept between runs, by the content of everything they follow from.
struct Cache {
    folder: PathBuf,
    /// Hash of the network's weights, the preprocessing and the prior.
    origin: Sha256,
    fresh: bool,
    prior: &'static Prior,
}

impl Cache {
    fn open(options: &Options) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("features");
        fs::create_dir_all(&folder)
            .unwrap_or_else(|error| stop(format!("{}: {error}", folder.display())));
        let prior = Prior::embedded();
        let origin = Sha256::new()
            .chain_update([u8::from(options.f32)])
            .chain_update(files::shipped_weights().hash())
            .chain_update(PREPROCESSING)
            .chain_update(prior.to_bytes());
        Self {
            folder,
            origin,
            fresh: options.fresh,
            prior,
        }
    }

    /// The feature of a photo: as kept, or computed and kept.
    fn feature(
        &self,
        path: &Path,
        network: &mut Option<Network>,
        f32: bool,
    ) -> Result<Feature, String> {
        let bytes = fs::read(path).map_err(|error| error.to_string())?;
        let key: String = self
            .origin
            .clone()
            .chain_update(&bytes)
            .finalize()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        let kept = self.folder.join(key);
        if let (false, Ok(bytes)) = (self.fresh, fs::read(&kept))
            && let Ok(feature) = Feature::from_bytes(&bytes)
        {
            return Ok(feature);
        }
        let feature = self.compute(&bytes, network.get_or_insert_with(|| Network::open(f32)));
        let feature = feature.map_err(|error| error.to_string())?;
        fs::write(&kept, feature.to_bytes())
            .map_err(|error| format!("{}: {error}", kept.display()))?;
        Ok(feature)
    }

    fn compute(&self, bytes: &[u8], network: &mut Network) -> keepsake::Result<Feature> {
        let picture = photo::decode(bytes, &Limits::default())?;
        let input = photo::to_input(picture.pixels()?, 224);
        Feature::new(&network.run(&input)?, self.prior)
    }
}
