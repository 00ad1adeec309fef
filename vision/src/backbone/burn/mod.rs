//! The network in burn: on a graphics card through wgpu (WebGPU, Vulkan, Metal, DX12), and on the CPU
//! through flex, which the tests use as this code's reference.
//!
//! It follows the same table and reads the same weights file as the CPU kernels; one byte per weight
//! becomes f32 on loading. A batch is one upload and one read-back: see [`BurnBackbone::run`]. What
//! reads back is [`BurnBackbone::read`] alone, asynchronously since a browser knows no other way.

mod layer;
mod network;

use burn::tensor::{Device, Tensor, TensorData};

use self::network::Lite;
use super::table::Spec;
use super::weights::{FloatWeights, Weights};
use super::{Backbone, Input, OUTPUTS, Outputs};
use crate::error::{Error, RequestError, Result};

/// The network on one device.
#[derive(Debug)]
pub struct BurnBackbone {
    network: Lite,
    spec: Spec,
    device: Device,
}

impl BurnBackbone {
    /// Uploads the network to a device.
    ///
    /// # Errors
    /// [`WeightsError::Damaged`](crate::error::WeightsError) when layers are missing.
    pub fn new(weights: &Weights, device: &Device) -> Result<Self> {
        Self::from_floats(&weights.to_floats(), device)
    }

    /// As [`BurnBackbone::new`], of weights in f32.
    ///
    /// # Errors
    /// As [`BurnBackbone::new`].
    pub fn from_floats(weights: &FloatWeights, device: &Device) -> Result<Self> {
        Ok(Self {
            network: Lite::init(weights, device)?,
            spec: weights.spec(),
            device: device.clone(),
        })
    }

    /// Width and height of its inputs in pixels.
    pub fn side(&self) -> usize {
        self.spec.side
    }

    /// Outputs of `n` photos given as bytes, `[n, side, side, 3]`: `n` rows of [`OUTPUTS`] numbers, each
    /// as [`Outputs::to_row`]. An empty batch has none.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] when the bytes are not whole photos; [`Error::Compute`] when the device
    /// fails or is lost.
    pub async fn run(&self, rgb: &[u8]) -> Result<Vec<f32>> {
        match self.upload(rgb)? {
            Some(maps) => Self::read(self.forward(maps)).await,
            None => Ok(Vec::new()),
        }
    }

    /// The batch on the device, `[n, 3, side, side]`; none when it is empty.
    ///
    /// Channels lie innermost, as they come: that is also how the card's convolutions want them.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] when the bytes are not whole photos.
    pub fn upload(&self, rgb: &[u8]) -> Result<Option<Tensor<4>>> {
        let side = self.spec.side;
        let photo = side * side * 3;
        if !rgb.len().is_multiple_of(photo) {
            let what = format!("The network takes {side} × {side} pixels of three bytes.");
            return Err(RequestError::Invalid(what).into());
        }
        if rgb.is_empty() {
            return Ok(None);
        }
        let scaled = rgb.iter().map(|&byte| (f32::from(byte) - 127.0) / 128.0);
        let data = TensorData::new(
            scaled.collect::<Vec<_>>(),
            [rgb.len() / photo, side, side, 3],
        );
        let rows = Tensor::<4>::from_data(data, &self.device);
        Ok(Some(rows.permute([0, 3, 1, 2])))
    }

    /// Gives the whole network to the device to compute, `[n, 3208]`; does not wait for it.
    pub fn forward(&self, maps: Tensor<4>) -> Tensor<2> {
        self.network.forward(maps)
    }

    /// Waits for what was computed and brings it back, row after row.
    ///
    /// # Errors
    /// [`Error::Compute`] when the device failed or was lost.
    pub async fn read(outputs: Tensor<2>) -> Result<Vec<f32>> {
        let data = outputs.into_data_async().await.map_err(failed)?;
        data.try_into_vec().map_err(failed)
    }
}

impl Backbone for BurnBackbone {
    async fn outputs(&mut self, batch: &[Input]) -> Result<Vec<Outputs>> {
        let side = self.spec.side;
        if batch.iter().any(|input| input.side != side) {
            let what = format!("The network takes {side} × {side} pixels.");
            return Err(RequestError::Invalid(what).into());
        }
        let rgb: Vec<u8> = batch.iter().flat_map(|input| &input.rgb).copied().collect();
        let flat = self.run(&rgb).await?;
        flat.chunks(OUTPUTS).map(Outputs::from_row).collect()
    }
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Compute(error.to_string())
}
