//! How long and on how much is trained, by how many pictures there are.

/// Below this many pictures a label has few: too little for clusters, enough for movements.
const FEW: usize = 100;

/// The numbers of one lesson.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Recipe {
    /// Whether there are few pictures: each is then also seen moved by a pixel.
    pub few: bool,
    /// Rows of a classifier's batch.
    pub batch: usize,
    /// Steps of the classifier.
    pub classifier_steps: usize,
    /// Steps of a generator.
    pub generator_steps: usize,
    /// Pictures that each label rehearses with.
    pub replay: usize,
}

/// Constants of one step of the classifier's optimiser.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pace {
    pub learning_rate: f64,
    pub beta1: f64,
}

/// Pictures of a label at most: so many were measured, and more would take longer.
pub(super) const MOST: usize = 1200;
/// Pixels that all labels together rehearse with, at most: they are held in memory.
const MOST_REPLAY: usize = 8 << 20;
/// Pictures that a label rehearses with, at least.
const LEAST_REPLAY: usize = 4;
/// Principal axes of a label, with few pictures and with many.
const AXES: [usize; 2] = [32, 64];

const PEAK: f64 = 2e-3;

impl Recipe {
    /// For a lesson whose largest label has `pictures` of so many `pixels`, after which `labels` are known.
    /// `first` is the first lesson: nothing is rehearsed yet.
    pub fn new(pictures: usize, pixels: usize, labels: usize, first: bool) -> Recipe {
        let few = Recipe::is_few(pictures);
        let replay = if few { 200 } else { 1000 };
        Recipe {
            few,
            batch: if few { 64 } else { 128 },
            classifier_steps: match (few, first) {
                (true, _) => 60,
                (false, true) => 150,
                (false, false) => 300,
            },
            generator_steps: if few { 100 } else { 400 },
            replay: replay
                .min(MOST_REPLAY / (pixels * labels).max(1))
                .max(LEAST_REPLAY),
        }
    }

    /// Whether these are few pictures.
    pub fn is_few(pictures: usize) -> bool {
        pictures < FEW
    }

    /// How many axes a label gets.
    pub fn axes(few: bool) -> usize {
        AXES[usize::from(!few)]
    }

    /// With few pictures a short rise and a straight fall; with many one cycle (Smith and Topin, 2019),
    /// as PyTorch's `OneCycleLR` has it: up over three tenths, down over the rest, both as cosines, and
    /// momentum the other way.
    pub fn pace(&self, step: usize) -> Pace {
        let steps = self.classifier_steps as f64;
        let at = step as f64;
        if self.few {
            let rise = ((at + 1.0) / 10.0).min(1.0);
            return Pace {
                learning_rate: PEAK * rise * (1.0 - at / steps).max(0.05),
                beta1: 0.9,
            };
        }
        let top = (0.3 * steps - 1.0).max(1.0);
        let end = (steps - 1.0).max(top + 1.0);
        let cosine = |from: f64, to: f64, share: f64| {
            to + (from - to) / 2.0 * (libm::cos(std::f64::consts::PI * share) + 1.0)
        };
        if at <= top {
            Pace {
                learning_rate: cosine(PEAK / 25.0, PEAK, at / top),
                beta1: cosine(0.95, 0.85, at / top),
            }
        } else {
            let share = (at - top) / (end - top);
            Pace {
                learning_rate: cosine(PEAK, PEAK / 25e4, share),
                beta1: cosine(0.85, 0.95, share),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_cycle_rises_to_its_peak_and_falls_to_almost_nothing() {
        let recipe = Recipe::new(1000, 784, 4, false);
        let rates: Vec<f64> = (0..300)
            .map(|step| recipe.pace(step).learning_rate)
            .collect();
        assert!((rates[0] - 8e-5).abs() < 1e-12);
        assert!((rates[89] - 2e-3).abs() < 1e-12);
        assert!((rates[299] - 8e-9).abs() < 1e-12);
        assert!(rates[..90].is_sorted() && rates[89..].is_sorted_by(|a, b| a >= b));
        assert!((recipe.pace(89).beta1 - 0.85).abs() < 1e-12);
        assert!((recipe.pace(299).beta1 - 0.95).abs() < 1e-12);
    }
}
