//! `cargo xtask bench accuracy`: how well a few lessons per label name photos never seen.

mod collection;
mod features;
#[path = "../../tests/files/mod.rs"]
mod files;
mod options;

use std::fs;
use std::sync::Arc;

use collection::{Label, collection};
use features::features;
use keepsake::head::{Classifier, Feature, Head};
use keepsake::labels::LabelId;
use keepsake::learner::{LEAD, SURE};
use options::{Options, stop};

fn main() {
    let options = Options::read();
    let labels = features(&collection(&options.photos), &options);
    let chance = 100.0 / labels.len() as f64;
    println!(
        "{} labels; guessing would be right in {chance:.1} %",
        labels.len()
    );
    let also = if options.accept {
        "  accepted  with them %  as lessons %"
    } else {
        ""
    };
    println!("shots  accuracy %    std  confidence %{also}");
    let mut json = serde_json::Map::new();
    for &shots in &options.shots {
        let draws: Vec<Draw> = (0..options.seeds)
            .map(|seed| draw(&labels, shots, seed, options.accept))
            .collect();
        let (mean, std) = mean_and_deviation(draws.iter().map(|draw| draw.taught.accuracy));
        let (confidence, _) = mean_and_deviation(draws.iter().map(|draw| draw.taught.confidence));
        print!("{shots:5}  {mean:10.2}  {std:5.2}  {confidence:12.2}");
        let mut entry = serde_json::json!({ "mean": mean, "std": std, "n": draws.len() });
        if options.accept {
            let (accepted, _) = mean_and_deviation(draws.iter().map(|draw| draw.accepted as f64));
            let (with, _) = mean_and_deviation(draws.iter().map(|draw| draw.with.accuracy));
            let (taught, _) = mean_and_deviation(draws.iter().map(|draw| draw.all.accuracy));
            print!("  {accepted:8.0}  {with:11.2}  {taught:12.2}");
            entry["accepted"] = serde_json::json!(with);
        }
        println!();
        json.insert(shots.to_string(), entry);
    }
    if let Some(path) = options.json {
        let json = serde_json::json!({ "shots": json });
        fs::write(&path, format!("{json}\n"))
            .unwrap_or_else(|error| stop(format!("{}: {error}", path.display())));
    }
}

/// Per cent, label by label averaged.
struct Score {
    accuracy: f64,
    confidence: f64,
}

/// What one draw taught, what it was with what would then be accepted, and with that as lessons.
struct Draw {
    taught: Score,
    accepted: usize,
    with: Score,
    all: Score,
}

/// Teaches `shots` photos of each label, drawn by `seed`, and asks about the validation photos; where
/// `accept`, again with those of the other photos accepted that the learner is sure of and right about.
fn draw(labels: &[Label<Arc<Feature>>], shots: usize, seed: u64, accept: bool) -> Draw {
    let mut head = Head::new();
    let mut random = Random::new(seed);
    let mut rest = Vec::new();
    for (label, id) in labels.iter().zip(0..) {
        let mut order: Vec<&Arc<Feature>> = label.train.iter().collect();
        for place in (1..order.len()).rev() {
            order.swap(place, random.below(place + 1));
        }
        for (at, feature) in order.into_iter().enumerate() {
            if at < shots {
                head.insert(head.len() as u64, feature.clone(), LabelId(id));
            } else {
                rest.push((feature.clone(), id));
            }
        }
    }
    let classifier = head.solve().unwrap();
    let right = |(feature, id): &(Arc<Feature>, u32)| {
        let row = classifier.predict(feature);
        let best = likeliest(&row);
        let others = row.iter().enumerate().filter(|&(at, _)| at != best);
        let second = others.map(|(_, &value)| value).fold(0.0, f32::max);
        best == *id as usize && row[best] >= SURE && row[best] - second >= LEAD
    };
    rest.retain(|photo| accept && right(photo));
    let mut all = head.clone();
    for (label, _) in (0..).zip(labels) {
        let seen = rest.iter().filter(|(_, id)| *id == label);
        let seen: Vec<&Feature> = seen.map(|(feature, _)| &**feature).collect();
        head.set_seen(LabelId(label), &seen);
    }
    for (feature, id) in &rest {
        all.insert(all.len() as u64, feature.clone(), LabelId(*id));
    }
    Draw {
        taught: exam(&classifier, labels),
        accepted: rest.len(),
        with: exam(&head.solve().unwrap(), labels),
        all: exam(&all.solve().unwrap(), labels),
    }
}

fn exam(classifier: &Classifier, labels: &[Label<Arc<Feature>>]) -> Score {
    let (mut accuracy, mut confidence) = (0.0, 0.0);
    for (place, label) in labels.iter().enumerate() {
        let probabilities = classifier.predict_many(&label.validation);
        let share = 100.0 / (label.validation.len() * labels.len()) as f64;
        for row in probabilities.chunks_exact(labels.len()) {
            let best = likeliest(row);
            accuracy += if best == place { share } else { 0.0 };
            confidence += share * f64::from(row[best]);
        }
    }
    Score {
        accuracy,
        confidence,
    }
}

fn likeliest(row: &[f32]) -> usize {
    (0..row.len()).fold(0, |best, at| if row[at] > row[best] { at } else { best })
}

/// Mean and (sample) standard deviation; 0 for a single value.
fn mean_and_deviation(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let count = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / count;
    let squares: f64 = values.map(|value| (value - mean) * (value - mean)).sum();
    (mean, (squares / (count - 1.0).max(1.0)).sqrt())
}

/// SplitMix64: the draws are the same on every machine.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((value ^ (value >> 31)) % end as u64) as usize
    }
}
