//! One layer: a convolution with its activation, as the table describes it.

use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Tensor, TensorData};

use crate::backbone::table::{Kind, Layer};
use crate::backbone::weights::FloatLayer;

/// A convolution whose weights lie on a device. They are frozen, so they are plain tensors.
#[derive(Debug, Clone)]
pub(super) struct Convolution {
    /// `[outputs, inputs / groups, kernel, kernel]`.
    kernel: Tensor<4>,
    /// `[outputs]`.
    bias: Tensor<1>,
    options: ConvOptions<2>,
    relu6: bool,
}

impl Convolution {
    /// Uploads a layer.
    pub fn init(layer: &Layer, weights: &FloatLayer, device: &Device) -> Self {
        // In the file the output channel is the last axis; burn wants it first.
        let size = layer.kernel;
        let (inputs, groups) = match layer.kind {
            Kind::Depthwise => (1, layer.outputs),
            Kind::Convolution | Kind::Matrix => (layer.inputs, 1),
        };
        let data = TensorData::new(
            transposed(&weights.kernel, layer.outputs),
            [layer.outputs, size, size, inputs],
        );
        let kernel = Tensor::<4>::from_data(data, device).permute([0, 3, 1, 2]);
        // Uneven on stride 2, as TensorFlow pads: never left to a library's idea of "same".
        let padding = layer.padding();
        Self {
            kernel,
            bias: Tensor::from_data(
                TensorData::new(weights.bias.clone(), [layer.outputs]),
                device,
            ),
            options: ConvOptions::new_with_padding([layer.stride; 2], [padding; 2], [1; 2], groups),
            relu6: layer.relu6,
        }
    }

    /// `[n, inputs, h, w]` to `[n, outputs, h / stride, w / stride]`, rounded up.
    pub fn forward(&self, maps: Tensor<4>) -> Tensor<4> {
        let (kernel, bias) = (self.kernel.clone(), self.bias.clone());
        let maps = conv2d(maps, kernel, Some(bias), self.options.clone());
        if self.relu6 {
            maps.clamp(0.0, 6.0)
        } else {
            maps
        }
    }
}

/// A matrix whose rows have `columns` values, turned over.
fn transposed(values: &[f32], columns: usize) -> Vec<f32> {
    (0..columns)
        .flat_map(|column| values.iter().skip(column).step_by(columns).copied())
        .collect()
}
