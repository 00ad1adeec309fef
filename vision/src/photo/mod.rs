//! The bytes of a picture file become an upright square of pixels, and that the network's input.
//!
//! ```text
//! bytes ──► sniff ──► Limits::check ──► decode ──► orient ──► resize ──► Input
//!           header     refuse here       pixels     upright    [side, side, 3]
//! ```
//!
//! Nothing is believed of a file before its header has been checked: a header of a few bytes may
//! claim more pixels than any device has memory.
//!
//! In the browser the first and the last steps are these, and the browser's own decoder stands in
//! the middle (see `web::photo`); [`decode`] is what remains where it fails, and what runs natively.

mod chunks;
mod colour;
mod decode;
#[cfg(any(target_arch = "wasm32", test))]
mod exif;
mod jpeg;
mod limits;
mod orient;
mod resize;
mod sniff;
mod taken;
mod thumbnail;
mod tiff;
mod webp;
mod whole;

pub use decode::{Picture, can_decode, decode};
pub use jpeg::{Draft, Reduced, draft, reduced};
pub use limits::Limits;
pub use resize::{Channels, Pixels, resize_square, to_input};
pub use sniff::{Format, Header, sniff};
pub use taken::taken;
pub use thumbnail::{THUMBNAIL_SIDE, thumbnail};
pub use whole::{ends_whole, is_whole};
// What the browser's way needs and the native one does not.
#[cfg(target_arch = "wasm32")]
pub use exif::{Exif, exif};
#[cfg(target_arch = "wasm32")]
pub use orient::Turn;

/// What turning pixels into the network's input means, in words that change when it does: two
/// collections may only be joined when their features were made the same way.
pub const PREPROCESSING: &str = "upright; centred square, left = (w - s) / 2 down; bicubic a = -0.5, antialiased, u8 after each pass";

/// So many bytes of a file from `at` on, where it has them.
fn field<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}
