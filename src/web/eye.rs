//! `Eye`: what a pool of workers runs. It makes a photo's feature, and remembers nothing.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Float32Array, Object, Promise, Reflect, Uint8Array};
use sha2::{Digest, Sha256};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::canvas::Canvases;
use super::digest::sha256;
use super::error::{Thrown, describe, promise};
use super::photo::{self, Identity, Opened};
use crate::backbone::cpu::CpuBackbone;
use crate::backbone::weights::Weights;
use crate::backbone::{Input, Outputs};
use crate::error::WeightsError;
use crate::head::{Feature, Prior};
use crate::photo::{Limits, PREPROCESSING};
use crate::{Error, Result};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What is known of a photo once it was opened, whatever computes its feature. */
export interface Opened {
  /** The centred square as JPEG, at most 320 px. */
  thumbnail: Blob;
  /** Size of the photo in pixels, upright. */
  width: number;
  height: number;
  /** SHA-256, 32 bytes, of the file; for an `ImageBitmap` or `ImageData`, of its pixels. */
  key: Uint8Array;
  /** `Eye.id` of the eye that opened it: a collection takes looks of one kind of eye only. */
  eye: Uint8Array;
  /** When it was taken, as `Identity` says it. */
  taken?: number | undefined;
}

/** What is known of a photo's file without its being decoded. */
export interface Identity {
  /** SHA-256, 32 bytes, of the file. */
  key: Uint8Array;
  /** EXIF's `DateTimeOriginal`: milliseconds since 1970 by the camera's clock, as if that showed UTC.
   * Undefined where the file does not say. */
  taken?: number | undefined;
}

/** What is kept of a photo that was looked at. */
export interface Look extends Opened {
  /** 6,416 bytes: what the learner knows the photo by. */
  feature: Uint8Array;
}

/** A photo that is ready for the network, on whatever device this runs. */
export interface Prepared extends Opened {
  /** The network's input: 224 × 224 RGB, 150,528 bytes, rows first. */
  input: Uint8Array;
}
"#;

/// Turns photos into what the learner knows them by. One in each worker of a pool: it keeps the
/// network's weights and nothing of any photo.
#[wasm_bindgen]
pub struct Eye {
    /// Shared with the photos being looked at, so that `free` may be called before they are done.
    sight: Rc<Sight>,
}

#[wasm_bindgen]
impl Eye {
    /// Opens an eye. `weights` is the whole weights file; its checksum is verified.
    /// Rejects with `weights/…`.
    #[wasm_bindgen(unchecked_return_type = "Promise<Eye>")]
    pub fn open(weights: Uint8Array) -> Promise {
        promise(async move {
            let sight = Rc::new(Sight::open(&weights).await?);
            Ok(Eye { sight }.into())
        })
    }

    /// Looks at a photo: `prepare`, `outputs` and `feature` in one. Rejects with `photo/…` where it
    /// cannot be used; the eye stays usable.
    #[wasm_bindgen(unchecked_return_type = "Promise<Look>")]
    pub fn look(
        &self,
        #[wasm_bindgen(unchecked_param_type = "PhotoSource")] photo: JsValue,
    ) -> Promise {
        let sight = Rc::clone(&self.sight);
        promise(async move {
            let Look { feature, opened } = sight.look(&photo).await?;
            to_js("feature", &feature.to_bytes(), opened, sight.id()).await
        })
    }

    /// Reads a photo's file and decodes nothing: with `Learner.find` it tells whether a look is needed.
    /// Rejects with `photo/…` for what is no picture, or too large.
    #[wasm_bindgen(unchecked_return_type = "Promise<Identity>")]
    pub fn identify(file: web_sys::Blob) -> Promise {
        promise(async move {
            let identity = photo::identify(&file, &Limits::default()).await?;
            let object = Object::new();
            set_identity(&object, &identity)?;
            Ok(object.into())
        })
    }

    /// The whole of a large JPEG, upright, to be shown until the browser has decoded it, which takes longer:
    /// at 1/8, 1/4 or 1/2 of its size, at least `width` pixels wide if one of them is. The bitmap is the
    /// caller's to close. Undefined where the browser is to be waited for: what is no JPEG, progressive or
    /// broken. It needs no weights, so no eye.
    #[wasm_bindgen(unchecked_return_type = "Promise<ImageBitmap | undefined>")]
    pub fn draft(file: web_sys::Blob, width: u32) -> Promise {
        promise(async move {
            let draft = photo::draft(&file, width, &Limits::default()).await?;
            Ok(draft.map_or(JsValue::UNDEFINED, JsValue::from))
        })
    }

    /// The first part of `look`: opens a photo and makes it ready for the network, which may then run
    /// elsewhere. Rejects as `look` does.
    #[wasm_bindgen(unchecked_return_type = "Promise<Prepared>")]
    pub fn prepare(
        &self,
        #[wasm_bindgen(unchecked_param_type = "PhotoSource")] photo: JsValue,
    ) -> Promise {
        let sight = Rc::clone(&self.sight);
        promise(async move {
            let mut opened = sight.prepare(&photo).await?;
            let input = std::mem::take(&mut opened.input.rgb);
            to_js("input", &input, opened, sight.id()).await
        })
    }

