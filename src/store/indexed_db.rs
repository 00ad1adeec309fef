//! Records in a browser's database.
//!
//! | database | `keepsake:NAME`, version 1 |
//! |---|---|
//! | object stores | one per [`Table`], by its [`name`](Table::name); no indexes |
//! | keys | numbers |
//! | values | `Uint8Array`s: the *put* frames of [`format`](mod@format), so damage is told from data |
//!
//! A transaction is the browser's own, with `durability: "strict"`: its *complete* event comes after
//! the data was handed to the disk. [`Store::commit`] resolves then and not before.
//!
//! Connections get lost: WebKit drops them when a page sleeps, and another tab's upgrade or deletion
//! asks us to let go. A call that meets a lost connection opens it again and tries once more. Every
//! transaction may be repeated: its end state does not depend on whether it had happened already.
//!
//! web-sys is used as it is: of the crates around it, `idb` 0.6 cannot ask for strict durability, and
//! neither it nor `indexed_db_futures` 0.6 hands on the reason why a transaction was aborted, without
//! which a full disk looks like any other failure. An event's handlers are a promise's two functions,
//! so no closures are needed.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DomException, IdbFactory, IdbKeyRange, IdbObjectStore, IdbOpenDbRequest, IdbRequest,
    IdbRequestReadyState, IdbTransaction,
};

use super::format::{self, Flaw};
use super::{Damaged, Loaded, MAX_KEY, Store, Table, Write};
use crate::Error;
use crate::error::StorageError;

/// The version of the database: which object stores it has. A record has a version of its own.
const VERSION: u32 = 1;
/// Records read at once: a few megabytes, whatever the collection's size.
const CHUNK: u32 = 500;

#[wasm_bindgen]
extern "C" {
    /// An `IDBDatabase` whose transactions have options, which web-sys keeps behind an unstable flag.
    #[derive(Clone)]
    #[wasm_bindgen(extends = web_sys::IdbDatabase)]
    type Database;

    #[wasm_bindgen(method, catch)]
    fn transaction(
        this: &Database,
        stores: &Array,
        mode: &str,
        options: &Object,
    ) -> Result<IdbTransaction, JsValue>;
}

/// A store in a browser's database.
pub struct IndexedDb {
    name: String,
    connection: Option<Connection>,
}

impl IndexedDb {
    /// Opens the database of the learner called `name`, or makes an empty one.
    ///
    /// # Errors
    /// `storage/unavailable` where the browser lets nothing be stored, `storage/newer`,
    /// `storage/busy` when the database is being deleted elsewhere, `storage/failed`.
    pub async fn open(name: &str) -> crate::Result<IndexedDb> {
        let name = format!("keepsake:{name}");
        let connection = Some(Connection::open(&name, true).await?);
        Ok(IndexedDb { name, connection })
    }

    /// Does `work` on the database; once more, on a new connection, where the failure looks like a
    /// lost one.
    async fn attempt<T>(
        &mut self,
        work: impl AsyncFn(&Database) -> Result<T, Failure>,
    ) -> crate::Result<T> {
        if let Some(connection) = self.connection.take_if(|it| !it.lost.get()) {
            let result = work(&connection.database).await;
            match result {
                Err(failure) if failure.may_be_a_lost_connection() => drop(connection),
                result => {
                    self.connection = Some(connection);
                    return Ok(result?);
                }
            }
        }
        // The database must be there: an empty one in its place would be taken for our records.
        let connection = Connection::open(&self.name, false).await?;
        let result = work(&connection.database).await;
        self.connection = Some(connection);
        Ok(result?)
    }
}

impl Store for IndexedDb {
    async fn load(&mut self) -> crate::Result<Loaded> {
        let loaded = self.attempt(load).await?;
        if loaded
            .damaged
            .iter()
            .any(|damaged| damaged.flaw == Flaw::Newer)
        {
            return Err(StorageError::Newer.into());
        }
        Ok(loaded)
    }

