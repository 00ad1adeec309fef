//! The network on the CPU, in 16-bit integers.
//!
//! Plain SIMD and integers are the same everywhere: the same input gives the same [`Outputs`], bit for
//! bit, in every browser and natively. Features kept on one device therefore match those computed on
//! another, which makes merging and exporting exact.
//!
//! | module | what |
//! |---|---|
//! | `network` | the walk from pixels to outputs |
//! | `block`, `stem`, `pointwise`, `depthwise`, `classes`, `pools` | its parts |
//! | `tile` | the register tile where nearly all time is spent |
//! | `scales` | what an integer stands for, layer by layer, and why none overflows |
//! | `packing` | from the weights file to what the kernels read |
//! | `planes`, `aligned` | feature maps in memory |
//! | `simd` | one set of vector operations for WebAssembly, x86-64 and everything else |
//! | [`reference`] | the same network in plain f32: slow, obvious, what the integers are tested against |

mod aligned;
mod block;
mod classes;
mod depthwise;
mod network;
mod packing;
mod planes;
mod pointwise;
mod pools;
pub mod reference;
mod scales;
mod simd;
mod stem;
mod tile;

use super::weights::Weights;
use super::{Backbone, Input, Outputs};
use crate::Result;
use crate::error::RequestError;
use network::Network;

/// The network on the CPU, one photo after the other on the calling thread.
pub struct CpuBackbone {
    network: Network,
}

impl CpuBackbone {
    /// Packs the weights for the kernels.
    ///
    /// # Errors
    /// [`WeightsError::Format`](crate::error::WeightsError::Format) when weights are too large for the
    /// integers that stand for them.
    pub fn new(weights: &Weights) -> Result<Self> {
        Ok(Self {
            network: Network::new(weights)?,
        })
    }

    /// Width and height of the inputs in pixels.
    pub fn side(&self) -> usize {
        self.network.side()
    }

    /// What the network says of one photo.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] when the input has not the network's side, or not all its bytes.
    pub fn run(&mut self, input: &Input) -> Result<Outputs> {
        let side = self.side();
        if input.side != side || input.rgb.len() != side * side * 3 {
            let message = format!("The network takes {side} × {side} RGB pixels.");
            return Err(RequestError::Invalid(message).into());
        }
        Ok(self.network.run(&input.rgb))
    }
}

impl Backbone for CpuBackbone {
    async fn outputs(&mut self, batch: &[Input]) -> Result<Vec<Outputs>> {
        batch.iter().map(|input| self.run(input)).collect()
    }
}
