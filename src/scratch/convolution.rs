//! Convolution and pooling on values that lie as in Keras: `[batch · height · width, channels]`.
//!
//! A convolution is one product of matrices: for each pixel the values under the kernel in a row, times
//! the kernel. So it runs on every device, its gradient is exact and its kernel is Keras's.

use burn::tensor::Tensor;

/// Sums of a square kernel `[side · side · channels, filters]` at every pixel, `[batch · height · width,
/// filters]`. Beyond the border are zeros: of an odd number one more at the bottom and right.
pub(super) fn convolve(
    values: Tensor<2>,
    batch: usize,
    [height, width, channels]: [usize; 3],
    side: usize,
    kernel: Tensor<2>,
) -> Tensor<2> {
    if side == 1 {
        return values.matmul(kernel);
    }
    let pixels = batch * height * width;
    let padded = pad(values, batch, [height, width, channels], side);
    let shifted = (0..side * side).map(|at| {
        let (row, column) = (at / side, at % side);
        padded.clone().slice([
            0..batch,
            row..row + height,
            column..column + width,
            0..channels,
        ])
    });
    if channels == 1 {
        // One plane for each place of the kernel, behind each other: copied in long runs, where rows
        // of a few values each would be copied value by value.
        let planes = shifted.map(|plane| plane.reshape([1, pixels])).collect();
        return Tensor::cat(planes, 0).transpose().matmul(kernel);
    }
    let patches = shifted
        .map(|plane| plane.reshape([pixels, channels]))
        .collect();
    Tensor::cat(patches, 1).matmul(kernel)
}

/// `[batch, height + side - 1, width + side - 1, channels]`.
fn pad(
    values: Tensor<2>,
    batch: usize,
    [height, width, channels]: [usize; 3],
    side: usize,
) -> Tensor<4> {
    let device = values.device().inner();
    let before = (side - 1) / 2;
    let zeros = |rows: usize, length: usize, values: usize| {
        Tensor::<3>::zeros([rows, length, values], &device)
    };
    let around = |values: Tensor<3>| {
        let [rows, _, length] = values.dims();
        let mut parts = vec![values, zeros(rows, side - 1 - before, length)];
        if before > 0 {
            parts.insert(0, zeros(rows, before, length));
        }
        Tensor::cat(parts, 1)
    };
    let (tall, wide) = (height + side - 1, width + side - 1);
    let columns = around(values.reshape([batch * height, width, channels]));
    let rows = around(columns.reshape([batch, height, wide * channels]));
    rows.reshape([batch, tall, wide, channels])
}

/// The largest value of each square of `side` × `side` pixels, channel by channel. Rows and columns
/// left over at the bottom and right are dropped.
pub(super) fn max_pool(
    values: Tensor<2>,
    batch: usize,
    [height, width, channels]: [usize; 3],
    side: usize,
) -> Tensor<2> {
    let (rows, columns) = (height / side, width / side);
    let values = values.reshape([batch, height, width * channels]);
    let values = values.slice([0..batch, 0..rows * side, 0..width * channels]);
    let over_rows = largest(values.reshape([batch * rows, side, width * channels]));
    let values = over_rows.reshape([batch * rows, width, channels]);
    let values = values.slice([0..batch * rows, 0..columns * side, 0..channels]);
    largest(values.reshape([batch * rows * columns, side, channels])).reshape([-1, channels as i32])
}

/// Over the middle dimension.
fn largest(values: Tensor<3>) -> Tensor<3> {
    let [rows, side, length] = values.dims();
    let mut layers = (0..side).map(|at| values.clone().slice([0..rows, at..at + 1, 0..length]));
    let first = layers.next().unwrap_or_else(|| values.clone());
    layers.fold(first, |largest, layer| largest.max_pair(layer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;
    use crate::scratch::network::uniform;
    use crate::scratch::random::Random;

    fn values(tensor: Tensor<2>) -> Vec<f32> {
        tensor.into_data().try_into_vec().unwrap()
    }

    #[test]
    fn a_convolution_is_its_sum() {
        let (batch, height, width, filters) = (2, 5, 4, 3);
        for (side, channels) in [(1, 2), (2, 1), (2, 3), (3, 1), (3, 2), (4, 2)] {
            let mut random = Random::new(side as u64);
            let input = uniform(
                [batch * height * width, channels],
                1.0,
                &mut random,
                &device::cpu(),
            );
            let kernel = uniform(
                [side * side * channels, filters],
                1.0,
                &mut random,
                &device::cpu(),
            );
            let size = [height, width, channels];
            let found = values(convolve(input.clone(), batch, size, side, kernel.clone()));
            let (input, kernel) = (values(input), values(kernel));
            let before = (side - 1) / 2;
            for (at, &found) in found.iter().enumerate() {
                let (filter, pixel) = (at % filters, at / filters);
                let (column, row, picture) = (
                    pixel % width,
                    pixel / width % height,
                    pixel / width / height,
                );
                let mut sum = 0.0;
                for place in 0..side * side {
                    let y = (row + place / side).wrapping_sub(before);
                    let x = (column + place % side).wrapping_sub(before);
                    if y >= height || x >= width {
                        continue;
                    }
                    for channel in 0..channels {
                        let value =
                            input[((picture * height + y) * width + x) * channels + channel];
                        sum += value * kernel[(place * channels + channel) * filters + filter];
                    }
                }
                assert!(
                    (found - sum).abs() < 1e-5,
                    "side {side}, {channels} channels, {at}"
                );
            }
        }
    }

    #[test]
    fn a_pool_takes_the_largest_and_drops_what_is_left_over() {
        // Two pictures of 3 × 5 pixels with two channels: the value is the place.
        let places: Vec<f32> = (0..60).map(|place| place as f32).collect();
        let input = crate::scratch::tensors::tensor(places, [30, 2], &device::cpu());
        let found = max_pool(input.clone(), 2, [3, 5, 2], 2);
        assert_eq!(found.dims(), [4, 2]);
        assert_eq!(
            values(found),
            [12.0, 13.0, 16.0, 17.0, 42.0, 43.0, 46.0, 47.0]
        );
        assert_eq!(
            values(-max_pool(-input, 2, [3, 5, 2], 3)),
            [0.0, 1.0, 30.0, 31.0]
        );
    }
}
