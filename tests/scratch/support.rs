//! What the scratch learner's tests share: synthetic pictures, and someone who watches.

use keepsake::labels::LabelId;
use keepsake::scratch::{Answer, Control, Progress, Sketch, Watch};

/// A picture of a kind: a bright bar at an angle of its own, moved and shaded by `seed`.
pub fn bar(kind: usize, kinds: usize, seed: usize, side: usize) -> Sketch {
    let angle = std::f32::consts::PI * kind as f32 / kinds as f32;
    let noise = |k: usize| ((seed * 31 + k).wrapping_mul(2_654_435_761) >> 7) % 1000;
    let (dx, dy) = (noise(1) as f32 / 500.0 - 1.0, noise(2) as f32 / 500.0 - 1.0);
    let middle = (side as f32 - 1.0) / 2.0;
    let values = (0..side * side).map(|at| {
        let x = (at % side) as f32 - middle - dx;
        let y = (at / side) as f32 - middle - dy;
        let away = (x * angle.sin() - y * angle.cos()).abs();
        let ground = noise(at + 3) as f32 / 8000.0;
        (1.2 - 0.5 * away).clamp(0.0, 0.875) + ground
    });
    Sketch {
        side,
        values: values.collect(),
    }
}

/// Some pictures of a kind.
pub fn bars(kind: usize, kinds: usize, seeds: std::ops::Range<usize>, side: usize) -> Vec<Sketch> {
    seeds.map(|seed| bar(kind, kinds, seed, side)).collect()
}

/// A picture of a kind among many: light and dark squares of 4×4 pixels, shaded by `seed`.
#[allow(dead_code)] // not every test file has many kinds
pub fn pattern(kind: u32, seed: usize) -> Sketch {
    let bits = u64::from(kind).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let values = (0..28 * 28).map(|at| {
        let cell = (at / 28 / 4) * 7 + at % 28 / 4;
        let ground = (at * 7919 + seed * 104_729) % 100;
        0.8 * (bits >> cell & 1) as f32 + ground as f32 / 500.0
    });
    Sketch {
        side: 28,
        values: values.collect(),
    }
}

/// Stops after a number of calls.
#[allow(dead_code)] // not every test file stops
pub struct StopAfter(pub usize);

impl Watch for StopAfter {
    async fn progress(&mut self, _: Progress) -> Control {
        self.0 = self.0.saturating_sub(1);
        match self.0 {
            0 => Control::Stop,
            _ => Control::Continue,
        }
    }
}

/// How many answers begin with a label.
pub fn right(answers: &[Answer], label: LabelId) -> usize {
    let right = |answer: &&Answer| answer.first().is_some_and(|first| first.0 == label);
    answers.iter().filter(right).count()
}
