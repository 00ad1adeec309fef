//! A picture becomes what the article's OpenCV makes of it, to the bit.

use crate::files::{Golden, distance};
use keepsake::photo::{Channels, Pixels};
use keepsake::scratch::preprocess::sketch;

#[test]
fn sketches_are_opencv_s() {
    let golden = Golden::open("preprocess");
    for name in ["chelsea", "coffee", "rocket"] {
        let picture = image::open(format!("tests/reference/images/{name}.png"))
            .unwrap()
            .to_rgb8();
        let (width, height) = picture.dimensions();
        let size = [i64::from(width), i64::from(height)];
        assert_eq!(golden.integers(&format!("{name}.size_width_height")), size);
        let pixels = Pixels::new(width, height, Channels::Rgb, picture.as_raw()).unwrap();
        let found = sketch(pixels, 28);
        let grey: Vec<i64> = found
            .values
            .iter()
            .map(|value| (value * 255.0).round() as i64)
            .collect();
        assert_eq!(grey, golden.integers(&format!("{name}.gray")), "{name}");
        let values = found.values.iter().map(|&value| f64::from(value));
        let off = distance(values, &golden.doubles(&format!("{name}.input")));
        assert!(off <= 1e-6, "{name} is off by {off}");
    }
}

#[test]
fn one_pixel_fills_the_sketch() {
    for (pixel, grey) in [([0, 0, 0, 9], 0.0), ([255, 255, 255, 9], 1.0)] {
        let pixels = Pixels::new(1, 1, Channels::Rgba, &pixel).unwrap();
        assert_eq!(sketch(pixels, 28).values, vec![grey; 784]);
    }
}
