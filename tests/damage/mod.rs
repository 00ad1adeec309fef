//! What can happen to one stored record so that it still looks whole to the store.

use proptest::prelude::*;
use proptest::sample::Index;

/// One damage to one record.
#[derive(Debug, Clone)]
pub enum Damage {
    Cut(Index),
    Flip(Index),
    /// It takes the place of another one, and that its own.
    Swap(Index),
    Anything(Vec<u8>),
    Gone,
}

/// Any of them; what is anything is shorter than `longest` bytes.
pub fn damage(longest: usize) -> impl Strategy<Value = Damage> {
    prop_oneof![
        any::<Index>().prop_map(Damage::Cut),
        any::<Index>().prop_map(Damage::Flip),
        any::<Index>().prop_map(Damage::Swap),
        proptest::collection::vec(any::<u8>(), 0..longest).prop_map(Damage::Anything),
        Just(Damage::Gone),
    ]
}
