//! The rehearsing learner: what was taught first is still known, and nothing that goes wrong on the way
//! leaves half a lesson.

use crate::support;
use std::ops::Range;

use crate::support::{StopAfter, bar, right};
use keepsake::device;
use keepsake::labels::LabelId;
use keepsake::scratch::{Control, Phase, Preset, Progress, Scratch, Settings, Sketch, Snapshot};
use keepsake::scratch::{Unwatched, Watch};
use pollster::block_on;

fn learner(side: usize, rehearsal: bool) -> Scratch {
    let settings = Settings {
        preset: Preset::Rehearse,
        side,
        rehearsal,
        ..Settings::default()
    };
    Scratch::new(settings, &device::cpu()).unwrap()
}

/// Small pictures, so that lessons are short.
const SIDE: usize = 14;

fn bars(kind: usize, kinds: usize, seeds: Range<usize>) -> Vec<Sketch> {
    support::bars(kind, kinds, seeds, SIDE)
}

fn teach(scratch: &mut Scratch, label: u32, pictures: &[Sketch]) {
    block_on(scratch.teach(LabelId(label), pictures, &mut Unwatched)).unwrap();
}

fn bytes(scratch: &Scratch) -> Vec<u8> {
    block_on(scratch.snapshot()).unwrap().to_bytes()
}

fn restored(scratch: &Scratch) -> Scratch {
    let snapshot = Snapshot::parse(&bytes(scratch)).unwrap();
    Scratch::restore(&snapshot, &device::cpu()).unwrap()
}

fn known(scratch: &Scratch, kind: usize, kinds: usize) -> usize {
    let answers = block_on(scratch.predict(&bars(kind, kinds, 100..120))).unwrap();
    right(&answers, LabelId(kind as u32 + 1))
}

/// Teaches four kinds of eight pictures each, one after the other.
fn four_taught(rehearsal: bool) -> Scratch {
    let mut scratch = learner(SIDE, rehearsal);
    for kind in 0..4 {
        teach(&mut scratch, kind as u32 + 1, &bars(kind, 4, 0..8));
    }
    scratch
}

#[test]
fn labels_taught_first_are_known_after_those_taught_last_thanks_to_rehearsal() {
    let scratch = four_taught(true);
    for kind in 0..4 {
        let known = known(&scratch, kind, 4);
        assert!(known >= 16, "{known} of 20 of kind {kind}");
    }
    let without = four_taught(false);
    let first: usize = (0..3).map(|kind| known(&without, kind, 4)).sum();
    assert!(first <= 20, "{first} of 60 were known without rehearsal");
    assert_eq!(block_on(without.dreams(LabelId(1), 3, 0)).unwrap(), []);
}

#[test]
fn dreams_look_like_their_label_and_come_back_from_their_seed() {
    let scratch = four_taught(true);
    for kind in 0..4 {
        let label = LabelId(kind as u32 + 1);
        let dreams = block_on(scratch.dreams(label, 12, 5)).unwrap();
        assert_eq!(dreams.len(), 12);
        assert!(dreams.iter().all(|dream| dream.check(SIDE).is_ok()));
        assert_ne!(dreams[0], dreams[1]);
        assert!(right(&block_on(scratch.predict(&dreams)).unwrap(), label) >= 10);
        let again = block_on(restored(&scratch).dreams(label, 12, 5)).unwrap();
        assert_eq!(dreams, again);
    }
}

