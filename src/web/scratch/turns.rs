//! Turns of a worker's event loop, in the middle of long work.

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    type MessageChannel;
    #[wasm_bindgen(constructor)]
    fn new() -> MessageChannel;
    #[wasm_bindgen(method, getter)]
    fn port1(this: &MessageChannel) -> MessagePort;
    #[wasm_bindgen(method, getter)]
    fn port2(this: &MessageChannel) -> MessagePort;

    type MessagePort;
    #[wasm_bindgen(method, setter)]
    fn set_onmessage(this: &MessagePort, handler: Option<&Function>);
    #[wasm_bindgen(method, js_name = postMessage)]
    fn post_message(this: &MessagePort, message: &JsValue);
    #[wasm_bindgen(method)]
    fn close(this: &MessagePort);
}

/// Turns of the event loop. A message to oneself comes after everything that waits already; a timer
/// would come four milliseconds late, as long as a step of training takes.
pub(super) struct Turns {
    near: MessagePort,
    far: MessagePort,
}

impl Turns {
    pub fn new() -> Turns {
        let channel = MessageChannel::new();
        Turns {
            near: channel.port1(),
            far: channel.port2(),
        }
    }

    pub async fn next(&self) {
        let turn = Promise::new(&mut |done, _| {
            self.near.set_onmessage(Some(&done));
            self.far.post_message(&JsValue::UNDEFINED);
        });
        // It is never rejected.
        let _ = JsFuture::from(turn).await;
    }
}

impl Drop for Turns {
    fn drop(&mut self) {
        self.near.set_onmessage(None);
        self.near.close();
    }
}
