//! PyTorch state dicts in the layout from before torch 1.6 (not a zip).
//!
//! ```text
//! pickle  magic number 0x1950a86a20f9469cfc6c
//! pickle  protocol version
//! pickle  system information
//! pickle  OrderedDict: name → tensor (storage key, offset, shape, strides)
//! pickle  list of storage keys
//! per key in that order: element count as i64, then the raw elements, little endian
//! ```
//! Source: `_legacy_load` in PyTorch's `torch/serialization.py`.

use crate::Result;
use crate::pickle::{self, Value};
use std::collections::HashMap;

const MAGIC: i128 = 0x1950_a86a_20f9_469c_fc6c;

/// An array of numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// Length of each axis.
    pub shape: Vec<usize>,
    /// Row-major values, whatever order the file keeps them in.
    pub values: Vec<f32>,
}

/// All f32 tensors of a file, by name.
pub struct StateDict {
    tensors: HashMap<String, Tensor>,
}

impl StateDict {
    /// Reads a whole file.
    ///
    /// # Errors
    /// The file has another layout, is cut off, or describes tensors that its storages cannot hold.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let (magic, rest) = pickle::read(bytes)?;
        if magic != Value::Int(MAGIC) {
            return Err("This is no PyTorch file from before torch 1.6.".into());
        }
        let (_protocol, rest) = pickle::read(rest)?;
        let (_system, rest) = pickle::read(rest)?;
        let (dict, rest) = pickle::read(rest)?;
        let (keys, rest) = pickle::read(rest)?;
        let Value::Dict(entries) = dict else {
            return Err("The file holds no dict.".into());
        };
        let views: Vec<_> = entries.iter().map(View::read).collect::<Result<_>>()?;
        let storages = read_storages(&keys, &views, rest)?;
        let tensors = views
            .iter()
            .filter(|view| view.class == "torch FloatStorage")
            .map(|view| Ok((view.name.clone(), view.gather(&storages)?)))
            .collect::<Result<_>>()?;
        Ok(Self { tensors })
    }

    /// The tensor with this name and shape.
    ///
    /// # Errors
    /// It is missing or has another shape.
    pub fn tensor(&self, name: &str, shape: &[usize]) -> Result<&Tensor> {
        let tensor = self
            .tensors
            .get(name)
            .ok_or_else(|| format!("Tensor {name} is missing."))?;
        if tensor.shape != shape {
            return Err(format!(
                "Tensor {name} has shape {:?}, not {shape:?}.",
                tensor.shape
            ));
        }
        Ok(tensor)
    }
}

/// A tensor as the dict describes it: a view of a storage.
struct View {
    name: String,
    class: String,
    storage: String,
    offset: usize,
    shape: Vec<usize>,
    strides: Vec<usize>,
}

impl View {
    /// Reads `name: _rebuild_tensor_v2(('storage', class, key, device, count, None), offset, shape,
    /// strides, requires_grad, hooks)`.
    fn read((name, value): &(Value, Value)) -> Result<Self> {
        let parts = || {
            let Value::Text(name) = name else { return None };
            let Value::Call(function, arguments) = value else {
                return None;
            };
            if **function != Value::Global("torch._utils _rebuild_tensor_v2".into()) {
                return None;
            }
            let Value::Sequence(arguments) = &**arguments else {
                return None;
            };
            let [Value::Persistent(storage), offset, shape, strides, ..] = &arguments[..] else {
                return None;
            };
            let Value::Sequence(storage) = &**storage else {
                return None;
            };
            let [_, Value::Global(class), Value::Text(key), ..] = &storage[..] else {
                return None;
            };
            Some(Self {
                name: name.clone(),
                class: class.clone(),
                storage: key.clone(),
                offset: size(offset)?,
                shape: sizes(shape)?,
                strides: sizes(strides)?,
            })
        };
        parts()
            .filter(|view| view.shape.len() == view.strides.len())
            .ok_or_else(|| format!("Entry {name:?} is no tensor."))
    }

