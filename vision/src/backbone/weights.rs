//! The weights file: what the network learned, one byte per weight.
//!
//! | bytes | field |
//! |---|---|
//! | 8 | `KEEPSAKE` |
//! | 4 | format version, little endian as all numbers |
//! | 4 | length of the name |
//! | … | name of the size, such as `lite0` ([`Spec::name`]) |
//! | … | the layers, in the order of [`Network::layers`] |
//! | 32 | SHA-256 of everything before |
//!
//! A layer is `scales` (f32 per output channel), `bias` (f32 per output channel), `kernel` (i8, laid
//! out as [`Kind`](super::table::Kind) says: the output channel is the last axis). A weight is
//! `kernel × scale of its output channel`. Batch norm is already folded in. Lengths follow from the
//! table, so the file holds none and nothing in it can ask for memory.
//!
//! [`FloatWeights`] is the same network in f32, for the reference and for packing.

use super::table::{Layer, Spec};
use crate::error::{Result, WeightsError};
use sha2::{Digest, Sha256};

const MAGIC: [u8; 8] = *b"KEEPSAKE";
/// The version this program reads and writes.
const VERSION: u32 = 1;
const HASH: usize = 32;

/// One layer, one byte per weight.
#[derive(Debug, Clone, PartialEq)]
pub struct QuantisedLayer {
    /// −127..=127, `[.., outputs]`.
    pub kernel: Vec<i8>,
    /// What one step of a kernel value is worth, `[outputs]`; positive.
    pub scales: Vec<f32>,
    /// `[outputs]`.
    pub bias: Vec<f32>,
}

/// One layer in f32.
#[derive(Debug, Clone, PartialEq)]
pub struct FloatLayer {
    /// `[.., outputs]`, laid out as [`Kind`](super::table::Kind) says.
    pub kernel: Vec<f32>,
    /// `[outputs]`.
    pub bias: Vec<f32>,
}

/// A whole network, one byte per weight: what is shipped.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    spec: Spec,
    layers: Vec<QuantisedLayer>,
    hash: [u8; HASH],
}

/// A whole network in f32.
#[derive(Debug, Clone, PartialEq)]
pub struct FloatWeights {
    spec: Spec,
    layers: Vec<FloatLayer>,
}

impl QuantisedLayer {
    /// The same layer in f32.
    pub fn to_floats(&self) -> FloatLayer {
        let rows = self.kernel.chunks_exact(self.scales.len());
        let kernel = rows
            .flat_map(|row| {
                row.iter()
                    .zip(&self.scales)
                    .map(|(&q, &scale)| f32::from(q) * scale)
            })
            .collect();
        FloatLayer {
            kernel,
            bias: self.bias.clone(),
        }
    }

    fn fits(&self, layer: &Layer) -> bool {
        self.kernel.len() == layer.kernel_len()
            && self.scales.len() == layer.outputs
            && self.bias.len() == layer.outputs
            // As a minimum the compiler makes this sixteen bytes at a time; a search it does not.
            && self.kernel.iter().fold(0, |least: i8, &q| least.min(q)) > i8::MIN
            && self
                .scales
                .iter()
                .all(|scale| scale.is_finite() && *scale > 0.0)
            && self.bias.iter().all(|bias| bias.is_finite())
    }
}

impl Weights {
    /// A network from its layers, in the order of the table.
    ///
    /// # Errors
    /// [`WeightsError::Format`] when a layer is missing, has another shape than the table says, or
    /// holds a scale or bias that is not a number.
    pub fn new(spec: Spec, layers: Vec<QuantisedLayer>) -> Result<Self> {
        check(spec, &layers, QuantisedLayer::fits)?;
        let mut weights = Self {
            spec,
            layers,
            hash: [0; HASH],
        };
        weights.hash = Sha256::digest(weights.content()).into();
        Ok(weights)
    }