    /// The second part of `look`: the network's raw outputs for the `input` of a prepared photo
    /// (150,528 bytes). 3,208 numbers: 1,280 features, 1,000 class logits, then the five mid-level
    /// pools. Throws `request/invalid` for another length.
    pub fn outputs(&self, rgb: Uint8Array) -> Result<Vec<f32>, Thrown> {
        let rgb = rgb.to_vec();
        let side = self.sight.side;
        Ok(self.sight.run(&Input { rgb, side })?.to_row())
    }

    /// The last part of `look`: the feature (6,416 bytes) that a photo's 3,208 raw outputs make,
    /// wherever they were computed. It needs no weights, so no eye. Throws `request/invalid` for
    /// another length, `compute/failed` where a number is not finite: the device that made it failed.
    pub fn feature(outputs: Float32Array) -> Result<Vec<u8>, Thrown> {
        let outputs = Outputs::from_row(&outputs.to_vec())?;
        Ok(Feature::new(&outputs, Prior::embedded())?.to_bytes())
    }

    /// Names the network and how photos are prepared for it (32 bytes): features of eyes with the
    /// same id can be compared, and collections made with them be joined.
    #[wasm_bindgen(getter)]
    pub fn id(&self) -> Vec<u8> {
        self.sight.id().to_vec()
    }
}

/// What an `Eye` is, for the rest of `web` too.
pub(super) struct Sight {
    backbone: RefCell<CpuBackbone>,
    side: usize,
    id: [u8; 32],
    canvases: Option<Canvases>,
}

/// What is kept of a photo that was looked at.
pub(super) struct Look {
    pub(super) feature: Feature,
    pub(super) opened: Opened,
}

impl Sight {
    /// Reads a weights file and verifies its checksum, with the browser's SHA-256.
    pub(super) async fn open(weights: &Uint8Array) -> Result<Self> {
        let content = weights.length().saturating_sub(32);
        let digest = sha256(&weights.subarray(0, content)).await;
        let weights = Weights::parse_verified(&weights.to_vec())?;
        if weights.hash() != digest {
            return Err(WeightsError::Damaged.into());
        }
        let backbone = CpuBackbone::new(&weights)?;
        Ok(Self {
            side: backbone.side(),
            backbone: RefCell::new(backbone),
            id: id(&weights),
            canvases: Canvases::new(),
        })
    }

    pub(super) fn id(&self) -> [u8; 32] {
        self.id
    }

    /// Opens a `PhotoSource`.
    async fn prepare(&self, photo: &JsValue) -> Result<Opened> {
        photo::open(photo, self.side, &Limits::default(), self.canvases.as_ref()).await
    }

    /// Opens a `PhotoSource` and runs the network on it.
    pub(super) async fn look(&self, photo: &JsValue) -> Result<Look> {
        let opened = self.prepare(photo).await?;
        let outputs = self.run(&opened.input)?;
        let feature = Feature::new(&outputs, Prior::embedded())?;
        Ok(Look { feature, opened })
    }

    /// Borrows the network for this call only, never over an `await`.
    fn run(&self, input: &Input) -> Result<Outputs> {
        self.backbone.borrow_mut().run(input)
    }
}

/// A `Look` or a `Prepared`: what they share, and the bytes under `name` that they do not.
async fn to_js(name: &str, bytes: &[u8], opened: Opened, eye: [u8; 32]) -> Result<JsValue, Thrown> {
    let object = Object::new();
    let thumbnail = JsFuture::from(opened.thumbnail).await;
    let thumbnail = thumbnail.map_err(|thrown| Error::Compute(describe(&thrown)))?;
    let fields: [(&str, JsValue); 5] = [
        (name, Uint8Array::from(bytes).into()),
        ("thumbnail", thumbnail),
        ("width", opened.width.into()),
        ("height", opened.height.into()),
        ("eye", Uint8Array::from(eye.as_slice()).into()),
    ];
    for (name, value) in fields {
        Reflect::set(&object, &name.into(), &value)?;
    }
    set_identity(&object, &opened.identity)?;
    Ok(object.into())
}

fn set_identity(object: &Object, identity: &Identity) -> Result<(), JsValue> {
    let key = Uint8Array::from(identity.key.as_slice());
    let taken = identity
        .taken
        .map_or(JsValue::UNDEFINED, |taken| JsValue::from(taken as f64));
    Reflect::set(object, &"key".into(), &key)?;
    Reflect::set(object, &"taken".into(), &taken)?;
    Ok(())
}

/// Everything a feature depends on but the photo.
fn id(weights: &Weights) -> [u8; 32] {
    let mut digest = Sha256::new_with_prefix(weights.hash());
    digest.update(PREPROCESSING);
    digest.update(Prior::embedded().to_bytes());
    digest.finalize().into()
}
