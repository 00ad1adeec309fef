//! Where a learner's records live.
//!
//! A store is a handful of tables of small records, `(table, key) → bytes`, changed by transactions
//! that happen entirely or not at all. It knows nothing of lessons or labels: what the bytes mean is
//! the learner's.
//!
//! | table | key | value | read |
//! |---|---|---|---|
//! | [`Table::Meta`] | a small constant | what there is one of: backbone, counters | at open |
//! | [`Table::Labels`] | label id | its name | at open |
//! | [`Table::Lessons`] | lesson id | its label, feature and photo | at open |
//! | [`Table::Photos`] | photo id | name, content key, feature | at open |
//! | [`Table::Thumbnails`] | photo id | a small JPEG or WebP | one at a time, on demand |
//! | [`Table::Origins`] | photo id | the file it came from | at open |
//! | [`Table::Accepted`] | photo id | the label it was accepted as | at open |
//!
//! | file | holds |
//! |---|---|
//! | [`format`](mod@format) | the bytes of one record: how damage is told from data |
//! | `checksum` | what it is told by |
//! | [`memory`] | nothing outlives the process: tests, private windows |
//! | `file` | an append-only file, for programs |
//! | `journal` | the bytes of that file |
//! | `indexed_db` | one database per learner, for browsers; its `names` tells which there are, `glance` looks into one without opening it |
//! | `turn` | one action after the other |
//! | `bundle` | records in one file that a person takes along |
//! | `payload` | the fields of one record, for those who know what they mean |

use crate::Result;
use crate::error::RequestError;

pub(crate) mod bundle;
pub(crate) mod checksum;
#[cfg(not(target_arch = "wasm32"))]
pub mod file;
pub mod format;
#[cfg(target_arch = "wasm32")]
pub mod indexed_db;
#[cfg(not(target_arch = "wasm32"))]
mod journal;
pub mod memory;
pub(crate) mod payload;
mod turn;

#[cfg(not(target_arch = "wasm32"))]
pub use file::File;
#[cfg(target_arch = "wasm32")]
pub use indexed_db::IndexedDb;
pub use memory::Memory;
pub(crate) use turn::{Turn, Turns};

/// The largest key: 2⁵³ − 1, the last integer that JavaScript's numbers (IndexedDB's keys) hold exactly.
pub const MAX_KEY: u64 = (1 << 53) - 1;

/// One of the tables. The numbers are on disk: never reuse one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Table {
    /// What there is one of.
    Meta = 1,
    /// Names of labels.
    Labels = 2,
    /// What was taught.
    Lessons = 3,
    /// The photos the page shows.
    Photos = 4,
    /// Their small pictures: large together, so never read at open.
    Thumbnails = 5,
    /// The files they came from: a table of its own, since a file may move.
    Origins = 6,
    /// What they were accepted as: a table of its own, so that accepting hundreds writes little.
    Accepted = 7,
}

impl Table {
    /// Every table, in the order of their numbers.
    pub const ALL: [Table; 7] = [
        Table::Meta,
        Table::Labels,
        Table::Lessons,
        Table::Photos,
        Table::Thumbnails,
        Table::Origins,
        Table::Accepted,
    ];

    /// The name of the table in a database.
    pub fn name(self) -> &'static str {
        match self {
            Table::Meta => "meta",
            Table::Labels => "labels",
            Table::Lessons => "lessons",
            Table::Photos => "photos",
            Table::Thumbnails => "thumbnails",
            Table::Origins => "origins",
            Table::Accepted => "accepted",
        }
    }

    /// The table with this number, if there is one.
    pub fn from_number(number: u8) -> Option<Table> {
        Table::ALL.into_iter().find(|table| *table as u8 == number)
    }
}

/// One record: its table, its key, its bytes.
pub type Record = (Table, u64, Vec<u8>);

/// What a store answers when it is asked for the bytes under a key; `None` where there are none.
pub type Kept = Result<Option<Vec<u8>>>;

/// Everything a store held when it was opened, but for the thumbnails.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Loaded {
    /// The records that are whole, ascending by table and key.
    pub records: Vec<Record>,
    /// What could not be read. It was left where it is.
    pub damaged: Vec<Damaged>,
}

/// A stored record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damaged {
    /// Which record it was, where that is still known. A new record must not take this key, or what
    /// is left of the old one is overwritten.
    pub place: Option<(Table, u64)>,
    /// What is wrong with it.
    pub flaw: format::Flaw,
}

impl std::fmt::Display for Damaged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.place {
            Some((table, key)) => write!(f, "record {key} of {}: {}", table.name(), self.flaw),
            None => write!(f, "an unknown record: {}", self.flaw),
        }
    }
}

/// One step of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Store these bytes under this key, in place of any earlier ones.
    Put {
        /// Where.
        table: Table,
        /// At most [`MAX_KEY`].
        key: u64,
        /// At most [`format::MAX_PAYLOAD`] bytes.
        bytes: Vec<u8>,
    },
    /// Forget this key. Nothing happens where nothing is stored.
    Delete {
        /// Where.
        table: Table,
        /// At most [`MAX_KEY`].
        key: u64,
    },
    /// Forget everything, in all tables.
    Clear,
}

impl Write {
    /// The record that this is about; `None` for all of them.
    pub fn place(&self) -> Option<(Table, u64)> {
        match self {
            Write::Put { table, key, .. } | Write::Delete { table, key } => Some((*table, *key)),
            Write::Clear => None,
        }
    }

