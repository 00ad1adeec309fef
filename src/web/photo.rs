//! What JavaScript calls a photo becomes the network's input.
//!
//! ```text
//!                                      large JPEG
//!                              ┌──► photo::reduced (wasm) ─────────────────────────────┐
//!                              │         │ is not for it                               ▼
//! Blob ──► first bytes ──► sniff, limits ──► createImageBitmap ──► canvas ──► resize ──► Input
//!                              │                   │ refuses                   ▲
//!                          refuse here             └──► photo::decode (wasm) ──┘
//! ```
//!
//! A large JPEG, which is what a camera writes, is read by our own decoder at a fraction of its size: in
//! two fifths of the time or less, and with the same bits in every browser. Everything else the browser decodes: it
//! is faster than whole decoders in wasm, reads HEIC and AVIF where the system can, knows every colour
//! profile, and its pixels lie outside wasm's memory, which never shrinks.

use std::cell::RefCell;

use js_sys::{Array, Promise, Uint8Array};
use sha2::{Digest, Sha256};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, ImageBitmap, ImageData};

#[cfg(feature = "core")]
use super::canvas;
use super::canvas::{Canvases, Drawn};
use super::digest::sha256;
use super::error::describe;
use crate::backbone::Input;
use crate::error::{PhotoError, RequestError};
use crate::photo::{
    self, Channels, Exif, Format, Header, Limits, Pixels, Reduced, THUMBNAIL_SIDE, Turn,
};
use crate::{Error, Result};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/**
 * A photo: a file (`File` is a `Blob`) or its bytes, or pixels. What kind of file it is, its bytes
 * say; names and media types are not asked. An `ImageBitmap` stays the caller's to close.
 */
export type PhotoSource = Blob | ImageBitmap | ImageData | Uint8Array;
"#;

#[wasm_bindgen]
extern "C" {
    /// The same function in windows and workers.
    #[wasm_bindgen(catch, js_name = createImageBitmap)]
    fn create_image_bitmap(source: &JsValue, options: &JsValue) -> Result<Promise, JsValue>;
}

/// A photo made ready.
pub(super) struct Opened {
    pub(super) input: Input,
    /// JPEG of the centred square, at most 320 px: a `Blob` on its way.
    #[cfg_attr(
        not(feature = "core"),
        expect(dead_code, reason = "Scratch keeps none")
    )]
    pub(super) thumbnail: Promise,
    /// Size of the photo in pixels, upright.
    pub(super) width: u32,
    pub(super) height: u32,
    #[cfg_attr(
        not(feature = "core"),
        expect(dead_code, reason = "Scratch keeps none")
    )]
    pub(super) identity: Identity,
}

/// What is known of a photo without its being decoded.
#[cfg_attr(
    not(feature = "core"),
    expect(dead_code, reason = "Scratch keeps none")
)]
pub(super) struct Identity {
    /// SHA-256 of the file's bytes. Of an `ImageBitmap` or `ImageData`: of its size and of the
    /// pixels of the centred square, as read.
    pub(super) key: [u8; 32],
    /// When it was taken, as [`photo::taken`] says it.
    pub(super) taken: Option<i64>,
}

/// Reads a photo's file and decodes nothing. Refuses what is no picture, or too large.
#[cfg(feature = "core")]
pub(super) async fn identify(file: &Blob, limits: &Limits) -> Result<Identity> {
    limits.check_bytes(file.size() as u64)?;
    let header = read_header(file).await?;
    Ok(identity(&read(file).await?, header.format).await)
}

/// The whole of a large JPEG at a fraction of its size, as [`photo::draft`] reads it; `None` where that
/// is not for our decoder.
#[cfg(feature = "core")]
pub(super) async fn draft(file: &Blob, width: u32, limits: &Limits) -> Result<Option<ImageBitmap>> {
    limits.check_bytes(file.size() as u64)?;
    let bytes = read(file).await?;
    let draft = photo::draft(
        &mut Copied {
            bytes: &bytes,
            at: 0,
        },
        width,
        limits,
    );
    draft.as_ref().map(canvas::bitmap).transpose()
}

