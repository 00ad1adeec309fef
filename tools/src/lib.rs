//! Makes the data files that Keepsake ships. Nothing here runs on a person's device or reads a
//! person's files.
//!
//! ```text
//! PyTorch state dict ──► tensors ──► one kernel and bias per layer ──► one byte per weight ──► lite0.bin
//!   pickle            state_dict     fold                              quantise
//! ```
//!
//! The programs are `weights` (the line above) and `prior` (the means of generic photos).
#![deny(missing_docs)]
#![cfg_attr(not(test), deny(clippy::unwrap_used))]

pub mod arguments;
pub mod expectation;
pub mod fold;
#[cfg(feature = "photos")]
pub mod photos;
pub mod pickle;
pub mod quantise;
pub mod state_dict;

/// Errors here are sentences for the developer who runs the program.
pub type Result<T> = std::result::Result<T, String>;