    /// Refuses a key or a length that some store could not hold, so that all stores refuse the same.
    fn check(&self) -> Result<()> {
        let (key, length) = match self {
            Write::Put { key, bytes, .. } => (*key, bytes.len()),
            Write::Delete { key, .. } => (*key, 0),
            Write::Clear => (0, 0),
        };
        if key > MAX_KEY {
            return Err(RequestError::Invalid(format!("The key {key} is above 2^53 - 1.")).into());
        }
        if length > format::MAX_PAYLOAD {
            let limit = format::MAX_PAYLOAD;
            let sentence = format!("A record of {length} bytes is above the limit of {limit}.");
            return Err(RequestError::Invalid(sentence).into());
        }
        Ok(())
    }

    /// [`Write::check`] for a whole transaction, before any of it happens.
    fn check_all(writes: &[Write]) -> Result<()> {
        writes.iter().try_for_each(Write::check)
    }
}

/// A place for records. The futures are not `Send`: a browser's database stays on its thread.
pub trait Store {
    /// All records but the thumbnails, and what could not be read.
    ///
    /// # Errors
    /// `storage/newer` when a whole record has a newer format: with a part of the truth, ids would be
    /// given out twice.
    fn load(&mut self) -> impl Future<Output = Result<Loaded>>;

    /// Becomes the one writer. Whoever claimed before is refused from then on, and the refusal is part
    /// of its transactions: what it had begun is there whole before this resolves, or never. Claim
    /// first, then load: what is read then, nobody else can add to.
    ///
    /// A store that lets in only one at a time need do nothing.
    ///
    /// # Errors
    /// As [`Store::commit`].
    fn claim(&mut self) -> impl Future<Output = Result<()>> {
        async { Ok(()) }
    }

    /// Does all of `writes`, in order, or none of them. Once this resolves to `Ok` they survive a
    /// crash (in stores that survive the process at all).
    ///
    /// # Errors
    /// `storage/full` and the like, with everything as it was before; `storage/busy` where another
    /// became the writer since this one did; `request/invalid` for a key or a length out of range.
    fn commit(&mut self, writes: Vec<Write>) -> impl Future<Output = Result<()>>;

    /// The bytes under one key, `None` where there are none.
    ///
    /// # Errors
    /// `storage/damaged` when there is something but it cannot be read.
    fn read(&mut self, table: Table, key: u64) -> impl Future<Output = Result<Option<Vec<u8>>>>;

    /// What [`Store::read`] answers for each of several keys of a table, read together where that is faster.
    ///
    /// # Errors
    /// Where nothing can be read at all.
    fn read_many(&mut self, table: Table, keys: &[u64]) -> impl Future<Output = Result<Vec<Kept>>> {
        async move {
            let mut all = Vec::with_capacity(keys.len());
            for &key in keys {
                all.push(self.read(table, key).await);
            }
            Ok(all)
        }
    }

    /// Names the records as they are: another one after each commit, whoever made it, and the same one when
    /// they are opened again. As of what this store loaded or committed last; `None` where nobody else can
    /// have it open meanwhile, and so nobody asks.
    fn revision(&self) -> Option<u64> {
        None
    }

    /// The revision that the store is at by now, by whoever wrote last.
    ///
    /// # Errors
    /// Where nothing can be read.
    fn newest(&mut self) -> impl Future<Output = Result<Option<u64>>> {
        async { Ok(self.revision()) }
    }

    /// All that was written up to this revision was read, record by record.
    fn stand_at(&mut self, _revision: u64) {}

    /// Lets go of the database or file, so that another can open it.
    fn close(self) -> impl Future<Output = Result<()>>;
}

/// Whichever store was opened, for callers that choose one when they run.
pub enum AnyStore {
    /// Nothing outlives the process.
    Memory(Memory),
    /// A journal on disk.
    #[cfg(not(target_arch = "wasm32"))]
    File(File),
    /// A browser's database.
    #[cfg(target_arch = "wasm32")]
    IndexedDb(IndexedDb),
}

/// The same call on whichever store it is.
macro_rules! whichever {
    ($any:expr, $store:ident => $call:expr) => {
        match $any {
            AnyStore::Memory($store) => $call,
            #[cfg(not(target_arch = "wasm32"))]
            AnyStore::File($store) => $call,
            #[cfg(target_arch = "wasm32")]
            AnyStore::IndexedDb($store) => $call,
        }
    };
}

impl Store for AnyStore {
    async fn load(&mut self) -> Result<Loaded> {
        whichever!(self, store => store.load().await)
    }

    async fn claim(&mut self) -> Result<()> {
        whichever!(self, store => store.claim().await)
    }

    async fn commit(&mut self, writes: Vec<Write>) -> Result<()> {
        whichever!(self, store => store.commit(writes).await)
    }

    async fn read(&mut self, table: Table, key: u64) -> Result<Option<Vec<u8>>> {
        whichever!(self, store => store.read(table, key).await)
    }

    async fn read_many(&mut self, table: Table, keys: &[u64]) -> Result<Vec<Kept>> {
        whichever!(self, store => store.read_many(table, keys).await)
    }

    fn revision(&self) -> Option<u64> {
        whichever!(self, store => store.revision())
    }

    async fn newest(&mut self) -> Result<Option<u64>> {
        whichever!(self, store => store.newest().await)
    }

    fn stand_at(&mut self, revision: u64) {
        whichever!(self, store => store.stand_at(revision))
    }

    async fn close(self) -> Result<()> {
        whichever!(self, store => store.close().await)
    }
}
