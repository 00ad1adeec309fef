//! From a decoded bitmap to the bytes of its centred square, and to a thumbnail.

use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::Clamped;
use wasm_bindgen::prelude::*;
use web_sys::{
    ImageBitmap, ImageData, ImageEncodeOptions, OffscreenCanvas, OffscreenCanvasRenderingContext2d,
};

use super::error::describe;
#[cfg(feature = "core")]
use crate::photo::Draft;
use crate::photo::{THUMBNAIL_SIDE, Turn};
use crate::{Error, Result};

/// The largest square that is read back, in pixels: four times the network's 224.
///
/// A phone's 12 megapixels would be 36 MB to read and copy and 40 ms to resize, and wasm's memory
/// never shrinks again. The browser's own reduction, of high quality, leaves a fourfold one to ours,
/// which alone decides what the network sees; smaller photos are read as they are.
const LARGEST: u32 = 4 * 224;

/// Rows of a whole photo that are handed over at once.
#[cfg(feature = "core")]
const BAND: usize = 64;

/// Two canvases, used for one photo after the other. No photo keeps them over an `await`.
pub(super) struct Canvases {
    reading: Canvas,
    thumbnail: Canvas,
}

/// A square that was drawn and read.
pub(super) struct Drawn {
    /// Side of the square in pixels, at most [`LARGEST`].
    pub(super) side: u32,
    /// `[side, side, 4]`, on white: the fourth byte is 255.
    pub(super) rgba: Vec<u8>,
    /// Its thumbnail on the way: a `Blob`, JPEG of at most [`THUMBNAIL_SIDE`] pixels, quality 80.
    pub(super) thumbnail: Promise,
}

impl Drawn {
    /// Whether every pixel is white, as the canvas was before.
    pub(super) fn is_white(&self) -> bool {
        self.rgba.iter().all(|&value| value == 255)
    }
}

/// A canvas whose pixels are read: kept in the processor's memory, and without alpha, so that
/// nothing is premultiplied and divided again.
struct Canvas {
    canvas: OffscreenCanvas,
    context: OffscreenCanvasRenderingContext2d,
}

impl Canvas {
    fn new(side: u32) -> Option<Self> {
        let canvas = OffscreenCanvas::new(side, side).ok()?;
        let options = Object::new();
        for (name, value) in [("alpha", false), ("willReadFrequently", true)] {
            Reflect::set(&options, &name.into(), &value.into()).ok()?;
        }
        let context = canvas
            .get_context_with_context_options("2d", &options)
            .ok()??;
        let context = context.dyn_into().ok()?;
        Some(Self { canvas, context })
    }

    /// Setting a canvas' size puts these back.
    fn set_up(&self, smooth: bool) -> Result<(), JsValue> {
        self.context.set_image_smoothing_enabled(smooth);
        Reflect::set(
            &self.context,
            &"imageSmoothingQuality".into(),
            &"high".into(),
        )?;
        Ok(())
    }
}

impl Canvases {
    /// `None` where the platform has no `OffscreenCanvas` that draws (Node, old browsers).
    pub(super) fn new() -> Option<Self> {
        Some(Self {
            reading: Canvas::new(LARGEST)?,
            thumbnail: Canvas::new(THUMBNAIL_SIDE)?,
        })
    }

    /// Draws the centred square of a bitmap, reads it, turns it upright, and starts encoding its
    /// thumbnail.
    pub(super) fn draw(&self, bitmap: &ImageBitmap, turn: Turn) -> Result<Drawn> {
        self.try_draw(bitmap, turn)
            .map_err(|e| Error::Compute(describe(&e)))
    }

    fn try_draw(&self, bitmap: &ImageBitmap, turn: Turn) -> Result<Drawn, JsValue> {
        // Transparent parts of a photo become white, not whatever was there before.
        let (mut rgba, side) = self.read_square(bitmap, turn, "white")?;
        if turn != Turn::default() {
            turn.apply::<4>(&mut rgba, side as usize);
            let upright = ImageData::new_with_u8_clamped_array(Clamped(&rgba), side)?;
            self.reading.context.put_image_data(&upright, 0.0, 0.0)?;
        }
        Ok(Drawn {
            side,
            rgba,
            thumbnail: self.draw_thumbnail(side)?,
        })
    }

