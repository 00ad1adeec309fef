//! A large JPEG, read at a fraction of its size, is the photo that a whole decoder sees; what is broken
//! or of another kind is left to that.
//!
//! `tests/reference/jpeg/make.py` made the files.

#![allow(clippy::unwrap_used, missing_docs)]

use crate::files;
use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::files::cosine;
use keepsake::backbone::Input;
use keepsake::backbone::cpu::CpuBackbone;
use keepsake::photo::{self, Channels, Limits, Pixels, decode, resize_square, to_input};
use sha2::{Digest, Sha256};

const SIDE: usize = 224;

fn file(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/jpeg");
    std::fs::read(folder.join(format!("{name}.jpg"))).unwrap()
}

/// The square as the network takes it, by the decoder under test.
fn reduced(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let photo = photo::reduced(&mut bytes, 2 * SIDE, &Limits::default())?;
    Some(photo.square(SIDE))
}

/// The same of the whole picture.
fn whole(bytes: &[u8]) -> Vec<u8> {
    let picture = decode(bytes, &Limits::default()).unwrap();
    to_input(picture.pixels().unwrap(), SIDE).rgb
}

/// Peak signal to noise, in decibels.
fn psnr(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    let squares = a
        .iter()
        .zip(b)
        .map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2));
    10.0 * (255.0 * 255.0 / (squares.sum::<f64>() / a.len() as f64)).log10()
}

#[test]
fn every_kind_looks_as_the_whole_picture_does() {
    for name in [
        "420",
        "422",
        "444",
        "440",
        "411",
        "410",
        "grey",
        "restarts",
        "quality-30",
    ] {
        let bytes = file(name);
        let close = psnr(&reduced(&bytes).unwrap(), &whole(&bytes));
        assert!(close >= 40.0, "{name}: {close:.1} dB");
    }
}

#[test]
fn all_orientations_are_turned_upright() {
    let mut bytes = file("turned");
    // The entry of the orientation: its tag, a 16-bit number, one of them, the value.
    let entry = b"\x12\x01\x03\0\x01\0\0\0\x06";
    let big = b"\x01\x12\0\x03\0\0\0\x01\0\x06";
    let find = |pattern: &[u8]| bytes.windows(pattern.len()).position(|w| w == pattern);
    let at = find(entry)
        .map(|at| at + 8)
        .or(find(big).map(|at| at + 9))
        .unwrap();
    for orientation in 1..=8 {
        bytes[at] = orientation;
        let close = psnr(&reduced(&bytes).unwrap(), &whole(&bytes));
        assert!(close >= 40.0, "{orientation}: {close:.1} dB");
        let (width, height, square) = draft(&bytes, 600).unwrap();
        let close = psnr(&square, &small(&bytes));
        assert!(close >= 30.0, "{orientation}, at a draft: {close:.1} dB");
        let upright = if orientation > 4 {
            (456, 515)
        } else {
            (515, 456)
        };
        assert_eq!((width, height), upright);
        let photo = photo::reduced(&mut &bytes[..], 2 * SIDE, &Limits::default()).unwrap();
        let upright = if orientation > 4 {
            (913, 1031)
        } else {
            (1031, 913)
        };
        assert_eq!((photo.width, photo.height), upright);
    }
}

/// The whole photo at a fraction of its size, of which the square is what the network would take.
fn draft(mut bytes: &[u8], width: u32) -> Option<(usize, usize, Vec<u8>)> {
    let draft = photo::draft(&mut bytes, width, &Limits::default())?;
    let (width, height) = (draft.width, draft.height);
    // In two parts, as whoever draws it asks for it.
    let rgba = [draft.rows(0..10), draft.rows(10..height)].concat();
    let pixels = Pixels::new(width as u32, height as u32, Channels::Rgba, &rgba).unwrap();
    Some((width, height, resize_square(pixels, SIDE / 2)))
}

/// The same of the whole picture, made as small.
fn small(bytes: &[u8]) -> Vec<u8> {
    let picture = decode(bytes, &Limits::default()).unwrap();
    resize_square(picture.pixels().unwrap(), SIDE / 2)
}

#[test]
fn at_a_draft_every_kind_looks_as_the_whole_picture_does() {
    for name in [
        "420",
        "422",
        "444",
        "440",
        "411",
        "410",
        "grey",
        "restarts",
        "quality-30",
    ] {
        let bytes = file(name);
        // The nearest value of every plane: colours that are stored four times as wide show it most,
        // at 26.6 dB; the others have 29.7 at least.
        let least = if name.starts_with("41") { 25.0 } else { 29.0 };
        for (width, size) in [
            (128, (128, 114)),
            (129, (257, 228)),
            (257, (257, 228)),
            (2000, (515, 456)),
        ] {
            let (across, down, square) = draft(&bytes, width).unwrap();
            assert_eq!((across, down), size, "{name}");
            let close = psnr(&square, &small(&bytes));
            println!("{name} {width}: {close:.1} dB");
            assert!(close >= least, "{name}, {width}: {close:.1} dB");
        }
    }
    let wide = draft(&file("display-p3"), 2000).unwrap().2;
    let close = psnr(&wide, &small(&file("420")));
    println!("display-p3: {close:.1} dB");
    assert!(close >= 30.0, "{close:.1} dB");
}