/// Begins at once to hash, on a thread of the browser's own.
fn identity(bytes: &Uint8Array, format: Format) -> impl Future<Output = Identity> {
    let hashing = sha256(bytes);
    let taken = photo::taken(format, &mut Copied { bytes, at: 0 });
    async move {
        let key = hashing.await;
        Identity { key, taken }
    }
}

/// Opens a `PhotoSource` for a network whose inputs have `side` pixels. `canvases` are absent where
/// the platform has none: then everything is decoded in wasm.
pub(super) async fn open(
    source: &JsValue,
    side: usize,
    limits: &Limits,
    canvases: Option<&Canvases>,
) -> Result<Opened> {
    if let Some(blob) = source.dyn_ref::<Blob>() {
        open_file(blob, side, limits, canvases).await
    } else if let Some(bytes) = source.dyn_ref::<Uint8Array>() {
        let blob = Blob::new_with_u8_array_sequence(&Array::of1(bytes)).map_err(unreadable)?;
        open_file(&blob, side, limits, canvases).await
    } else if let Some(bitmap) = source.dyn_ref::<ImageBitmap>() {
        open_pixels(bitmap, side, limits, canvases).await
    } else if let Some(data) = source.dyn_ref::<ImageData>() {
        limits.check_size(data.width(), data.height())?;
        let bitmap = Bitmap::decode(data).await.map_err(failed)?;
        open_pixels(&bitmap.0, side, limits, canvases).await
    } else {
        let message = "A photo is a Blob, an ImageBitmap, an ImageData or a Uint8Array.";
        Err(RequestError::Invalid(message.into()).into())
    }
}

async fn open_file(
    blob: &Blob,
    side: usize,
    limits: &Limits,
    canvases: Option<&Canvases>,
) -> Result<Opened> {
    // `size` is a double; a Blob's is a whole number below 2⁵³.
    limits.check_bytes(blob.size() as u64)?;
    let header = read_header(blob).await?;
    limits.check_header(&header)?;
    let bytes = read(blob).await?;
    // The rest goes on meanwhile.
    let identity = identity(&bytes, header.format);
    if header.format == Format::Jpeg
        && let Some(photo) = reduced(&bytes, side, limits)
    {
        return finish_reduced(&photo, side, identity.await, canvases);
    }
    let Some(canvases) = canvases else {
        return open_in_wasm(&bytes, identity.await, header.format, side, limits);
    };
    // Before the browser is believed: of a file that is cut off some draw a part, or nothing.
    let tail = bytes.subarray(bytes.length().saturating_sub(TAIL), bytes.length());
    if !photo::ends_whole(header.format, &tail.to_vec())
        && !photo::is_whole(header.format, &bytes.to_vec())
    {
        return Err(PhotoError::incomplete().into());
    }
    let (blob, turn) = without_orientation(blob, header.format, &bytes)?;
    let decoding = Bitmap::start(&blob);
    let identity = identity.await;
    let Ok(bitmap) = Bitmap::finish(decoding).await else {
        if header.format.in_every_browser() && !photo::can_decode(header.format) {
            return Err(PhotoError::Damaged("this browser cannot decode it".into()).into());
        }
        return open_in_wasm(&bytes, identity, header.format, side, limits);
    };
    let (width, height) = (bitmap.0.width(), bitmap.0.height());
    limits.check_size(width, height)?;
    let drawn = canvases.draw(&bitmap.0, turn)?;
    if drawn.is_white() && canvases.shows_nothing(&bitmap.0)? {
        return Err(PhotoError::Damaged("there is nothing in it to see".into()).into());
    }
    drop((bitmap, bytes));
    finish(drawn, side, turn.upright((width, height)), identity)
}

/// The file as every browser is to decode it, and how to turn what comes out: a PNG or a WebP as it is
/// stored. Any other file is the browser's to turn.
fn without_orientation(blob: &Blob, format: Format, bytes: &Uint8Array) -> Result<(Blob, Turn)> {
    let Some(exif) = photo::exif(format, &mut Copied { bytes, at: 0 }) else {
        return Ok((blob.clone(), Turn::default()));
    };
    let Exif {
        turn,
        place,
        instead,
    } = exif;
    let part = |from: f64, to: f64| blob.slice_with_f64_and_f64(from, to).map_err(unreadable);
    let before = part(0.0, place.start as f64)?;
    let after = part(place.end as f64, blob.size())?;
    let parts = Array::of3(&before, &Uint8Array::from(instead), &after);
    let shown = Blob::new_with_blob_sequence(&parts).map_err(unreadable)?;
    Ok((shown, turn))
}

