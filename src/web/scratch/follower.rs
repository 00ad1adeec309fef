//! Who follows a training for JavaScript.

use std::cell::Cell;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::super::arguments::invalid;
use super::super::plain::value;
use super::turns::Turns;
use crate::Result;
use crate::scratch::{Control, Progress, Watch};

/// Milliseconds of training between two turns of the event loop: a blink is ten times as long.
const BETWEEN_TURNS: f64 = 25.0;

/// What is called with progress, if anything is.
pub(super) fn listener(given: JsValue) -> Result<Option<Function>> {
    if given.is_undefined() || given.is_null() {
        return Ok(None);
    }
    let wrong = |_| invalid("Progress is given to a function.");
    given.dyn_into().map(Some).map_err(wrong)
}

/// Tells of progress, hears "stop", and lets the event loop have its turns.
pub(super) struct Follower<'a> {
    /// Whether "stop" was heard.
    stopping: &'a Cell<bool>,
    listener: Option<Function>,
    turns: Turns,
    last_turn: f64,
}

impl<'a> Follower<'a> {
    pub fn new(stopping: &'a Cell<bool>, listener: Option<Function>) -> Follower<'a> {
        Follower {
            stopping,
            listener,
            turns: Turns::new(),
            last_turn: js_sys::Date::now(),
        }
    }
}

impl Watch for Follower<'_> {
    async fn progress(&mut self, progress: Progress) -> Control {
        if let Some(listener) = &self.listener
            && let Ok(progress) = value(&progress)
        {
            // Whoever listens badly keeps nothing from being learned.
            let _ = listener.call1(&JsValue::UNDEFINED, &progress);
        }
        if js_sys::Date::now() - self.last_turn > BETWEEN_TURNS {
            self.turns.next().await;
            self.last_turn = js_sys::Date::now();
        }
        match self.stopping.get() {
            true => Control::Stop,
            false => Control::Continue,
        }
    }
}
