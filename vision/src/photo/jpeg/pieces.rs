//! The file, a piece at a time: none of it is held for longer than it is needed.

use std::io::Read;

const PIECE: usize = 1 << 16;

/// Hands out a file's bytes in order.
pub(super) struct Pieces<'a> {
    file: &'a mut dyn Read,
    piece: Vec<u8>,
    at: usize,
    end: usize,
}

impl<'a> Pieces<'a> {
    pub fn new(file: &'a mut dyn Read) -> Pieces<'a> {
        Pieces {
            file,
            piece: vec![0; PIECE],
            at: 0,
            end: 0,
        }
    }

    /// The bytes at hand: at least one, or none at the end of the file. [`Pieces::pass`] says how
    /// many of them were taken.
    pub fn at_hand(&mut self) -> &[u8] {
        if self.at == self.end {
            self.at = 0;
            // A file that can no longer be read ends there, which is noticed as any early end is.
            self.end = self.file.read(&mut self.piece).unwrap_or(0).min(PIECE);
        }
        &self.piece[self.at..self.end]
    }

    pub fn pass(&mut self, count: usize) {
        self.at = (self.at + count).min(self.end);
    }

    pub fn byte(&mut self) -> Option<u8> {
        let byte = self.at_hand().first().copied();
        self.pass(1);
        byte
    }

    /// Two bytes, the high one first.
    pub fn word(&mut self) -> Option<usize> {
        Some(usize::from(u16::from_be_bytes([
            self.byte()?,
            self.byte()?,
        ])))
    }

    pub fn take(&mut self, count: usize) -> Option<Vec<u8>> {
        let mut taken = Vec::with_capacity(count);
        self.each(count, |bytes| taken.extend_from_slice(bytes))?;
        Some(taken)
    }

    pub fn skip(&mut self, count: usize) -> Option<()> {
        self.each(count, |_| ())
    }

    fn each(&mut self, mut count: usize, mut give: impl FnMut(&[u8])) -> Option<()> {
        while count > 0 {
            let bytes = self.at_hand();
            let bytes = &bytes[..bytes.len().min(count)];
            if bytes.is_empty() {
                return None;
            }
            let given = bytes.len();
            give(bytes);
            self.pass(given);
            count -= given;
        }
        Some(())
    }

    /// The second byte of the next marker; stray bytes before it are passed over.
    pub fn marker(&mut self) -> Option<u8> {
        while self.byte()? != 0xff {}
        loop {
            match self.byte()? {
                0xff => (),
                kind => return Some(kind),
            }
        }
    }
}
