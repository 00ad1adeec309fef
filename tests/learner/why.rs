//! Why a photo is taken for its label: what the lessons say adds up to the score, the loudest are the
//! ones most like it, and a browser computes the same bits.

use std::fmt::Write;

use crate::support::{Shared, feature, photo};
use half::f16;
use keepsake::Error;
use keepsake::head::{Feature, Head, LENGTH, Reasons, Solved};
use keepsake::labels::LabelId;
use keepsake::learner::{Learner, NewPhoto, PhotoId, Why};
use pollster::block_on;
use std::sync::Arc;

/// Lessons of three kinds (labels 1 to 3), `each` of every kind.
fn head(each: u64) -> Head {
    let mut head = Head::new();
    for kind in 0..3 {
        for seed in 0..each {
            let lesson = 100 * kind + seed;
            head.insert(lesson, feature(kind, seed), LabelId(1 + kind as u32));
        }
    }
    head
}

fn reasons(head: &mut Head) -> Reasons {
    head.solve_in_full().unwrap().reasons
}

#[test]
fn what_the_lessons_say_adds_up_to_the_score() {
    let mut head = head(5);
    let Solved {
        classifier,
        reasons,
        ..
    } = head.solve_in_full().unwrap();
    for (kind, seed) in [(0, 77), (1, 78), (2, 79), (9, 80)] {
        let x = feature(kind, seed);
        let scores = classifier.logits(&x);
        let mean = scores.iter().sum::<f32>() / scores.len() as f32;
        for (place, &label) in classifier.labels().iter().enumerate() {
            let all = reasons.why(&x, label, usize::MAX).unwrap();
            let said: f64 = all.speakers.iter().map(|of| of.speaks).sum();
            assert!((said + all.rest - all.lead).abs() < 1e-9, "{all:?}");
            let lead = f64::from(scores[place] - mean);
            assert!((all.lead - lead).abs() < 1e-3, "{} is not {lead}", all.lead);
            // Fewer speakers change what is called the rest, and nothing else.
            let some = reasons.why(&x, label, 2).unwrap();
            assert_eq!(some.lead, all.lead);
            assert_eq!(some.speakers[..], all.speakers[..some.speakers.len()]);
            let said: f64 = some.speakers.iter().map(|of| of.speaks).sum();
            assert!((said + some.rest - some.lead).abs() < 1e-9, "{some:?}");
        }
    }
}

#[test]
fn the_loudest_are_of_the_kind_and_come_first() {
    let why = reasons(&mut head(4))
        .why(&feature(1, 50), LabelId(2), 3)
        .unwrap();
    assert_eq!(why.speakers.len(), 3);
    assert!(why.lead > 0.0);
    assert!(
        why.speakers.iter().all(|of| of.label == LabelId(2)),
        "{why:?}"
    );
    assert!(why.speakers.is_sorted_by(|a, b| a.speaks >= b.speaks));
    let shares: f64 = why.speakers.iter().map(|of| of.share).sum();
    assert!(why.speakers.iter().all(|of| of.share > 0.0) && shares <= 1.0);
}

#[test]
fn equal_sets_of_lessons_say_the_same() {
    let mut other = Head::new();
    for lesson in [3, 200, 103, 0, 1] {
        other.insert(900 + lesson, feature(7, lesson), LabelId(2));
    }
    let mut one = head(4);
    for kind in (0..3).rev() {
        for seed in (0..4).rev() {
            let lesson = 100 * kind + seed;
            other.insert(lesson, feature(kind, seed), LabelId(1 + kind as u32));
        }
    }
    for lesson in [3, 200, 103, 0, 1] {
        other.remove(900 + lesson);
    }
    let x = feature(2, 60);
    let ask = |head: &mut Head| reasons(head).why(&x, LabelId(3), 5);
    assert_eq!(ask(&mut one), ask(&mut other));
}

#[test]
fn nothing_is_said_where_nothing_can_be_compared() {
    let learner = Shared::default().open();
    let ids = add(&learner, (0..3).map(|kind| photo(kind, 1)).collect());
    assert_eq!(learner.why(ids[0], 3).unwrap(), None, "nothing was taught");
    block_on(learner.teach_many(&ids[..1], "Hat")).unwrap();
    assert_eq!(learner.why(ids[1], 3).unwrap(), None, "one label");
    block_on(learner.teach_many(&ids[1..2], "Boots")).unwrap();
    assert!(learner.why(ids[2], 3).unwrap().is_some());
    let missing = learner.why(PhotoId(99), 3);
    assert!(matches!(missing, Err(Error::Request(_))), "{missing:?}");
    let none = learner.why(ids[2], 0).unwrap().unwrap();
    assert!(none.speakers.is_empty());
    assert_eq!(none.rest, none.lead);
}