#[test]
fn stopped_at_any_point_it_is_whole_and_goes_on() {
    let mut before = learner(SIDE, true);
    for kind in 0..2 {
        teach(&mut before, kind as u32 + 1, &bars(kind, 3, 0..6));
    }
    // In the classifier's first step, in its middle, in its last, and in the generator's first and later.
    for calls in [1, 30, 60, 61, 100] {
        let mut scratch = restored(&before);
        let (pictures, mut stop) = (bars(2, 3, 0..6), StopAfter(calls));
        let taught = block_on(scratch.teach(LabelId(3), &pictures, &mut stop)).unwrap();
        assert!(taught.stopped);
        assert_eq!(taught.steps, calls.min(60));
        assert_eq!(scratch.labels(), [1, 2, 3].map(LabelId));
        let answer = &block_on(scratch.predict(&bars(0, 3, 50..51))).unwrap()[0];
        assert_eq!(answer.len(), 3);
        assert!(answer.iter().all(|(_, p)| p.is_finite()));
        assert_eq!(block_on(scratch.dreams(LabelId(3), 2, 0)).unwrap().len(), 2);
        assert_eq!(bytes(&restored(&scratch)), bytes(&scratch));
        if calls == 60 {
            teach(&mut scratch, 3, &bars(2, 3, 6..12));
            assert!((0..3).all(|kind| known(&scratch, kind, 3) >= 14));
        }
    }
}

#[test]
fn a_lesson_that_is_dropped_in_the_middle_leaves_what_was_before() {
    /// Never comes back.
    struct Stuck;
    impl Watch for Stuck {
        async fn progress(&mut self, _: Progress) -> Control {
            std::future::pending().await
        }
    }
    let mut scratch = learner(SIDE, true);
    teach(&mut scratch, 1, &bars(0, 2, 0..4));
    teach(&mut scratch, 2, &bars(1, 2, 0..4));
    let answers = |scratch: &Scratch| block_on(scratch.predict(&bars(0, 2, 50..55))).unwrap();
    let before = answers(&scratch);
    {
        let pictures = bars(0, 3, 0..4);
        let mut stuck = Stuck;
        let mut lesson = Box::pin(scratch.teach(LabelId(3), &pictures, &mut stuck));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(lesson.as_mut().poll(&mut context).is_pending());
    }
    assert_eq!(scratch.labels(), [LabelId(1), LabelId(2)]);
    assert_eq!(answers(&scratch), before);
}

#[test]
fn more_pictures_of_a_known_label_and_corrections_are_learnt() {
    let mut scratch = four_taught(true);
    // A kind between the first and the second is not known yet; it is to count as the first.
    let between = |seeds: std::ops::Range<usize>| bars(1, 8, seeds);
    for seed in 0..3 {
        teach(&mut scratch, 1, &between(seed * 2..seed * 2 + 2));
    }
    let answers = block_on(scratch.predict(&between(50..70))).unwrap();
    assert!(right(&answers, LabelId(1)) >= 16);
    for kind in 0..4 {
        assert!(known(&scratch, kind, 4) >= 13, "kind {kind}");
    }
    assert_eq!(scratch.labels().len(), 4);
}

#[test]
fn the_same_seed_gives_the_same_learner_and_a_restored_one_goes_on_the_same() {
    let mut one = learner(12, true);
    let mut other = learner(12, true);
    let pictures = |kind: usize| -> Vec<Sketch> { (0..5).map(|s| bar(kind, 3, s, 12)).collect() };
    for scratch in [&mut one, &mut other] {
        teach(scratch, 4, &pictures(0));
        teach(scratch, 2, &pictures(1));
    }
    assert_eq!(bytes(&one), bytes(&other));
    let mut third = restored(&one);
    for scratch in [&mut one, &mut third] {
        teach(scratch, 9, &pictures(2));
    }
    assert_eq!(bytes(&one), bytes(&third));
}

#[test]
fn pictures_of_one_pixel_and_black_ones_are_learnt() {
    for side in [1, 2, 3, 7] {
        let grey = |value: f32| Sketch {
            side,
            values: vec![value; side * side],
        };
        let mut scratch = learner(side, true);
        teach(&mut scratch, 1, &[grey(0.0)]);
        teach(&mut scratch, 2, &[grey(1.0), grey(1.0)]);
        let answers = block_on(scratch.predict(&[grey(0.0), grey(1.0)])).unwrap();
        assert!(answers.iter().flatten().all(|(_, p)| p.is_finite()));
        restored(&scratch);
    }
}

