//! From one input to the next.

/// Random numbers from a seed (SplitMix64), so that a run can be made again.
pub struct Random(u64);

impl Random {
    /// Numbers that begin with this seed.
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is at least 1.
    pub fn below(&mut self, end: usize) -> usize {
        (self.number() % end.max(1) as u64) as usize
    }

    /// One of them.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }
}

/// Numbers at which readers go wrong.
const EDGES: [u64; 21] = [
    0,
    1,
    2,
    7,
    0x7f,
    0x80,
    0xff,
    0x100,
    0x7fff,
    0x8000,
    0xffff,
    0x1_0000,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    1 << 40,
    (1 << 53) - 1,
    1 << 53,
    u64::MAX >> 1,
    1 << 63,
    u64::MAX,
];

/// An input made of one of `inputs`, changed in one to eight places. `words` are parts that mean
/// something to the reader. It has at most `longest` bytes.
pub fn mutated(
    random: &mut Random,
    inputs: &[Vec<u8>],
    words: &[&[u8]],
    longest: usize,
) -> Vec<u8> {
    let mut bytes = random.pick(inputs).cloned().unwrap_or_default();
    for _ in 0..=random.below(8) {
        change(random, &mut bytes, inputs, words);
        bytes.truncate(longest);
    }
    bytes
}

fn change(random: &mut Random, bytes: &mut Vec<u8>, inputs: &[Vec<u8>], words: &[&[u8]]) {
    // Half of the changes hit the beginning, where headers are.
    let reach = match random.below(2) {
        0 => bytes.len().min(64),
        _ => bytes.len(),
    };
    let at = random.below(reach + 1).min(bytes.len());
    let left = bytes.len() - at;
    match random.below(10) {
        0 if left > 0 => bytes[at] ^= 1 << random.below(8),
        1 if left > 0 => bytes[at] = random.number() as u8,
        2 => {
            let edge = EDGES[random.below(EDGES.len())];
            write(random, bytes, at, edge);
        }
        // A length or a place, a little other than it is.
        3 if left >= 4 => {
            let field = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
            let off = random.below(17) as u32;
            let little = u32::from_le_bytes(field).wrapping_add(off).wrapping_sub(8);
            let big = u32::from_be_bytes(field).wrapping_add(off).wrapping_sub(8);
            let field = match random.below(2) {
                0 => little.to_le_bytes(),
                _ => big.to_be_bytes(),
            };
            bytes[at..at + 4].copy_from_slice(&field);
        }
        4 => bytes.truncate(at),
        5 if left > 0 => {
            let end = at + 1 + random.below(left.min(64));
            bytes.drain(at..end);
        }
        // A part once more, there or elsewhere.
        6 if left > 0 => {
            let end = at + 1 + random.below(left.min(256));
            let part = bytes[at..end].to_vec();
            let to = random.below(bytes.len() + 1);
            bytes.splice(to..to, part);
        }
        // A part of another input.
        7 => {
            if let Some(other) = random.pick(inputs) {
                let from = random.below(other.len() + 1);
                let length = random.below((other.len() - from).min(4096) + 1);
                let over = random.below(2) * length.min(left);
                let part = other[from..from + length].to_vec();
                bytes.splice(at..at + over, part);
            }
        }
        8 => {
            if let Some(word) = random.pick(words) {
                let over = random.below(2) * word.len().min(left);
                bytes.splice(at..at + over, word.to_vec());
            }
        }
        _ => {
            let noise: Vec<u8> = (0..random.below(9))
                .map(|_| random.number() as u8)
                .collect();
            bytes.splice(at..at, noise);
        }
    }
}

/// Writes a number over what is there, in one of the widths and orders that formats have.
fn write(random: &mut Random, bytes: &mut [u8], at: usize, value: u64) {
    let width = [1, 2, 4, 8][random.below(4)];
    let little = value.to_le_bytes();
    for (place, byte) in bytes[at..].iter_mut().take(width).enumerate() {
        *byte = little[place];
    }
    if random.below(2) == 0 {
        let end = bytes.len().min(at + width);
        bytes[at..end].reverse();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_makes_the_same_inputs_again_and_none_is_too_long() {
        let inputs = vec![b"a beginning".to_vec(), vec![7; 300]];
        let run = || {
            let mut random = Random::new(5);
            let one = |_| mutated(&mut random, &inputs, &[b"word"], 400);
            (0..2000).map(one).collect::<Vec<_>>()
        };
        let made = run();
        assert_eq!(made, run());
        assert!(made.iter().all(|bytes| bytes.len() <= 400));
        let mut others = made.clone();
        others.sort();
        others.dedup();
        assert!(others.len() > 1500, "only {} are different", others.len());
    }
}
