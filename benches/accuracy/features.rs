//! From photo files to features, on all cores, kept between runs.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, thread};

use keepsake::backbone::cpu::CpuBackbone;
use keepsake::backbone::cpu::reference::Reference;
use keepsake::backbone::{Input, Outputs};
use keepsake::head::{Feature, Prior};
use keepsake::photo::{self, Limits, PREPROCESSING};
use sha2::{Digest, Sha256};

use crate::collection::Label;
use crate::files;
use crate::options::{Options, stop};

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
pub fn features(labels: &[Label<PathBuf>], options: &Options) -> Vec<Label<Arc<Feature>>> {
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
