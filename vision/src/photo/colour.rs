//! Colours of a matrix profile, such as the Display P3 that phones write, as sRGB.
//!
//! The network learned from sRGB; photos of a phone taken for that have features at a cosine of .992
//! to the right ones.
//!
//! Source: ICC.1:2022, clauses 8.3, 10.6 and 10.18.

use super::field;

/// How a picture's values are to be understood.
pub(super) enum Colours {
    /// As sRGB, or as nothing said otherwise.
    Srgb,
    /// By a profile of three curves and a matrix.
    Matrix(Box<Matrix>),
}

/// From a profile's values to sRGB.
pub(super) struct Matrix {
    /// By channel: byte → linear light.
    linear: [[f32; 256]; 3],
    /// Linear light of the profile → linear light of sRGB.
    matrix: [[f32; 3]; 3],
    /// Linear light, in [`STEPS`] steps → byte.
    encoded: Vec<u8>,
}

const STEPS: usize = 4096;

/// XYZ under D50 → linear sRGB (Bradford-adapted).
const FROM_XYZ: [[f32; 3]; 3] = [
    [3.133_856, -1.616_867, -0.490_615],
    [-0.978_768, 1.916_142, 0.033_454],
    [0.071_945, -0.228_991, 1.405_243],
];

impl Colours {
    /// The colours of an ICC profile; of no profile, sRGB. `None`: a profile of another kind.
    pub fn of_profile(icc: &[u8]) -> Option<Colours> {
        if icc.is_empty() {
            return Some(Colours::Srgb);
        }
        let matrix = Profile(icc).matrix()?;
        Some(match matrix.is_srgb() {
            true => Colours::Srgb,
            false => Colours::Matrix(Box::new(matrix)),
        })
    }

    /// Turns pixels of so many bytes into sRGB, three of each.
    pub fn to_srgb(&self, pixels: &mut [u8], bytes: usize) {
        let Colours::Matrix(profile) = self else {
            return;
        };
        for pixel in pixels.chunks_exact_mut(bytes) {
            if let Some(rgb) = pixel.first_chunk_mut() {
                *rgb = profile.pixel(*rgb);
            }
        }
    }
}

impl Matrix {
    fn pixel(&self, pixel: [u8; 3]) -> [u8; 3] {
        let [r, g, b] = [0, 1, 2].map(|i| self.linear[i][usize::from(pixel[i])]);
        self.matrix.map(|row| {
            let light = (row[0] * r + row[1] * g + row[2] * b).clamp(0.0, 1.0);
            self.encoded[(light * (STEPS - 1) as f32 + 0.5) as usize]
        })
    }

    /// Whether it says in other words what sRGB is.
    fn is_srgb(&self) -> bool {
        let linear = |value: f32| match value {
            v if v <= 0.04045 => v / 12.92,
            v => libm::powf((v + 0.055) / 1.055, 2.4),
        };
        let same_matrix = (0..3).all(|i| {
            (0..3).all(|j| (self.matrix[i][j] - f32::from(u8::from(i == j))).abs() < 0.004)
        });
        let same_curve = |curve: &[f32; 256]| {
            let values = (0u8..=255).zip(curve);
            let mut off = values.map(|(i, value)| (value - linear(f32::from(i) / 255.0)).abs());
            off.all(|off| off < 0.003)
        };
        same_matrix && self.linear.iter().all(same_curve)
    }
}

/// The bytes of an ICC profile.
struct Profile<'a>(&'a [u8]);

