//! The learner: nothing that was taught is lost, whatever happens.

#[path = "../damage/mod.rs"]
mod damage;

mod accepted;
mod bursts;
mod contents;
mod damage_anywhere;
mod damaged;
mod exactness;
mod failing_store;
mod following;
mod formats_kept;
mod history_kept;
mod many;
mod mend;
mod renewal;
mod report;
mod support;
mod transfer;
mod undo;
mod why;
