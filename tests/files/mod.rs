//! Files that tests and benchmarks of the network read.
// Each program of tests uses what it needs of this.
#![allow(dead_code)]

use keepsake::backbone::Input;
use keepsake::backbone::table::Spec;
use keepsake::backbone::weights::{FloatLayer, FloatWeights, Weights};
use keepsake::photo::{self, Limits};
use safetensors::SafeTensors;
use std::path::{Path, PathBuf};

/// Arrays of one of the reference files.
pub struct Golden(Vec<u8>);

impl Golden {
    /// Opens `tests/reference/NAME.safetensors`.
    pub fn open(name: &str) -> Self {
        Self(read(&format!("tests/reference/{name}.safetensors")))
    }

    /// One array as bytes.
    pub fn bytes(&self, key: &str) -> Vec<u8> {
        let tensors = SafeTensors::deserialize(&self.0).unwrap();
        tensors.tensor(key).unwrap().data().to_vec()
    }

    /// The dimensions of one array.
    pub fn shape(&self, key: &str) -> Vec<usize> {
        let tensors = SafeTensors::deserialize(&self.0).unwrap();
        tensors.tensor(key).unwrap().shape().to_vec()
    }

    /// One array of f32, flat.
    pub fn floats(&self, key: &str) -> Vec<f32> {
        let values = self.bytes(key);
        values
            .as_chunks()
            .0
            .iter()
            .map(|&bytes| f32::from_le_bytes(bytes))
            .collect()
    }

    /// One array of f32, flat, in double precision.
    pub fn doubles(&self, key: &str) -> Vec<f64> {
        self.floats(key).into_iter().map(f64::from).collect()
    }

    /// One array of counts or places, flat.
    pub fn indices(&self, key: &str) -> Vec<usize> {
        self.integers(key)
            .into_iter()
            .map(|value| usize::try_from(value).unwrap())
            .collect()
    }

    /// One array of int64, flat.
    pub fn integers(&self, key: &str) -> Vec<i64> {
        let values = self.bytes(key);
        values
            .as_chunks()
            .0
            .iter()
            .map(|&bytes| i64::from_le_bytes(bytes))
            .collect()
    }
}

/// Largest absolute difference.
pub fn distance(ours: impl IntoIterator<Item = f64>, golden: &[f64]) -> f64 {
    let ours: Vec<f64> = ours.into_iter().collect();
    assert_eq!(ours.len(), golden.len());
    let pairs = ours.iter().zip(golden);
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// The weights file that the page loads.
pub fn shipped_weights() -> Weights {
    Weights::parse(&read("www/public/weights/lite0.bin")).unwrap()
}

/// The weights before they were reduced to one byte.
pub fn float_weights() -> FloatWeights {
    let file = read("data/lite0-f32.safetensors");
    let tensors = SafeTensors::deserialize(&file).unwrap();
    let floats = |key: String| {
        let values = tensors.tensor(&key).unwrap().data();
        values
            .as_chunks()
            .0
            .iter()
            .map(|&bytes| f32::from_le_bytes(bytes))
            .collect()
    };
    let layers = Spec::lite0()
        .network()
        .layers()
        .map(|layer| FloatLayer {
            kernel: floats(format!("{}.kernel", layer.name)),
            bias: floats(format!("{}.bias", layer.name)),
        })
        .collect();
    FloatWeights::new(Spec::lite0(), layers).unwrap()
}

/// Folder of the photos that come beside the project, or nothing, with a line that says so.
pub fn photos(name: &str) -> Option<PathBuf> {
    let root = std::env::var("KEEPSAKE_PHOTOS").unwrap_or("../shared/photos".to_owned());
    let folder = Path::new(&root).join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!(
        "skipped: no photos in {}; set KEEPSAKE_PHOTOS to where they are",
        folder.display()
    );
    None
}

/// Cosine of the angle between two vectors.
pub fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        a.iter()
            .zip(b)
            .map(|(&a, &b)| f64::from(a) * f64::from(b))
            .sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

fn read(path: &str) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| {
        panic!("{path}: {error}. `cargo xtask weights` makes the files of the network.")
    })
}

/// Names and network inputs of all photos in a folder, in the order of their names.
pub fn inputs(folder: &Path, side: usize) -> Vec<(String, Input)> {
    let entries =
        std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    let input = |path: PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let picture = photo::decode(&std::fs::read(&path).unwrap(), &Limits::default());
        let picture = picture.unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, photo::to_input(picture.pixels().unwrap(), side))
    };
    paths.into_iter().map(input).collect()
}
