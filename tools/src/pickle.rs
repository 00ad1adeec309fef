//! The part of Python's pickle format (protocol 2) that PyTorch state dicts use.
//!
//! A pickle is a program for a stack machine. Nothing is ever called here: a call becomes a
//! [`Value::Call`] for the reader to look at.
//! Source: the opcode table in CPython's `Lib/pickletools.py`.

use crate::Result;
use std::collections::HashMap;

/// A Python object.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An integer.
    Int(i128),
    /// A string.
    Text(String),
    /// A list or a tuple.
    Sequence(Vec<Value>),
    /// A dict or an `OrderedDict`, in its order.
    Dict(Vec<(Value, Value)>),
    /// A class or function by module and name, such as `torch FloatStorage`.
    Global(String),
    /// A call of a class or function with arguments.
    Call(Box<Value>, Box<Value>),
    /// Something that lies outside the pickle, by its description.
    Persistent(Box<Value>),
    /// Where a sequence on the stack begins.
    Mark,
}

/// Reads one pickle from the front of `bytes` and returns the object and the bytes after it.
///
/// # Errors
/// An opcode outside the subset, or a pickle that is cut off or makes no sense.
pub fn read(bytes: &[u8]) -> Result<(Value, &[u8])> {
    let mut machine = Machine {
        bytes,
        stack: Vec::new(),
        memo: HashMap::new(),
    };
    while machine.step()? {}
    let value = machine.pop()?;
    Ok((value, machine.bytes))
}

struct Machine<'a> {
    bytes: &'a [u8],
    stack: Vec<Value>,
    /// Objects to be used again. Copies: state dicts reuse only names and classes, and nothing that
    /// is filled after it was memorised.
    memo: HashMap<u32, Value>,
}

impl<'a> Machine<'a> {
    /// Runs one instruction; false at the end.
    fn step(&mut self) -> Result<bool> {
        let opcode = self.take(1)?[0];
        match opcode {
            0x80 => {
                self.take(1)?; // PROTO: the version, which the opcodes themselves imply
            }
            b'.' => return Ok(false),
            b'(' => self.stack.push(Value::Mark),
            b'N' => self.stack.push(Value::None),
            0x88 => self.stack.push(Value::Bool(true)),
            0x89 => self.stack.push(Value::Bool(false)),
            b'K' => self.push_integer(1)?,
            b'M' => self.push_integer(2)?,
            b'J' => {
                let number = self.unsigned(4)? as u32;
                self.stack
                    .push(Value::Int(i128::from(number.cast_signed())));
            }
            0x8a => {
                let length = self.unsigned(1)? as usize;
                self.push_long(length)?;
            }
            b'X' => {
                let length = self.unsigned(4)? as usize;
                let text = String::from_utf8_lossy(self.take(length)?).into_owned();
                self.stack.push(Value::Text(text));
            }
            b'c' => {
                let global = format!("{} {}", self.line()?, self.line()?);
                self.stack.push(Value::Global(global));
            }
            b'}' => self.stack.push(Value::Dict(Vec::new())),
            b']' | b')' => self.stack.push(Value::Sequence(Vec::new())),
            0x85 => self.gather(1)?,
            0x86 => self.gather(2)?,
            b't' => {
                let items = self.pop_to_mark()?;
                self.stack.push(Value::Sequence(items));
            }
            b'e' => {
                let items = self.pop_to_mark()?;
                match self.stack.last_mut() {
                    Some(Value::Sequence(list)) => list.extend(items),
                    _ => return Err("The pickle appends to something that is no list.".into()),
                }
            }
            b's' => {
                let value = self.pop()?;
                let key = self.pop()?;
                self.insert(vec![key, value])?;
            }
            b'u' => {
                let items = self.pop_to_mark()?;
                self.insert(items)?;
            }
            b'R' => {
                let arguments = self.pop()?;
                let function = self.pop()?;
                let ordered = Value::Global("collections OrderedDict".into());
                self.stack.push(if function == ordered {
                    Value::Dict(Vec::new())
                } else {
                    Value::Call(Box::new(function), Box::new(arguments))
                });
            }
            b'b' => {
                self.pop()?; // BUILD: attributes of the dict (`_metadata`), which say nothing of its tensors
            }
            b'Q' => {
                let description = self.pop()?;
                self.stack.push(Value::Persistent(Box::new(description)));
            }
            b'q' => self.memorise(1)?,
            b'r' => self.memorise(4)?,
            b'h' => self.recall(1)?,
            b'j' => self.recall(4)?,
            _ => return Err(format!("The pickle has an unknown opcode 0x{opcode:02x}.")),
        }
        Ok(true)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self
            .bytes
            .split_at_checked(length)
            .ok_or("The pickle is cut off.")?;
        self.bytes = rest;
        Ok(taken)
    }

