//! The exact learner: a function of the set of pictures, whatever happened on the way to it.

use crate::support;
use std::ops::Range;

use crate::support::{StopAfter, bar, pattern, right};
use keepsake::device;
use keepsake::labels::LabelId;
use keepsake::scratch::{Preset, Scratch, Settings, Sketch, Snapshot, Unwatched};
use pollster::block_on;

fn learner(side: usize) -> Scratch {
    let settings = Settings {
        preset: Preset::Exact,
        side,
        ..Settings::default()
    };
    Scratch::new(settings, &device::cpu()).unwrap()
}

fn bars(kind: usize, kinds: usize, seeds: Range<usize>) -> Vec<Sketch> {
    support::bars(kind, kinds, seeds, 28)
}

fn teach(scratch: &mut Scratch, label: u32, pictures: &[Sketch]) {
    block_on(scratch.teach(LabelId(label), pictures, &mut Unwatched)).unwrap();
}

fn bytes(scratch: &Scratch) -> Vec<u8> {
    block_on(scratch.snapshot()).unwrap().to_bytes()
}

#[test]
fn order_does_not_matter_to_the_last_bit() {
    let (one, two) = (bars(0, 3, 0..70), bars(1, 3, 0..9));
    let mut forwards = learner(28);
    teach(&mut forwards, 1, &one);
    teach(&mut forwards, 2, &two);
    let mut backwards = learner(28);
    for picture in two.iter().rev() {
        teach(&mut backwards, 2, std::slice::from_ref(picture));
    }
    teach(&mut backwards, 1, &one[30..]);
    teach(&mut backwards, 1, &one[..30]);
    assert_eq!(bytes(&forwards), bytes(&backwards));
    let asked = bars(2, 3, 0..5);
    let answers = |scratch: &Scratch| block_on(scratch.predict(&asked)).unwrap();
    assert_eq!(answers(&forwards), answers(&backwards));
}

#[test]
fn taking_back_restores_what_was_before_to_the_last_bit() {
    let mut scratch = learner(28);
    teach(&mut scratch, 1, &bars(0, 3, 0..12));
    teach(&mut scratch, 2, &bars(1, 3, 0..12));
    let before = bytes(&scratch);
    let wrong = bars(2, 3, 0..80);
    for label in [2, 3] {
        teach(&mut scratch, label, &wrong);
        assert_ne!(bytes(&scratch), before);
        scratch.take_back(LabelId(label), &wrong).unwrap();
        assert_eq!(bytes(&scratch), before, "label {label}");
    }
    assert_eq!(scratch.labels(), [LabelId(1), LabelId(2)]);
}

#[test]
fn what_was_not_taught_cannot_be_taken_back() {
    let mut scratch = learner(28);
    teach(&mut scratch, 1, &bars(0, 3, 0..2));
    let before = bytes(&scratch);
    let other = bars(1, 3, 0..3);
    for (label, pictures) in [
        (2, &other[..1]),
        (1, &other[..2]),
        (1, &other[..3]),
        (1, &[][..]),
    ] {
        let error = scratch.take_back(LabelId(label), pictures).unwrap_err();
        assert_eq!(error.code(), "request/invalid");
        assert_eq!(bytes(&scratch), before);
    }
}

#[test]
fn labels_taught_first_are_known_after_those_taught_last() {
    let mut scratch = learner(28);
    for kind in 0..6 {
        teach(&mut scratch, kind as u32 + 1, &bars(kind, 6, 0..5));
    }
    for kind in 0..6 {
        let answers = block_on(scratch.predict(&bars(kind, 6, 100..120))).unwrap();
        let known = right(&answers, LabelId(kind as u32 + 1));
        assert!(known >= 18, "{known} of 20 of kind {kind}");
        for answer in &answers {
            assert_eq!(answer.len(), 6);
            let sum: f32 = answer.iter().map(|(_, p)| p).sum();
            assert!((sum - 1.0).abs() < 1e-4);
            assert!(answer.is_sorted_by(|a, b| a.1 >= b.1));
        }
    }
}

#[test]
fn one_picture_beside_many_is_known_again() {
    let mut scratch = learner(28);
    teach(&mut scratch, 1, &bars(0, 3, 0..60));
    let single = bars(1, 3, 0..1);
    teach(&mut scratch, 2, &single);
    let answers = block_on(scratch.predict(&bars(1, 3, 10..30))).unwrap();
    assert!(right(&answers, LabelId(2)) >= 18);
}

#[test]
fn stopped_it_keeps_what_it_took_in() {
    let pictures = bars(0, 3, 0..150);
    let mut stopped = learner(28);
    teach(&mut stopped, 2, &bars(1, 3, 0..4));
    let taught = block_on(stopped.teach(LabelId(1), &pictures, &mut StopAfter(1))).unwrap();
    assert!(taught.stopped && taught.steps < pictures.len());
    let mut whole = learner(28);
    teach(&mut whole, 2, &bars(1, 3, 0..4));
    teach(&mut whole, 1, &pictures[..taught.steps]);
    assert_eq!(bytes(&stopped), bytes(&whole));
}

