//! The browser's events as futures, and its exceptions as our errors.
//!
//! The handlers of an event are the two functions of a promise: no closures to be kept alive.

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DomException, IdbRequest};

use crate::Error;
use crate::error::StorageError;

/// `Ok` when the first handler was called, `Err` when the second was. They are set at once, not when
/// the future is first polled.
pub fn event(attach: &dyn Fn(&Function, &Function)) -> JsFuture {
    JsFuture::from(Promise::new(&mut |first, second| attach(&first, &second)))
}

/// What a request will answer.
pub trait Answer: Future<Output = Result<JsValue, Failure>> {}
impl<F: Future<Output = Result<JsValue, Failure>>> Answer for F {}

/// The result of a request, to which the handlers are attached at once.
pub fn answer(request: IdbRequest) -> impl Answer {
    let answered = event(&|success, error| {
        request.set_onsuccess(Some(success));
        request.set_onerror(Some(error));
    });
    async move {
        match answered.await {
            Ok(_success) => Ok(request.result()?),
            Err(_error) => Err(failure(&request)),
        }
    }
}

pub fn failure(request: &IdbRequest) -> Failure {
    match request.error() {
        Ok(Some(exception)) => exception.into(),
        Ok(None) => Failure::default(),
        Err(thrown) => thrown.into(),
    }
}

/// An exception of the browser, by its name in the standard; empty where it gave none.
#[derive(Debug, Default)]
pub struct Failure {
    pub name: String,
    pub message: String,
}

impl Failure {
    pub fn may_be_a_lost_connection(&self) -> bool {
        // A transaction that is aborted because its connection closed has no error at all, or this.
        let names = [
            "",
            "AbortError",
            "InvalidStateError",
            "TransactionInactiveError",
            "UnknownError",
        ];
        names.contains(&&*self.name)
    }

    /// While opening, some names mean that there is no storage here, as in private windows.
    pub fn at_opening(self) -> Error {
        match &*self.name {
            "SecurityError" | "InvalidStateError" | "NotSupportedError" => {
                StorageError::Unavailable(self.message).into()
            }
            _ => self.into(),
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Error {
        match &*failure.name {
            "QuotaExceededError" => StorageError::Full,
            "VersionError" => StorageError::Newer,
            "" => StorageError::Failed("the browser gave no reason".into()),
            name => StorageError::Failed(format!("{name}: {}", failure.message)),
        }
        .into()
    }
}

impl From<DomException> for Failure {
    fn from(exception: DomException) -> Failure {
        Failure {
            name: exception.name(),
            message: exception.message(),
        }
    }
}

impl From<JsValue> for Failure {
    fn from(thrown: JsValue) -> Failure {
        match thrown.dyn_into::<DomException>() {
            Ok(exception) => exception.into(),
            Err(thrown) => Failure {
                name: "Error".into(),
                message: format!("{thrown:?}"),
            },
        }
    }
}
