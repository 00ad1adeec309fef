//! What stands before the picture's data: its size, its components, its tables.

use keepsake_codecs::Orientation;

use super::huffman::Code;
use super::pieces::Pieces;
use crate::order::ordered;
use crate::photo::field;

/// Everything the segments before the picture's data say.
pub(super) struct Header {
    pub frame: Frame,
    /// In zigzag order.
    pub quantisation: [[u16; 64]; 4],
    /// By class (DC, AC) and number.
    pub codes: [[Option<Code>; 4]; 2],
    /// MCUs between two restart markers; 0: there are none.
    pub restart_interval: usize,
    pub orientation: Orientation,
    /// The ICC profile; empty where there is none.
    pub profile: Vec<u8>,
}

/// The picture as the frame header and the scan's describe it.
pub(super) struct Frame {
    /// Width and height in pixels, as stored.
    pub size: (usize, usize),
    /// One (grey) or three (YCbCr).
    pub components: Vec<Component>,
}

#[derive(Clone, Copy)]
pub(super) struct Component {
    id: u8,
    /// Blocks of it in an MCU, across and down.
    pub blocks: (usize, usize),
    pub quantisation: usize,
    /// Which codes its DC differences and AC coefficients are written in.
    pub codes: (usize, usize),
}

/// A profile of a camera has some hundred bytes, a printer's a megabyte.
const LONGEST_PROFILE: usize = 4 << 20;

/// Reads up to the picture's data. `None`: not this decoder's kind of file, or no JPEG at all.
pub(super) fn read(pieces: &mut Pieces) -> Option<Header> {
    if pieces.word()? != 0xffd8 {
        return None;
    }
    let mut frame = None;
    let mut quantisation = [[1; 64]; 4];
    let mut codes = [const { [const { None }; 4] }; 2];
    let mut restart_interval = 0;
    let mut orientation = Orientation::NoTransforms;
    let mut profile = Profile::default();
    let mut file = Writer::default();
    loop {
        let kind = pieces.marker()?;
        if matches!(kind, 0x00 | 0x01 | 0xd0..=0xd8) {
            // Markers without a payload; the zero is no marker at all.
            continue;
        }
        let length = pieces.word()?.checked_sub(2)?;
        if !is_known(kind) {
            pieces.skip(length)?;
            continue;
        }
        let payload = pieces.take(length)?;
        match kind {
            0xc0 | 0xc1 => frame = Some(Frame::read(&payload)?),
            // Progressive, lossless, arithmetic; the end of the image.
            0xc2 | 0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf | 0xd9 => return None,
            0xc4 => read_codes(&payload, &mut codes)?,
            0xdb => read_quantisation(&payload, &mut quantisation)?,
            0xdd => restart_interval = usize::from(u16::from_be_bytes(field(&payload, 0)?)),
            0xe0 => file.jfif |= payload.starts_with(b"JFIF\0"),
            0xe1 => {
                let exif = payload.strip_prefix(b"Exif\0\0");
                let found = exif.and_then(Orientation::from_exif_chunk);
                orientation = found.unwrap_or(orientation);
            }
            0xe2 => profile.add(&payload)?,
            0xee if payload.starts_with(b"Adobe") => file.adobe = payload.get(11).copied(),
            0xda => {
                let mut frame: Frame = frame?;
                frame.read_scan(&payload)?;
                if !file.is_luma_and_chroma(&frame) {
                    return None;
                }
                return Some(Header {
                    frame,
                    quantisation,
                    codes,
                    restart_interval,
                    orientation,
                    profile: profile.joined(),
                });
            }
            _ => (),
        }
    }
}

/// Whether a segment says something that is asked for.
fn is_known(kind: u8) -> bool {
    matches!(kind, 0xc0..=0xcf | 0xd9..=0xdb | 0xdd | 0xe0..=0xe2 | 0xee)
}

