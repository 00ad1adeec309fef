//! `TrainStep`: steps of training of the article's network, on the CPU or the graphics card. Only
//! benchmarks and tests use it: what a step costs, and that both devices learn the same.

use std::rc::Rc;

use burn::tensor::Device;
use js_sys::{Float32Array, Promise};
use tokio::sync::Mutex;
use wasm_bindgen::prelude::*;

use super::error::promise;
use crate::Result;
use crate::device;
use crate::error::{Error, RequestError};
use crate::scratch::Sketch;
use crate::scratch::adam::{Adam, AdamConfig};
use crate::scratch::network::{Initializer, Network, NetworkConfig, article_layers};
use crate::scratch::random::Random;
use crate::scratch::train::{Batch, step};

const SIDE: usize = 28;
const LABELS: usize = 10;

/// The article's network with ten labels, and random pictures to train it on. The same each time.
#[wasm_bindgen]
pub struct TrainStep {
    training: Rc<Mutex<Training>>,
}

struct Training {
    device: Device,
    network: Network,
    adam: Adam,
    random: Random,
    pictures: Vec<Sketch>,
}

#[wasm_bindgen]
impl TrainStep {
    /// With `batch` pictures, on the graphics card or on the CPU. Rejects with `compute/failed` where
    /// there is no card.
    #[wasm_bindgen(unchecked_return_type = "Promise<TrainStep>")]
    pub fn open(batch: usize, card: bool) -> Promise {
        promise(async move {
            let device = match card {
                true => device::card().await?.0,
                false => device::cpu(),
            };
            let training = Rc::new(Mutex::new(Training::new(batch, device)?));
            Ok(TrainStep { training }.into())
        })
    }

    /// Trains `steps` steps, each on all the pictures, and resolves to the loss before each. Rejects with
    /// `request/invalid` while another call is under way.
    #[wasm_bindgen(unchecked_return_type = "Promise<Float32Array>")]
    pub fn run(&self, steps: usize) -> Promise {
        let training = Rc::clone(&self.training);
        promise(async move {
            let Ok(mut training) = training.try_lock() else {
                let busy = RequestError::Invalid("A step is under way.".into());
                return Err(Error::from(busy).into());
            };
            let mut losses = Vec::new();
            for _ in 0..steps {
                losses.push(training.step().await?);
            }
            Ok(Float32Array::from(losses.as_slice()).into())
        })
    }
}

impl Training {
    fn new(batch: usize, device: Device) -> Result<Training> {
        let mut random = Random::new(1);
        let config = NetworkConfig {
            side: SIDE,
            layers: article_layers(),
            outputs: LABELS,
        };
        let network = config.init(Initializer::Glorot, &mut random, &device)?;
        let mut picture = || Sketch {
            side: SIDE,
            values: (0..SIDE * SIDE).map(|_| random.uniform()).collect(),
        };
        Ok(Training {
            pictures: (0..batch.max(1)).map(|_| picture()).collect(),
            adam: Adam::new(AdamConfig::KERAS, &network.parameters),
            device,
            network,
            random,
        })
    }

    async fn step(&mut self) -> Result<f32> {
        let mut batch = Batch::default();
        for (at, picture) in self.pictures.iter().enumerate() {
            batch.push(picture, at % LABELS);
        }
        let (pictures, targets) = batch.tensors(LABELS, &self.device);
        let Training {
            network,
            adam,
            random,
            ..
        } = self;
        step(network, adam, pictures, targets, random).await
    }
}
