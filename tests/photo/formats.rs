//! The corners of each format (palettes, progressive scans, alpha, animations, 16 bits) decoded by
//! us and by Pillow. `tests/reference/formats/make.py` made the files.

use keepsake::photo::{self, Limits};
use safetensors::SafeTensors;

/// Largest mean and single difference. Lossless files must be equal; JPEG decoders may round
/// otherwise, and interpolate chroma otherwise where it is subsampled.
fn tolerance(name: &str) -> (f64, u8) {
    match name {
        "progressive.jpg" | "restarts.jpg" => (0.6, 5),
        "jpeg.tif" => (0.05, 2),
        _ if name.ends_with("jpg") => (0.05, 2),
        _ => (0.0, 0),
    }
}

#[test]
fn every_corner_is_read_as_pillow_reads_it() {
    let folder = "tests/reference/formats";
    let squares = std::fs::read(format!("{folder}/squares.safetensors")).unwrap();
    let squares = SafeTensors::deserialize(&squares).unwrap();
    let mut failed = Vec::new();
    for (name, square) in squares.iter() {
        let bytes = std::fs::read(format!("{folder}/{name}")).unwrap();
        let picture = match photo::decode(&bytes, &Limits::default()) {
            Ok(picture) => picture,
            Err(error) if name.ends_with(".avif") => {
                assert_eq!(error.code(), "photo/unsupported");
                continue;
            }
            Err(error) => {
                failed.push(format!("{name}: {error}"));
                continue;
            }
        };
        let upright = if name.starts_with("turned") {
            (21, 33)
        } else {
            (33, 21)
        };
        assert_eq!((picture.width, picture.height), upright, "{name}");
        let differences = || {
            picture
                .rgb
                .iter()
                .zip(square.data())
                .map(|(a, b)| a.abs_diff(*b))
        };
        let mean = differences().map(f64::from).sum::<f64>() / picture.rgb.len() as f64;
        let largest = differences().max().unwrap();
        let (most_mean, most_largest) = tolerance(name);
        if mean > most_mean || largest > most_largest {
            failed.push(format!(
                "{name}: mean difference {mean:.2}, largest {largest}"
            ));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
