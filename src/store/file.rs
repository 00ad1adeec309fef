//! Records in an append-only file ([`journal`](super::journal)), for programs.
//!
//! | file | holds |
//! |---|---|
//! | `NAME` | the journal |
//! | `NAME.lock` | nothing: who has it locked is the one writer |
//! | `NAME.new` | a compacted journal on its way; without meaning until it is renamed |
//! | `NAME.aside` | what followed the last commit when a journal was opened: transactions that had not been acknowledged, kept in case it was damage that made them look so |
//!
//! The calls block: the futures are ready when they return.

use std::fs::{self, OpenOptions, TryLockError};
use std::io::{self, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::format::{self, HEADER, Kind, MAGIC};
use super::journal::Journal;
use super::{Damaged, Loaded, Store, Table, Write};
use crate::error::StorageError;
use crate::{Error, Result};

/// A journal is compacted when it is longer than twice what is alive in it and this many bytes more.
const SLACK: u64 = 1 << 20;

/// A store in a file.
#[derive(Debug)]
pub struct File {
    path: PathBuf,
    file: fs::File,
    journal: Journal,
    /// Length of the file; longer than `journal.end` only until the first commit.
    length: u64,
    /// The journal's length at which compacting it is tried next.
    compact_at: u64,
    /// After a failed sync nobody knows what is on disk, so nothing more is written.
    broken: bool,
    _lock: fs::File,
}

impl File {
    /// Opens the journal at `path`, or makes an empty one.
    ///
    /// # Errors
    /// `storage/busy` when it is open elsewhere, `storage/newer`, `storage/failed` when the file
    /// cannot be read or is something else than a journal.
    pub fn open(path: impl AsRef<Path>) -> Result<File> {
        let path = path.as_ref().to_path_buf();
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(beside(&path, "lock"))
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StorageError::Busy.into()),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        if !path.try_exists().map_err(failed)? {
            let (_, commit) = Journal::default().encode(&[]);
            replace(&path, |new| new.write_all(&commit)).map_err(failed)?;
        }
        let (file, journal, length) = read(&path)?;
        let compact_at = 2 * journal.live + SLACK;
        Ok(File {
            path,
            file,
            journal,
            length,
            compact_at,
            broken: false,
            _lock: lock,
        })
    }

    /// The record under a key; the inner error when it is damaged. Its checksum is looked at again,
    /// for disks forget, too.
    fn record(
        &mut self,
        table: Table,
        key: u64,
    ) -> Result<Option<std::result::Result<Vec<u8>, Damaged>>> {
        let Some(slot) = self.journal.slots.get(&(table, key)) else {
            return Ok(None);
        };
        let frame = frame(&mut self.file, slot.bytes.clone()).map_err(failed)?;
        Ok(Some(
            format::decode(table, key, &frame).map(|(_, _, bytes)| bytes),
        ))
    }

    /// Makes room for the next transaction where an unfinished one is.
    fn set_tail_aside(&mut self) -> io::Result<()> {
        if self.length > self.journal.end {
            let tail = frame(&mut self.file, self.journal.end..self.length)?;
            let mut aside = OpenOptions::new();
            let mut aside = aside
                .create(true)
                .append(true)
                .open(beside(&self.path, "aside"))?;
            aside.write_all(&tail)?;
            aside.sync_all()?;
            self.shorten()?;
        }
        Ok(())
    }

    /// Shortens the file to what is committed.
    fn shorten(&mut self) -> io::Result<()> {
        self.file.set_len(self.journal.end)?;
        self.file.sync_data()?;
        self.length = self.journal.end;
        Ok(())
    }

    fn append(&mut self, writes: &[Write]) -> io::Result<()> {
        let (steps, commit) = self.journal.encode(writes);
        self.file.seek(SeekFrom::Start(self.journal.end))?;
        // The commit must not reach the disk before what it commits: see `journal`.
        for part in [steps, commit] {
            self.file.write_all(&part)?;
            self.file.sync_data()?;
        }
        Ok(())
    }

    /// Puts a new file with what is alive, and what is damaged as it is, in this one's place.
    fn compact(&mut self) -> Result<()> {
        let slots = self.journal.slots.values().map(|slot| &slot.bytes);
        let frames = self.journal.slots.len() as u64 + 1;
        replace(&self.path, |new| {
            for part in self.journal.gaps.iter().chain(slots) {
                new.write_all(&frame(&mut self.file, part.clone())?)?;
            }
            let mut commit = Vec::new();
            format::append(&mut commit, Kind::Commit, frames, &[]);
            new.write_all(&commit)
        })
        .map_err(failed)?;
        // From here on `self.file` is a file without a name.
        self.broken = true;
        (self.file, self.journal, self.length) = read(&self.path)?;
        self.broken = false;
        Ok(())
    }
}

