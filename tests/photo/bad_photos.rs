//! People drop whole folders: whatever is in a file, it is refused with a reason, in little memory
//! and without a panic.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::LazyLock;

use crate::fixtures::{FORMATS, encode, picture};
use image::{DynamicImage, ImageFormat};
use keepsake::photo::{self, Limits};
use proptest::prelude::*;

/// Counts what this thread holds, so that "refused before allocation" can be measured.
struct Counting;

thread_local! {
    static HELD: Cell<usize> = const { Cell::new(0) };
    static MOST: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: hands every call on to the system's allocator unchanged; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.set(HELD.get() + layout.size());
        MOST.set(MOST.get().max(HELD.get()));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.set(HELD.get().saturating_sub(layout.size()));
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// The result and the most memory held on the way, in bytes.
fn measured<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.get();
    MOST.set(before);
    let result = work();
    (result, MOST.get() - before)
}

fn refusal(bytes: &[u8]) -> (&'static str, String) {
    let error = photo::decode(bytes, &Limits::default()).expect_err("a bad photo was accepted");
    (error.code(), error.to_string())
}

#[test]
fn each_kind_of_bad_file_has_its_sentence() {
    assert_eq!(refusal(b""), ("photo/empty", "This file is empty.".into()));
    assert_eq!(
        refusal(b"a text that somebody named holiday.jpg").0,
        "photo/not-an-image"
    );
    let (code, sentence) = refusal(b"%PDF-1.4 ...");
    assert_eq!(code, "photo/not-an-image");
    assert!(
        sentence.starts_with("This is a PDF document, not a photo."),
        "{sentence}"
    );
    let (code, sentence) = refusal(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    assert_eq!(code, "photo/unsupported");
    assert_eq!(
        sentence,
        "This HEIC picture cannot be opened here. Save it as JPEG and add it again."
    );
    let (code, sentence) = refusal(b"\0\0\0\x1cftypavif\0\0\0\0avifmif1");
    assert_eq!(code, "photo/unsupported");
    assert!(sentence.starts_with("This AVIF picture"), "{sentence}");
}

/// Every beginning of a file is either refused, or nothing of its picture is missing.
#[test]
fn a_file_that_is_cut_off_is_refused_or_holds_the_whole_picture() {
    let small = picture(33, 21);
    for format in FORMATS {
        let whole = encode(&small, format);
        let seen = photo::decode(&whole, &Limits::default()).unwrap();
        let kind = photo::sniff(&whole).unwrap().format;
        assert!(photo::is_whole(kind, &whole), "{format:?}");
        let mut refused = 0;
        for cut in 1..whole.len() {
            match photo::decode(&whole[..cut], &Limits::default()) {
                Ok(part) => assert!(part == seen, "{format:?} cut at {cut}: another picture"),
                Err(_) => refused += 1,
            }
            // A browser may say nothing, so what is called whole must be: whatever stands where the
            // missing end was, the picture is the same.
            if kind.in_every_browser() && photo::is_whole(kind, &whole[..cut]) {
                let other_end = [&whole[..cut], &vec![0; whole.len() - cut]].concat();
                let part = photo::decode(&other_end, &Limits::default());
                assert!(
                    part.is_ok_and(|part| part == seen),
                    "{format:?} cut at {cut}"
                );
            }
        }
        assert!(refused * 10 > whole.len() * 8, "{format:?}: {refused}");
    }
}

#[test]
fn what_follows_after_a_picture_does_no_harm_and_an_end_that_holds_nothing_may_be_missing() {
    let small = picture(33, 21);
    for format in FORMATS {
        let whole = encode(&small, format);
        let seen = photo::decode(&whole, &Limits::default()).unwrap();
        let longer = [
            whole.as_slice(),
            b"and a video of it, ANMFVP8 \xff\xff\xff\xff",
        ]
        .concat();
        let again = photo::decode(&longer, &Limits::default());
        assert!(again.is_ok_and(|again| again == seen), "{format:?}");
    }
    for (format, end) in [(ImageFormat::Png, 4), (ImageFormat::Gif, 1)] {
        let whole = encode(&small, format);
        let seen = photo::decode(&whole, &Limits::default()).unwrap();
        let shorter = photo::decode(&whole[..whole.len() - end], &Limits::default());
        assert!(shorter.is_ok_and(|part| part == seen), "{format:?}");
    }
}

#[test]
fn a_file_over_the_limit_is_refused_by_its_length() {
    let limits = Limits {
        bytes: 1_000_000,
        ..Limits::default()
    };
    let error = photo::decode(&vec![0xff; 1_000_001], &limits).unwrap_err();
    assert_eq!(error.code(), "photo/too-many-bytes");
    assert_eq!(error.to_string(), "This file has 2 MB; the limit is 1 MB.");
}

/// Headers that claim far more pixels than there are bytes.
fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    let be = |n: u32| n.to_be_bytes();
    let le = |n: u32| n.to_le_bytes();
    let png = [
        b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".as_slice(),
        &be(60_000),
        &be(60_000),
        b"\x08\x06\0\0\0",
    ]
    .concat();
    let crc = crc32fast::hash(&png[12..]);
    let png = [png, be(crc).to_vec(), b"\0\0\0\x10IDATx\x9c".to_vec()].concat();
    let jpeg = b"\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\
        \xff\xda\0\x0c\x03\x01\0\x02\x11\x03\x11\0\x3f\0\xff\xd9";
    let gif = b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\x02\x4c\x01\0;";
    let bmp = [
        b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".as_slice(),
        &le(60_000),
        &le(60_000),
        b"\x01\0\x18\0",
        &[0; 24],
    ]
    .concat();
    let webp = b"RIFF\xff\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff".to_vec();
    let qoi = [b"qoif".as_slice(), &be(60_000), &be(60_000), b"\x03\0"].concat();
    let entry =
        |tag: u16, value: u32| [&tag.to_le_bytes()[..], b"\x04\0\x01\0\0\0", &le(value)].concat();
    let tiff = [
        b"II*\0\x08\0\0\0\x02\0".to_vec(),
        entry(256, 60_000),
        entry(257, 60_000),
        vec![0; 4],
    ]
    .concat();
    vec![
        ("PNG", png),
        ("JPEG", jpeg.to_vec()),
        ("GIF", gif.to_vec()),
        ("BMP", bmp),
        ("WebP", webp),
        ("QOI", qoi),
        ("TIFF", tiff),
    ]
}

