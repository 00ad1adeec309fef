//! A snapshot gives back the learner it was made of, and bytes that are no snapshot are refused.

use std::sync::LazyLock;

use keepsake::device;
use keepsake::labels::LabelId;
use keepsake::scratch::random::Random;
use keepsake::scratch::{Preset, Scratch, Settings, Sketch, Snapshot, Unwatched};
use pollster::block_on;
use proptest::prelude::*;

const SIDE: usize = 4;

fn picture(seed: u64) -> Sketch {
    let mut random = Random::new(seed);
    Sketch {
        side: SIDE,
        values: (0..SIDE * SIDE).map(|_| random.uniform()).collect(),
    }
}

fn taught() -> Scratch {
    let settings = Settings {
        preset: Preset::Article,
        side: SIDE,
        max_iter: 3,
        rehearsal_steps: 2,
        ..Settings::default()
    };
    let mut learner = Scratch::new(settings, &device::cpu()).unwrap();
    for label in [4, 2] {
        block_on(learner.teach(LabelId(label), &[picture(label.into())], &mut Unwatched)).unwrap();
    }
    learner
}

fn snapshot(learner: &Scratch) -> Snapshot {
    block_on(learner.snapshot()).unwrap()
}

/// Settings and labels, few enough bytes that a change of any of them can be tried.
static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut small = Snapshot::new(taught().settings().clone());
    small.put_u64("taught", &[2], vec![2, 4]);
    small.put_f32("weights", &[2, 2], vec![0.0, -1.5, 3.0, 1e-30]);
    small.put_f64("sums", &[1], vec![7.25]);
    small.put_u8("bytes", &[3], vec![1, 2, 3]);
    small.to_bytes()
});

#[test]
fn what_comes_back_is_what_was_kept_and_learns_on_alike() {
    let mut learner = taught();
    let kept = snapshot(&learner);
    let bytes = kept.to_bytes();
    let parsed = Snapshot::parse(&bytes).unwrap();
    assert_eq!(parsed, kept);
    let mut again = Scratch::restore(&parsed, &device::cpu()).unwrap();
    assert_eq!(again.settings(), learner.settings());
    assert_eq!(again.labels(), learner.labels());
    // Weights, moments, generator and random numbers are all there: the next lesson, of a new label,
    // comes out the same in both.
    for learner in [&mut learner, &mut again] {
        block_on(learner.teach(LabelId(9), &[picture(9)], &mut Unwatched)).unwrap();
    }
    assert_eq!(snapshot(&again), snapshot(&learner));
    assert_ne!(snapshot(&again), kept);
}

/// Bytes with `body` in place of theirs, and a header that fits it.
fn resealed(body: &[u8]) -> Vec<u8> {
    let mut bytes = BYTES[..8].to_vec();
    bytes.extend_from_slice(&(body.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&crc32fast::hash(body).to_le_bytes());
    bytes.extend_from_slice(body);
    bytes
}

#[test]
fn every_altered_or_missing_byte_is_noticed() {
    assert!(Snapshot::parse(&BYTES).is_ok());
    for length in 0..BYTES.len() {
        assert!(Snapshot::parse(&BYTES[..length]).is_err(), "{length} bytes");
    }
    for at in 0..BYTES.len() {
        for bit in 0..8 {
            let mut altered = BYTES.clone();
            altered[at] ^= 1 << bit;
            assert!(Snapshot::parse(&altered).is_err(), "byte {at}");
        }
    }
    let mut longer = BYTES.clone();
    longer.push(0);
    assert!(Snapshot::parse(&longer).is_err());
}

#[test]
fn kinds_of_refusal() {
    let code = |bytes: &[u8]| Snapshot::parse(bytes).unwrap_err().code();
    assert_eq!(code(b""), "import/foreign");
    assert_eq!(
        code(b"GIF89a, and more than twenty bytes of it"),
        "import/foreign"
    );
    let mut newer = BYTES.clone();
    newer[4] = 2;
    assert_eq!(code(&newer), "import/newer");
    assert_eq!(code(&BYTES[..BYTES.len() - 1]), "import/damaged");
}

#[test]
fn a_number_that_is_none_is_refused() {
    for bad in [f32::NAN, f32::INFINITY] {
        let mut snapshot = Snapshot::new(Settings::default());
        snapshot.put_f32("weights", &[1], vec![bad]);
        let refused = Snapshot::parse(&snapshot.to_bytes()).unwrap_err();
        assert_eq!(refused.code(), "import/damaged");
    }
    let mut snapshot = Snapshot::new(Settings::default());
    snapshot.put_f64("sums", &[1], vec![f64::NEG_INFINITY]);
    assert!(Snapshot::parse(&snapshot.to_bytes()).is_err());
}

#[test]
fn a_snapshot_whose_parts_do_not_fit_is_refused() {
    let restore = |snapshot: &Snapshot| Scratch::restore(snapshot, &device::cpu());
    let kept = snapshot(&taught());
    assert!(restore(&kept).is_ok());
    assert!(restore(&Snapshot::new(kept.settings.clone())).is_err());

    let mut changed = kept.clone();
    changed.settings.side = 5;
    assert_eq!(restore(&changed).unwrap_err().code(), "import/damaged");
    let mut changed = kept.clone();
    changed.settings.side = 100_000;
    assert_eq!(restore(&changed).unwrap_err().code(), "request/invalid");
    let mut changed = kept.clone();
    changed.settings.layers.clear();
    assert!(restore(&changed).is_err());
    let mut changed = kept.clone();
    changed.put_u64("known", &[1], vec![77]);
    assert!(restore(&changed).is_err());
    let mut changed = kept.clone();
    changed.put_u64("taught", &[1], vec![12]);
    assert!(restore(&changed).is_err());
    let mut changed = kept.clone();
    changed.put_u64("outputs", &[3], vec![0, 4, u64::MAX]);
    assert!(restore(&changed).is_err());
    let mut changed = kept.clone();
    changed.put_f32("network.0.second", &[4, 64], vec![-1.0; 256]);
    assert!(restore(&changed).is_err());
    let mut changed = kept;
    changed.put_f32("moving.0.variance", &[1, 256], vec![-1.0; 256]);
    assert!(restore(&changed).is_err());
}

proptest! {
    /// Whoever made the checksum fit: any body is refused or read, and never panics.
    #[test]
    fn no_body_panics(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Snapshot::parse(&resealed(&body));
    }

    #[test]
    fn no_altered_body_panics(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut body = BYTES[20..].to_vec();
        for (at, value) in changes {
            let at = at.index(body.len());
            body[at] = value;
        }
        if let Ok(snapshot) = Snapshot::parse(&resealed(&body)) {
            // The arrays are not those of a learner, whatever the settings say.
            prop_assert!(Scratch::restore(&snapshot, &device::cpu()).is_err());
        }
    }
}
