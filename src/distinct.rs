//! A set that is filled once and then only read.

use std::collections::BinaryHeap;

/// Each of `items` once, ascending: whether one is among them, `binary_search` tells.
///
/// A tree, or a sort of a slice, is many times the code, in a copy for each type of item.
pub(crate) fn distinct<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut sorted = BinaryHeap::from_iter(items).into_sorted_vec();
    sorted.dedup();
    sorted
}
