//! The picture's data as plain bits: a window over them, from which the stuffing is taken out once,
//! so that whoever reads bits asks nothing of any byte.

use super::pieces::Pieces;

const WINDOW: usize = 1 << 16;

/// A window over the data up to the next marker.
pub(super) struct Entropy<'a> {
    pieces: Pieces<'a>,
    /// `WINDOW` bytes at most, then zeros.
    bytes: Vec<u8>,
    /// Where the bytes of the file end and the zeros begin.
    end: usize,
    ended: Option<Ended>,
    /// The last byte was an 0xff, of which the next one tells what it means.
    half: bool,
}

/// What the data ended with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// A marker, by its second byte.
    Marker(u8),
    /// The file's own end: it is cut off.
    File,
}

impl<'a> Entropy<'a> {
    /// `most`: how many bytes are to follow wherever [`Entropy::reaches`] says so.
    pub fn new(pieces: Pieces<'a>, most: usize) -> Entropy<'a> {
        let mut entropy = Entropy {
            pieces,
            bytes: vec![0; WINDOW + most + 8],
            end: 0,
            ended: None,
            half: false,
        };
        entropy.pass(0);
        entropy
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether `count` bytes from `at` on are the file's own.
    pub fn reaches(&self, at: usize, count: usize) -> bool {
        at + count <= self.end
    }

    /// Whether the data end within the window, and with what.
    pub fn ended(&self) -> Option<Ended> {
        self.ended
    }

    /// Drops what lies before `at`, and fills the window up.
    pub fn pass(&mut self, at: usize) {
        let at = at.min(self.end);
        self.bytes.copy_within(at..self.end, 0);
        let before = self.end;
        self.end -= at;
        while self.ended.is_none() && self.end < WINDOW {
            self.unstuff();
        }
        // What was there before must not be taken for data.
        let stale = before.max(self.end).min(self.bytes.len());
        self.bytes[self.end..stale].fill(0);
    }

    /// Drops everything up to the end of the data, and says what that is.
    pub fn pass_all(&mut self) -> Ended {
        loop {
            if let Some(ended) = self.ended {
                return ended;
            }
            self.pass(self.end);
        }
    }

    /// Goes on with the data after a marker.
    pub fn go_on(&mut self) {
        let before = self.end;
        self.ended = None;
        self.end = 0;
        self.bytes[..before].fill(0);
        self.pass(0);
    }

    /// Takes bytes of one piece, up to something that is not data.
    fn unstuff(&mut self) {
        let piece = self.pieces.at_hand();
        let Some(&first) = piece.first() else {
            self.ended = Some(Ended::File);
            return;
        };
        if self.half {
            match first {
                0xff => (),
                0x00 => {
                    self.half = false;
                    self.bytes[self.end] = 0xff;
                    self.end += 1;
                }
                marker => {
                    self.half = false;
                    self.ended = Some(Ended::Marker(marker));
                }
            }
            self.pieces.pass(1);
            return;
        }
        let room = piece.len().min(WINDOW - self.end);
        let plain = plain(&piece[..room]);
        self.bytes[self.end..self.end + plain].copy_from_slice(&piece[..plain]);
        self.end += plain;
        if plain < room {
            self.half = true;
            self.pieces.pass(plain + 1);
        } else {
            self.pieces.pass(plain);
        }
    }
}

/// How many bytes there are before the first 0xff.
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    let (words, _) = bytes.as_chunks::<8>();
    let mut at = 0;
    for word in words {
        let inverse = !u64::from_le_bytes(*word);
        // The lowest byte of `inverse` that is zero has its high bit set here.
        let zero = inverse.wrapping_sub(ONES) & !inverse & (ONES << 7);
        if zero != 0 {
            return at + zero.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = bytes[at..].iter().position(|&byte| byte == 0xff);
    rest.map_or(bytes.len(), |rest| at + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_bytes_end_before_the_first_ff() {
        for length in 0..40 {
            assert_eq!(plain(&vec![0xfe; length]), length);
            for at in 0..length {
                let mut bytes = vec![0x80; length];
                bytes[at..].fill(0xff);
                assert_eq!(plain(&bytes), at, "of {length}");
            }
        }
    }

    #[test]
    fn stuffing_goes_and_markers_end_the_data() {
        // Read one byte at a time, so that every pair is torn once.
        struct Single<'a>(&'a [u8]);
        impl std::io::Read for Single<'_> {
            fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
                self.0.read(&mut to[..1])
            }
        }
        let data = b"\x01\xff\x00\x02\xff\xff\xd3\x03\xff\x00\xff\xd9";
        for single in [true, false] {
            let (mut slow, mut fast) = (Single(data), &data[..]);
            let file: &mut dyn std::io::Read = if single { &mut slow } else { &mut fast };
            let mut entropy = Entropy::new(Pieces::new(file), 16);
            assert_eq!(&entropy.bytes()[..4], b"\x01\xff\x02\0");
            assert!(entropy.reaches(0, 3) && !entropy.reaches(0, 4));
            assert_eq!(entropy.ended(), Some(Ended::Marker(0xd3)));
            entropy.go_on();
            assert_eq!(&entropy.bytes()[..3], b"\x03\xff\0");
            assert_eq!(entropy.pass_all(), Ended::Marker(0xd9));
            entropy.go_on();
            assert_eq!(entropy.ended(), Some(Ended::File));
            assert!(entropy.bytes().iter().all(|&byte| byte == 0));
        }
    }
}
