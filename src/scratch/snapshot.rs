//! All that a scratch learner is, as bytes: settings and named arrays.
//!
//! | bytes | field |
//! |---|---|
//! | 4 | `KSCR` |
//! | 4 | format version, little endian as all numbers |
//! | 8 | length of the body |
//! | 4 | CRC-32 of the body |
//! | | the body: settings (see `settings_bytes`), then arrays by name: length and bytes of the name, kind, rank, dimensions, values |
//!
//! A snapshot may come from a file that a person was sent, so nothing in it is believed: every length
//! is checked before it is used, every number must be finite, and nothing panics.

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor};

use super::Settings;
use super::adam::{Adam, AdamConfig, Moments};
use super::settings_bytes::{Reader, read_settings, write_settings};
use super::tensors::{read, tensor};
use crate::Result;
use crate::error::ImportError;
use crate::labels::LabelId;
use crate::store::checksum::crc32;

const MAGIC: &[u8; 4] = b"KSCR";
/// The version this program writes.
pub const VERSION: u32 = 1;
/// Bytes before the body.
const HEADER: usize = 20;
const LONGEST_NAME: usize = 200;
const HIGHEST_RANK: usize = 4;

/// The values of an array, rows first.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Weights, moments, pictures.
    F32(Vec<f32>),
    /// Statistics.
    F64(Vec<f64>),
    /// Bytes.
    U8(Vec<u8>),
    /// Labels, counts, states of random numbers.
    U64(Vec<u64>),
}

/// A named array.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// Its dimensions.
    pub shape: Vec<usize>,
    /// As many values as the dimensions say.
    pub values: Values,
}

/// All that a scratch learner is.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// How it was set up.
    pub settings: Settings,
    arrays: BTreeMap<String, Array>,
}