impl Frame {
    fn read(payload: &[u8]) -> Option<Frame> {
        let (&[precision, h1, h0, w1, w0, count], rest) = payload.split_first_chunk()?;
        let height = usize::from(u16::from_be_bytes([h1, h0]));
        let width = usize::from(u16::from_be_bytes([w1, w0]));
        let (components, _) = rest.as_chunks::<3>();
        let components: Vec<Component> = components
            .iter()
            .take(usize::from(count))
            .map(|&[id, sampling, quantisation]| Component {
                id,
                blocks: (usize::from(sampling >> 4), usize::from(sampling & 15)),
                quantisation: usize::from(quantisation & 3),
                codes: (0, 0),
            })
            .collect();
        let all_there = components.len() == usize::from(count);
        // A height of 0 is told after the picture, which next to nobody writes.
        (precision == 8 && width > 0 && height > 0 && all_there).then_some(())?;
        let mut frame = Frame {
            size: (width, height),
            components,
        };
        match &mut frame.components[..] {
            // A component that is alone is written block by block, whatever it says.
            [grey] => grey.blocks = (1, 1),
            [luma, cb, cr] => {
                let usual = matches!(luma.blocks, (1 | 2 | 4, 1 | 2))
                    && cb.blocks == (1, 1)
                    && cr.blocks == (1, 1);
                usual.then_some(())?;
            }
            _ => return None,
        }
        Some(frame)
    }

    /// The scan's header: all components at once, in the frame's order.
    fn read_scan(&mut self, payload: &[u8]) -> Option<()> {
        let (&count, rest) = payload.split_first()?;
        let (parts, rest) = rest.split_at_checked(2 * usize::from(count))?;
        (usize::from(count) == self.components.len() && rest.len() >= 3).then_some(())?;
        let (parts, _) = parts.as_chunks::<2>();
        for (component, &[id, codes]) in self.components.iter_mut().zip(parts) {
            (component.id == id).then_some(())?;
            component.codes = (usize::from(codes >> 4 & 3), usize::from(codes & 3));
        }
        Some(())
    }
}

/// What tells whether three components are Y, Cb and Cr.
#[derive(Default)]
struct Writer {
    jfif: bool,
    /// The colour transform that Adobe's marker names.
    adobe: Option<u8>,
}

impl Writer {
    /// As libjpeg decides it.
    fn is_luma_and_chroma(&self, frame: &Frame) -> bool {
        let [a, b, c] = frame.components[..] else {
            return true;
        };
        match self.adobe {
            Some(transform) => transform == 1,
            None => self.jfif || [a.id, b.id, c.id] != *b"RGB",
        }
    }
}

/// The ICC profile, which may come in pieces and in any order.
#[derive(Default)]
struct Profile {
    pieces: Vec<(u8, Vec<u8>)>,
    length: usize,
}

impl Profile {
    fn add(&mut self, payload: &[u8]) -> Option<()> {
        let Some(rest) = payload.strip_prefix(b"ICC_PROFILE\0") else {
            return Some(());
        };
        let (&[number, _count], data) = rest.split_first_chunk()?;
        self.length += data.len();
        self.pieces.push((number, data.to_vec()));
        (self.length <= LONGEST_PROFILE).then_some(())
    }

    fn joined(self) -> Vec<u8> {
        let number = |place: usize| self.pieces[place].0;
        let order = ordered(self.pieces.len(), &|a, b| number(a).cmp(&number(b)));
        let data = order.iter().map(|&place| &*self.pieces[place].1);
        data.collect::<Vec<_>>().concat()
    }
}

fn read_codes(mut payload: &[u8], codes: &mut [[Option<Code>; 4]; 2]) -> Option<()> {
    while let Some((&kind, rest)) = payload.split_first() {
        let (counts, rest) = rest.split_first_chunk::<16>()?;
        let count = counts.iter().map(|&count| usize::from(count)).sum();
        let (symbols, rest) = rest.split_at_checked(count)?;
        let class = codes.get_mut(usize::from(kind >> 4))?;
        *class.get_mut(usize::from(kind & 15))? = Some(Code::new(counts, symbols)?);
        payload = rest;
    }
    Some(())
}

fn read_quantisation(mut payload: &[u8], tables: &mut [[u16; 64]; 4]) -> Option<()> {
    while let Some((&kind, rest)) = payload.split_first() {
        let table = tables.get_mut(usize::from(kind & 15))?;
        payload = match kind >> 4 {
            0 => {
                let (bytes, rest) = rest.split_first_chunk::<64>()?;
                *table = bytes.map(u16::from);
                rest
            }
            1 => {
                let (words, rest) = rest.split_first_chunk::<128>()?;
                let (words, _) = words.as_chunks::<2>();
                for (value, &word) in table.iter_mut().zip(words) {
                    *value = u16::from_be_bytes(word);
                }
                rest
            }
            _ => return None,
        };
    }
    Some(())
}
