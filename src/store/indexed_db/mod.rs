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
//! Several tabs may have one database open. The one that writes has claimed it: its mark, which is random,
//! is the first half of the record [`WRITER`] of the table Meta, and every transaction that writes looks
//! first whether it still is. The browser runs such transactions one after the other, so there is no moment
//! in between. The second half is the [revision](Store::revision), just as random, which each of them writes
//! anew. (In earlier versions all of it was the mark: what those wrote has a revision that nobody knows.)
//!
//! web-sys is used as it is: of the crates around it, `idb` 0.6 cannot ask for strict durability, and
//! neither it nor `indexed_db_futures` 0.6 hands on the reason why a transaction was aborted, without
//! which a full disk looks like any other failure.

use js_sys::{Array, Math, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{IdbKeyRange, IdbObjectStore, IdbTransaction};

use super::format::{self, Flaw};
use super::{Damaged, Kept, Loaded, MAX_KEY, Store, Table, Write};
use crate::error::StorageError;

mod connection;
pub mod glance;
pub mod names;
mod request;

use connection::{Connection, Database};
use request::{Answer, Failure, answer, event};

/// Records read at once: a few megabytes, whatever the collection's size.
const CHUNK: u32 = 500;

/// The key in [`Table::Meta`] under which it is noted who writes. No learner uses it, and none sees it.
const WRITER: u64 = MAX_KEY;

/// A store in a browser's database. When that is deleted while it is open, every call fails with
/// `storage/gone`.
pub struct IndexedDb {
    name: String,
    connection: Option<Connection>,
    /// The mark of the one writer, once this is it.
    claim: Option<Mark>,
    /// As this loaded or wrote it last.
    revision: Option<Mark>,
}

type Mark = [u8; 8];

impl IndexedDb {
    /// Opens the database of the learner called `name`, or makes an empty one.
    ///
    /// # Errors
    /// `storage/unavailable` where the browser lets nothing be stored, `storage/newer`,
    /// `storage/busy` when the database is being deleted elsewhere, `storage/failed`.
    pub async fn open(name: &str) -> crate::Result<IndexedDb> {
        let database = names::database_of(name);
        let connection = Some(Connection::open(&database, true).await?);
        names::note(name).await;
        let name = database;
        Ok(IndexedDb {
            name,
            connection,
            claim: None,
            revision: None,
        })
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
        let (loaded, revision) = self.attempt(load).await?;
        self.revision = revision;
        if loaded
            .damaged
            .iter()
            .any(|damaged| damaged.flaw == Flaw::Newer)
        {
            return Err(StorageError::Newer.into());
        }
        Ok(loaded)
    }

    async fn claim(&mut self) -> crate::Result<()> {
        let claim = random();
        self.attempt(async |database| commit(database, Intent::Claim(claim), &[]).await)
            .await?;
        self.claim = Some(claim);
        Ok(())
    }

    async fn commit(&mut self, writes: Vec<Write>) -> crate::Result<()> {
        Write::check_all(&writes)?;
        if writes.is_empty() {
            return Ok(());
        }
        let (claim, revision) = (self.claim, random());
        let intent = Intent::Write { claim, revision };
        // Where it fails nobody knows what is stored.
        self.revision = None;
        let ours = self.attempt(async |database| commit(database, intent, &writes).await);
        if !ours.await? {
            return Err(StorageError::Busy.into());
        }
        self.revision = Some(revision);
        Ok(())
    }

    async fn read(&mut self, table: Table, key: u64) -> crate::Result<Option<Vec<u8>>> {
        let value = self
            .attempt(async |database| read(database, table, key).await)
            .await?;
        found(table, key, &value)
    }

    async fn read_many(&mut self, table: Table, keys: &[u64]) -> crate::Result<Vec<Kept>> {
        let values = self
            .attempt(async |database| read_many(database, table, keys).await)
            .await?;
        let values = keys.iter().zip(&values);
        Ok(values
            .map(|(&key, value)| found(table, key, value))
            .collect())
    }

    fn revision(&self) -> Option<u64> {
        self.revision.map(u64::from_le_bytes)
    }

    async fn newest(&mut self) -> crate::Result<Option<u64>> {
        let read = async |database: &Database| read(database, Table::Meta, WRITER).await;
        let found = marks(&self.attempt(read).await?);
        Ok(found.map(|(_, revision)| u64::from_le_bytes(revision)))
    }

    fn stand_at(&mut self, revision: u64) {
        self.revision = Some(revision.to_le_bytes());
    }

    async fn close(self) -> crate::Result<()> {
        Ok(())
    }
}

/// As good as never drawn before: 52 bits of it are random.
fn random() -> Mark {
    (1.0 + Math::random()).to_bits().to_le_bytes()
}

/// All records but the thumbnails, of one moment, and which that is: one transaction reads them all.
async fn load(database: &Database) -> Result<(Loaded, Option<Mark>), Failure> {
    let tables = Table::ALL
        .into_iter()
        .filter(|table| *table != Table::Thumbnails);
    let transaction = transaction(database, tables.clone(), "readonly")?;
    let mut loaded = Loaded::default();
    let mut revision = None;
    for table in tables {
        let store = transaction.object_store(table.name())?;
        let mut asked = Some(chunk(&store, &JsValue::UNDEFINED)?);
        while let Some((keys, values)) = asked {
            let keys: Array = keys.await?.into();
            // The next ones are on their way while these are looked at.
            asked = match keys.length() < CHUNK {
                true => None,
                false => {
                    let after = IdbKeyRange::lower_bound_with_open(&keys.at(-1), true)?;
                    Some(chunk(&store, &after)?)
                }
            };
            let values: Array = values.await?.into();
            for (key, value) in keys.iter().zip(values.iter()) {
                if table == Table::Meta && key.as_f64() == Some(WRITER as f64) {
                    revision = marks(&value).map(|(_, revision)| revision);
                    continue;
                }
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
        }
    }
    Ok((loaded, revision))
}

/// The keys of the next records and the records themselves, asked for at once.
fn chunk(
    store: &IdbObjectStore,
    range: &JsValue,
) -> Result<(impl Answer + use<>, impl Answer + use<>), JsValue> {
    let keys = answer(store.get_all_keys_with_key_and_limit(range, CHUNK)?);
    let values = answer(store.get_all_with_key_and_limit(range, CHUNK)?);
    Ok((keys, values))
}

/// What a transaction is for.
#[derive(Clone, Copy)]
enum Intent {
    /// To become the one writer, and to change nothing else.
    Claim(Mark),
    /// To write as the one that has claimed; without a claim, whoever that is.
    Write { claim: Option<Mark>, revision: Mark },
}

/// The record that says who writes, and which revision the records are of.
fn marked(writer: Mark, revision: Mark) -> Write {
    Write::Put {
        table: Table::Meta,
        key: WRITER,
        bytes: [writer, revision].concat(),
    }
}

/// What it says; `None` where there is none, or nothing to be read in it.
fn marks(value: &JsValue) -> Option<(Mark, Mark)> {
    let (_, _, bytes) = decode(Table::Meta, WRITER, value).ok()?;
    let (&writer, revision) = bytes.split_first_chunk()?;
    Some((writer, revision.try_into().ok()?))
}

/// Resolves after the transaction's *complete* event; to `false`, with nothing written, where another
/// has claimed the database.
async fn commit(database: &Database, intent: Intent, writes: &[Write]) -> Result<bool, Failure> {
    let transaction = transaction(database, Table::ALL.into_iter(), "readwrite")?;
    let done = event(&|complete, abort| {
        transaction.set_oncomplete(Some(complete));
        transaction.set_onabort(Some(abort));
    });
    let written = match mark(&transaction, intent).await {
        Ok(Some(mark)) => write_all(&transaction, writes.iter().chain([&mark])),
        Ok(None) => {
            let _ = transaction.abort();
            return Ok(false);
        }
        Err(failure) => {
            let _ = transaction.abort();
            return Err(failure);
        }
    };
    let written = written.map_err(Failure::from);
    if let Err(failure) = written {
        // It may have been aborted already; either way nothing of it stays.
        let _ = transaction.abort();
        return Err(failure);
    }
    // Only saves the wait for the requests' own events; without it the browser commits by itself.
    // In the standard since its third edition; web-sys calls it deprecated from before.
    #[allow(deprecated)]
    let _ = transaction.commit();
    match done.await {
        Ok(_complete) => Ok(true),
        Err(_abort) => Err(transaction.error().map(Failure::from).unwrap_or_default()),
    }
}

/// What the record [`WRITER`] is to say after a transaction, by what it says before; `None` where a claim
/// stands no more.
async fn mark(transaction: &IdbTransaction, intent: Intent) -> Result<Option<Write>, Failure> {
    let found = answer(store(transaction, Table::Meta)?.get(&number(WRITER))?).await?;
    let found = marks(&found);
    Ok(match intent {
        Intent::Claim(writer) => {
            let revision = found.map_or_else(random, |(_, revision)| revision);
            Some(marked(writer, revision))
        }
        Intent::Write { claim, revision } => {
            let writer = found.map(|(writer, _)| writer);
            let ours = claim.is_none() || claim == writer;
            ours.then(|| marked(writer.unwrap_or_default(), revision))
        }
    })
}

fn write_all<'a>(
    transaction: &IdbTransaction,
    writes: impl Iterator<Item = &'a Write>,
) -> Result<(), JsValue> {
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

/// All of them are asked for before the first one is there.
async fn read_many(
    database: &Database,
    table: Table,
    keys: &[u64],
) -> Result<Vec<JsValue>, Failure> {
    let transaction = transaction(database, [table].into_iter(), "readonly")?;
    let records = store(&transaction, table)?;
    let mut asked = Vec::with_capacity(keys.len());
    for &key in keys {
        asked.push(answer(records.get(&number(key))?));
    }
    let mut values = Vec::with_capacity(keys.len());
    for answer in asked {
        values.push(answer.await?);
    }
    Ok(values)
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

/// The bytes under a key, of what the database has there.
fn found(table: Table, key: u64, value: &JsValue) -> Kept {
    if value.is_undefined() {
        return Ok(None);
    }
    match decode(table, key, value) {
        Ok((_, _, bytes)) => Ok(Some(bytes)),
        Err(Damaged {
            flaw: Flaw::Newer, ..
        }) => Err(StorageError::Newer.into()),
        Err(damaged) => Err(StorageError::Damaged(damaged.to_string()).into()),
    }
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