impl Store for File {
    async fn load(&mut self) -> Result<Loaded> {
        let mut loaded = Loaded {
            records: Vec::new(),
            damaged: self.journal.damaged(self.length),
        };
        let whole = self
            .journal
            .slots
            .iter()
            .filter(|(_, slot)| slot.flaw.is_none());
        let places: Vec<_> = whole.map(|(place, _)| *place).collect();
        for (table, key) in places
            .into_iter()
            .filter(|(table, _)| *table != Table::Thumbnails)
        {
            match self.record(table, key)? {
                Some(Ok(bytes)) => loaded.records.push((table, key, bytes)),
                Some(Err(damaged)) => loaded.damaged.push(damaged),
                None => {}
            }
        }
        Ok(loaded)
    }

    async fn commit(&mut self, writes: Vec<Write>) -> Result<()> {
        Write::check_all(&writes)?;
        if self.broken {
            let sentence = "an earlier write failed; open the file again".to_string();
            return Err(StorageError::Failed(sentence).into());
        }
        if writes.is_empty() {
            return Ok(());
        }
        self.set_tail_aside().map_err(failed)?;
        if let Err(error) = self.append(&writes) {
            self.broken = self.shorten().is_err();
            return Err(failed(error));
        }
        self.journal.committed(&writes);
        self.length = self.journal.end;
        if self.length > self.compact_at {
            // The transaction is safe either way; where there is no room to compact, later is early enough.
            let compacted = self.length > 2 * self.journal.live + SLACK && self.compact().is_ok();
            let base = if compacted {
                self.journal.live
            } else {
                self.length
            };
            self.compact_at = 2 * base + SLACK;
        }
        Ok(())
    }

    async fn read(&mut self, table: Table, key: u64) -> Result<Option<Vec<u8>>> {
        match self.record(table, key)? {
            Some(Ok(bytes)) => Ok(Some(bytes)),
            Some(Err(damaged)) => Err(StorageError::Damaged(damaged.to_string()).into()),
            None => Ok(None),
        }
    }

    async fn close(self) -> Result<()> {
        Ok(())
    }
}

/// Opens and reads a journal.
fn read(path: &Path) -> Result<(fs::File, Journal, u64)> {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .map_err(failed)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(failed)?;
    let journal = Journal::scan(&bytes).map_err(|_newer| StorageError::Newer)?;
    // Every journal begins with a whole frame, so this is a file of something else, or damaged so
    // thoroughly that whoever knows what it was should look at it before it is written to.
    if journal.end == 0 && bytes.len() > 2 * HEADER && !bytes.starts_with(&MAGIC) {
        let sentence = format!("{} is not a Keepsake journal", path.display());
        return Err(StorageError::Failed(sentence).into());
    }
    Ok((file, journal, bytes.len() as u64))
}

/// The bytes of one frame.
fn frame(file: &mut fs::File, bytes: Range<u64>) -> io::Result<Vec<u8>> {
    let mut frame = vec![0; (bytes.end - bytes.start) as usize];
    file.seek(SeekFrom::Start(bytes.start))?;
    file.read_exact(&mut frame)?;
    Ok(frame)
}

/// Writes a file that is there whole or not at all, in place of any earlier one.
fn replace(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<fs::File>) -> io::Result<()>,
) -> io::Result<()> {
    let new = beside(path, "new");
    let mut out = BufWriter::new(fs::File::create(&new)?);
    let written = write(&mut out).and_then(|()| out.into_inner()?.sync_all());
    if let Err(error) = written.and_then(|()| fs::rename(&new, path)) {
        // It has no meaning and takes room; that it may stay is no reason to say anything else.
        let _ = fs::remove_file(&new);
        return Err(error);
    }
    // The new name must survive a power cut, too. Only Unix lets a directory be synced, or needs it.
    #[cfg(unix)]
    match path.parent() {
        Some(folder) if folder != Path::new("") => fs::File::open(folder)?.sync_all()?,
        _ => fs::File::open(".")?.sync_all()?,
    }
    Ok(())
}

/// `NAME.extension` beside `NAME`.
fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(".");
    name.push(extension);
    PathBuf::from(name)
}

/// The system's error as ours.
fn failed(error: io::Error) -> Error {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            StorageError::Full.into()
        }
        _ => StorageError::Failed(error.to_string()).into(),
    }
}
