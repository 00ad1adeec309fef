//! What JavaScript calls a photo, as a scratch learner sees it: its centred square, small and grey.

use wasm_bindgen::prelude::*;
use web_sys::ImageData;

use super::super::canvas::Canvases;
use super::super::photo;
use crate::Result;
use crate::error::PhotoError;
use crate::photo::{Channels, Limits, Pixels, resize_square};
use crate::scratch::{Sketch, preprocess};

/// The narrowest picture that is taken, in pixels: less than this shows nothing to tell apart.
const NARROWEST: u32 = 8;
/// Pixels up to this side are taken as they are; larger ones the browser makes smaller first.
const SMALL: u32 = 512;

/// Of a `PhotoSource`, for a learner whose pictures have `side` pixels.
pub(super) async fn sketch(
    source: &JsValue,
    side: usize,
    canvases: Option<&Canvases>,
) -> Result<Sketch> {
    // A drawing. Its pixels are here already: there is no need to wait for the browser, which has no
    // time while a learner trains.
    if let Some(data) = source.dyn_ref::<ImageData>()
        && data.width().max(data.height()) <= SMALL
    {
        let (width, height) = (data.width(), data.height());
        check(width, height)?;
        let rgba = on_white(data.data().0);
        let pixels = Pixels::new(width, height, Channels::Rgba, &rgba)?;
        return grey(&resize_square(pixels, side), side);
    }
    let opened = photo::open(source, side, &Limits::default(), canvases).await?;
    check(opened.width, opened.height)?;
    grey(&opened.input.rgb, side)
}

fn check(width: u32, height: u32) -> Result<()> {
    match width.min(height) < NARROWEST {
        true => Err(PhotoError::TooSmall { width, height }.into()),
        false => Ok(()),
    }
}

fn grey(rgb: &[u8], side: usize) -> Result<Sketch> {
    let small = side as u32;
    let pixels = Pixels::new(small, small, Channels::Rgb, rgb)?;
    Ok(preprocess::sketch(pixels, side))
}

/// Where a picture shows through, it is white.
fn on_white(mut rgba: Vec<u8>) -> Vec<u8> {
    for [red, green, blue, alpha] in rgba.as_chunks_mut::<4>().0 {
        let shown = u32::from(*alpha);
        for value in [red, green, blue] {
            *value = ((u32::from(*value) * shown + 255 * (255 - shown) + 127) / 255) as u8;
        }
    }
    rgba
}
