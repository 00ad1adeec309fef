//! The learner from nothing: its file, its records, its snapshot.

use std::sync::LazyLock;

use keepsake::device;
use keepsake::labels::LabelId;
use keepsake::scratch::network::LayerConfig;
use keepsake::scratch::{
    Control, Preset, Progress, Scratch, ScratchLearner, Settings, Sketch, Snapshot, Watch,
};
use keepsake::store::{Memory, Store, Write};
use pollster::block_on;

use super::{Target, put, sealed, size};

/// A file of drawings, brought into an empty learner.
pub const DRAWINGS_FILE: Target = Target {
    name: "drawings-file",
    read: file,
    seal: sealed::drawings,
    seeds: || SEEDS.each_ref().map(|made| made[0].clone()).to_vec(),
    folders: &[],
    words: WORDS,
    longest: 1 << 20,
};

/// The records of a drawing collection, whose checksums are right, whatever is in them: table, key (8
/// bytes), length (4), payload.
pub const DRAWINGS_RECORDS: Target = Target {
    name: "drawings-records",
    read: records,
    seal: |bytes| seal_records(bytes),
    seeds: || SEEDS.each_ref().map(|made| made[1].clone()).to_vec(),
    folders: &[],
    words: WORDS,
    longest: 1 << 20,
};

/// A snapshot of the networks.
pub const SNAPSHOT: Target = Target {
    name: "snapshot",
    read: snapshot,
    seal: |bytes| sealed::snapshot(bytes),
    seeds: || SEEDS.each_ref().map(|made| made[2].clone()).to_vec(),
    folders: &[],
    words: WORDS,
    longest: 1 << 20,
};

const PRESETS: [Preset; 3] = [Preset::Exact, Preset::Article, Preset::Rehearse];
const SIDE: usize = 3;
const WORDS: &[&[u8]] = &[
    b"KSCR\x01\0\0\0",
    b"\x06\0\0\0taught",
    b"\x06\0\0\0counts",
    b"\x07\0\0\0outputs",
    b"\x08\0\0\0products",
    b"\x09\0\0\0network.0",
    b"\0\0\xc0\x7f",
    b"\xff\xff\x7f\x7f",
    b"\x02\x03\0\0\0\0\0\0\0\x07\0\0\0\x03\0\0\0Hat",
];

/// A picture of few pixels: what is small is quickly read.
fn picture(which: usize) -> Sketch {
    let values = (0..SIDE * SIDE).map(|at| ((at + which) % 3) as f32 / 2.0);
    Sketch {
        side: SIDE,
        values: values.collect(),
    }
}

fn learner(store: Memory, preset: Preset) -> keepsake::Result<ScratchLearner<Memory>> {
    let settings = Settings {
        preset,
        side: SIDE,
        layers: vec![LayerConfig::Dense {
            units: 4,
            activation: keepsake::scratch::network::Activation::Relu,
        }],
        rehearsal: preset == Preset::Rehearse,
        max_iter: 2,
        rehearsal_steps: 1,
        ..Settings::default()
    };
    block_on(ScratchLearner::open(store, Some(settings), &device::cpu()))
}

/// Ends every training at once: it is not asked how good these learners are.
struct Stop;

impl Watch for Stop {
    async fn progress(&mut self, _: Progress) -> Control {
        Control::Stop
    }
}

/// File, records and snapshot of a learner of each kind.
static SEEDS: LazyLock<[[Vec<u8>; 3]; 3]> = LazyLock::new(|| PRESETS.map(seeds));

/// File, records and snapshot of a learner that was taught two labels.
fn seeds(preset: Preset) -> [Vec<u8>; 3] {
    let mut store = Memory::new();
    let made = block_on(async {
        let learner = learner(store.again(), preset)?;
        for (name, which) in [("Cup", 0), ("Fish", 1)] {
            let pictures = [picture(which)];
            learner.teach(name.into(), &pictures, &mut Stop).await?;
        }
        let file = learner.export().await?;
        let (mut records, mut snapshot) = (Vec::new(), Vec::new());
        for (table, key, payload) in store.load().await?.records {
            records.push(table as u8);
            records.extend_from_slice(&key.to_le_bytes());
            records.extend_from_slice(&(payload.len() as u32).to_le_bytes());
            records.extend_from_slice(&payload);
            if payload.starts_with(b"KSCR") {
                snapshot = payload;
            }
        }
        Ok::<_, keepsake::Error>([file, records, snapshot])
    });
    made.unwrap_or_else(|error| panic!("no seeds: {error}"))
}

fn new() -> (Memory, ScratchLearner<Memory>) {
    let store = Memory::new();
    let opened = learner(store.again(), Preset::Exact);
    let opened = opened.unwrap_or_else(|error| panic!("nothing opens: {error}"));
    (store, opened)
}

