//! The article's learner: what it promises about widening, stopping, bad input and rehearsal.

use keepsake::device;
use keepsake::labels::{LabelId, NOISE};
use keepsake::scratch::network::{Activation, LayerConfig};
use keepsake::scratch::random::Random;
use keepsake::scratch::{
    Control, Phase, Preset, Progress, Scratch, Settings, Sketch, Unwatched, Watch,
};
use pollster::block_on;

const SIDE: usize = 8;

fn settings(rehearsal: bool) -> Settings {
    Settings {
        preset: Preset::Article,
        side: SIDE,
        rehearsal,
        max_iter: 15,
        rehearsal_steps: 3,
        ..Settings::default()
    }
}

fn learner(settings: Settings) -> Scratch {
    Scratch::new(settings, &device::cpu()).unwrap()
}

/// Pictures of a kind: a bright bar at its place, and noise.
fn pictures(kind: usize, count: usize, seed: u64) -> Vec<Sketch> {
    let mut random = Random::new(seed);
    let mut picture = || Sketch {
        side: SIDE,
        values: (0..SIDE * SIDE)
            .map(|at| 0.3 * random.uniform() + if at / SIDE == 2 * kind { 0.7 } else { 0.0 })
            .collect(),
    };
    (0..count).map(|_| picture()).collect()
}

fn teach(learner: &mut Scratch, label: u32, pictures: &[Sketch]) {
    block_on(learner.teach(LabelId(label), pictures, &mut Unwatched)).unwrap();
}

/// Of test pictures of a kind, how many the learner takes for `label`.
fn known(learner: &Scratch, kind: usize, label: u32) -> usize {
    let answers = block_on(learner.predict(&pictures(kind, 20, 999))).unwrap();
    answers
        .iter()
        .filter(|answer| answer[0].0 == LabelId(label))
        .count()
}

/// Remembers what it is told, and stops at a step of a phase.
struct Recorder {
    seen: Vec<Progress>,
    stop_at: Option<(Phase, usize)>,
}

impl Watch for Recorder {
    async fn progress(&mut self, progress: Progress) -> Control {
        self.seen.push(progress);
        match self.stop_at == Some((progress.phase, progress.step)) {
            true => Control::Stop,
            false => Control::Continue,
        }
    }
}

#[test]
fn first_training_correction_and_a_new_label() {
    let mut learner = learner(settings(false));
    assert_eq!(
        block_on(learner.predict(&pictures(0, 2, 1))).unwrap(),
        [vec![], vec![]]
    );
    teach(&mut learner, 7, &pictures(0, 5, 1));
    assert_eq!(known(&learner, 0, 7), 20);
    teach(&mut learner, 3, &pictures(1, 5, 2)); // a new label
    assert_eq!(known(&learner, 1, 3), 20);
    teach(&mut learner, 3, &pictures(0, 1, 3)); // a correction: these are 3, too
    assert_eq!(known(&learner, 0, 3), 20);
    assert_eq!(learner.labels(), [LabelId(3), LabelId(7)]);

    let answers = block_on(learner.predict(&pictures(0, 300, 4))).unwrap();
    for answer in answers {
        let labels: Vec<LabelId> = answer.iter().map(|(label, _)| *label).collect();
        assert_eq!(labels[0], LabelId(3));
        assert!(labels.contains(&LabelId(7)) && labels.contains(&NOISE));
        assert!(answer.windows(2).all(|pair| pair[0].1 >= pair[1].1));
        assert!((answer.iter().map(|(_, p)| p).sum::<f32>() - 1.0).abs() < 1e-5);
    }
}

#[test]
fn progress_tells_of_every_step_and_loss_falls() {
    let mut learner = learner(settings(true));
    let mut recorder = Recorder {
        seen: Vec::new(),
        stop_at: None,
    };
    let taught = block_on(learner.teach(LabelId(1), &pictures(0, 40, 1), &mut recorder)).unwrap();
    assert_eq!((taught.steps, taught.stopped), (15, false));
    let seen = recorder.seen;
    let steps = |phase| {
        seen.iter()
            .filter(|p| p.phase == phase)
            .map(|p| (p.step, p.steps))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        steps(Phase::Classifier),
        (1..=15).map(|step| (step, 15)).collect::<Vec<_>>()
    );
    assert_eq!(steps(Phase::Generator), [(1, 3), (2, 3), (3, 3)]);
    assert!(seen[14].loss < seen[0].loss / 2.0 && seen[14].loss == taught.loss.unwrap());
    assert!(
        seen.iter()
            .all(|progress| progress.label == LabelId(1) && progress.loss.is_finite())
    );
}

#[test]
fn a_stop_keeps_what_was_learned_and_training_goes_on() {
    for stop_at in [
        (Phase::Classifier, 1),
        (Phase::Classifier, 15),
        (Phase::Generator, 2),
    ] {
        let mut learner = learner(settings(true));
        teach(&mut learner, 1, &pictures(0, 4, 1));
        let mut recorder = Recorder {
            seen: Vec::new(),
            stop_at: Some(stop_at),
        };
        let taught =
            block_on(learner.teach(LabelId(2), &pictures(1, 4, 2), &mut recorder)).unwrap();
        assert!(taught.stopped);
        let last = recorder.seen.last().unwrap();
        assert_eq!((last.phase, last.step), stop_at);
        assert_eq!(learner.labels(), [LabelId(1), LabelId(2)]);
        // What is left is whole: it can be kept, it dreams, and it learns on.
        let kept = block_on(learner.snapshot()).unwrap();
        let mut again = Scratch::restore(&kept, &device::cpu()).unwrap();
        assert_eq!(block_on(again.dreams(LabelId(1), 3, 0)).unwrap().len(), 3);
        teach(&mut again, 2, &pictures(1, 4, 2));
        assert_eq!(known(&again, 1, 2), 20);
    }
}

