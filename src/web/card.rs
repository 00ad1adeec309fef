//! `Card`: the network on a graphics card. One in a worker of its own, since a card that is lost may
//! take down all that runs beside it.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use burn::tensor::wgpu::WgpuSetup;
use js_sys::{Float32Array, Promise, Uint8Array};
use tokio::sync::oneshot;
use wasm_bindgen::prelude::*;

use super::digest::sha256;
use super::error::promise;
use crate::backbone::burn::BurnBackbone;
use crate::backbone::cpu::reference::Reference;
use crate::backbone::weights::Weights;
use crate::backbone::{Input, Outputs};
use crate::device;
use crate::error::{Error, Result, WeightsError};

/// A card whose outputs for the trial photo are further off than this computes something else.
const TOLERANCE: f32 = 0.02;

/// The network on the graphics card of this computer.
#[wasm_bindgen]
pub struct Card {
    opened: Rc<Opened>,
    lost: Promise,
}

struct Opened {
    backbone: BurnBackbone,
    setup: WgpuSetup,
    card: device::Card,
    destroyed: Arc<AtomicBool>,
}

#[wasm_bindgen]
impl Card {
    /// Opens the fastest graphics card, uploads the network (`weights` is the whole weights file; its
    /// checksum is verified), and sees to it that the card computes what the CPU computes. Then the
    /// card is warm. A worker opens its card once.
    ///
    /// Rejects with `compute/failed` where there is no card or it computes something else, and with
    /// `weights/…`.
    #[wasm_bindgen(unchecked_return_type = "Promise<Card>")]
    pub fn open(weights: Uint8Array) -> Promise {
        promise(async move {
            let weights = verified(&weights).await?;
            let (device, setup) = device::card().await?;
            let destroyed = Arc::new(AtomicBool::new(false));
            let lost = loss(&setup, Arc::clone(&destroyed));
            let backbone = BurnBackbone::new(&weights, &device)?;
            try_out(&backbone, &weights).await?;
            let card = device::Card::of(&setup);
            let opened = Rc::new(Opened {
                backbone,
                setup,
                card,
                destroyed,
            });
            Ok(Card { opened, lost }.into())
        })
    }

    /// The network's raw outputs for a batch of n photos, each 224 × 224 RGB (`rgb`: n × 150,528 bytes,
    /// rows first): n × 3,208 numbers, as `Eye.outputs` gives them. One upload, one read-back.
    /// Rejects with `compute/failed` when the card fails, and `request/invalid` for another length.
    #[wasm_bindgen(unchecked_return_type = "Promise<Float32Array>")]
    pub fn outputs(&self, rgb: &Uint8Array) -> Promise {
        let (opened, rgb) = (Rc::clone(&self.opened), rgb.to_vec());
        promise(async move {
            let outputs = opened.backbone.run(&rgb).await?;
            Ok(Float32Array::from(outputs.as_slice()).into())
        })
    }

    /// The name that the browser gives the card; it may be empty.
    #[wasm_bindgen(getter)]
    pub fn name(&self) -> String {
        self.opened.card.name.clone()
    }

    /// Whether a program on the CPU plays the card: a hundred times slower than `Eye`.
    #[wasm_bindgen(getter)]
    pub fn software(&self) -> bool {
        self.opened.card.software
    }

    /// Resolves with the reason when the card is lost: its driver was reset, the computer slept, the
    /// browser took it away. Never because of `destroy`.
    #[wasm_bindgen(getter, unchecked_return_type = "Promise<string>")]
    pub fn lost(&self) -> Promise {
        self.lost.clone()
    }

    /// Gives the card back. What is under way on it rejects.
    pub fn destroy(&self) {
        self.opened.destroyed.store(true, Relaxed);
        self.opened.setup.device.destroy();
    }
}

async fn verified(bytes: &Uint8Array) -> Result<Weights> {
    let content = bytes.length().saturating_sub(32);
    let digest = sha256(&bytes.subarray(0, content)).await;
    let weights = Weights::parse_verified(&bytes.to_vec())?;
    if weights.hash() != digest {
        return Err(WeightsError::Damaged.into());
    }
    Ok(weights)
}

/// A promise that resolves when the device is lost without our doing.
fn loss(setup: &WgpuSetup, destroyed: Arc<AtomicBool>) -> Promise {
    let (tell, told) = oneshot::channel();
    let tell = Mutex::new(Some(tell));
    // In a browser this is one listener more: burn has one too, and fails what is under way.
    setup
        .device
        .set_device_lost_callback(move |reason, message| {
            let tell = tell.lock().ok().and_then(|mut tell| tell.take());
            if let Some(tell) = tell.filter(|_| !destroyed.load(Relaxed)) {
                // Nobody may be listening any more.
                let _ = tell.send(format!("{reason:?}: {message}"));
            }
        });
    promise(async move {
        match told.await {
            Ok(reason) => Ok(reason.into()),
            // Nothing more will come: the promise stays open for ever.
            Err(_) => std::future::pending().await,
        }
    })
}

/// Runs one photo made of stripes and compares it with what the CPU computes: drivers that compute
/// something else exist, and their answers would be silently wrong.
async fn try_out(backbone: &BurnBackbone, weights: &Weights) -> Result<()> {
    let side = backbone.side();
    let pixel = |at: usize| ((at * 7 % 256) ^ (at / side % 256)) as u8;
    let input = Input {
        rgb: (0..side * side * 3).map(pixel).collect(),
        side,
    };
    let flat = backbone.run(&input.rgb).await?;
    let ours = Outputs::from_row(&flat)?;
    let expected = Reference::new(weights.to_floats()).run(&input)?;
    let mut pairs = std::iter::zip(ours.features, expected.features);
    if pairs.all(|(ours, expected)| (ours - expected).abs() <= TOLERANCE) {
        Ok(())
    } else {
        Err(Error::Compute(
            "this graphics card computes something else than the processor".to_owned(),
        ))
    }
}