/// Answers, dreams, exports and, once more, what it exported.
fn used(learner: &ScratchLearner<Memory>) -> String {
    let side = learner.settings().side;
    let grey = Sketch {
        side,
        values: vec![0.5; side * side],
    };
    let answers = block_on(learner.predict(&[grey]));
    let answers = answers.unwrap_or_else(|error| panic!("no answer: {error}"));
    let good = answers[0].iter().all(|(_, p)| (0.0..=1.001).contains(p));
    assert!(good, "a probability is none: {:?}", answers[0]);
    let labels = learner.labels();
    for label in labels.iter().filter(|label| label.taught > 0).take(3) {
        let dreams = block_on(learner.dreams(label.id, 2, 1));
        let dreams = dreams.unwrap_or_else(|error| panic!("no dream: {error}"));
        let pixels = dreams.iter().flat_map(|dream| &dream.values);
        assert!(
            pixels.into_iter().all(|value| value.is_finite()),
            "a dream of no numbers"
        );
    }
    let file = block_on(learner.export()).unwrap_or_else(|error| panic!("no export: {error}"));
    let (_, other) = new();
    block_on(other.import(&file))
        .unwrap_or_else(|error| panic!("its own export is refused: {error}"));
    format!(
        "{:?}, {} labels",
        learner.settings().preset,
        size(labels.len())
    )
}

/// One more label can be made, and is there after a reload.
fn goes_on(store: &Memory, learner: &ScratchLearner<Memory>) {
    let new: LabelId = block_on(learner.add_label("A new one"))
        .unwrap_or_else(|error| panic!("no new label: {error}"));
    let again = self::learner(store.again(), Preset::Exact);
    let again = again.unwrap_or_else(|error| panic!("it does not open again: {error}"));
    assert!(again.labels().iter().any(|label| label.id == new));
}

fn file(bytes: &[u8]) -> String {
    let (store, learner) = new();
    if let Err(error) = block_on(learner.import(bytes)) {
        assert_eq!(
            learner.labels().len(),
            1,
            "a refused file changed something"
        );
        return error.to_string();
    }
    let outcome = used(&learner);
    goes_on(&store, &learner);
    outcome
}

fn writes(mut bytes: &[u8]) -> Vec<Write> {
    let mut writes = Vec::new();
    while let Some((header, rest)) = bytes.split_first_chunk::<13>() {
        let [table, rest_of_it @ ..] = *header;
        let (key, length) = rest_of_it.split_at(8);
        let number = |bytes: &[u8]| {
            bytes
                .iter()
                .rev()
                .fold(0, |n, &byte| n << 8 | u64::from(byte))
        };
        let length = usize::try_from(number(length)).unwrap_or(usize::MAX);
        let (payload, rest) = rest.split_at(length.min(rest.len()));
        writes.push(put(table, number(key), payload));
        bytes = rest;
    }
    writes
}

/// The snapshot among the records, which begins somewhere and ends at the end of its record.
fn seal_records(bytes: &mut [u8]) {
    let mut at = 0;
    while at + 13 <= bytes.len() {
        let length = bytes[at + 9..at + 13].iter().rev();
        let length = length.fold(0usize, |n, &byte| n << 8 | usize::from(byte));
        let end = (at + 13).saturating_add(length).min(bytes.len());
        if bytes[at + 13..].starts_with(b"KSCR") {
            sealed::snapshot(&mut bytes[at + 13..end]);
        }
        at = end;
    }
}

fn records(bytes: &[u8]) -> String {
    let mut store = Memory::new();
    let committed = block_on(store.commit(writes(bytes)));
    committed.unwrap_or_else(|error| panic!("not stored: {error}"));
    let opened = match learner(store.again(), Preset::Exact) {
        Ok(opened) => opened,
        Err(error) => return error.to_string(),
    };
    let problems = opened.problems().join("\n");
    let taught = opened.labels().iter().any(|label| label.taught > 0);
    let outcome = if taught { used(&opened) } else { String::new() };
    goes_on(&store, &opened);
    format!("{outcome}\n{problems}")
}

fn snapshot(bytes: &[u8]) -> String {
    let parsed = match Snapshot::parse(bytes) {
        Ok(parsed) => parsed,
        Err(error) => return error.to_string(),
    };
    // Compared as bytes: -0.0 and 0.0 are not the same here.
    let written = Snapshot::parse(&parsed.to_bytes()).map(|again| again.to_bytes());
    assert_eq!(written.ok(), Some(parsed.to_bytes()));
    let restored = match Scratch::restore(&parsed, &device::cpu()) {
        Ok(restored) => restored,
        Err(error) => return error.to_string(),
    };
    let side = restored.settings().side;
    let grey = Sketch {
        side,
        values: vec![0.5; side * side],
    };
    let answers = block_on(restored.predict(&[grey]));
    let answers = answers.unwrap_or_else(|error| panic!("no answer: {error}"));
    assert!(
        answers[0].iter().all(|(_, p)| p.is_finite()),
        "{:?}",
        answers[0]
    );
    format!(
        "{:?} {}",
        restored.settings().preset,
        size(restored.labels().len())
    )
}
