//! Settings as bytes, and the reader of a snapshot's fields.
//!
//! Settings are: preset, side, steps, rehearsal steps, rehearsal (0 or 1), number of layers (4 bytes each),
//! seed (8), and of each layer its kind (1 byte), two numbers (4 each) and its activation (1).

use super::network::{Activation, LayerConfig};
use super::snapshot::damaged;
use super::{Preset, Settings};
use crate::Result;

const MOST_LAYERS: u32 = 64;

/// Takes fields off the front of bytes, and never past their end.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader(bytes)
    }

    pub fn rest(self) -> &'a [u8] {
        self.0
    }

    pub fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self
            .0
            .split_at_checked(length)
            .ok_or_else(|| damaged("it is cut off"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn chunk<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (chunk, rest) = self
            .0
            .split_first_chunk::<N>()
            .ok_or_else(|| damaged("it is cut off"))?;
        self.0 = rest;
        Ok(*chunk)
    }

    pub fn byte(&mut self) -> Result<u8> {
        self.chunk::<1>().map(|[byte]| byte)
    }

    pub fn u32(&mut self) -> Result<u32> {
        self.chunk().map(u32::from_le_bytes)
    }

    pub fn u64(&mut self) -> Result<u64> {
        self.chunk().map(u64::from_le_bytes)
    }

    /// `count` numbers of `N` bytes each; `None` is more than there can be.
    pub fn numbers<const N: usize, T>(
        &mut self,
        count: Option<usize>,
        from: impl Fn([u8; N]) -> T,
    ) -> Result<Vec<T>> {
        let length = count.and_then(|count| count.checked_mul(N));
        let bytes = self.take(length.unwrap_or(usize::MAX))?;
        Ok(bytes
            .as_chunks::<N>()
            .0
            .iter()
            .map(|&chunk| from(chunk))
            .collect())
    }
}

pub(super) fn write_settings(bytes: &mut Vec<u8>, settings: &Settings) {
    let mut number = |value: usize| bytes.extend_from_slice(&(value as u32).to_le_bytes());
    number(match settings.preset {
        Preset::Article => 1,
        Preset::Rehearse => 2,
        Preset::Exact => 3,
    });
    number(settings.side);
    number(settings.max_iter);
    number(settings.rehearsal_steps);
    number(usize::from(settings.rehearsal));
    number(settings.layers.len());
    bytes.extend_from_slice(&settings.seed.to_le_bytes());
    for layer in &settings.layers {
        let (kind, first, second, activation) = match *layer {
            LayerConfig::Conv2d {
                filters,
                kernel,
                activation,
            } => (1, filters as u32, kernel as u32, activation),
            LayerConfig::MaxPool { size } => (2, size as u32, 0, Activation::Linear),
            LayerConfig::Dropout { rate } => (3, rate.to_bits(), 0, Activation::Linear),
            LayerConfig::Dense { units, activation } => (4, units as u32, 0, activation),
        };
        bytes.push(kind);
        bytes.extend_from_slice(&first.to_le_bytes());
        bytes.extend_from_slice(&second.to_le_bytes());
        bytes.push(u8::from(activation == Activation::Relu));
    }
}

pub(super) fn read_settings(reader: &mut Reader) -> Result<Settings> {
    let preset = match reader.u32()? {
        1 => Preset::Article,
        2 => Preset::Rehearse,
        3 => Preset::Exact,
        _ => return Err(damaged("it is of no known kind")),
    };
    let side = reader.u32()? as usize;
    let max_iter = reader.u32()? as usize;
    let rehearsal_steps = reader.u32()? as usize;
    let rehearsal = reader.u32()? == 1;
    let count = reader.u32()?;
    let seed = reader.u64()?;
    if count > MOST_LAYERS {
        return Err(damaged("its network has too many layers"));
    }
    let layers = (0..count)
        .map(|_| read_layer(reader))
        .collect::<Result<_>>()?;
    Ok(Settings {
        preset,
        side,
        layers,
        rehearsal,
        max_iter,
        rehearsal_steps,
        seed,
    })
}

fn read_layer(reader: &mut Reader) -> Result<LayerConfig> {
    let kind = reader.byte()?;
    let (first, second) = (reader.u32()?, reader.u32()?);
    let activation = match reader.byte()? {
        0 => Activation::Linear,
        1 => Activation::Relu,
        _ => return Err(damaged("a layer has no known activation")),
    };
    Ok(match kind {
        1 => LayerConfig::Conv2d {
            filters: first as usize,
            kernel: second as usize,
            activation,
        },
        2 => LayerConfig::MaxPool {
            size: first as usize,
        },
        3 => LayerConfig::Dropout {
            rate: f32::from_bits(first),
        },
        4 => LayerConfig::Dense {
            units: first as usize,
            activation,
        },
        _ => return Err(damaged("a layer is of no known kind")),
    })
}