    async fn commit(&mut self, writes: Vec<Write>) -> crate::Result<()> {
        Write::check_all(&writes)?;
        if writes.is_empty() {
            return Ok(());
        }
        self.attempt(async |database| commit(database, &writes).await)
            .await
    }

    async fn read(&mut self, table: Table, key: u64) -> crate::Result<Option<Vec<u8>>> {
        let value = self
            .attempt(async |database| read(database, table, key).await)
            .await?;
        if value.is_undefined() {
            return Ok(None);
        }
        match decode(table, key, &value) {
            Ok((_, _, bytes)) => Ok(Some(bytes)),
            Err(Damaged {
                flaw: Flaw::Newer, ..
            }) => Err(StorageError::Newer.into()),
            Err(damaged) => Err(StorageError::Damaged(damaged.to_string()).into()),
        }
    }

    async fn close(self) -> crate::Result<()> {
        Ok(())
    }
}

/// All records but the thumbnails, of one moment: one transaction reads them all.
async fn load(database: &Database) -> Result<Loaded, Failure> {
    let tables = Table::ALL
        .into_iter()
        .filter(|table| *table != Table::Thumbnails);
    let transaction = transaction(database, tables.clone(), "readonly")?;
    let mut loaded = Loaded::default();
    for table in tables {
        let store = transaction.object_store(table.name())?;
        let mut range = JsValue::UNDEFINED;
        loop {
            let keys = answer(store.get_all_keys_with_key_and_limit(&range, CHUNK)?);
            let values = answer(store.get_all_with_key_and_limit(&range, CHUNK)?);
            let (keys, values): (Array, Array) = (keys.await?.into(), values.await?.into());
            for (key, value) in keys.iter().zip(values.iter()) {
                let number = key
                    .as_f64()
                    .filter(|n| n.fract() == 0.0 && (0.0..=MAX_KEY as f64).contains(n));
                let record = match number {
                    Some(number) => decode(table, number as u64, &value),
                    None => Err(Damaged {
                        place: None,
                        flaw: Flaw::Misplaced,
                    }),
                };
                match record {
                    Ok(record) => loaded.records.push(record),
                    Err(damaged) => loaded.damaged.push(damaged),
                }
            }
            if keys.length() < CHUNK {
                break;
            }
            range = IdbKeyRange::lower_bound_with_open(&keys.at(-1), true)?.into();
        }
    }
    Ok(loaded)
}

/// Resolves after the transaction's *complete* event.
async fn commit(database: &Database, writes: &[Write]) -> Result<(), Failure> {
    let transaction = transaction(database, Table::ALL.into_iter(), "readwrite")?;
    let done = event(&|complete, abort| {
        transaction.set_oncomplete(Some(complete));
        transaction.set_onabort(Some(abort));
    });
    if let Err(thrown) = write_all(&transaction, writes) {
        // It may have been aborted already; either way nothing of it stays.
        let _ = transaction.abort();
        return Err(thrown.into());
    }
    // Only saves the wait for the requests' own events; without it the browser commits by itself.
    // In the standard since its third edition; web-sys calls it deprecated from before.
    #[allow(deprecated)]
    let _ = transaction.commit();
    match done.await {
        Ok(_complete) => Ok(()),
        Err(_abort) => Err(transaction.error().map(Failure::from).unwrap_or_default()),
    }
}

fn write_all(transaction: &IdbTransaction, writes: &[Write]) -> Result<(), JsValue> {
    for write in writes {
        match write {
            Write::Put { table, key, bytes } => {
                let frame = Uint8Array::from(&format::encode(*table, *key, bytes)[..]);
                store(transaction, *table)?.put_with_key(&frame, &number(*key))?;
            }
            Write::Delete { table, key } => {
                store(transaction, *table)?.delete(&number(*key))?;
            }
            Write::Clear => {
                for table in Table::ALL {
                    store(transaction, table)?.clear()?;
                }
            }
        }
    }
    Ok(())
}