async fn open_pixels(
    bitmap: &ImageBitmap,
    side: usize,
    limits: &Limits,
    canvases: Option<&Canvases>,
) -> Result<Opened> {
    let (width, height) = (bitmap.width(), bitmap.height());
    limits.check_size(width, height)?;
    let canvases = canvases.ok_or_else(|| Error::Compute("there is no OffscreenCanvas".into()))?;
    let drawn = canvases.draw(bitmap, Turn::default())?;
    let mut key = Sha256::new_with_prefix(width.to_le_bytes());
    key.update(height.to_le_bytes());
    key.update(&drawn.rgba);
    let identity = Identity {
        key: key.finalize().into(),
        taken: None,
    };
    finish(drawn, side, (width, height), identity)
}

fn finish(
    drawn: Drawn,
    side: usize,
    (width, height): (u32, u32),
    identity: Identity,
) -> Result<Opened> {
    let pixels = Pixels::new(drawn.side, drawn.side, Channels::Rgba, &drawn.rgba)?;
    Ok(Opened {
        input: photo::to_input(pixels, side),
        // Whoever wants it waits for it, with the pixels freed before the next photo may come in.
        thumbnail: drawn.thumbnail,
        width,
        height,
        identity,
    })
}

/// Reads a large JPEG at a fraction of its size, with twice the values a side that are asked for.
fn reduced(bytes: &Uint8Array, side: usize, limits: &Limits) -> Option<Reduced> {
    let least = (2 * side).max(THUMBNAIL_SIDE as usize);
    photo::reduced(&mut Copied { bytes, at: 0 }, least, limits)
}

fn finish_reduced(
    photo: &Reduced,
    side: usize,
    identity: Identity,
    canvases: Option<&Canvases>,
) -> Result<Opened> {
    let small = photo.square(THUMBNAIL_SIDE as usize);
    let thumbnail = match canvases {
        Some(canvases) => canvases.thumbnail(&small, THUMBNAIL_SIDE)?,
        None => {
            let pixels = Pixels::new(THUMBNAIL_SIDE, THUMBNAIL_SIDE, Channels::Rgb, &small)?;
            Promise::resolve(&picture_blob(&photo::thumbnail(pixels)?)?)
        }
    };
    Ok(Opened {
        input: Input {
            rgb: photo.square(side),
            side,
        },
        thumbnail,
        width: photo.width,
        height: photo.height,
        identity,
    })
}

/// A file in JavaScript's memory, of which a piece at a time is copied into wasm's.
struct Copied<'a> {
    bytes: &'a Uint8Array,
    at: u32,
}

impl std::io::Seek for Copied<'_> {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        let from = match to {
            std::io::SeekFrom::Start(at) => i64::try_from(at).unwrap_or(i64::MAX),
            std::io::SeekFrom::End(by) => i64::from(self.bytes.length()).saturating_add(by),
            std::io::SeekFrom::Current(by) => i64::from(self.at).saturating_add(by),
        };
        // Behind the end there is nothing to read, wherever that is.
        let last = i64::from(self.bytes.length());
        self.at = u32::try_from(from.clamp(0, last)).unwrap_or_default();
        Ok(u64::from(self.at))
    }
}

impl std::io::Read for Copied<'_> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let end = self
            .bytes
            .length()
            .min(self.at.saturating_add(to.len() as u32));
        let piece = self.bytes.subarray(self.at, end);
        let count = piece.length() as usize;
        piece.copy_to(&mut to[..count]);
        self.at = end;
        Ok(count)
    }
}