#[test]
fn a_header_s_claim_is_refused_before_anything_is_allocated() {
    for (name, bytes) in bombs() {
        let (refused, memory) = measured(|| refusal(&bytes));
        assert_eq!(refused.0, "photo/too-many-pixels", "{name}: {}", refused.1);
        assert!(memory < 10_000, "{name}: {memory} bytes allocated");
    }
}

#[test]
fn a_cut_off_photo_is_damaged_wherever_it_is_cut() {
    for format in FORMATS {
        let whole = encode(&picture(61, 40), format);
        assert!(
            photo::decode(&whole, &Limits::default()).is_ok(),
            "{format:?}"
        );
        for cut in (whole.len() / 10..whole.len() * 9 / 10).step_by(7) {
            let (code, sentence) = refusal(&whole[..cut]);
            assert_eq!(
                code, "photo/damaged",
                "{format:?} after {cut} bytes: {sentence}"
            );
        }
    }
    // Nothing but its end is missing: a decoder would fill in grey and keep silent.
    let jpeg = encode(&picture(61, 40), ImageFormat::Jpeg);
    assert_eq!(refusal(&jpeg[..jpeg.len() - 2]).0, "photo/damaged");
}

/// What [`Limits::memory`] promises, on every format and colour type that an encoder writes.
#[test]
fn memory_stays_within_its_limit() {
    let rgb = picture(700, 500);
    let colors: [DynamicImage; 5] = [
        rgb.to_luma8().into(),
        rgb.to_rgba8().into(),
        rgb.to_rgb16().into(),
        rgb.to_rgba16().into(),
        rgb,
    ];
    // Tables and buffers whose size does not depend on the picture's.
    let fixed = 500_000;
    let mut decoded = 0;
    for format in FORMATS {
        for color in &colors {
            let mut bytes = std::io::Cursor::new(Vec::new());
            if color.write_to(&mut bytes, format).is_err() {
                continue; // The format cannot hold this colour type.
            }
            let bytes = bytes.into_inner();
            for memory in (500_000..8_000_000).step_by(100_000) {
                let limits = Limits {
                    memory,
                    ..Limits::default()
                };
                let (result, most) = measured(|| photo::decode(&bytes, &limits).is_ok());
                decoded += usize::from(result);
                let allowed = memory as usize + fixed;
                let color = color.color();
                assert!(
                    most < allowed,
                    "{format:?} {color:?}: {most} bytes held of {memory}"
                );
            }
        }
    }
    assert!(
        decoded > 500,
        "only {decoded} decoded: the limits say nothing"
    );
}

