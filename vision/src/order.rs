//! The one sort of all that is sorted here: each type of item would be a sort of its own, of some
//! kilobytes of WebAssembly.

use std::cmp::Ordering;

/// The places `0..count` in the order that `compare` gives them; equals stay in theirs.
pub(crate) fn ordered(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_unstable_by(|&a, &b| compare(a, b).then(a.cmp(&b)));
    places
}
