//! Between numbers and tensors, and gradients of a list of parameters.

use burn::tensor::{Device, Tensor, TensorData};

use crate::Result;
use crate::error::Error;

/// A tensor of `values`, rows first.
pub fn tensor(values: Vec<f32>, shape: [usize; 2], device: &Device) -> Tensor<2> {
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// A tensor's values, rows first. Waits for a graphics card without blocking; on the CPU a tensor that
/// nobody else holds gives up its buffer.
///
/// # Errors
/// [`Error::Compute`] when the device fails.
pub async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>> {
    let data = tensor.into_data_async().await;
    let data = data.map_err(|error| Error::Compute(error.to_string()))?;
    let values = data.try_into_vec::<f32>();
    values.map_err(|error| Error::Compute(error.to_string()))
}

/// The one value of a loss.
///
/// # Errors
/// [`Error::Compute`] when the device fails.
pub async fn value(loss: Tensor<1>) -> Result<f32> {
    Ok(read(loss).await?.first().copied().unwrap_or(f32::NAN))
}

/// The loss that `loss` computes from the parameters, and its gradient for each of them, in their
/// order and shapes. Whatever else `loss` uses is held fixed.
pub fn gradients(
    parameters: &[Tensor<2>],
    loss: impl FnOnce(&[Tensor<2>]) -> Tensor<1>,
) -> (Tensor<1>, Vec<Tensor<2>>) {
    let track = |parameter: &Tensor<2>| parameter.clone().autodiff().require_grad();
    let tracked: Vec<Tensor<2>> = parameters.iter().map(track).collect();
    let loss = loss(&tracked);
    let mut found = loss.backward();
    let gradients = tracked.iter().map(|parameter| {
        let unused = || parameter.zeros_like().inner();
        parameter.grad_remove(&mut found).unwrap_or_else(unused)
    });
    let gradients = gradients.collect();
    (loss.inner(), gradients)
}
