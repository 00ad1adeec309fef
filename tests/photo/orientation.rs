//! A phone stores its photos as the sensor saw them and notes in EXIF how to turn them.

use std::path::Path;

use crate::fixtures::{encode, encode_oriented, picture};
use image::{DynamicImage, GenericImageView, ImageFormat, Rgb, RgbImage, metadata::Orientation};
use keepsake::photo::{self, Limits, Picture, to_input};
use sha2::{Digest, Sha256};

fn decode(bytes: &[u8]) -> Picture {
    photo::decode(bytes, &Limits::default()).unwrap()
}

/// EXIF 2.32, tag 0x0112: where the stored first row and first column are meant to be seen.
const SPECIFICATION: [(u8, &str, &str); 8] = [
    (1, "top", "left"),
    (2, "top", "right"),
    (3, "bottom", "right"),
    (4, "bottom", "left"),
    (5, "left", "top"),
    (6, "right", "top"),
    (7, "right", "bottom"),
    (8, "left", "bottom"),
];

#[test]
fn first_row_and_column_are_where_exif_says() {
    // First row red, first column green, the rest blue.
    let stored: DynamicImage = RgbImage::from_fn(16, 16, |x, y| match (x, y) {
        (_, 0) => Rgb([255, 0, 0]),
        (0, _) => Rgb([0, 255, 0]),
        _ => Rgb([0, 0, 255]),
    })
    .into();
    for (orientation, row, column) in SPECIFICATION {
        let upright = decode(&encode_oriented(&stored, ImageFormat::Png, orientation));
        let at = |side| {
            let (x, y) = match side {
                "top" => (8, 0),
                "bottom" => (8, 15),
                "left" => (0, 8),
                _ => (15, 8),
            };
            &upright.rgb[(y * 16 + x) * 3..][..3]
        };
        assert_eq!(at(row), [255, 0, 0], "orientation {orientation}: first row");
        assert_eq!(
            at(column),
            [0, 255, 0],
            "orientation {orientation}: first column"
        );
    }
}

#[test]
fn the_square_is_centred_in_the_upright_photo() {
    // Both sides odd and even: an odd remainder shows on which side the larger margin lies.
    for (width, height) in [(37, 24), (24, 37), (36, 24), (25, 25), (40, 1)] {
        for format in [ImageFormat::Jpeg, ImageFormat::Png] {
            let stored = picture(width, height);
            let plain = image::load_from_memory(&encode_oriented(&stored, format, 1)).unwrap();
            for orientation in 1..=8 {
                let mut upright = plain.clone();
                upright.apply_orientation(Orientation::from_exif(orientation).unwrap());
                let (w, h) = upright.dimensions();
                let side = w.min(h);
                let square = upright.crop_imm((w - side) / 2, (h - side) / 2, side, side);

                let ours = decode(&encode_oriented(&stored, format, orientation));
                assert_eq!((ours.width, ours.height), (w, h));
                assert!(
                    ours.rgb == square.to_rgb8().into_raw(),
                    "{format:?} {width} × {height}, orientation {orientation}"
                );
            }
        }
    }
}

#[test]
fn a_photo_without_or_with_a_senseless_orientation_is_shown_as_it_lies() {
    let stored = picture(30, 20);
    let plain = decode(&encode(&stored, ImageFormat::Png));
    for orientation in [0, 9, 255] {
        assert_eq!(
            decode(&encode_oriented(&stored, ImageFormat::Png, orientation)),
            plain
        );
    }
}

/// The file with another orientation in its EXIF, which is a byte of it.
fn with_orientation(name: &str, orientation: u8) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/formats");
    let mut bytes = std::fs::read(folder.join(format!("turned.{name}"))).unwrap();
    // The tag, SHORT, one value, and the value's higher byte.
    let entry = b"\x01\x12\0\x03\0\0\0\x01\0";
    let start = bytes.windows(entry.len()).position(|it| it == entry);
    bytes[start.unwrap() + entry.len()] = orientation;
    if let Some(start) = bytes.windows(4).position(|it| it == b"eXIf") {
        let length = u32::from_be_bytes(bytes[start - 4..start].try_into().unwrap());
        let end = start + 4 + length as usize;
        let checksum = crc32fast::hash(&bytes[start..end]);
        bytes[end..end + 4].copy_from_slice(&checksum.to_be_bytes());
    }
    bytes
}

/// What every browser must make of them, too: tests/engines/upright.spec.ts.
#[test]
fn all_orientations_give_the_committed_inputs() {
    let mut found = String::new();
    for format in ["png", "webp"] {
        for orientation in 1..=8 {
            let upright = decode(&with_orientation(format, orientation));
            let input = to_input(upright.pixels().unwrap(), 224).rgb;
            let digest: String = Sha256::digest(input)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            found += &format!("{format}-{orientation} {digest}\n");
        }
    }
    assert_eq!(found, include_str!("../reference/formats/upright.txt"));
}