/// The bytes of a picture as a `Blob` that says what it is.
pub(super) fn picture_blob(bytes: &[u8]) -> Result<JsValue> {
    let kind = match bytes {
        [0xff, 0xd8, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [b'R', b'I', b'F', b'F', ..] => "image/webp",
        _ => "",
    };
    blob_of(bytes, kind)
}

thread_local! {
    /// What a blob gets a copy of. Arrays of their own, for thousands of pictures, would lie about until
    /// they are collected.
    static COPIED: RefCell<Uint8Array> = RefCell::new(Uint8Array::new_with_length(0));
}

/// A `Blob` of these bytes.
pub(super) fn blob_of(bytes: &[u8], kind: &str) -> Result<JsValue> {
    COPIED.with_borrow_mut(|copied| {
        let length = bytes.len() as u32;
        if copied.length() < length {
            *copied = Uint8Array::new_with_length(length);
        }
        let part = copied.subarray(0, length);
        part.copy_from(bytes);
        blob(&Array::of1(&part), kind)
    })
}

/// A `Blob` of arrays of bytes, or of other blobs, one after the other.
pub(super) fn blob(parts: &Array, kind: &str) -> Result<JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let blob = Blob::new_with_u8_array_sequence_and_options(parts, &options);
    let blob = blob.map_err(|thrown| Error::Compute(describe(&thrown)))?;
    Ok(blob.into())
}

/// The path where the browser has no decoder for the format.
fn open_in_wasm(
    bytes: &Uint8Array,
    identity: Identity,
    format: Format,
    side: usize,
    limits: &Limits,
) -> Result<Opened> {
    // Asked before the file is copied into memory that never shrinks.
    if !photo::can_decode(format) {
        return Err(PhotoError::Unsupported(format.name()).into());
    }
    let picture = photo::decode(&bytes.to_vec(), limits)?;
    let pixels = picture.pixels()?;
    Ok(Opened {
        input: photo::to_input(pixels, side),
        thumbnail: Promise::resolve(&picture_blob(&photo::thumbnail(pixels)?)?),
        width: picture.width,
        height: picture.height,
        identity,
    })
}

/// The length of a PNG's last chunk, the longest end that [`photo::ends_whole`] knows, in bytes.
const TAIL: u32 = 12;

/// Most headers tell the size within 64 KB; a JPEG may have a large colour profile or preview first.
const HEADER_STEPS: [f64; 2] = [65_536.0, 4_194_304.0];

async fn read_header(blob: &Blob) -> Result<Header> {
    let mut header = None;
    for length in HEADER_STEPS {
        let start = blob
            .slice_with_f64_and_f64(0.0, length)
            .map_err(unreadable)?;
        let sniffed = photo::sniff(&read(&start).await?.to_vec())?;
        header = Some(sniffed);
        if sniffed.size.is_some() || blob.size() <= length {
            break;
        }
    }
    header.ok_or_else(|| PhotoError::Empty.into())
}

async fn read(blob: &Blob) -> Result<Uint8Array> {
    let buffer = JsFuture::from(blob.array_buffer()).await;
    Ok(Uint8Array::new(&buffer.map_err(unreadable)?))
}

fn failed(thrown: JsValue) -> Error {
    Error::Compute(describe(&thrown))
}

fn unreadable(thrown: JsValue) -> Error {
    PhotoError::Unreadable(describe(&thrown)).into()
}

/// A bitmap of ours: its pixels, up to 400 MB outside of wasm, are given back when it is dropped
/// and not when a garbage collector, which does not see them, gets round to it.
struct Bitmap(ImageBitmap);

impl Bitmap {
    async fn decode(source: &JsValue) -> Result<Self, JsValue> {
        Self::finish(Self::start(source)).await
    }

    /// Starts decoding, upright by the EXIF that is in the file.
    ///
    /// What is returned listens to the promise from now on: a refusal that comes while something
    /// else is waited for would be an uncaught error.
    fn start(source: &JsValue) -> Result<JsFuture, JsValue> {
        let options = js_sys::Object::new();
        js_sys::Reflect::set(&options, &"imageOrientation".into(), &"from-image".into())?;
        create_image_bitmap(source, &options).map(JsFuture::from)
    }

    async fn finish(decoding: Result<JsFuture, JsValue>) -> Result<Self, JsValue> {
        decoding?.await?.dyn_into().map(Self)
    }
}

impl Drop for Bitmap {
    fn drop(&mut self) {
        self.0.close();
    }
}
