//! The head: exact, whatever was taught in whatever order.

#[path = "../files/mod.rs"]
mod files;

mod exactness;
mod golden;
mod one_block;