/// All corners of all formats, so that changed bytes reach all corners of the decoders.
static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let corners = std::fs::read_dir("tests/reference/formats").unwrap();
    let mut corners: Vec<_> = corners.map(|entry| entry.unwrap().path()).collect();
    corners.sort();
    let mut seeds: Vec<_> = corners
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    let small = picture(33, 21);
    let qoi_and_others = FORMATS.map(|format| encode(&small, format));
    let deep = [ImageFormat::Png, ImageFormat::Tiff]
        .map(|format| encode(&small.to_rgba16().into(), format));
    seeds.extend(qoi_and_others.into_iter().chain(deep));
    seeds.extend(bombs().into_iter().map(|(_, bytes)| bytes));
    seeds
});

/// Small enough that a corrupt header cannot make the test slow.
fn small_limits() -> Limits {
    Limits {
        bytes: 1_000_000,
        pixels: 4_000_000,
        memory: 32_000_000,
    }
}

/// Decodes what may be anything; the result must be whole or an error with a photo's code.
fn survives(bytes: &[u8]) -> Result<(), TestCaseError> {
    let (result, memory) = measured(|| photo::decode(bytes, &small_limits()));
    prop_assert!(memory < 40_000_000, "{memory} bytes held");
    match result {
        Ok(picture) => {
            let input = photo::to_input(picture.pixels().unwrap(), 224);
            prop_assert_eq!(input.rgb.len(), 224 * 224 * 3);
        }
        Err(error) => prop_assert!(error.code().starts_with("photo/"), "{}", error.code()),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn flipped_bytes_never_panic(
        seed in 0..SEEDS.len(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut bytes = SEEDS[seed].clone();
        for (at, value) in flips {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        survives(&bytes)?;
    }

    #[test]
    fn flipped_headers_never_panic(
        seed in 0..SEEDS.len(),
        at_end in any::<bool>(),
        flips in prop::collection::vec((0..160_usize, any::<u8>()), 1..6),
    ) {
        let mut bytes = SEEDS[seed].clone();
        for (at, value) in flips {
            let at = at.min(bytes.len() - 1);
            // TIFF keeps its directory at the end.
            let at = if at_end { bytes.len() - 1 - at } else { at };
            bytes[at] = value;
        }
        survives(&bytes)?;
    }

    #[test]
    fn spliced_files_never_panic(
        first in 0..SEEDS.len(),
        second in 0..SEEDS.len(),
        cut in any::<prop::sample::Index>(),
        go_on in any::<prop::sample::Index>(),
    ) {
        let (first, second) = (&SEEDS[first], &SEEDS[second]);
        let tail = &second[go_on.index(second.len())..];
        survives(&[&first[..cut.index(first.len())], tail].concat())?;
    }
}

#[test]
fn no_prefix_panics() {
    for seed in SEEDS.iter() {
        for cut in 0..seed.len() {
            survives(&seed[..cut]).unwrap();
        }
    }
}