#[test]
fn a_restored_learner_answers_and_learns_the_same() {
    let mut scratch = learner(28);
    teach(&mut scratch, 7, &bars(0, 3, 0..30));
    teach(&mut scratch, 3, &bars(1, 3, 0..3));
    let snapshot = Snapshot::parse(&bytes(&scratch)).unwrap();
    let mut restored = Scratch::restore(&snapshot, &device::cpu()).unwrap();
    assert_eq!(restored.labels(), [LabelId(3), LabelId(7)]);
    let asked = bars(1, 3, 50..55);
    let answers = |scratch: &Scratch| block_on(scratch.predict(&asked)).unwrap();
    assert_eq!(answers(&scratch), answers(&restored));
    for scratch in [&mut scratch, &mut restored] {
        teach(scratch, 9, &bars(2, 3, 0..2));
    }
    assert_eq!(bytes(&scratch), bytes(&restored));
}

#[test]
fn sums_that_no_pictures_could_have_are_refused() {
    let mut scratch = learner(4);
    teach(&mut scratch, 1, &[bar(0, 2, 0, 4)]);
    let good = block_on(scratch.snapshot()).unwrap();
    let length = good.shape("features").unwrap()[1];
    let mut large = good.clone();
    large.put_f64("features", &[1, length], vec![1e9; length]);
    let mut uncounted = good.clone();
    uncounted.put_u64("counts", &[1], vec![0]);
    let mut short = good.clone();
    short.put_u8("products", &[1, 1], vec![0]);
    let mut hollow = good;
    let triangle = length * (length + 1) / 2;
    hollow.put_u8("products", &[triangle, 0], vec![]);
    for damaged in [large, uncounted, short, hollow] {
        let error = Scratch::restore(&damaged, &device::cpu()).unwrap_err();
        assert_eq!(error.code(), "import/damaged");
    }
}

#[test]
fn pictures_of_one_pixel_and_black_ones_are_learnt() {
    for side in [1, 2, 6, 8, 31] {
        let grey = |value: f32| Sketch {
            side,
            values: vec![value; side * side],
        };
        let mut scratch = learner(side);
        teach(&mut scratch, 1, &[grey(0.0), grey(0.0)]);
        teach(&mut scratch, 2, &[grey(1.0)]);
        let answers = block_on(scratch.predict(&[grey(0.0), grey(1.0)])).unwrap();
        assert_eq!(answers[0][0].0, LabelId(1), "side {side}");
        assert_eq!(answers[1][0].0, LabelId(2), "side {side}");
        let snapshot = block_on(scratch.snapshot()).unwrap();
        Scratch::restore(&snapshot, &device::cpu()).unwrap();
    }
}

#[test]
fn two_hundred_labels() {
    let mut scratch = learner(28);
    for kind in 1..=200 {
        teach(&mut scratch, kind, &[pattern(kind, 0)]);
    }
    assert_eq!(scratch.labels().len(), 200);
    let asked: Vec<Sketch> = (1..=200).map(|kind| pattern(kind, 1)).collect();
    let answers = block_on(scratch.predict(&asked)).unwrap();
    let known = (answers.iter().zip(1..)).filter(|(answer, kind)| answer[0].0.0 == *kind);
    assert!(known.count() >= 195);
    assert!(answers.iter().all(|answer| answer.len() == 200));
}

#[test]
fn what_cannot_be_learnt_is_refused_and_changes_nothing() {
    let mut scratch = learner(28);
    let before = bytes(&scratch);
    let mut strange = bar(0, 3, 0, 28);
    strange.values[5] = f32::NAN;
    let lessons: [&[Sketch]; 3] = [&[], &[bar(0, 3, 0, 27)], &[bar(0, 3, 0, 28), strange]];
    for pictures in lessons {
        let error = block_on(scratch.teach(LabelId(1), pictures, &mut Unwatched)).unwrap_err();
        assert_eq!(error.code(), "request/invalid");
    }
    assert_eq!(bytes(&scratch), before);
    assert_eq!(
        block_on(scratch.predict(&[bar(0, 3, 0, 28)])).unwrap(),
        [vec![]]
    );
}

#[test]
fn its_dream_is_the_average_picture() {
    let mut scratch = learner(28);
    let pictures = bars(0, 3, 0..4);
    teach(&mut scratch, 1, &pictures);
    let dreams = block_on(scratch.dreams(LabelId(1), 12, 0)).unwrap();
    assert_eq!(dreams.len(), 1);
    for (at, value) in dreams[0].values.iter().enumerate() {
        let mean = pictures
            .iter()
            .map(|picture| picture.values[at])
            .sum::<f32>()
            / 4.0;
        assert!((value - mean).abs() < 1.0 / 255.0);
    }
    let unknown = block_on(scratch.dreams(LabelId(2), 1, 0)).unwrap_err();
    assert_eq!(unknown.code(), "request/no-such-label");
}
