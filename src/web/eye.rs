//! `Eye`: what a pool of workers runs. It makes a photo's feature, and remembers nothing.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Object, Promise, Reflect, Uint8Array};
use sha2::{Digest, Sha256};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use super::canvas::Canvases;
use super::digest::sha256;
use super::photo::{self, Opened};
use crate::backbone::cpu::CpuBackbone;
use crate::backbone::weights::Weights;
use crate::backbone::{Input, Outputs};
use crate::error::WeightsError;
use crate::head::{Feature, Prior};
use crate::photo::{Limits, PREPROCESSING};
use crate::{Error, Result};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What is kept of a photo that was looked at. */
export interface Look {
  /** 6,416 bytes: what the learner knows the photo by. */
  feature: Uint8Array;
  /** The centred square as JPEG, at most 320 px. */
  thumbnail: Blob;
  /** Size of the photo in pixels, upright. */
  width: number;
  height: number;
  /** SHA-256, 32 bytes, of the file; for an `ImageBitmap` or `ImageData`, of its pixels. */
  key: Uint8Array;
  /** `Eye.id` of the eye that looked: a collection takes looks of one kind of eye only. */
  eye: Uint8Array;
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
        future_to_promise(async move {
            let sight = Rc::new(Sight::open(&weights).await?);
            Ok(Eye { sight }.into())
        })
    }

    /// Looks at a photo. Rejects with `photo/…` where it cannot be used; the eye stays usable.
    #[wasm_bindgen(unchecked_return_type = "Promise<Look>")]
    pub fn look(
        &self,
        #[wasm_bindgen(unchecked_param_type = "PhotoSource")] photo: JsValue,
    ) -> Promise {
        let sight = Rc::clone(&self.sight);
        future_to_promise(async move {
            let look = sight.look(&photo).await?;
            look.to_js(sight.id())
        })
    }

    /// For tests and benchmarks: the network's raw outputs for one 224 × 224 RGB input
    /// (`rgb`: 150,528 bytes, rows first). 3,208 numbers: 1,280 features, 1,000 class logits, then
    /// the five mid-level pools. Throws `request/invalid` for another length.
    pub fn outputs(&self, rgb: Uint8Array) -> Result<Vec<f32>, Error> {
        let outputs = self.sight.run(&Input {
            rgb: rgb.to_vec(),
            side: self.sight.side,
        })?;
        Ok([outputs.features, outputs.logits]
            .into_iter()
            .chain(outputs.stages)
            .flatten()
            .collect())
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

    /// Opens a `PhotoSource` and runs the network on it.
    pub(super) async fn look(&self, photo: &JsValue) -> Result<Look> {
        let canvases = self.canvases.as_ref();
        let opened = photo::open(photo, self.side, &Limits::default(), canvases).await?;
        let outputs = self.run(&opened.input)?;
        let feature = Feature::new(&outputs, Prior::embedded())?;
        Ok(Look { feature, opened })
    }

    /// Borrows the network for this call only, never over an `await`.
    fn run(&self, input: &Input) -> Result<Outputs> {
        self.backbone.borrow_mut().run(input)
    }
}

impl Look {
    fn to_js(&self, eye: [u8; 32]) -> Result<JsValue, JsValue> {
        let Opened {
            thumbnail,
            width,
            height,
            key,
            ..
        } = &self.opened;
        let feature = Uint8Array::from(self.feature.to_bytes().as_slice());
        let look = Object::new();
        let fields: [(&str, JsValue); 6] = [
            ("feature", feature.into()),
            ("thumbnail", thumbnail.into()),
            ("width", (*width).into()),
            ("height", (*height).into()),
            ("key", Uint8Array::from(key.as_slice()).into()),
            ("eye", Uint8Array::from(eye.as_slice()).into()),
        ];
        for (name, value) in fields {
            Reflect::set(&look, &name.into(), &value)?;
        }
        Ok(look.into())
    }
}

/// Everything a feature depends on but the photo.
fn id(weights: &Weights) -> [u8; 32] {
    let mut digest = Sha256::new_with_prefix(weights.hash());
    digest.update(PREPROCESSING);
    digest.update(Prior::embedded().to_bytes());
    digest.finalize().into()
}