#[test]
fn what_is_no_whole_jpeg_of_that_kind_has_no_draft() {
    assert!(draft(&file("progressive"), 100).is_none());
    assert!(draft(&file("cmyk"), 100).is_none());
    let bytes = file("420");
    assert!(draft(&bytes[..bytes.len() - 2], 100).is_none());
}

#[test]
fn display_p3_is_turned_into_srgb() {
    let close = psnr(&reduced(&file("display-p3")).unwrap(), &whole(&file("420")));
    assert!(close >= 38.0, "{close:.1} dB");
    // It would show if the profile were passed over.
    let ignored = psnr(&whole(&file("display-p3")), &whole(&file("420")));
    assert!(ignored < 36.0, "{ignored:.1} dB");
}

#[test]
fn what_is_not_for_it_is_left() {
    assert!(reduced(&file("progressive")).is_none());
    assert!(reduced(&file("cmyk")).is_none());
    assert!(reduced(b"").is_none());
    assert!(reduced(b"\xff\xd8").is_none());
    assert!(reduced(b"\x89PNG\r\n\x1a\n").is_none());
    // Small enough to be read whole, or too large for anything.
    let bytes = file("420");
    assert!(photo::reduced(&mut &bytes[..], 457, &Limits::default()).is_none());
    let limits = Limits {
        pixels: 900_000,
        ..Limits::default()
    };
    assert!(photo::reduced(&mut &bytes[..], 448, &limits).is_none());
}

#[test]
fn a_profile_of_another_kind_is_left() {
    let mut bytes = file("display-p3");
    let at = bytes.windows(8).position(|w| w == b"RGB XYZ ").unwrap();
    bytes[at..at + 4].copy_from_slice(b"CMYK");
    assert!(reduced(&bytes).is_none());
}

#[test]
fn wherever_it_is_cut_off_it_is_left() {
    for name in ["420", "restarts", "grey"] {
        let bytes = file(name);
        for end in (0..bytes.len())
            .step_by(1009)
            .chain([bytes.len() - 1, bytes.len() - 2])
        {
            assert!(reduced(&bytes[..end]).is_none(), "{name} after {end} bytes");
        }
    }
}

#[test]
fn damage_never_panics_and_takes_no_time() {
    let mut random = 1u64;
    let mut next = |below: usize| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (random >> 33) as usize % below
    };
    for name in [
        "420",
        "444",
        "411",
        "restarts",
        "grey",
        "display-p3",
        "turned",
    ] {
        let bytes = file(name);
        for _ in 0..60 {
            let mut damaged = bytes.clone();
            // Half of the time in what stands before the data.
            let within = if next(2) == 0 { 700 } else { bytes.len() };
            for _ in 0..=next(4) {
                let at = next(within);
                damaged[at] = match next(3) {
                    0 => 0xff,
                    1 => damaged[at] ^ 1 << next(8),
                    _ => next(256) as u8,
                };
            }
            let start = Instant::now();
            let _ = reduced(&damaged);
            assert!(start.elapsed() < Duration::from_secs(2));
        }
    }
}

#[test]
fn tables_by_the_thousand_are_not_made() {
    let bytes = file("420");
    let table = bytes.windows(2).position(|w| w == b"\xff\xc4").unwrap();
    let length = usize::from(u16::from_be_bytes([bytes[table + 2], bytes[table + 3]]));
    let segment = &bytes[table..table + 2 + length];
    let many = [&bytes[..2], &segment.repeat(50_000)[..], &bytes[2..]].concat();
    let start = Instant::now();
    assert_eq!(reduced(&many), reduced(&bytes));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn the_pieces_of_a_file_do_not_matter() {
    struct Bytewise<'a>(&'a [u8]);
    impl Read for Bytewise<'_> {
        fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
            let end = to.len().min(1);
            self.0.read(&mut to[..end])
        }
    }
    let bytes = file("restarts");
    let photo = photo::reduced(&mut Bytewise(&bytes), 2 * SIDE, &Limits::default()).unwrap();
    assert_eq!(Some(photo.square(SIDE)), reduced(&bytes));
}

/// The browser tests check the same file in WebAssembly.
#[test]
fn the_bits_are_those_that_are_committed() {
    let committed = include_str!("../reference/jpeg/digests.txt");
    let lines = committed.lines().filter(|line| !line.starts_with('#'));
    for line in lines {
        let (name, digest) = line.split_once(' ').unwrap();
        let found: String = Sha256::digest(reduced(&file(name)).unwrap())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(format!("{name} {found}"), format!("{name} {digest}"));
    }
}

#[test]
fn the_network_sees_the_same() {
    let mut network = CpuBackbone::new(&files::shipped_weights()).unwrap();
    let mut features = |rgb| network.run(&Input { rgb, side: SIDE }).unwrap().features;
    for name in ["420", "444", "411", "quality-30", "turned"] {
        let bytes = file(name);
        let close = cosine(
            &features(reduced(&bytes).unwrap()),
            &features(whole(&bytes)),
        );
        assert!(close >= 0.99, "{name}: {close:.4}");
    }
}
