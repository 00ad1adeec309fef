//! Principal axes of a label's pictures: the directions in which they differ most.

use burn::tensor::{Device, Tensor};

use super::super::random::Random;
use super::super::tensors::{read, tensor};
use crate::Result;

/// Axes carried along beyond those wanted: with them the last wanted ones settle sooner.
const EXTRA: usize = 8;
/// Rounds of subspace iteration: each brings the axes closer by the ratio of the variances kept to those
/// left out, squared.
const ROUNDS: usize = 10;
/// Sweeps of Jacobi's rotations; the error is squared by each.
const SWEEPS: usize = 8;

/// Mean and principal axes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Principal {
    /// `[pixels]`
    pub mean: Vec<f32>,
    /// `[axes, pixels]`, of norm 1 and at right angles, by falling deviation.
    pub axes: Vec<f32>,
    /// Standard deviation along each axis, above 0. `[axes]`
    pub deviations: Vec<f32>,
}

/// Of `rows` (`[count, pixels]`), at most `most` axes; fewer where the pictures differ in fewer ways.
///
/// Subspace iteration on the centred pictures (Halko, Martinsson, Tropp 2011), without their covariance,
/// which would be large for large pictures.
pub(super) async fn principal(
    rows: &[f32],
    pixels: usize,
    most: usize,
    random: &mut Random,
    device: &Device,
) -> Result<Principal> {
    let count = rows.len() / pixels;
    let mut mean = vec![0.0f64; pixels];
    for row in rows.chunks_exact(pixels) {
        for (mean, value) in mean.iter_mut().zip(row) {
            *mean += f64::from(*value) / count as f64;
        }
    }
    let mean: Vec<f32> = mean.into_iter().map(|value| value as f32).collect();
    let centred = rows.chunks_exact(pixels);
    let centred = centred.flat_map(|row| row.iter().zip(&mean).map(|(value, mean)| value - mean));
    let centred = tensor(centred.collect(), [count, pixels], device);

    let width = (most + EXTRA).min(pixels).min(count);
    let mut axes: Vec<f64> = (0..width * pixels)
        .map(|_| f64::from(random.normal()))
        .collect();
    orthonormalise(&mut axes, pixels);
    for _ in 0..ROUNDS {
        let seen = coordinates(&centred, &axes, pixels, device);
        let turned = seen.transpose().matmul(centred.clone());
        axes = read(turned).await?.into_iter().map(f64::from).collect();
        orthonormalise(&mut axes, pixels);
    }
    let seen = coordinates(&centred, &axes, pixels, device);
    let covariance = read(seen.clone().transpose().matmul(seen)).await?;
    let covariance = covariance.iter().map(|v| f64::from(*v) / count as f64);
    let (variances, rotation) = eigen(covariance.collect(), width);

    let mut order: Vec<usize> = (0..width).collect();
    order.sort_by(|&a, &b| variances[b].total_cmp(&variances[a]));
    // An axis without variance is rounding; one is always kept so that there is something to draw on.
    let widest = order[0];
    let floor = 1e-6 * variances[widest].max(1e-6);
    order.retain(|&at| at == widest || variances[at] > floor);
    order.truncate(most);
    let mut principal = Principal {
        mean,
        axes: Vec::with_capacity(order.len() * pixels),
        deviations: Vec::with_capacity(order.len()),
    };
    for at in order {
        let mut axis = vec![0.0; pixels];
        for (k, part) in axes.chunks_exact(pixels).enumerate() {
            let share = rotation[k * width + at];
            axis.iter_mut()
                .zip(part)
                .for_each(|(value, part)| *value += share * part);
        }
        principal
            .axes
            .extend(axis.into_iter().map(|value| value as f32));
        let deviation = libm::sqrt(variances[at].max(0.0)).max(1e-3);
        principal.deviations.push(deviation as f32);
    }
    Ok(principal)
}

