//! Huffman codes: a table that finds the next symbol, and one that passes over as many symbols as
//! twelve bits hold, for coefficients that nobody looks at.

use super::bits::Bits;

/// Bits that the first look takes: nearly every code of a photo is no longer.
const FIND: u32 = 9;
/// Bits that passing over takes.
const SKIP: u32 = 12;

/// A code as the file describes it. Its tables are made only where it is used: a file may define it
/// thousands of times.
#[derive(Clone)]
pub(super) struct Code {
    counts: [u8; 16],
    symbols: [u8; 256],
}

impl Code {
    /// `counts` by length from 1 on. `None` where there are more codes than the lengths allow.
    pub fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Code> {
        let mut all = [0; 256];
        all.get_mut(..symbols.len())?.copy_from_slice(symbols);
        Some(Code {
            counts: *counts,
            symbols: all,
        })
    }
}

/// A symbol of a coefficient: so many zeros, then a value of so many bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Symbol {
    pub run: u32,
    /// Bits of the value; 0 with a run other than 15: the block's end.
    pub size: u32,
}

/// The tables of one code.
pub(super) struct Table {
    /// By the next [`FIND`] bits: bits of the code (5 bits), of its value (4), run (4). 0: the code
    /// is longer, or there is none.
    find: [u16; 1 << FIND],
    /// By the next [`SKIP`] bits: see [`Skip`].
    skip: [Skip; 1 << SKIP],
    /// By the code's length: the first code that is too large, left-aligned in 16 bits.
    limit: [u32; 17],
    /// By the code's length: what to add to a code for its place among the symbols.
    offset: [i32; 17],
    symbols: [u8; 256],
}

/// What several symbols at once do: bits of their codes and values (5 bits), and how far the position
/// in the block moves (7 bits), [`Skip::END`] more where they end the block.
#[derive(Clone, Copy)]
pub(super) struct Skip(u16);

impl Skip {
    /// Past any block's end, whatever the position is.
    const END: u32 = 64;
    /// The first code is longer than [`SKIP`] bits: it moves past any block's end over no bits.
    const NONE: Skip = Skip(127 << 5);

    #[inline(always)]
    pub fn bits(self) -> u32 {
        u32::from(self.0) & 31
    }

    #[inline(always)]
    pub fn moves(self) -> u32 {
        u32::from(self.0) >> 5
    }

    /// Whether this ends a block at position `at` without having moved past it before.
    #[inline(always)]
    pub fn ends(self, at: u32) -> bool {
        self.moves() >= Skip::END && self.0 != Skip::NONE.0 && at + self.moves() - Skip::END < 64
    }
}

impl Table {
    /// The tables of a DC code: `None` where it is no prefix code, or a difference has more bits than
    /// a picture of 8 bits can give it.
    pub fn dc(code: &Code) -> Option<Box<Table>> {
        Table::new(code, |symbol| symbol <= 11)
    }

    /// The tables of an AC code, with those that pass over symbols.
    pub fn ac(code: &Code) -> Option<Box<Table>> {
        let mut table = Table::new(code, |symbol| symbol & 15 <= 10)?;
        for index in 0..1 << SKIP {
            table.skip[index as usize] = table.passed(index);
        }
        Some(table)
    }

    fn new(code: &Code, is_possible: impl Fn(u8) -> bool) -> Option<Box<Table>> {
        let mut table = Box::new(Table {
            find: [0; 1 << FIND],
            skip: [Skip::NONE; 1 << SKIP],
            limit: [0; 17],
            offset: [0; 17],
            symbols: code.symbols,
        });
        let (mut next, mut place) = (0, 0);
        for length in 1..=16 {
            let count = u32::from(code.counts[length - 1]);
            if next + count > 1 << length {
                return None;
            }
            table.offset[length] = place as i32 - next as i32;
            for _ in 0..count {
                let symbol = code.symbols[place];
                if !is_possible(symbol) {
                    return None;
                }
                table.put(next, length as u32, symbol);
                next += 1;
                place += 1;
            }
            table.limit[length] = next << (16 - length);
            next <<= 1;
        }
        Some(table)
    }

    fn put(&mut self, code: u32, length: u32, symbol: u8) {
        if length <= FIND {
            let free = FIND - length;
            let first = (code << free) as usize;
            let entry = length as u16 | u16::from(symbol & 15) << 5 | u16::from(symbol >> 4) << 9;
            self.find[first..first + (1 << free)].fill(entry);
        }
    }

    /// Takes the next symbol. `None`: there is no such code.
    #[inline(always)]
    pub fn symbol(&self, bits: &mut Bits) -> Option<Symbol> {
        let entry = u32::from(self.find[bits.peek::<FIND>()]);
        if entry == 0 {
            return self.long_symbol(bits);
        }
        bits.pass(entry & 31);
        Some(Symbol {
            run: entry >> 9,
            size: entry >> 5 & 15,
        })
    }

    #[cold]
    fn long_symbol(&self, bits: &mut Bits) -> Option<Symbol> {
        let (length, symbol) = self.find_long(bits.peek::<16>() as u32)?;
        bits.pass(length);
        Some(split(symbol))
    }

    /// A code of more than [`FIND`] bits at the front of 16.
    fn find_long(&self, bits: u32) -> Option<(u32, u8)> {
        let length = (FIND as usize + 1..=16).find(|&length| bits < self.limit[length])?;
        let place = (bits >> (16 - length)) as i32 + self.offset[length];
        let symbol = self.symbols.get(usize::try_from(place).ok()?)?;
        Some((length as u32, *symbol))
    }

    /// What the next [`SKIP`] bits pass over, after [`Bits::refill`] twice at most.
    #[inline(always)]
    pub fn skip(&self, bits: &Bits) -> Skip {
        self.skip[bits.peek::<SKIP>()]
    }

    /// The entry of [`Table::skip`].
    fn passed(&self, index: u32) -> Skip {
        // A refill gives 56 bits, and two entries are used with one.
        const MOST: u32 = 28;
        let (mut used, mut moved) = (0, 0);
        let mut entry = Skip::NONE;
        while used < SKIP {
            // Only codes that lie wholly in the bits count.
            let bits = (index << (16 - SKIP)) << used & 0xffff;
            let Some((length, symbol)) = self.front(bits).filter(|(n, _)| used + n <= SKIP) else {
                break;
            };
            let Symbol { run, size } = split(symbol);
            if size == 0 && run != 15 {
                return Skip::of(used + length, moved + Skip::END);
            }
            if moved + run + 1 > 63 || used + length + size > MOST {
                break;
            }
            used += length + size;
            moved += run + 1;
            entry = Skip::of(used, moved);
        }
        entry
    }

    /// The code at the front of 16 bits.
    fn front(&self, bits: u32) -> Option<(u32, u8)> {
        let entry = self.find[(bits >> (16 - FIND)) as usize];
        if entry == 0 {
            return self.find_long(bits);
        }
        let symbol = entry >> 5 & 15 | (entry >> 9) << 4;
        Some((u32::from(entry) & 31, symbol as u8))
    }
}

impl Skip {
    fn of(bits: u32, moves: u32) -> Skip {
        Skip((bits | moves << 5) as u16)
    }
}

fn split(symbol: u8) -> Symbol {
    Symbol {
        run: u32::from(symbol >> 4),
        size: u32::from(symbol & 15),
    }
}