async fn read(database: &Database, table: Table, key: u64) -> Result<JsValue, Failure> {
    let transaction = transaction(database, [table].into_iter(), "readonly")?;
    answer(store(&transaction, table)?.get(&number(key))?).await
}

fn transaction(
    database: &Database,
    tables: impl Iterator<Item = Table>,
    mode: &str,
) -> Result<IdbTransaction, JsValue> {
    let names: Array = tables.map(|table| JsValue::from(table.name())).collect();
    let options = Object::new();
    Reflect::set(&options, &"durability".into(), &"strict".into())?;
    database.transaction(&names, mode, &options)
}

fn store(transaction: &IdbTransaction, table: Table) -> Result<IdbObjectStore, JsValue> {
    transaction.object_store(table.name())
}

/// Exact: keys are checked to be at most [`MAX_KEY`].
fn number(key: u64) -> JsValue {
    JsValue::from_f64(key as f64)
}

fn decode(table: Table, key: u64, value: &JsValue) -> Result<super::Record, Damaged> {
    match value.dyn_ref::<Uint8Array>() {
        Some(bytes) => format::decode(table, key, &bytes.to_vec()),
        None => Err(Damaged {
            place: Some((table, key)),
            flaw: Flaw::Header,
        }),
    }
}

/// An open database, closed when dropped.
struct Connection {
    database: Database,
    /// Set when the browser or another tab took it away.
    lost: Rc<Cell<bool>>,
    _on_lost: Closure<dyn FnMut()>,
}

impl Connection {
    /// Opens a database; makes it, if it `may_be_new`.
    async fn open(name: &str, may_be_new: bool) -> crate::Result<Connection> {
        let unavailable = |why: String| Error::from(StorageError::Unavailable(why));
        let factory = Reflect::get(&js_sys::global(), &"indexedDB".into())
            .map_err(|thrown| unavailable(Failure::from(thrown).message))?;
        if factory.is_undefined() || factory.is_null() {
            return Err(unavailable("it has no IndexedDB".into()));
        }
        let factory: IdbFactory = factory.unchecked_into();
        let request = factory.open_with_u32(name, VERSION).map_err(Failure::from);
        let request = request.map_err(Failure::at_opening)?;

        let gone = Rc::new(Cell::new(false));
        let on_upgrade = Closure::once({
            let (request, gone) = (request.clone(), gone.clone());
            move || {
                gone.set(!may_be_new);
                // A failure here fails the opening, which is where it is reported.
                let _ = if may_be_new {
                    create(&request)
                } else {
                    refuse(&request)
                };
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
                return Err(
                    StorageError::Failed("the collection was deleted elsewhere".into()).into(),
                );
            }
            return Err(failure(&request).at_opening());
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

/// Makes the object stores of a new database.
fn create(request: &IdbOpenDbRequest) -> Result<(), JsValue> {
    let database: Database = request.result()?.unchecked_into();
    for table in Table::ALL {
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

/// `Ok` when the first handler was called, `Err` when the second was. They are set at once, not when
/// the future is first polled.
fn event(attach: &dyn Fn(&Function, &Function)) -> JsFuture {
    JsFuture::from(Promise::new(&mut |first, second| attach(&first, &second)))
}

/// The result of a request, to which the handlers are attached at once.
fn answer(request: IdbRequest) -> impl Future<Output = Result<JsValue, Failure>> {
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

fn failure(request: &IdbRequest) -> Failure {
    match request.error() {
        Ok(Some(exception)) => exception.into(),
        Ok(None) => Failure::default(),
        Err(thrown) => thrown.into(),
    }
}

/// An exception of the browser, by its name in the standard; empty where it gave none.
#[derive(Debug, Default)]
struct Failure {
    name: String,
    message: String,
}

impl Failure {
    fn may_be_a_lost_connection(&self) -> bool {
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
    fn at_opening(self) -> Error {
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