    /// Copies the values out, in row-major order.
    fn gather(&self, storages: &HashMap<String, &[u8]>) -> Result<Tensor> {
        let storage = storages.get(&self.storage).copied().unwrap_or_default();
        let mut positions = vec![self.offset];
        for (&length, &stride) in self.shape.iter().zip(&self.strides) {
            positions = positions
                .iter()
                .flat_map(|at| (0..length).map(move |i| at + i * stride))
                .collect();
        }
        let value = |&position: &usize| {
            let bytes = storage.chunks_exact(4).nth(position)?;
            Some(f32::from_le_bytes(bytes.try_into().ok()?))
        };
        let values = positions.iter().map(value).collect::<Option<_>>();
        let values = values.ok_or_else(|| format!("Tensor {} is cut off.", self.name))?;
        Ok(Tensor {
            shape: self.shape.clone(),
            values,
        })
    }
}

fn size(value: &Value) -> Option<usize> {
    match value {
        Value::Int(number) => usize::try_from(*number).ok(),
        _ => None,
    }
}

fn sizes(value: &Value) -> Option<Vec<usize>> {
    match value {
        Value::Sequence(values) => values.iter().map(size).collect(),
        _ => None,
    }
}

/// The raw elements of each storage.
fn read_storages<'a>(
    keys: &Value,
    views: &[View],
    mut rest: &'a [u8],
) -> Result<HashMap<String, &'a [u8]>> {
    let Value::Sequence(keys) = keys else {
        return Err("The file has no list of storages.".into());
    };
    let mut storages = HashMap::new();
    for key in keys {
        let view = views
            .iter()
            .find(|view| *key == Value::Text(view.storage.clone()));
        let view = view.ok_or("A storage belongs to no tensor.")?;
        let width = match view.class.as_str() {
            "torch FloatStorage" => 4,
            "torch LongStorage" => 8,
            class => return Err(format!("{class} is not known.")),
        };
        let cut_off = || format!("The storage of {} is cut off.", view.name);
        let (count, after) = rest.split_first_chunk().ok_or_else(cut_off)?;
        let length = usize::try_from(u64::from_le_bytes(*count))
            .ok()
            .and_then(|n| n.checked_mul(width));
        let (values, after) = length
            .and_then(|length| after.split_at_checked(length))
            .ok_or_else(cut_off)?;
        storages.insert(view.storage.clone(), values);
        rest = after;
    }
    Ok(storages)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with one `[2, 3]` tensor named `w` whose storage is 10, 11, … in column-major order.
    fn file(count: u64) -> Vec<u8> {
        let mut bytes =
            b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}.".to_vec();
        bytes.extend_from_slice(b"\x80\x02ccollections\nOrderedDict\n)R(X\x01\x00\x00\x00w");
        bytes.extend_from_slice(b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storage");
        bytes.extend_from_slice(
            b"ctorch\nFloatStorage\nX\x01\x00\x00\x007X\x03\x00\x00\x00cpuK\x06NtQ",
        );
        bytes.extend_from_slice(b"K\x00(K\x02K\x03t(K\x01K\x02t\x89NtRu.");
        bytes.extend_from_slice(b"\x80\x02](X\x01\x00\x00\x007e.");
        bytes.extend_from_slice(&count.to_le_bytes());
        bytes.extend((10..16).flat_map(|value| (value as f32).to_le_bytes()));
        bytes
    }

    #[test]
    fn strides_are_honoured() {
        let dict = StateDict::parse(&file(6)).unwrap();
        let tensor = dict.tensor("w", &[2, 3]).unwrap();
        assert_eq!(tensor.values, [10.0, 12.0, 14.0, 11.0, 13.0, 15.0]);
    }

    #[test]
    fn a_missing_tensor_or_another_shape_is_an_error() {
        let dict = StateDict::parse(&file(6)).unwrap();
        assert!(dict.tensor("v", &[2, 3]).is_err());
        assert!(dict.tensor("w", &[3, 2]).is_err());
    }

    #[test]
    fn a_file_cut_anywhere_is_an_error() {
        let whole = file(6);
        for length in 0..whole.len() {
            assert!(StateDict::parse(&whole[..length]).is_err(), "{length}");
        }
        assert!(StateDict::parse(&file(5)).is_err());
        assert!(StateDict::parse(&file(u64::MAX)).is_err());
    }
}