    /// Reads a weights file and checks it whole.
    ///
    /// # Errors
    /// [`WeightsError::Format`] when it is no weights file, or of a size or version this program does
    /// not know; [`WeightsError::Damaged`] when it is cut off, too long or altered.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let weights = Self::parse_verified(bytes)?;
        let content = &bytes[..bytes.len() - HASH];
        if Sha256::digest(content).as_slice() != weights.hash {
            return Err(WeightsError::Damaged.into());
        }
        Ok(weights)
    }

    /// Reads a weights file whose SHA-256 the caller has checked already: a browser does that in a few
    /// milliseconds, WebAssembly in 35 and, before it has been optimised, in 250. Everything else is
    /// checked as in [`Weights::parse`].
    ///
    /// # Errors
    /// As [`Weights::parse`].
    pub fn parse_verified(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader { bytes };
        if reader.take(MAGIC.len())? != MAGIC {
            return Err(format("it is something else"));
        }
        let version = reader.number()?;
        if version != VERSION {
            return Err(format(&format!("version {version}")));
        }
        let length = reader.number()? as usize;
        let name = String::from_utf8_lossy(reader.take(length)?);
        let spec = Spec::named(&name).ok_or_else(|| format("an unknown network"))?;
        let layers = spec
            .network()
            .layers()
            .map(|layer| {
                let scales = reader.floats(layer.outputs)?;
                let bias = reader.floats(layer.outputs)?;
                let kernel = reader.take(layer.kernel_len())?;
                let kernel = kernel.iter().map(|&byte| byte as i8).collect();
                Ok(QuantisedLayer {
                    kernel,
                    scales,
                    bias,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let hash = reader.bytes.try_into().map_err(|_| WeightsError::Damaged)?;
        check(spec, &layers, QuantisedLayer::fits).map_err(|_| WeightsError::Damaged)?;
        Ok(Self { spec, layers, hash })
    }

    /// The bytes of the weights file; [`Weights::parse`] reads them back.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.content();
        bytes.extend_from_slice(&self.hash);
        bytes
    }

    /// Everything but the SHA-256 at the end.
    fn content(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&(self.spec.name.len() as u32).to_le_bytes());
        bytes.extend_from_slice(self.spec.name.as_bytes());
        for layer in &self.layers {
            let floats = layer.scales.iter().chain(&layer.bias);
            bytes.extend(floats.flat_map(|value| value.to_le_bytes()));
            bytes.extend(layer.kernel.iter().map(|&q| q as u8));
        }
        bytes
    }

    /// The size of the network.
    pub fn spec(&self) -> Spec {
        self.spec
    }

    /// The layers in the order of [`Network::layers`](super::table::Network::layers).
    pub fn layers(&self) -> &[QuantisedLayer] {
        &self.layers
    }

    /// SHA-256 of the file without its last 32 bytes: features of networks with the same hash (and
    /// the same preprocessing) mean the same.
    pub fn hash(&self) -> [u8; HASH] {
        self.hash
    }

    /// The same network in f32.
    pub fn to_floats(&self) -> FloatWeights {
        let layers = self.layers.iter().map(QuantisedLayer::to_floats).collect();
        FloatWeights {
            spec: self.spec,
            layers,
        }
    }
}

impl FloatWeights {
    /// A network from its layers, in the order of the table.
    ///
    /// # Errors
    /// [`WeightsError::Format`] when a layer is missing or has another shape than the table says.
    pub fn new(spec: Spec, layers: Vec<FloatLayer>) -> Result<Self> {
        check(spec, &layers, |values, layer| {
            values.kernel.len() == layer.kernel_len() && values.bias.len() == layer.outputs
        })?;
        Ok(Self { spec, layers })
    }

    /// The size of the network.
    pub fn spec(&self) -> Spec {
        self.spec
    }

    /// The layers in the order of [`Network::layers`](super::table::Network::layers).
    pub fn layers(&self) -> &[FloatLayer] {
        &self.layers
    }
}

fn format(what: &str) -> crate::Error {
    WeightsError::Format(what.to_owned()).into()
}

/// Whether there is one fitting set of values for each layer of the table.
fn check<T>(spec: Spec, values: &[T], fits: impl Fn(&T, &Layer) -> bool) -> Result<()> {
    let network = spec.network();
    if network.layers().count() != values.len() {
        return Err(format("another number of layers"));
    }
    match network
        .layers()
        .zip(values)
        .find(|(layer, values)| !fits(values, layer))
    {
        Some((layer, _)) => Err(format(&format!("layer {} does not fit", layer.name))),
        None => Ok(()),
    }
}

/// Bytes not read yet.
struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self
            .bytes
            .split_at_checked(length)
            .ok_or(WeightsError::Damaged)?;
        self.bytes = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u32> {
        Ok(self
            .take(4)?
            .iter()
            .rev()
            .fold(0, |number, &byte| number << 8 | u32::from(byte)))
    }

    fn floats(&mut self, count: usize) -> Result<Vec<f32>> {
        let (values, _) = self.take(count * 4)?.as_chunks();
        Ok(values
            .iter()
            .map(|&bytes| f32::from_le_bytes(bytes))
            .collect())
    }
}

#[cfg(test)]
mod tests;
