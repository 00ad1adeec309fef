//! All blocks of the picture, of which those that touch the centred square become values.

use super::bits::Bits;
use super::block::{self, Codes, Coefficients, LONGEST, dequantised};
use super::entropy::{Ended, Entropy};
use super::header::{Component, Header};
use super::huffman::Table;
use super::inverse;
use super::pieces::Pieces;
use super::plane::Plane;

/// No picture's mean is further from grey; with it no product overflows.
const FURTHEST: i32 = 1 << 14;

/// A part of the picture as it is stored, in pixels.
pub(super) struct Area {
    pub left: usize,
    pub top: usize,
    pub width: usize,
    pub height: usize,
}

/// What the blocks of a component are read with.
struct Part<'a> {
    codes: Codes<'a>,
    steps: &'a [u16; 64],
    component: Component,
    plane: Plane,
    /// The first coefficient of the block before.
    before: i32,
}

/// Reads the picture's data; `area` is what the planes must hold, at 1/`scale` of the picture's size.
/// `None`: the data are broken, or cut off.
pub(super) fn read(
    header: &Header,
    pieces: Pieces,
    scale: usize,
    area: Area,
) -> Option<Vec<Plane>> {
    let components = &header.frame.components;
    let tables = components
        .iter()
        .map(|component| {
            let (dc, ac) = component.codes;
            let [dcs, acs] = &header.codes;
            Some((Table::dc(dcs[dc].as_ref()?)?, Table::ac(acs[ac].as_ref()?)?))
        })
        .collect::<Option<Vec<_>>>()?;
    let most = components.iter().map(|c| c.blocks.0.max(1)).max()?;
    let down = components.iter().map(|c| c.blocks.1).max()?;
    let mcu = (8 * most, 8 * down);
    let (width, height) = header.frame.size;
    let columns = area.left / mcu.0..(area.left + area.width).div_ceil(mcu.0);
    let rows = area.top / mcu.1..(area.top + area.height).div_ceil(mcu.1);

    let mut parts: Vec<Part> = Vec::with_capacity(3);
    for (number, (component, (dc, ac))) in components.iter().zip(&tables).enumerate() {
        // Chroma that is halved both ways becomes as dense as luma by a transform of twice the points.
        let halved = number > 0 && mcu == (16, 16);
        let points = (8 / scale * if halved { 2 } else { 1 }).min(4);
        parts.push(Part {
            codes: Codes { dc, ac },
            steps: &header.quantisation[component.quantisation],
            component: *component,
            plane: Plane::new(
                header.frame.size,
                mcu,
                component.blocks,
                points,
                &columns,
                &rows,
            ),
            before: 0,
        });
    }
    let blocks: usize = components.iter().map(|c| c.blocks.0 * c.blocks.1).sum();
    let longest = blocks * LONGEST;
    let mut entropy = Entropy::new(pieces, longest);
    let mut bits = Bits::default();
    let mut until_restart = header.restart_interval;
    let mut restarts = 0;

    for row in 0..rows.end {
        let row_counts = rows.contains(&row);
        for column in 0..width.div_ceil(mcu.0) {
            if header.restart_interval > 0 {
                if until_restart == 0 {
                    // What is left before the marker is padding.
                    (entropy.pass_all() == Ended::Marker(0xd0 + restarts % 8)).then_some(())?;
                    entropy.go_on();
                    bits = Bits::default();
                    restarts = restarts.wrapping_add(1);
                    until_restart = header.restart_interval;
                    parts.iter_mut().for_each(|part| part.before = 0);
                }
                until_restart -= 1;
            }
            if !entropy.reaches(bits.at(), longest) {
                if entropy.ended().is_none() {
                    entropy.pass(bits.at());
                    bits.passed();
                } else if !entropy.reaches(0, bits.begun()) {
                    return None;
                }
            }
            let counts = row_counts && columns.contains(&column);
            for part in &mut parts {
                let (across, down) = part.component.blocks;
                for block in 0..across * down {
                    if !counts {
                        part.pass(&mut bits, entropy.bytes())?;
                        continue;
                    }
                    let x = (column - columns.start) * across + block % across;
                    let y = (row - rows.start) * down + block / across;
                    part.read(&mut bits, entropy.bytes(), (x, y))?;
                }
            }
        }
    }
    entropy.reaches(0, bits.begun()).then_some(())?;
    // Where the last rows were read the picture's end must be there; of a tall photo they are not.
    if rows.end * mcu.1 >= height {
        (entropy.pass_all() == Ended::Marker(0xd9)).then_some(())?;
    }
    Some(parts.into_iter().map(|part| part.plane).collect())
}

impl Part<'_> {
    /// Passes over a block outside of the area: the next one is told by its difference to it.
    fn pass(&mut self, bits: &mut Bits, bytes: &[u8]) -> Option<()> {
        let mut none = [0; 17];
        let difference = block::read::<0>(bits, bytes, self.codes, self.steps, &mut none)?;
        self.first(difference);
        Some(())
    }

    /// Reads a block and puts its values at block `at` of the plane.
    fn read(&mut self, bits: &mut Bits, bytes: &[u8], at: (usize, usize)) -> Option<()> {
        let mut c: Coefficients = [0; 17];
        match self.plane.points {
            1 => {
                let difference = block::read::<1>(bits, bytes, self.codes, self.steps, &mut c)?;
                c[0] = self.first(difference);
                self.plane.put(at, inverse::one(&c))
            }
            2 => {
                let difference = block::read::<2>(bits, bytes, self.codes, self.steps, &mut c)?;
                c[0] = self.first(difference);
                self.plane.put(at, inverse::two(&c))
            }
            _ => {
                let difference = block::read::<4>(bits, bytes, self.codes, self.steps, &mut c)?;
                c[0] = self.first(difference);
                self.plane.put(at, inverse::four(&c))
            }
        }
    }

    /// The first coefficient, from its difference to that of the block before.
    #[inline(always)]
    fn first(&mut self, difference: i32) -> i32 {
        self.before = (self.before + difference).clamp(-FURTHEST, FURTHEST);
        dequantised(self.before, self.steps[0])
    }
}
