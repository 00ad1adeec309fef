//! What a panic says. It ends in a trap, whose own words are "unreachable" and no more; the guard
//! (`guard.js`) catches either, and tells those who wait.

use js_sys::WebAssembly::RuntimeError;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|panic| {
        let words = panic.to_string().replace('\n', " ");
        wasm_bindgen::throw_val(RuntimeError::new(&words).into())
    }));
}
