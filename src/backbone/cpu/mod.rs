//! The network on the CPU.

pub mod reference;
