//! Bytes that nobody meant, for every reader of bytes from outside: a person's own file, a stranger's
//! file, a photo, what a disk gives back.
//!
//! ```text
//! corpus ──► mutate ──► seal ──► target ──► outcome ──► kept in memory if it is a new one
//!            bits, parts, checksums  the reader  a sentence
//!            lengths, …   made right │
//!                                    └── watched: a panic, 2 s of CPU, 256 MB: the input is saved
//! ```
//!
//! There is no instrumentation, so this runs on stable Rust: that an input went another way is told by
//! what came of it, the refusal's sentence without its numbers. That is coarse, but every refusal here
//! has a sentence of its own.
//!
//! | file | holds |
//! |---|---|
//! | [`targets`] | the readers, how their checksums are made right, where their first inputs lie |
//! | [`mutate`] | from one input to the next |
//! | [`watch`] | the limits of one input, and what is done when it breaks them |
//! | [`run`](mod@run) | the loop, and the replay that is one of the tests |
#![deny(missing_docs)]
#![cfg_attr(not(test), deny(clippy::unwrap_used))]

pub mod mutate;
pub mod run;
pub mod targets;
pub mod watch;

/// Every allocation of a program that fuzzes is counted.
#[global_allocator]
static COUNTING: watch::Counting = watch::Counting;

/// Errors here are sentences for the developer who runs the program.
pub type Result<T> = std::result::Result<T, String>;
