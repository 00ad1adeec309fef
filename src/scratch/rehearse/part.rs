//! What one label brings to a lesson: its pictures, and a generator that begins from them.

use super::super::Sketch;
use super::Rehearse;
use super::generator::Generator;
use super::prior::Prior;
use super::recipe::{MOST, Recipe};
use crate::Result;
use crate::labels::LabelId;

/// A label's part of a lesson.
#[derive(Debug)]
pub(super) struct Part {
    pub label: LabelId,
    /// `[count, pixels]`: what was given, moved too where there is little of it.
    pub real: Vec<f32>,
    /// The same and dreams of what was taught before: what the generator is made of.
    pub all: Vec<f32>,
    pub generator: Option<Generator>,
}

impl Rehearse {
    /// What one label brings to a lesson, and its generator as it begins.
    pub(super) async fn part(&mut self, label: LabelId, pictures: &[&Sketch]) -> Result<Part> {
        let (side, device) = (self.settings.side, self.device.clone());
        let pixels = side * side;
        let few = Recipe::is_few(pictures.len());
        let mut real = Vec::new();
        for picture in pictures.iter().take(MOST) {
            match few {
                true => real.extend(moved(picture)),
                false => real.extend_from_slice(&picture.values),
            }
        }
        if !self.settings.rehearsal {
            return Ok(Part {
                label,
                real,
                all: Vec::new(),
                generator: None,
            });
        }
        // A label taught again: its dreams stand for the pictures of before, as many as there were.
        let mut count = pictures.len();
        let mut all = real.clone();
        if let Some(old) = self.generators.get(&label) {
            count = count.saturating_add(old.count);
            let copies = real.len() / pixels / pictures.len().min(MOST);
            let before = old.count.saturating_mul(copies).clamp(1, MOST);
            all.extend(old.dream(before, &mut self.random, &device).await?);
        }
        let few = Recipe::is_few(count);
        let axes = Recipe::axes(few);
        let prior = Prior::fit(&all, pixels, axes, few, &mut self.random, &device).await?;
        let generator = Generator::new(prior, count, &mut self.random, &device);
        Ok(Part {
            label,
            real,
            all,
            generator: Some(generator),
        })
    }
}

/// All pictures of each label, in the order in which the labels first come.
pub(super) fn by_label<'a>(lessons: &[(LabelId, &'a [Sketch])]) -> Vec<(LabelId, Vec<&'a Sketch>)> {
    let mut given: Vec<(LabelId, Vec<&Sketch>)> = Vec::new();
    for (label, pictures) in lessons {
        match given.iter_mut().find(|(known, _)| known == label) {
            Some((_, known)) => known.extend(pictures.iter()),
            None => given.push((*label, pictures.iter().collect())),
        }
    }
    given
}

/// The picture where it is and moved by a pixel in eight directions. What was beyond its border is as
/// the border, so that paper stays paper whether it is black or white. `[9, pixels]`
fn moved(picture: &Sketch) -> impl Iterator<Item = f32> + '_ {
    let side = picture.side as isize;
    let places = (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (dy, dx)));
    let inside = move |at: isize| at.clamp(0, side - 1);
    places.flat_map(move |(dy, dx)| {
        (0..side * side).map(move |at| {
            let (y, x) = (inside(at / side - dy), inside(at % side - dx));
            picture.values[(y * side + x) as usize]
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_on_white_paper_gets_no_black_edges_by_moving() {
        let mut values = vec![1.0; 16];
        values[5] = 0.0;
        let picture = Sketch { side: 4, values };
        let moved: Vec<f32> = moved(&picture).collect();
        for picture in moved.chunks(16) {
            assert_eq!(picture.iter().filter(|&&value| value == 0.0).count(), 1);
        }
        assert_eq!(moved.len(), 9 * 16);
    }
}
