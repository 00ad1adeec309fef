//! From a PyTorch EfficientNet-Lite to one kernel and one bias per layer.
//!
//! PyTorch keeps a convolution as `[outputs, inputs, rows, columns]`; here the output channel comes
//! last ([`Kind`]). Batch norm at inference is `(x − mean)·γ/√(variance + ε) + β`, a factor and an
//! offset per channel, so it goes into the convolution before it: `kernel·factor` and `β − mean·factor`.

use crate::Result;
use crate::state_dict::StateDict;
use keepsake_vision::backbone::table::{Kind, Layer, Network, Spec};
use keepsake_vision::backbone::weights::{FloatLayer, FloatWeights};

/// ε of every batch norm in the family.
const EPSILON: f64 = 1e-3;

/// The network in f32, folded in f64.
///
/// # Errors
/// A tensor is missing or has another shape than the table says.
pub fn fold(dict: &StateDict, spec: Spec) -> Result<FloatWeights> {
    let network = spec.network();
    let layers = names(&network)
        .iter()
        .map(|(layer, names)| fold_layer(dict, layer, names))
        .collect::<Result<_>>()?;
    FloatWeights::new(spec, layers).map_err(|error| error.to_string())
}

/// What the state dict calls a layer.
pub(crate) struct Names {
    convolution: String,
    /// None for the class layer, which has a bias of its own.
    pub(crate) norm: Option<String>,
}

/// All layers in the order of the table, with their names in the state dict.
pub(crate) fn names(network: &Network) -> Vec<(&Layer, Names)> {
    let normed = |convolution: &str, norm: &str| Names {
        convolution: convolution.to_owned(),
        norm: Some(norm.to_owned()),
    };
    let mut names = vec![(&network.stem, normed("_conv_stem", "_bn0"))];
    for (index, block) in network.blocks.iter().enumerate() {
        let inside = |convolution: &str, norm: &str| {
            normed(
                &format!("_blocks.{index}.{convolution}"),
                &format!("_blocks.{index}.{norm}"),
            )
        };
        if let Some(expand) = &block.expand {
            names.push((expand, inside("_expand_conv", "_bn0")));
        }
        names.push((&block.depthwise, inside("_depthwise_conv", "_bn1")));
        names.push((&block.project, inside("_project_conv", "_bn2")));
    }
    names.push((&network.head, normed("_conv_head", "_bn1")));
    names.push((
        &network.classes,
        Names {
            convolution: "_fc".to_owned(),
            norm: None,
        },
    ));
    names
}

fn fold_layer(dict: &StateDict, layer: &Layer, names: &Names) -> Result<FloatLayer> {
    let inputs = if layer.kind == Kind::Depthwise {
        1
    } else {
        layer.inputs
    };
    let mut shape = vec![layer.outputs, inputs, layer.kernel, layer.kernel];
    if names.norm.is_none() {
        shape.truncate(2);
    }
    let kernel = dict.tensor(&format!("{}.weight", names.convolution), &shape)?;
    let channel = |name: String| Ok::<_, String>(&dict.tensor(&name, &[layer.outputs])?.values);
    let (factors, bias) = match &names.norm {
        Some(norm) => {
            let gamma = channel(format!("{norm}.weight"))?;
            let beta = channel(format!("{norm}.bias"))?;
            let mean = channel(format!("{norm}.running_mean"))?;
            let variance = channel(format!("{norm}.running_var"))?;
            let factors: Vec<f64> = gamma
                .iter()
                .zip(variance)
                .map(|(&gamma, &variance)| {
                    f64::from(gamma) / (f64::from(variance) + EPSILON).sqrt()
                })
                .collect();
            let bias = beta
                .iter()
                .zip(mean)
                .zip(&factors)
                .map(|((&beta, &mean), factor)| {
                    (f64::from(beta) - f64::from(mean) * factor) as f32
                });
            let bias = bias.collect();
            (factors, bias)
        }
        None => (
            vec![1.0; layer.outputs],
            channel(format!("{}.bias", names.convolution))?.clone(),
        ),
    };
    // [outputs, inputs·rows·columns] → [rows·columns, inputs, outputs]
    let area = layer.kernel * layer.kernel;
    let mut folded = Vec::with_capacity(kernel.values.len());
    for position in 0..area {
        for input in 0..inputs {
            for (output, factor) in factors.iter().enumerate() {
                let value = kernel.values[(output * inputs + input) * area + position];
                folded.push((f64::from(value) * factor) as f32);
            }
        }
    }
    Ok(FloatLayer {
        kernel: folded,
        bias,
    })
}