impl Profile<'_> {
    fn matrix(&self) -> Option<Matrix> {
        let is_rgb = self.0.get(16..24)? == b"RGB XYZ ";
        // A table of colours, where there is one, counts more than the matrix.
        (is_rgb && self.find(b"A2B0").is_none()).then_some(())?;
        let columns = [self.xyz(b"rXYZ")?, self.xyz(b"gXYZ")?, self.xyz(b"bXYZ")?];
        let linear = [
            self.curve(b"rTRC")?,
            self.curve(b"gTRC")?,
            self.curve(b"bTRC")?,
        ];
        let matrix = FROM_XYZ.map(|row| {
            columns.map(|column| row[0] * column[0] + row[1] * column[1] + row[2] * column[2])
        });
        let finite = matrix.as_flattened().iter().chain(linear.as_flattened());
        finite.copied().all(f32::is_finite).then_some(())?;
        let encoded = (0..STEPS).map(|step| {
            let light = step as f32 / (STEPS - 1) as f32;
            let value = match light {
                v if v <= 0.003_130_8 => v * 12.92,
                v => 1.055 * libm::powf(v, 1.0 / 2.4) - 0.055,
            };
            (value * 255.0 + 0.5) as u8
        });
        Some(Matrix {
            linear,
            matrix,
            encoded: encoded.collect(),
        })
    }

    /// Where a tag's data begin.
    fn find(&self, name: &[u8; 4]) -> Option<usize> {
        let tags = self.long(128)?.min(64);
        let mut places = (0..tags as usize).map(|i| 132 + 12 * i);
        let place = places.find(|&at| self.0.get(at..at + 4) == Some(name))?;
        Some(self.long(place + 4)? as usize)
    }

    fn xyz(&self, name: &[u8; 4]) -> Option<[f32; 3]> {
        let at = self.find(name)?;
        Some([
            self.fixed(at + 8)?,
            self.fixed(at + 12)?,
            self.fixed(at + 16)?,
        ])
    }

    /// A curve: byte → linear light.
    fn curve(&self, name: &[u8; 4]) -> Option<[f32; 256]> {
        let at = self.find(name)?;
        let mut curve = [0.0; 256];
        let each = |x: f32| match self.0.get(at..at + 4)? {
            b"para" => self.parametric(at, x),
            b"curv" => self.sampled(at, x),
            _ => None,
        };
        for (byte, light) in curve.iter_mut().enumerate() {
            *light = each(byte as f32 / 255.0)?;
        }
        Some(curve)
    }

    fn parametric(&self, at: usize, x: f32) -> Option<f32> {
        let p = |i: usize| self.fixed(at + 12 + 4 * i);
        let power = p(0)?;
        // Above `d`: (a·x + b)^power + e; below: c·x + f.
        let (a, b, c, d, e, f) = match self.long(at + 8)? >> 16 {
            0 => (1.0, 0.0, 0.0, -1.0, 0.0, 0.0),
            1 => (p(1)?, p(2)?, 0.0, -p(2)? / p(1)?, 0.0, 0.0),
            3 => (p(1)?, p(2)?, p(3)?, p(4)?, 0.0, 0.0),
            4 => (p(1)?, p(2)?, p(3)?, p(4)?, p(5)?, p(6)?),
            _ => return None,
        };
        Some(match x >= d {
            true => libm::powf((a * x + b).max(0.0), power) + e,
            false => c * x + f,
        })
    }

    fn sampled(&self, at: usize, x: f32) -> Option<f32> {
        let word = |i: usize| {
            let at = at.checked_add(12 + 2 * i)?;
            Some(f32::from(u16::from_be_bytes(field(self.0, at)?)))
        };
        Some(match self.long(at + 8)? as usize {
            0 => x,
            // One number is a power, with 8 fractional bits.
            1 => libm::powf(x, word(0)? / 256.0),
            count => {
                let place = x * (count - 1) as f32;
                let before = (place as usize).min(count - 2);
                let (low, high) = (word(before)?, word(before + 1)?);
                (low + (high - low) * (place - before as f32)) / 65535.0
            }
        })
    }

    fn long(&self, at: usize) -> Option<u32> {
        field(self.0, at).map(u32::from_be_bytes)
    }

    /// A number with 16 fractional bits.
    fn fixed(&self, at: usize) -> Option<f32> {
        field(self.0, at).map(|bytes| i32::from_be_bytes(bytes) as f32 / 65536.0)
    }
}