#[test]
fn two_hundred_labels_take_a_batch_no_larger_than_few() {
    let mut scratch = learner(6, true);
    let pictures: Vec<Vec<Sketch>> = (0..200).map(|kind| vec![bar(kind, 200, 0, 6)]).collect();
    let lessons: Vec<(LabelId, &[Sketch])> = (pictures.iter().zip(1..))
        .map(|(pictures, label)| (LabelId(label), pictures.as_slice()))
        .collect();
    // In two lessons, since what is old is rehearsed.
    for lessons in [&lessons[..199], &lessons[199..]] {
        block_on(scratch.teach_together(lessons, &mut StopAfter(3))).unwrap();
    }
    assert_eq!(scratch.labels().len(), 200);
    let answers = block_on(scratch.predict(&pictures[7])).unwrap();
    assert_eq!(answers[0].len(), 200);
    assert_eq!(restored(&scratch).labels().len(), 200);
}

#[test]
fn what_cannot_be_learnt_is_refused_and_changes_nothing() {
    let mut scratch = learner(SIDE, true);
    let before = bytes(&scratch);
    let mut strange = bar(0, 3, 0, SIDE);
    strange.values[5] = f32::INFINITY;
    let lessons: [&[Sketch]; 3] = [&[], &[bar(0, 3, 0, SIDE + 1)], &[strange]];
    for pictures in lessons {
        let error = block_on(scratch.teach(LabelId(1), pictures, &mut Unwatched)).unwrap_err();
        assert_eq!(error.code(), "request/invalid");
    }
    let error = scratch
        .take_back(LabelId(1), &bars(0, 3, 0..1))
        .unwrap_err();
    assert_eq!(error.code(), "request/invalid");
    assert_eq!(bytes(&scratch), before);
    assert_eq!(
        block_on(scratch.predict(&bars(0, 3, 0..1))).unwrap(),
        [vec![]]
    );
}

#[test]
fn damaged_generators_are_refused() {
    let mut scratch = learner(4, true);
    teach(
        &mut scratch,
        1,
        &[bar(0, 2, 0, 4), bar(0, 2, 1, 4), bar(0, 2, 2, 4)],
    );
    let good = block_on(scratch.snapshot()).unwrap();
    let axes = good.shape("1.deviations").unwrap()[0];
    let mut infinite = good.clone();
    infinite.put_u8("1.mean", &[16, 2], [0, 0x7c].repeat(16));
    let mut flat = good.clone();
    flat.put_u8("1.deviations", &[axes, 2], vec![0; 2 * axes]);
    let mut hollow = good.clone();
    hollow.put_u8("1.deviations", &[0, 2], vec![]);
    let mut huge = good.clone();
    huge.put_u8("1.deviations", &[axes + 1, 2], vec![0x3c; 2 * axes + 2]);
    let mut twice = good.clone();
    twice.put_u64("outputs", &[2], vec![1, 1]);
    let mut unshared = good;
    unshared.put_f32("1.shares", &[0], vec![]);
    for damaged in [infinite, flat, hollow, huge, twice, unshared] {
        let error = Scratch::restore(&damaged, &device::cpu()).unwrap_err();
        assert_eq!(error.code(), "import/damaged");
    }
}

#[test]
fn progress_tells_every_step_of_both_phases() {
    struct Recorder(Vec<(Phase, usize, usize)>);
    impl Watch for Recorder {
        async fn progress(&mut self, progress: Progress) -> Control {
            assert!(progress.loss.is_finite());
            let Progress {
                phase, step, steps, ..
            } = progress;
            self.0.push((phase, step, steps));
            Control::Continue
        }
    }
    let mut scratch = learner(8, true);
    let mut recorder = Recorder(Vec::new());
    let (one, two) = ([bar(0, 2, 0, 8)], [bar(1, 2, 0, 8)]);
    let lessons: [(LabelId, &[Sketch]); 2] = [(LabelId(1), &one), (LabelId(2), &two)];
    let taught = block_on(scratch.teach_together(&lessons, &mut recorder)).unwrap();
    let classifier = (1..=taught.steps).map(|step| (Phase::Classifier, step, taught.steps));
    let generator = (1..=100).map(|step| (Phase::Generator, step, 100));
    let wanted: Vec<_> = classifier
        .chain(generator.clone())
        .chain(generator)
        .collect();
    assert_eq!(recorder.0, wanted);
}
