//! An open database: how it is opened, made, watched and let go.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{IdbOpenDbRequest, IdbRequestReadyState, IdbTransaction, IdbVersionChangeEvent};

use super::request::{Failure, event, failure};
use crate::Error;
use crate::error::StorageError;
use crate::store::Table;

/// The version of the database: which object stores it has. A record has a version of its own.
/// Version 1 had neither origins nor what was accepted.
const VERSION: u32 = 2;

#[wasm_bindgen]
extern "C" {
    /// An `IDBDatabase` whose transactions have options, which web-sys keeps behind an unstable flag.
    #[derive(Clone)]
    #[wasm_bindgen(extends = web_sys::IdbDatabase)]
    pub type Database;

    #[wasm_bindgen(method, catch)]
    pub fn transaction(
        this: &Database,
        stores: &Array,
        mode: &str,
        options: &Object,
    ) -> Result<IdbTransaction, JsValue>;

    /// An `IDBFactory` that may tell which databases there are, which web-sys leaves out.
    #[wasm_bindgen(extends = web_sys::IdbFactory)]
    pub type Factory;

    #[wasm_bindgen(method, catch)]
    pub fn databases(this: &Factory) -> Result<Promise, JsValue>;
}

/// The browser's `indexedDB`.
///
/// # Errors
/// `storage/unavailable`.
pub fn factory() -> crate::Result<Factory> {
    let unavailable = |why: String| Error::from(StorageError::Unavailable(why));
    let factory = Reflect::get(&js_sys::global(), &"indexedDB".into())
        .map_err(|thrown| unavailable(Failure::from(thrown).message))?;
    if factory.is_undefined() || factory.is_null() {
        return Err(unavailable("it has no IndexedDB".into()));
    }
    Ok(factory.unchecked_into())
}

/// An open database, closed when dropped.
pub struct Connection {
    pub database: Database,
    /// Set when the browser or another tab took it away.
    pub lost: Rc<Cell<bool>>,
    _on_lost: Closure<dyn FnMut()>,
}

impl Connection {
    /// Opens a learner's database; makes it, if it `may_be_new`.
    pub async fn open(name: &str, may_be_new: bool) -> crate::Result<Connection> {
        let request = factory()?.open_with_u32(name, VERSION);
        Connection::opened(request, may_be_new, create).await
    }

    /// Opens a database of any version as it is.
    ///
    /// # Errors
    /// As of [`opened`](Connection::opened); `storage/gone` where there is none.
    pub async fn open_as_it_is(name: &str) -> crate::Result<Connection> {
        Connection::opened(factory()?.open(name), false, |_| Ok(())).await
    }

    /// What a request opens; made or changed by `create`, where it `may_be_new` or is of an earlier version.
    pub async fn opened(
        request: Result<IdbOpenDbRequest, JsValue>,
        may_be_new: bool,
        create: fn(&Database) -> Result<(), JsValue>,
    ) -> crate::Result<Connection> {
        let request = request.map_err(Failure::from);
        let request = request.map_err(Failure::at_opening)?;

        let gone = Rc::new(Cell::new(false));
        let unmade = Rc::new(RefCell::new(None));
        let on_upgrade = Closure::once({
            let (request, gone, unmade) = (request.clone(), gone.clone(), unmade.clone());
            move |upgrade: IdbVersionChangeEvent| {
                let may_be_made = may_be_new || upgrade.old_version() > 0.0;
                gone.set(!may_be_made);
                let make = || create(&request.result()?.unchecked_into());
                let made = may_be_made.then(make);
                if let Some(Ok(())) = made {
                    return;
                }
                // Left alone, the upgrade would be committed, and the database lack what is missing
                // for good. Aborted, it fails the opening, which is where it is reported.
                *unmade.borrow_mut() = made.and_then(Result::err).map(Failure::from);
                let _ = refuse(&request);
            }
        });
        request.set_onupgradeneeded(Some(on_upgrade.as_ref().unchecked_ref()));
        let opened = event(&|success, other| {
            request.set_onsuccess(Some(success));
            request.set_onerror(Some(other));
            request.set_onblocked(Some(other));
        });
        if opened.await.is_err() {
            if request.ready_state() == IdbRequestReadyState::Pending {
                close_when_opened(&request);
                return Err(StorageError::Busy.into());
            }
            if gone.get() {
                return Err(StorageError::Gone.into());
            }
            let unmade = unmade.take();
            return Err(unmade.unwrap_or_else(|| failure(&request)).at_opening());
        }
        let database = request
            .result()
            .map_err(Failure::from)
            .map_err(Error::from)?;
        Ok(Connection::watch(database.unchecked_into()))
    }

    fn watch(database: Database) -> Connection {
        let lost = Rc::new(Cell::new(false));
        let on_lost = Closure::new({
            let (database, lost) = (database.clone(), lost.clone());
            move || {
                lost.set(true);
                database.close();
            }
        });
        database.set_onclose(Some(on_lost.as_ref().unchecked_ref()));
        database.set_onversionchange(Some(on_lost.as_ref().unchecked_ref()));
        Connection {
            database,
            lost,
            _on_lost: on_lost,
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.database.set_onclose(None);
        self.database.set_onversionchange(None);
        self.database.close();
    }
}

/// Makes the object stores that a new database, or one of an earlier version, has not.
fn create(database: &Database) -> Result<(), JsValue> {
    let there = database.object_store_names();
    for table in Table::ALL {
        if there.contains(table.name()) {
            continue;
        }
        database.create_object_store(table.name())?;
    }
    Ok(())
}

/// Leaves no new database behind.
fn refuse(request: &IdbOpenDbRequest) -> Result<(), JsValue> {
    request
        .transaction()
        .map_or(Ok(()), |upgrade| upgrade.abort())
}

/// A blocked request may still succeed, long after we gave up waiting: its connection would then keep
/// others waiting.
fn close_when_opened(request: &IdbOpenDbRequest) {
    let opened = request.clone();
    let close = Closure::once_into_js(move || {
        if let Ok(database) = opened.result() {
            database.unchecked_into::<Database>().close();
        }
    });
    request.set_onsuccess(Some(close.unchecked_ref()));
}