#[test]
fn dreams_come_back_from_a_seed_and_are_pictures() {
    let mut learner = learner(settings(true));
    teach(&mut learner, 1, &pictures(0, 4, 1));
    let dreams = |learner: &Scratch, seed| block_on(learner.dreams(LabelId(1), 300, seed)).unwrap();
    let dreamed = dreams(&learner, 5);
    assert_eq!(dreamed, dreams(&learner, 5));
    assert_ne!(dreamed, dreams(&learner, 6));
    assert!(dreamed.iter().all(|sketch| sketch.check(SIDE).is_ok()));
    let missing = block_on(learner.dreams(LabelId(2), 1, 0)).unwrap_err();
    assert_eq!(missing.code(), "request/no-such-label");

    let without = &mut self::learner(settings(false));
    teach(without, 1, &pictures(0, 4, 1));
    assert!(dreams(without, 5).is_empty());
}

#[test]
fn bad_pictures_are_refused_and_nothing_changes() {
    let mut learner = learner(settings(false));
    teach(&mut learner, 1, &pictures(0, 4, 1));
    let before = block_on(learner.snapshot()).unwrap();
    let good = pictures(0, 1, 1).remove(0);
    let with = |value| {
        let mut bad = good.clone();
        bad.values[3] = value;
        bad
    };
    let other_side = Sketch {
        side: 4,
        values: vec![0.5; 16],
    };
    let short = Sketch {
        side: SIDE,
        values: vec![0.5; 9],
    };
    for bad in [
        with(f32::NAN),
        with(f32::INFINITY),
        with(1.5),
        with(-0.1),
        other_side,
        short,
    ] {
        let lesson = [good.clone(), bad];
        let refused = block_on(learner.teach(LabelId(2), &lesson, &mut Unwatched)).unwrap_err();
        assert_eq!(refused.code(), "request/invalid");
        assert_eq!(
            block_on(learner.predict(&lesson)).unwrap_err().code(),
            "request/invalid"
        );
    }
    let nothing = block_on(learner.teach(LabelId(2), &[], &mut Unwatched)).unwrap_err();
    assert_eq!(
        nothing.to_string(),
        "A label is taught with one picture or more."
    );
    assert_eq!(block_on(learner.snapshot()).unwrap(), before);
}

#[test]
fn two_hundred_labels() {
    let mut learner = learner(Settings {
        max_iter: 1,
        ..settings(false)
    });
    for label in 1..=200 {
        teach(
            &mut learner,
            label,
            &pictures(label as usize % 4, 1, label.into()),
        );
    }
    assert_eq!(learner.labels().len(), 200);
    let answers = block_on(learner.predict(&pictures(0, 1, 1))).unwrap();
    assert_eq!(answers[0].len(), 201);
}

#[test]
fn another_architecture_learns_and_one_that_cannot_be_is_refused() {
    let layers = vec![
        LayerConfig::Conv2d {
            filters: 4,
            kernel: 3,
            activation: Activation::Relu,
        },
        LayerConfig::MaxPool { size: 2 },
        LayerConfig::Conv2d {
            filters: 8,
            kernel: 3,
            activation: Activation::Relu,
        },
        LayerConfig::Dropout { rate: 0.2 },
        LayerConfig::Dense {
            units: 16,
            activation: Activation::Relu,
        },
    ];
    let mut learner = learner(Settings {
        layers,
        max_iter: 60,
        ..settings(false)
    });
    let (first, second) = (pictures(0, 8, 1), pictures(1, 8, 2));
    let lessons = [
        (LabelId(1), first.as_slice()),
        (LabelId(2), second.as_slice()),
    ];
    block_on(learner.teach_together(&lessons, &mut Unwatched)).unwrap();
    assert_eq!((known(&learner, 0, 1), known(&learner, 1, 2)), (20, 20));

    let relu = Activation::Relu;
    for layer in [
        LayerConfig::Conv2d {
            filters: 0,
            kernel: 3,
            activation: relu,
        },
        LayerConfig::Conv2d {
            filters: 4,
            kernel: 0,
            activation: relu,
        },
        LayerConfig::Conv2d {
            filters: usize::MAX,
            kernel: 3,
            activation: relu,
        },
        LayerConfig::MaxPool { size: 9 },
        LayerConfig::MaxPool { size: 0 },
        LayerConfig::Dropout { rate: 1.0 },
        LayerConfig::Dropout { rate: f32::NAN },
        LayerConfig::Dense {
            units: 0,
            activation: relu,
        },
        LayerConfig::Dense {
            units: usize::MAX,
            activation: relu,
        },
    ] {
        let settings = Settings {
            layers: vec![layer],
            ..settings(false)
        };
        let refused = Scratch::new(settings, &device::cpu()).unwrap_err();
        assert_eq!(refused.code(), "request/invalid", "{layer:?}");
    }
    for side in [0, 1000] {
        let settings = Settings {
            side,
            ..settings(false)
        };
        assert!(Scratch::new(settings, &device::cpu()).is_err());
    }
}