/// Coordinates of the rows of `centred` along `axes` (`[axes, pixels]`), `[count, axes]`.
fn coordinates(centred: &Tensor<2>, axes: &[f64], pixels: usize, device: &Device) -> Tensor<2> {
    let shape = [axes.len() / pixels, pixels];
    let axes = axes.iter().map(|&value| value as f32).collect();
    centred
        .clone()
        .matmul(tensor(axes, shape, device).transpose())
}

/// Makes rows orthonormal (modified Gram–Schmidt); a row that adds nothing becomes 0.
fn orthonormalise(rows: &mut [f64], length: usize) {
    for at in 0..rows.len() / length {
        let (earlier, rest) = rows.split_at_mut(at * length);
        let row = &mut rest[..length];
        let before = square(row);
        for other in earlier.chunks_exact(length) {
            let along: f64 = row.iter().zip(other).map(|(a, b)| a * b).sum();
            row.iter_mut().zip(other).for_each(|(a, b)| *a -= along * b);
        }
        let norm = square(row);
        let scale = if norm > 1e-12 * before {
            1.0 / libm::sqrt(norm)
        } else {
            0.0
        };
        row.iter_mut().for_each(|value| *value *= scale);
    }
}

fn square(row: &[f64]) -> f64 {
    row.iter().map(|value| value * value).sum()
}

/// Eigenvalues and, in columns, eigenvectors of a symmetric `[size, size]` matrix (Jacobi's rotations).
fn eigen(mut matrix: Vec<f64>, size: usize) -> (Vec<f64>, Vec<f64>) {
    let mut vectors = vec![0.0; size * size];
    (0..size).for_each(|i| vectors[i * size + i] = 1.0);
    for _ in 0..SWEEPS {
        for p in 0..size {
            for q in p + 1..size {
                let off = matrix[p * size + q];
                if off == 0.0 {
                    continue;
                }
                let theta = (matrix[q * size + q] - matrix[p * size + p]) / (2.0 * off);
                let tangent = theta.signum() / (theta.abs() + libm::sqrt(theta * theta + 1.0));
                let cosine = 1.0 / libm::sqrt(tangent * tangent + 1.0);
                let sine = tangent * cosine;
                for k in 0..size {
                    rotate(&mut matrix, k * size + p, k * size + q, cosine, sine);
                }
                for k in 0..size {
                    rotate(&mut matrix, p * size + k, q * size + k, cosine, sine);
                    rotate(&mut vectors, k * size + p, k * size + q, cosine, sine);
                }
            }
        }
    }
    ((0..size).map(|i| matrix[i * size + i]).collect(), vectors)
}

fn rotate(values: &mut [f64], p: usize, q: usize, cosine: f64, sine: f64) {
    let (a, b) = (values[p], values[q]);
    values[p] = cosine * a - sine * b;
    values[q] = sine * a + cosine * b;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;

    #[test]
    fn axes_of_a_known_cloud_are_found() {
        // Deviations 4, 2, 1 along three of the six coordinates, around 10.
        let mut random = Random::new(1);
        let rows: Vec<f32> = (0..4000)
            .flat_map(|_| [1.0, 0.0, 4.0, 0.0, 2.0, 0.0].map(|s| 10.0 + s * random.normal()))
            .collect();
        let found =
            pollster::block_on(principal(&rows, 6, 5, &mut random, &device::cpu())).unwrap();
        assert_eq!(found.deviations.len(), 3);
        for ((axis, deviation), (place, wanted)) in found
            .axes
            .chunks_exact(6)
            .zip(&found.deviations)
            .zip([(2, 4.0), (4, 2.0), (0, 1.0)])
        {
            assert!(axis[place].abs() > 0.999, "{axis:?}");
            assert!((deviation / wanted - 1.0).abs() < 0.05);
        }
    }

    #[test]
    fn equal_pictures_have_one_axis_and_a_deviation_above_0() {
        for count in [1, 5] {
            let rows = vec![0.25; 9 * count];
            let mut random = Random::new(1);
            let device = device::cpu();
            let found = principal(&rows, 9, 4, &mut random, &device);
            let found = pollster::block_on(found).unwrap();
            assert_eq!((found.mean, found.deviations), (vec![0.25; 9], vec![1e-3]));
        }
    }
}
