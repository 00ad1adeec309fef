//! A file that somebody exported, or says so.

use keepsake::learner::{How, Learner};
use keepsake::store::{Memory, Store};
use pollster::block_on;

use super::{Target, no_seeds, sealed, size};

/// A file of a photo learner, brought into an empty one.
pub const PHOTOS_FILE: Target = Target {
    name: "photos-file",
    read,
    seal: sealed::digest,
    seeds: no_seeds,
    folders: &["../tests/reference/formats-kept/1"],
    words: &[
        b"KEEPSAKE\x01\0\0\0",
        b"KEEPDRAW\x01\0\0\0",
        b"\x02\x01\0\0\0\0\0\0\0\x07\0\0\0\x01\0\0\0Hat",
        b"\x02\x02\0\0\0\0\0\0\0\x08\0\0\0\x02\0\0\0Caf\xc3",
        b"\xe2\x80\x8d",
        b"e\xcc\x81",
        b"\x05\x01\0\0\0\0\0\0\0\x02\0\0\0\xff\xd8",
    ],
    longest: 128 << 10,
};

fn read(bytes: &[u8]) -> String {
    let learner = new();
    let refused = block_on(learner.import(bytes, How::Merge));
    let summary = match refused {
        Err(error) => {
            assert!(is_empty(&learner), "a refused file changed something");
            return error.to_string();
        }
        Ok(summary) => summary,
    };
    sane(&learner);
    let own = block_on(learner.export()).unwrap_or_else(|error| panic!("no export: {error}"));
    let other = new();
    let back = block_on(other.import(&own, How::Replace));
    let back = back.unwrap_or_else(|error| panic!("its own export is refused: {error}"));
    assert_eq!((back.labels, back.photos), (summary.labels, summary.photos));
    let again = block_on(learner.import(bytes, How::Merge));
    let again = again.unwrap_or_else(|error| panic!("refused the second time: {error}"));
    assert_eq!((again.labels, again.photos, again.lessons), (0, 0, 0));
    block_on(other.import(bytes, How::Replace))
        .unwrap_or_else(|error| panic!("it takes no other's place: {error}"));
    while block_on(other.undo()).is_ok() {}
    assert!(is_empty(&other), "undone, something is left");
    format!(
        "{} labels, {} photos, {} lessons",
        size(summary.labels),
        size(summary.photos),
        size(summary.lessons)
    )
}

fn new() -> Learner<Memory> {
    let opened = block_on(Learner::open(Memory::new(), None));
    opened.unwrap_or_else(|error| panic!("nothing opens: {error}"))
}

fn is_empty<S: Store>(learner: &Learner<S>) -> bool {
    learner.labels().len() == 1 && learner.photos().is_empty() && learner.lessons().is_empty()
}

/// What can be asked of it is answered with numbers.
pub fn sane<S: Store>(learner: &Learner<S>) {
    let album = learner.predict_all();
    let probabilities = &album.ranked_probabilities;
    let good = probabilities.iter().all(|p| (0.0..=1.001).contains(p));
    assert!(good, "a probability is none: {probabilities:?}");
    let report = learner.report();
    assert!(
        report
            .accuracy
            .is_none_or(|part| (0.0..=1.0).contains(&part))
    );
    for label in learner.labels() {
        assert!(!label.name.trim().is_empty() && label.name.chars().count() <= 60);
    }
}
