//! Pictures: what a file is, whether all of it is there, and its pixels.

use std::io::Cursor;

use keepsake::photo::{
    Format, Limits, decode, draft, ends_whole, is_whole, reduced, sniff, taken, thumbnail, to_input,
};

use super::{Target, as_it_is, no_seeds, sealed};

const FILES: &[&str] = &["../tests/reference/formats"];
const WORDS: &[&[u8]] = &[
    b"\xff\xd8\xff",
    b"\xff\xd9",
    b"\xff\xda\0\x0c",
    b"\xff\xc0\0\x11\x08",
    b"\xff\xc2\0\x11\x08",
    b"\xff\xe1\0\x20Exif\0\0II*\0\x08\0\0\0",
    b"\xff\xc4",
    b"\xff\xdd\0\x04",
    b"\xff\xe2\0\x40ICC_PROFILE\0\x01\x01",
    b"\xff\xdb\0\x43\0",
    b"\x11\x22\x21\x12",
    b"\x89PNG\r\n\x1a\n",
    b"\0\0\0\rIHDR",
    b"IDAT",
    b"eXIf",
    b"acTL",
    b"iCCP",
    b"RIFF\0\0\0\0WEBP",
    b"VP8 ",
    b"VP8L",
    b"VP8X",
    b"ANIM",
    b"ANMF",
    b"ALPH",
    b"EXIF",
    b"GIF89a",
    b"\x21\xf9\x04",
    b"II*\0",
    b"MM\0*",
    b"II+\0\x08\0\0\0",
    b"\x12\x01\x03\0\x01\0\0\0",
    b"\0\x01\x04\0\x01\0\0\0",
    b"qoif",
    b"BM",
    b"\0\0\0\x18ftypheic",
    b"ispe",
    b"\0\0\0\x40meta\0\0\0\0",
    b"iinf\0\0\0\0\0\x01",
    b"infe\x02\0\0\0\0\x01\0\0Exif\0",
    b"iloc\x01\0\0\0\x44\0\0\x01\0\x01",
    b"\x69\x87\x04\0\x01\0\0\0",
    b"\x87\x69\0\x04\0\0\0\x01",
    b"\x03\x90\x02\0\x14\0\0\0",
    b"2024:08:14 17:03:59\0",
];

/// The first bytes of a file, whether its end is there, and when it was taken: what the page asks before a
/// browser's decoder is believed.
pub const HEADER: Target = Target {
    name: "photo-header",
    read: header,
    seal: as_it_is,
    seeds: no_seeds,
    folders: FILES,
    words: WORDS,
    longest: 64 << 10,
};

/// A whole photo, as natively and where a browser refuses one.
pub const PHOTO: Target = Target {
    name: "photo",
    read: photo,
    seal: |bytes| sealed::png(bytes),
    seeds: no_seeds,
    folders: FILES,
    words: WORDS,
    longest: 64 << 10,
};

/// A large JPEG at a fraction of its size, as in a browser. Here also of small ones.
pub const JPEG: Target = Target {
    name: "jpeg",
    read: jpeg,
    seal: as_it_is,
    seeds: no_seeds,
    folders: FILES,
    words: WORDS,
    longest: 64 << 10,
};

const FORMATS: [Format; 11] = [
    Format::Jpeg,
    Format::Png,
    Format::WebP,
    Format::Gif,
    Format::Bmp,
    Format::Tiff,
    Format::Qoi,
    Format::Heic,
    Format::Avif,
    Format::JpegXl,
    Format::CanonRaw,
];

fn header(bytes: &[u8]) -> String {
    // Whatever a file says that it is, it may be asked for as anything.
    let whole = FORMATS.map(|format| is_whole(format, bytes));
    let ends = FORMATS.map(|format| ends_whole(format, bytes));
    let times = FORMATS.map(|format| taken(format, &mut Cursor::new(bytes)));
    match sniff(bytes) {
        Err(refusal) => refusal.to_string(),
        Ok(header) => {
            let place = FORMATS.iter().position(|format| *format == header.format);
            let place = place.unwrap_or_default();
            let fits = Limits::default().check_header(&header).is_ok();
            let (name, sized) = (header.format.name(), header.size.is_some());
            let (whole, ends, dated) = (whole[place], ends[place], times[place].is_some());
            format!("{name}, {sized}, {fits}, {whole}, {ends}, {dated}")
        }
    }
}

fn jpeg(bytes: &[u8]) -> String {
    // At each of the three fractions, where it is large enough.
    let looks = [2, 4, 9].map(|least| {
        let photo = reduced(&mut &bytes[..], least, &Limits::default());
        photo.map(|photo| {
            assert_eq!(photo.square(least).len(), least * least * 3);
            assert_eq!(photo.square(2 * least).len(), 4 * least * least * 3);
            photo.width > photo.height
        })
    });
    // The whole of it, for somebody who waits.
    for width in [2, 40, 4000] {
        if let Some(draft) = draft(&mut &bytes[..], width, &Limits::default()) {
            let rows = draft.height.min(9);
            assert_eq!(draft.rows(0..rows).len(), rows * draft.width * 4);
        }
    }
    // What both let in, and what only the whole decoder does.
    let whole = decode(bytes, &Limits::default()).map_err(|error| error.to_string());
    format!(
        "{looks:?} {:?}",
        whole.map(|whole| whole.width > whole.height)
    )
}

fn photo(bytes: &[u8]) -> String {
    let picture = match decode(bytes, &Limits::default()) {
        Ok(picture) => picture,
        Err(refusal) => return refusal.to_string(),
    };
    let format = sniff(bytes).map_or("?", |header| header.format.name());
    let square = picture
        .pixels()
        .unwrap_or_else(|_| unreachable!("it was decoded"));
    let small = thumbnail(square);
    assert_eq!(to_input(square, 224).rgb.len(), 224 * 224 * 3);
    format!(
        "{format} {} {}",
        picture.width > picture.height,
        small.is_ok()
    )
}