#[test]
fn a_photo_without_a_lesson_is_explained_by_photos_of_the_album() {
    let (learner, ids) = hats_and_boots();
    // Not taught: the likeliest label.
    let why = learner.why(ids[9], 3).unwrap().unwrap();
    assert_eq!(why.label, LabelId(2));
    for speaker in &why.speakers {
        let photo = speaker.photo.unwrap();
        assert!(ids[5..9].contains(&photo), "{speaker:?}");
        assert_eq!(learner.lesson(speaker.lesson).unwrap().photo, Some(photo));
    }
}

#[test]
fn a_taught_photo_speaks_for_itself_the_most() {
    let (learner, ids) = hats_and_boots();
    let why = learner.why(ids[0], 3).unwrap().unwrap();
    assert_eq!(why.label, LabelId(1));
    assert_eq!(why.speakers[0].photo, Some(ids[0]));
    // Taught against all others, it is asked about what it was taught.
    block_on(learner.teach_many(&ids[..1], "Boots")).unwrap();
    let why = learner.why(ids[0], 3).unwrap().unwrap();
    assert_eq!(why.label, LabelId(2));
    assert_eq!(why.speakers[0].photo, Some(ids[0]));
}

#[test]
fn a_lesson_taken_back_speaks_no_more() {
    let (learner, ids) = hats_and_boots();
    let before = learner.why(ids[9], 3).unwrap().unwrap();
    block_on(learner.unteach(&[before.speakers[0].lesson])).unwrap();
    let after = learner.why(ids[9], 3).unwrap().unwrap();
    let loudest = before.speakers[0].lesson;
    assert!(
        after.speakers.iter().all(|of| of.lesson != loudest),
        "{after:?}"
    );
    block_on(learner.undo()).unwrap();
    assert_eq!(learner.why(ids[9], 3).unwrap(), Some(before));
}

/// The other half is in `tests/browser/learner.spec.ts`.
#[test]
fn a_browser_says_the_same_bits() {
    let learner = Shared::default().open();
    let photos = (0..3).flat_map(|kind| (0..4).map(move |seed| as_in_the_browser(kind, seed)));
    let ids = add(&learner, photos.collect());
    for kind in 0..3 {
        let some = [ids[4 * kind], ids[4 * kind + 1]];
        block_on(learner.teach_many(&some, ["A", "B", "C"][kind])).unwrap();
    }
    let mut lines = String::new();
    for id in ids {
        let Why {
            label,
            lead,
            speakers,
            rest,
        } = learner.why(id, 3).unwrap().unwrap();
        write!(
            lines,
            "{} {:016x} {:016x}",
            label.0,
            lead.to_bits(),
            rest.to_bits()
        )
        .unwrap();
        for of in speakers {
            let (speaks, share) = (of.speaks.to_bits(), of.share.to_bits());
            write!(lines, " {} {speaks:016x} {share:016x}", of.lesson.0).unwrap();
        }
        lines.push('\n');
    }
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/why.txt");
    if std::env::var_os("KEEPSAKE_WRITE").is_some() {
        std::fs::write(kept, &lines).unwrap();
    }
    assert_eq!(lines, std::fs::read_to_string(kept).unwrap());
}

/// Five hats, the first four taught, and five boots, the first four taught.
fn hats_and_boots() -> (Learner<Shared>, Vec<PhotoId>) {
    let learner = Shared::default().open();
    let photos = (0..2).flat_map(|kind| (0..5).map(move |seed| photo(kind, seed)));
    let ids = add(&learner, photos.collect());
    block_on(learner.teach_many(&ids[..4], "Hat")).unwrap();
    block_on(learner.teach_many(&ids[5..9], "Boots")).unwrap();
    (learner, ids)
}

fn add(learner: &Learner<Shared>, photos: Vec<NewPhoto>) -> Vec<PhotoId> {
    block_on(learner.add_photos(photos)).unwrap()
}

/// The look that `tests/browser/package.ts` makes.
fn as_in_the_browser(kind: u64, seed: u64) -> NewPhoto {
    let numbers = |mut seed: u32| {
        move || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(seed) / 2f64.powi(31) - 1.0
        }
    };
    let half = |value: f64| {
        let exponent = value.abs().log2().floor();
        if exponent < -14.0 {
            return f16::ZERO;
        }
        let mantissa = ((value.abs() / exponent.exp2() - 1.0) * 1024.0).floor() as u16;
        let sign = if value < 0.0 { 0x8000 } else { 0 };
        f16::from_bits(sign | (((exponent + 15.0) as u16) << 10) | mantissa)
    };
    let mut centre = numbers((kind * 7919 + 1) as u32);
    let mut noise = numbers((kind * 104_729 + seed * 31 + 5) as u32);
    let bytes: Vec<u8> = (0..LENGTH)
        .flat_map(|_| half(centre() * 0.03 + noise() * 0.015).to_le_bytes())
        .collect();
    NewPhoto {
        feature: Arc::new(Feature::from_bytes(&bytes).unwrap()),
        ..photo(kind, seed)
    }
}
