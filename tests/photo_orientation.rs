//! A phone stores its photos as the sensor saw them and notes in EXIF how to turn them.

mod photo_fixtures;

use image::{DynamicImage, GenericImageView, ImageFormat, Rgb, RgbImage, metadata::Orientation};
use keepsake::photo::{self, Limits, Picture};
use photo_fixtures::{encode, encode_oriented, picture};

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
