//! The learner from nothing.
#![cfg(feature = "burn")]

#[path = "../damage/mod.rs"]
mod damage;
#[path = "../files/mod.rs"]
mod files;
#[path = "../learner/support.rs"]
mod learner_support;

mod article;
mod collection;
mod damage_anywhere;
mod exact;
mod keras_parity;
mod preprocess;
mod rehearse;
mod snapshot;
mod support;
mod undo;
