//! Storage: what was committed is there, and nothing else.

mod contract;
mod torn_bytes;