    /// Draws the centred square on a colour; its bytes, and its side in pixels.
    fn read_square(
        &self,
        bitmap: &ImageBitmap,
        turn: Turn,
        fill: &str,
    ) -> Result<(Vec<u8>, u32), JsValue> {
        let (width, height) = (bitmap.width(), bitmap.height());
        let square = width.min(height);
        let (left, top) = turn.corner((width as usize, height as usize));
        let (left, top) = (left as f64, top as f64);
        let side = square.min(LARGEST);
        let (from, to) = (f64::from(square), f64::from(side));
        let context = &self.reading.context;
        self.reading.set_up(side != square)?;
        context.set_fill_style_str(fill);
        context.fill_rect(0.0, 0.0, to, to);
        context.draw_image_with_image_bitmap_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
            bitmap, left, top, from, from, 0.0, 0.0, to, to,
        )?;
        Ok((context.get_image_data(0.0, 0.0, to, to)?.data().0, side))
    }

    /// Whether nothing of a bitmap's centred square can be seen: drawn on black, it leaves black. A
    /// browser that could not decode a file may give such a bitmap.
    pub(super) fn shows_nothing(&self, bitmap: &ImageBitmap) -> Result<bool> {
        let (rgba, _) = self
            .read_square(bitmap, Turn::default(), "black")
            .map_err(|e| Error::Compute(describe(&e)))?;
        let (pixels, _) = rgba.as_chunks::<4>();
        Ok(pixels.iter().all(|&[r, g, b, _]| (r, g, b) == (0, 0, 0)))
    }

    /// Reduces what was just drawn, which is small already.
    fn draw_thumbnail(&self, from: u32) -> Result<Promise, JsValue> {
        let Canvas { canvas, context } = &self.thumbnail;
        let side = from.min(THUMBNAIL_SIDE);
        canvas.set_width(side);
        canvas.set_height(side);
        self.thumbnail.set_up(side != from)?;
        let (from, to) = (f64::from(from), f64::from(side));
        context.draw_image_with_offscreen_canvas_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
            &self.reading.canvas,
            0.0,
            0.0,
            from,
            from,
            0.0,
            0.0,
            to,
            to,
        )?;
        encode(canvas)
    }

    /// Starts encoding a thumbnail of its pixels: `[side, side, 3]` bytes.
    pub(super) fn thumbnail(&self, rgb: &[u8], side: u32) -> Result<Promise> {
        self.try_thumbnail(rgb, side)
            .map_err(|e| Error::Compute(describe(&e)))
    }

    fn try_thumbnail(&self, rgb: &[u8], side: u32) -> Result<Promise, JsValue> {
        let Canvas { canvas, context } = &self.thumbnail;
        canvas.set_width(side);
        canvas.set_height(side);
        let (pixels, _) = rgb.as_chunks::<3>();
        let rgba: Vec<u8> = pixels
            .iter()
            .flat_map(|&[r, g, b]| [r, g, b, 255])
            .collect();
        let data = ImageData::new_with_u8_clamped_array(Clamped(&rgba), side)?;
        context.put_image_data(&data, 0.0, 0.0)?;
        encode(canvas)
    }
}

/// A photo as a bitmap, a band of it at a time: its pixels lie outside of a memory that never shrinks.
#[cfg(feature = "core")]
pub(super) fn bitmap(draft: &Draft) -> Result<ImageBitmap> {
    try_bitmap(draft).map_err(|e| Error::Compute(describe(&e)))
}

#[cfg(feature = "core")]
fn try_bitmap(draft: &Draft) -> Result<ImageBitmap, JsValue> {
    let missing = || JsValue::from("there is no OffscreenCanvas");
    let (width, height) = (draft.width, draft.height);
    let Canvas { canvas, context } = Canvas::new(1).ok_or_else(missing)?;
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    for top in (0..height).step_by(BAND) {
        let rgba = draft.rows(top..height.min(top + BAND));
        let data = ImageData::new_with_u8_clamped_array(Clamped(&rgba), width as u32)?;
        context.put_image_data(&data, 0.0, top as f64)?;
    }
    canvas.transfer_to_image_bitmap()
}

fn encode(canvas: &OffscreenCanvas) -> Result<Promise, JsValue> {
    let options = ImageEncodeOptions::new();
    options.set_type("image/jpeg");
    options.set_quality(0.8);
    canvas.convert_to_blob_with_options(&options)
}
