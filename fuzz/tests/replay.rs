//! Every input that was ever kept is read as the others are: an outcome, in little time and memory.

use keepsake_fuzz::targets::TARGETS;
use keepsake_fuzz::{run, watch};

#[test]
fn the_corpus_is_read_within_the_limits() {
    watch::begin();
    let mut inputs = 0;
    for target in TARGETS {
        let replayed = run::replay(target).unwrap();
        assert!(replayed > 0, "{} has no input", target.name);
        inputs += replayed;
    }
    assert!(inputs > 50, "only {inputs} inputs");
}

/// What is kept of a run stays small, for it is part of every clone.
#[test]
fn the_corpus_is_small() {
    for target in TARGETS {
        let own = format!("corpus/{}", target.name);
        let files = run::corpus(target).unwrap();
        let own = files
            .iter()
            .filter(|(path, _)| path.to_string_lossy().contains(&own));
        let bytes: usize = own.map(|(_, bytes)| bytes.len()).sum();
        assert!(bytes < 40_000, "{}: {bytes} bytes", target.name);
    }
}