macro_rules! typed {
    ($(#[$doc:meta])* $get:ident, $put:ident, $variant:ident, $type:ty) => {
        $(#[$doc])*
        ///
        /// # Errors
        /// `import/damaged` where there is none of this name, type and shape. A dimension of
        /// `usize::MAX` fits any.
        pub fn $get(&self, name: &str, shape: &[usize]) -> Result<&[$type]> {
            match self.arrays.get(name) {
                Some(Array { shape: found, values: Values::$variant(values) })
                    if fits(found, shape) => Ok(values),
                _ => Err(damaged(&format!("“{name}” is missing or has another form"))),
            }
        }

        /// Keeps an array. `shape` says how many `values` there are.
        pub fn $put(&mut self, name: &str, shape: &[usize], values: Vec<$type>) {
            debug_assert_eq!(shape.iter().product::<usize>(), values.len(), "{name}");
            let values = Values::$variant(values);
            let array = Array { shape: shape.to_vec(), values };
            self.arrays.insert(name.to_owned(), array);
        }
    };
}

impl Snapshot {
    /// With no arrays yet.
    pub fn new(settings: Settings) -> Snapshot {
        Snapshot {
            settings,
            arrays: BTreeMap::new(),
        }
    }

    typed!(
        /// Weights, moments or pictures.
        f32, put_f32, F32, f32
    );
    typed!(
        /// Statistics.
        f64, put_f64, F64, f64
    );
    typed!(
        /// Bytes.
        u8, put_u8, U8, u8
    );
    typed!(
        /// Labels, counts, states of random numbers.
        u64, put_u64, U64, u64
    );

    /// The dimensions of an array, where there is one.
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        self.arrays.get(name).map(|array| array.shape.as_slice())
    }

    /// Keeps a tensor's values.
    ///
    /// # Errors
    /// [`crate::Error::Compute`] when the device fails.
    pub async fn put_tensor(&mut self, name: &str, tensor: &Tensor<2>) -> Result<()> {
        let values = read(tensor.clone()).await?;
        self.put_f32(name, &tensor.dims(), values);
        Ok(())
    }

    /// A tensor of this shape, on `device`.
    ///
    /// # Errors
    /// As [`Snapshot::f32`].
    pub fn tensor(&self, name: &str, shape: [usize; 2], device: &Device) -> Result<Tensor<2>> {
        Ok(tensor(self.f32(name, &shape)?.to_vec(), shape, device))
    }

    /// Keeps parameters and their optimiser.
    ///
    /// # Errors
    /// [`crate::Error::Compute`] when the device fails.
    pub async fn put_trained(
        &mut self,
        name: &str,
        parameters: &[Tensor<2>],
        adam: &Adam,
    ) -> Result<()> {
        self.put_u64(&format!("{name}.steps"), &[1], vec![adam.steps]);
        for (at, (parameter, moments)) in parameters.iter().zip(&adam.moments).enumerate() {
            self.put_tensor(&format!("{name}.{at}"), parameter).await?;
            self.put_tensor(&format!("{name}.{at}.first"), &moments.first)
                .await?;
            self.put_tensor(&format!("{name}.{at}.second"), &moments.second)
                .await?;
        }
        Ok(())
    }

    /// Parameters of these shapes and their optimiser.
    ///
    /// # Errors
    /// As [`Snapshot::f32`], and where a second moment is below 0: its root would be no number.
    pub fn trained(
        &self,
        name: &str,
        shapes: &[[usize; 2]],
        config: AdamConfig,
        device: &Device,
    ) -> Result<(Vec<Tensor<2>>, Adam)> {
        let (mut parameters, mut moments) = (Vec::new(), Vec::new());
        for (at, &shape) in shapes.iter().enumerate() {
            parameters.push(self.tensor(&format!("{name}.{at}"), shape, device)?);
            let second = format!("{name}.{at}.second");
            if self.f32(&second, &shape)?.iter().any(|value| *value < 0.0) {
                return Err(damaged(&format!("“{second}” has a value below 0")));
            }
            moments.push(Moments {
                first: self.tensor(&format!("{name}.{at}.first"), shape, device)?,
                second: self.tensor(&second, shape, device)?,
            });
        }
        let steps = self.number(&format!("{name}.steps"))?;
        let adam = Adam {
            config,
            steps,
            moments,
        };
        Ok((parameters, adam))
    }

    /// The one number of an array.
    ///
    /// # Errors
    /// As [`Snapshot::u64`].
    pub fn number(&self, name: &str) -> Result<u64> {
        Ok(self.u64(name, &[1])?[0])
    }

    /// As bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; HEADER];
        write_settings(&mut bytes, &self.settings);
        put_u32(&mut bytes, self.arrays.len());
        for (name, array) in &self.arrays {
            put_u32(&mut bytes, name.len());
            bytes.extend_from_slice(name.as_bytes());
            bytes.push(match array.values {
                Values::F32(_) => 1,
                Values::F64(_) => 2,
                Values::U8(_) => 3,
                Values::U64(_) => 4,
            });
            put_u32(&mut bytes, array.shape.len());
            for &length in &array.shape {
                put_u32(&mut bytes, length);
            }
            match &array.values {
                Values::F32(values) => bytes.extend(values.iter().flat_map(|v| v.to_le_bytes())),
                Values::F64(values) => bytes.extend(values.iter().flat_map(|v| v.to_le_bytes())),
                Values::U8(values) => bytes.extend_from_slice(values),
                Values::U64(values) => bytes.extend(values.iter().flat_map(|v| v.to_le_bytes())),
            }
        }
        let length = (bytes.len() - HEADER) as u64;
        let checksum = crc32(&bytes[HEADER..]);
        bytes[..4].copy_from_slice(MAGIC);
        bytes[4..8].copy_from_slice(&VERSION.to_le_bytes());
        bytes[8..16].copy_from_slice(&length.to_le_bytes());
        bytes[16..20].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// What [`Snapshot::to_bytes`] wrote.
    ///
    /// # Errors
    /// `import/foreign`, `import/newer`, or `import/damaged`: cut off, altered, or with a number that is
    /// not finite.
    pub fn parse(bytes: &[u8]) -> Result<Snapshot> {
        let mut header = Reader::new(bytes);
        if header.take(4).ok() != Some(MAGIC) {
            return Err(ImportError::Foreign.into());
        }
        match header.u32()? {
            VERSION => {}
            0 => return Err(ImportError::Foreign.into()),
            _ => return Err(ImportError::Newer.into()),
        }
        let length = header.u64()?;
        let checksum = header.u32()?;
        let body = header.rest();
        if body.len() as u64 != length {
            return Err(damaged("it is cut off"));
        }
        if crc32(body) != checksum {
            return Err(damaged("its content was altered"));
        }
        let mut reader = Reader::new(body);
        let mut snapshot = Snapshot::new(read_settings(&mut reader)?);
        for _ in 0..reader.u32()? {
            let (name, array) = read_array(&mut reader)?;
            if snapshot.arrays.insert(name, array).is_some() {
                return Err(damaged("an array is there twice"));
            }
        }
        match reader.rest() {
            [] => Ok(snapshot),
            _ => Err(damaged("something follows its end")),
        }
    }
}

fn read_array(reader: &mut Reader) -> Result<(String, Array)> {
    let length = reader.u32()? as usize;
    if length > LONGEST_NAME {
        return Err(damaged("a name is too long"));
    }
    let name = String::from_utf8(reader.take(length)?.to_vec());
    let name = name.map_err(|_| damaged("a name is not text"))?;
    let kind = reader.take(1)?[0];
    let rank = reader.u32()? as usize;
    if rank > HIGHEST_RANK {
        return Err(damaged("an array has too many dimensions"));
    }
    let mut shape = Vec::with_capacity(rank);
    for _ in 0..rank {
        shape.push(reader.u32()? as usize);
    }
    let count = shape
        .iter()
        .try_fold(1usize, |n, &length| n.checked_mul(length));
    let values = match kind {
        1 => Values::F32(reader.numbers(count, f32::from_le_bytes)?),
        2 => Values::F64(reader.numbers(count, f64::from_le_bytes)?),
        3 => Values::U8(reader.numbers(count, u8::from_le_bytes)?),
        4 => Values::U64(reader.numbers(count, u64::from_le_bytes)?),
        _ => return Err(damaged("an array is of no known type")),
    };
    let finite = match &values {
        Values::F32(values) => values.iter().all(|value| value.is_finite()),
        Values::F64(values) => values.iter().all(|value| value.is_finite()),
        Values::U8(_) | Values::U64(_) => true,
    };
    if !finite {
        return Err(damaged(&format!("“{name}” has a value that is no number")));
    }
    Ok((name, Array { shape, values }))
}

fn fits(found: &[usize], wanted: &[usize]) -> bool {
    found.len() == wanted.len()
        && (found.iter().zip(wanted))
            .all(|(found, &wanted)| wanted == usize::MAX || *found == wanted)
}

fn put_u32(bytes: &mut Vec<u8>, number: usize) {
    bytes.extend_from_slice(&(number as u32).to_le_bytes());
}

/// A snapshot that cannot be used.
pub(super) fn damaged(what: &str) -> crate::Error {
    ImportError::Damaged(what.to_owned()).into()
}

/// Keeps a list of labels.
pub(super) fn put_labels(snapshot: &mut Snapshot, name: &str, labels: &[LabelId]) {
    let ids = labels.iter().map(|label| u64::from(label.0)).collect();
    snapshot.put_u64(name, &[labels.len()], ids);
}

/// A list of labels that was kept.
///
/// # Errors
/// As [`Snapshot::u64`].
pub(super) fn labels(snapshot: &Snapshot, name: &str) -> Result<Vec<LabelId>> {
    let ids = snapshot.u64(name, &[usize::MAX])?.iter();
    let labels: Result<Vec<LabelId>, _> = ids.map(|&id| u32::try_from(id).map(LabelId)).collect();
    labels.map_err(|_| damaged("a label's number is too large"))
}
