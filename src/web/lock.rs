//! One writer at a time, by agreement: who opens a collection for writing holds a Web Lock with its name.
//! Another who wants it asks the holder, which ends the action under way and lets go; from one that
//! hangs it is taken. Where a browser has no locks, and after it was taken, the store's own claim refuses
//! whoever comes too late.

use std::cell::RefCell;

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::BroadcastChannel;

use crate::Result;
use crate::error::StorageError;

/// Milliseconds that a holder has to end what it does.
const PATIENCE: u32 = 3_000;
/// Milliseconds after which it is asked again: it may only just have got the lock.
const AGAIN: u32 = 100;

#[wasm_bindgen]
extern "C" {
    /// `navigator.locks`, which web-sys keeps behind an unstable flag.
    type LockManager;
    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &Object,
        granted: &Function,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = AbortSignal, js_name = timeout, catch)]
    fn signal_after(milliseconds: u32) -> Result<JsValue, JsValue>;
}

/// The lock of one collection, held until it is released or dropped.
pub(super) struct Lock {
    release: RefCell<Option<Function>>,
    channel: Option<BroadcastChannel>,
    asked: RefCell<Option<Closure<dyn FnMut()>>>,
}

impl Lock {
    /// The lock of the collection with this name, taken from whoever has it; `None` where the browser
    /// has no locks.
    pub async fn take(collection: &str) -> Option<Lock> {
        let locks = locks()?;
        let name = name_of(collection);
        let channel = BroadcastChannel::new(&name).ok();
        let release = match request(&locks, &name, "ifAvailable", &JsValue::TRUE).await {
            Ok(Some(release)) => release,
            Ok(None) => taken_over(&locks, &name, channel.as_ref()).await?,
            Err(_) => return None,
        };
        Some(Lock::held(release, channel))
    }

    /// The lock of the collection with this name if nobody has it; `None` where the browser has no locks.
    ///
    /// # Errors
    /// `storage/busy` where somebody has it.
    pub async fn take_if_free(collection: &str) -> Result<Option<Lock>> {
        let Some(locks) = locks() else {
            return Ok(None);
        };
        let name = name_of(collection);
        match request(&locks, &name, "ifAvailable", &JsValue::TRUE).await {
            Ok(Some(release)) => Ok(Some(Lock::held(release, None))),
            Ok(None) => Err(StorageError::Busy.into()),
            Err(_) => Ok(None),
        }
    }

    fn held(release: Function, channel: Option<BroadcastChannel>) -> Lock {
        Lock {
            release: RefCell::new(Some(release)),
            channel,
            asked: RefCell::default(),
        }
    }

    /// Calls `work` whenever another asks for the lock.
    pub fn when_asked(&self, work: impl FnMut() + 'static) {
        let Some(channel) = &self.channel else {
            return;
        };
        let work = Closure::new(work);
        channel.set_onmessage(Some(work.as_ref().unchecked_ref()));
        self.asked.replace(Some(work));
    }

    /// Lets another have it.
    pub fn release(&self) {
        if let Some(channel) = &self.channel {
            channel.set_onmessage(None);
        }
        if let Some(release) = self.release.take() {
            // It only resolves a promise.
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.release();
        if let Some(channel) = &self.channel {
            channel.close();
        }
    }
}

fn name_of(collection: &str) -> String {
    format!("keepsake:writer:{collection}")
}

/// The browser's locks, where it has any.
fn locks() -> Option<LockManager> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    locks.is_object().then(|| locks.unchecked_into())
}

/// Asks the holder to let go, for as long as there is patience; then takes it.
async fn taken_over(
    locks: &LockManager,
    name: &str,
    channel: Option<&BroadcastChannel>,
) -> Option<Function> {
    for _ in 0..PATIENCE / AGAIN {
        let asked = channel.map(|channel| channel.post_message(&"finish".into()));
        let (Some(Ok(())), Ok(signal)) = (asked, signal_after(AGAIN)) else {
            break;
        };
        // An error is the end of this wait.
        if let Ok(Some(release)) = request(locks, name, "signal", &signal).await {
            return Some(release);
        }
    }
    let stolen = request(locks, name, "steal", &JsValue::TRUE).await;
    stolen.ok().flatten()
}

/// What releases the lock, once it is held; `None` where another has it and it is not waited for.
async fn request(
    locks: &LockManager,
    name: &str,
    option: &str,
    value: &JsValue,
) -> Result<Option<Function>, JsValue> {
    let options = Object::new();
    Reflect::set(&options, &option.into(), value)?;
    let answer = Promise::new(&mut |answer, refuse| {
        let granted = Closure::once_into_js(move |lock: JsValue| match lock.is_null() {
            true => {
                let _ = answer.call0(&JsValue::UNDEFINED);
                JsValue::UNDEFINED
            }
            false => Promise::new(&mut |release, _| {
                let _ = answer.call1(&JsValue::UNDEFINED, &release);
            })
            .into(),
        });
        let asked = locks.request(name, &options, granted.unchecked_ref());
        spawn_local(async move {
            // Refused, or taken away later, when nobody listens any more.
            let ended = match asked {
                Ok(held) => JsFuture::from(held).await,
                Err(refused) => Err(refused),
            };
            if let Err(thrown) = ended {
                let _ = refuse.call1(&JsValue::UNDEFINED, &thrown);
            }
        });
    });
    let release = JsFuture::from(answer).await?;
    Ok(release.dyn_into().ok())
}