    fn line(&mut self) -> Result<String> {
        let end = self
            .bytes
            .iter()
            .position(|&b| b == b'\n')
            .ok_or("The pickle is cut off.")?;
        let line = String::from_utf8_lossy(self.take(end)?).into_owned();
        self.take(1)?;
        Ok(line)
    }

    fn unsigned(&mut self, length: usize) -> Result<u64> {
        Ok(self
            .take(length)?
            .iter()
            .rev()
            .fold(0, |number, &byte| number << 8 | u64::from(byte)))
    }

    fn push_integer(&mut self, length: usize) -> Result<()> {
        let number = self.unsigned(length)?;
        self.stack.push(Value::Int(i128::from(number)));
        Ok(())
    }

    /// A signed integer of up to 16 bytes: PyTorch's magic number has 10.
    fn push_long(&mut self, length: usize) -> Result<()> {
        if length > 16 {
            return Err("The pickle has an integer of more than 16 bytes.".into());
        }
        let bytes = self.take(length)?;
        let sign = if bytes.last().is_some_and(|&b| b >= 0x80) {
            0xff
        } else {
            0
        };
        let mut wide = [sign; 16];
        wide[..length].copy_from_slice(bytes);
        self.stack.push(Value::Int(i128::from_le_bytes(wide)));
        Ok(())
    }

    fn pop(&mut self) -> Result<Value> {
        self.stack
            .pop()
            .ok_or_else(|| "The pickle takes from an empty stack.".into())
    }

    fn pop_to_mark(&mut self) -> Result<Vec<Value>> {
        let mark = self.stack.iter().rposition(|value| *value == Value::Mark);
        let mark = mark.ok_or("The pickle has no mark where one is needed.")?;
        let items = self.stack.split_off(mark + 1);
        self.stack.pop();
        Ok(items)
    }

    fn gather(&mut self, count: usize) -> Result<()> {
        let start = self.stack.len().checked_sub(count);
        let items = self
            .stack
            .split_off(start.ok_or("The pickle takes from an empty stack.")?);
        self.stack.push(Value::Sequence(items));
        Ok(())
    }

    fn insert(&mut self, items: Vec<Value>) -> Result<()> {
        let Some(Value::Dict(dict)) = self.stack.last_mut() else {
            return Err("The pickle inserts into something that is no dict.".into());
        };
        let mut items = items.into_iter();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            dict.push((key, value));
        }
        Ok(())
    }

    fn memorise(&mut self, length: usize) -> Result<()> {
        let key = self.unsigned(length)? as u32;
        let value = self
            .stack
            .last()
            .ok_or("The pickle memorises an empty stack.")?;
        self.memo.insert(key, value.clone());
        Ok(())
    }

    fn recall(&mut self, length: usize) -> Result<()> {
        let key = self.unsigned(length)? as u32;
        let value = self
            .memo
            .get(&key)
            .ok_or("The pickle recalls what it never memorised.")?;
        self.stack.push(value.clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordered_dict_reads_back_in_order() {
        // pickle.dumps(collections.OrderedDict(b=(1, -2), a=[True, None, 300]), 2)
        let bytes =
            b"\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01(X\x01\x00\x00\x00bq\x02K\x01J\
            \xfe\xff\xff\xff\x86q\x03X\x01\x00\x00\x00aq\x04]q\x05(\x88NM\x2c\x01eu.after";
        let (value, rest) = read(bytes).unwrap();
        let text = |text: &str| Value::Text(text.into());
        let expected = Value::Dict(vec![
            (
                text("b"),
                Value::Sequence(vec![Value::Int(1), Value::Int(-2)]),
            ),
            (
                text("a"),
                Value::Sequence(vec![Value::Bool(true), Value::None, Value::Int(300)]),
            ),
        ]);
        assert_eq!(value, expected);
        assert_eq!(rest, b"after");
    }

    #[test]
    fn long_integers_keep_their_sign() {
        let long = |bytes: &[u8]| read(bytes).unwrap().0;
        assert_eq!(
            long(b"\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."),
            Value::Int(0x1950a86a20f9469cfc6c)
        );
        assert_eq!(long(b"\x8a\x01\xff."), Value::Int(-1));
        assert_eq!(long(b"\x8a\x00."), Value::Int(0));
    }

    #[test]
    fn nonsense_is_an_error() {
        for bytes in [
            &b""[..],
            b"X\xff\xff\xff\xff",
            b".",
            b"t.",
            b"h\x00.",
            b"}e.",
            b"K\x01\x86.",
            b"\xfe.",
        ] {
            assert!(read(bytes).is_err(), "{bytes:?}");
        }
    }
}
