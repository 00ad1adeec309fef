//! Photos: the same pixels from every file, and none that does harm.

#[path = "../files/mod.rs"]
mod files;

mod bad_photos;
mod fixtures;
mod formats;
mod orientation;
mod reduced_jpeg;
mod resize_golden;
