//! Small picture files of every format, made by `image`'s encoders.

use image::codecs::{jpeg::JpegEncoder, png::PngEncoder};
use image::{DynamicImage, ImageEncoder, ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

/// A picture in which no two neighbourhoods are alike: a turned or shifted one is another picture.
pub fn picture(width: u32, height: u32) -> DynamicImage {
    let pixel = |x: u32, y: u32| {
        let r = 255 * x / width;
        let g = 255 * y / height;
        Rgb([r as u8, g as u8, ((x * 7) ^ (y * 13)) as u8])
    };
    RgbImage::from_fn(width, height, pixel).into()
}

/// The picture as a file.
pub fn encode(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Every format that we decode.
#[allow(dead_code, reason = "not every test file needs it")]
pub const FORMATS: [ImageFormat; 7] = [
    ImageFormat::Jpeg,
    ImageFormat::Png,
    ImageFormat::WebP,
    ImageFormat::Gif,
    ImageFormat::Bmp,
    ImageFormat::Tiff,
    ImageFormat::Qoi,
];

/// The picture as JPEG or PNG with an EXIF block that says how it lies.
#[allow(dead_code, reason = "not every test file needs it")]
pub fn encode_oriented(picture: &DynamicImage, format: ImageFormat, orientation: u8) -> Vec<u8> {
    // Little-endian TIFF header, one directory of one entry: 0x0112, SHORT, 1 value.
    let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    let mut bytes = Vec::new();
    let (width, height) = (picture.width(), picture.height());
    let (pixels, color) = (picture.as_bytes(), picture.color().into());
    match format {
        ImageFormat::Jpeg => {
            let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 100);
            encoder.set_exif_metadata(exif).unwrap();
            encoder.write_image(pixels, width, height, color).unwrap();
        }
        ImageFormat::Png => {
            let mut encoder = PngEncoder::new(&mut bytes);
            encoder.set_exif_metadata(exif).unwrap();
            encoder.write_image(pixels, width, height, color).unwrap();
        }
        other => panic!("no EXIF written for {other:?}"),
    }
    bytes
}
