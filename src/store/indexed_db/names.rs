//! Which learners a browser keeps, and how one goes for good.
//!
//! Where the browser tells which databases there are (`indexedDB.databases`), that is all there is to know.
//! Some do not tell (Firefox before 126): there a learner is noted in a catalogue of ours whenever it is opened.
//!
//! | database | `keepsake.names`, version 1, only where it is needed |
//! |---|---|
//! | object store | `names`: the name of a learner → true |

use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::IdbRequestReadyState;

use super::connection::{Connection, Database, Factory, factory};
use super::request::{Failure, answer, event, failure};
use super::{Table, store, transaction};
use crate::Result;
use crate::distinct::distinct;
use crate::error::StorageError;

/// Before every learner's name.
const PREFIX: &str = "keepsake:";
/// Before the names of learners that began from nothing: they are of another kind.
const FROM_NOTHING: &str = "scratch:";

const CATALOGUE: &str = "keepsake.names";
const NAMES: &str = "names";

/// A learner that this browser keeps.
#[derive(Debug, PartialEq, Eq)]
pub struct Kept {
    /// As it was opened by.
    pub name: String,
    /// How many photos its album has.
    pub photos: u32,
    /// How many lessons it was taught.
    pub lessons: u32,
    /// How many labels it has, "none of these" not among them.
    pub labels: u32,
}

/// The name of a learner's database.
pub(super) fn database_of(name: &str) -> String {
    format!("{PREFIX}{name}")
}

/// Every learner of photos that this browser keeps, by name. Records are counted, not read: nothing is
/// changed, and nobody is kept from writing.
///
/// # Errors
/// `storage/unavailable`, `storage/failed`.
pub async fn kept() -> Result<Vec<Kept>> {
    let factory = factory()?;
    let names = match tells(&factory) {
        true => told(&factory).await.map_err(Failure::at_opening)?,
        false => noted().await?,
    };
    let of_photos = |name: &String| !name.starts_with(FROM_NOTHING);
    let names = distinct(names.into_iter().filter(of_photos));
    let mut all = Vec::new();
    for name in names {
        all.extend(counted(name).await?);
    }
    Ok(all)
}

/// Deletes a learner's database with all that is in it, if there is one. Who has it open is told by the
/// browser, lets go of it, and is answered `storage/gone` from then on.
///
/// # Errors
/// `storage/busy` where something that is no learner of ours holds it open: the browser deletes it when that
/// lets go. `storage/unavailable`, `storage/failed`.
pub async fn delete(name: &str) -> Result<()> {
    let factory = factory()?;
    let request = factory.delete_database(&database_of(name));
    let request = request.map_err(|thrown| Failure::from(thrown).at_opening())?;
    let deleted = event(&|success, other| {
        request.set_onsuccess(Some(success));
        request.set_onerror(Some(other));
        request.set_onblocked(Some(other));
    });
    if deleted.await.is_err() {
        return Err(match request.ready_state() {
            IdbRequestReadyState::Pending => StorageError::Busy.into(),
            _ => failure(&request).into(),
        });
    }
    if !tells(&factory) {
        let catalogue = catalogue(&factory).await?;
        let removed = names_store(&catalogue.database, "readwrite")
            .and_then(|names| names.delete(&name.into()))
            .map(answer)
            .map_err(Failure::from)?;
        removed.await?;
    }
    Ok(())
}

/// Notes that there is a learner, where the browser would not tell.
pub(super) async fn note(name: &str) {
    let noted = async {
        let factory = factory()?;
        if tells(&factory) {
            return Ok(());
        }
        let catalogue = catalogue(&factory).await?;
        let noted = names_store(&catalogue.database, "readwrite")
            .and_then(|names| names.put_with_key(&JsValue::TRUE, &name.into()))
            .map(answer)
            .map_err(Failure::from)?;
        noted.await?;
        Ok::<(), crate::Error>(())
    };
    // Without it the learner is not listed until it is opened again, which is no reason not to open it.
    let _ = noted.await;
}

/// Whether this browser tells which databases there are.
fn tells(factory: &Factory) -> bool {
    Reflect::get(factory, &"databases".into()).is_ok_and(|method| method.is_function())
}

/// Names of all learners, as the browser tells them.
async fn told(factory: &Factory) -> Result<Vec<String>, Failure> {
    let databases: Array = JsFuture::from(factory.databases()?).await?.into();
    let names = databases.iter().filter_map(|database| {
        let name = Reflect::get(&database, &"name".into()).ok()?.as_string()?;
        Some(name.strip_prefix(PREFIX)?.to_owned())
    });
    Ok(names.collect())
}

/// Names of all learners that were noted.
async fn noted() -> Result<Vec<String>> {
    let catalogue = catalogue(&factory()?).await?;
    let keys = names_store(&catalogue.database, "readonly")
        .and_then(|names| names.get_all_keys())
        .map(answer)
        .map_err(Failure::from)?;
    let keys: Array = keys.await?.into();
    Ok(keys.iter().filter_map(|key| key.as_string()).collect())
}

async fn catalogue(factory: &Factory) -> Result<Connection> {
    let request = factory.open_with_u32(CATALOGUE, 1);
    let create = |database: &Database| database.create_object_store(NAMES).map(|_| ());
    Connection::opened(request, true, create).await
}

fn names_store(database: &Database, mode: &str) -> Result<web_sys::IdbObjectStore, JsValue> {
    let options = js_sys::Object::new();
    database
        .transaction(&Array::of1(&NAMES.into()), mode, &options)?
        .object_store(NAMES)
}

/// How much there is of one; `None` where it has gone meanwhile, or is no learner.
async fn counted(name: String) -> Result<Option<Kept>> {
    let connection = match Connection::open_as_it_is(&database_of(&name)).await {
        Ok(connection) => connection,
        Err(error) if error.code() == "storage/gone" => return Ok(None),
        Err(error) => return Err(error),
    };
    let tables = [Table::Photos, Table::Lessons, Table::Labels];
    let counts = match transaction(&connection.database, tables.into_iter(), "readonly") {
        Ok(transaction) => tables.map(|table| store(&transaction, table)?.count().map(answer)),
        Err(_no_such_tables) => return Ok(None),
    };
    let mut numbers = [0; 3];
    for (number, count) in numbers.iter_mut().zip(counts) {
        let count = count.map_err(Failure::from)?.await?;
        *number = count.as_f64().unwrap_or_default() as u32;
    }
    let [photos, lessons, labels] = numbers;
    Ok(Some(Kept {
        name,
        photos,
        lessons,
        labels,
    }))
}
