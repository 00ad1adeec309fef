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
    /// Whether the name is known to lead to this file after a power cut. Until then nothing may be
    /// acknowledged: the name might come back leading to an older one.
    name_kept: bool,
    /// Makes a folder's names last; only tests put another one here.
    sync_folder: fn(&Path) -> io::Result<()>,
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
            let new = write_new(&path, |new| new.write_all(&commit)).map_err(failed)?;
            fs::rename(&new, &path).map_err(failed)?;
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
            name_kept: false,
            sync_folder,
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
        let new = write_new(&self.path, |new| {
            for part in self.journal.gaps.iter().chain(slots) {
                new.write_all(&frame(&mut self.file, part.clone())?)?;
            }
            let mut commit = Vec::new();
            format::append(&mut commit, Kind::Commit, frames, &[]);
            new.write_all(&commit)
        })
        .map_err(failed)?;
        // From here on `self.file` may be a file without a name. Whatever the answers are, what the
        // name leads to now is what is written to next.
        self.broken = true;
        self.name_kept = false;
        let renamed = fs::rename(&new, &self.path);
        (self.file, self.journal, self.length) = read(&self.path)?;
        self.broken = false;
        renamed.map_err(failed)?;
        self.keep_name().map_err(failed)
    }

    /// Makes the name of the file survive a power cut.
    fn keep_name(&mut self) -> io::Result<()> {
        if !self.name_kept {
            (self.sync_folder)(&self.path)?;
            self.name_kept = true;
        }
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
        self.keep_name().map_err(failed)?;
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

/// Writes a whole file beside the one at `path`, to be renamed to it; returns its name.
fn write_new(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<fs::File>) -> io::Result<()>,
) -> io::Result<PathBuf> {
    let new = beside(path, "new");
    let mut out = BufWriter::new(fs::File::create(&new)?);
    let written = write(&mut out).and_then(|()| out.into_inner()?.sync_all());
    if let Err(error) = written {
        // It has no meaning and takes room; that it may stay is no reason to say anything else.
        let _ = fs::remove_file(&new);
        return Err(error);
    }
    Ok(new)
}

/// A new name must survive a power cut, too. Only Unix lets a directory be synced, or needs it.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    match path.parent() {
        Some(folder) if folder != Path::new("") => fs::File::open(folder)?.sync_all()?,
        _ => fs::File::open(".")?.sync_all()?,
    }
    #[cfg(not(unix))]
    let _ = path;
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

#[cfg(test)]
mod tests {
    use super::*;
    use pollster::block_on;

    fn put(key: u64) -> Write {
        Write::Put {
            table: Table::Lessons,
            key,
            bytes: vec![7; 60_000],
        }
    }

    fn keys(store: &mut File) -> Vec<u64> {
        let loaded = block_on(store.load()).unwrap();
        assert_eq!(loaded.damaged, []);
        loaded.records.iter().map(|(_, key, _)| *key).collect()
    }

    /// A compaction gives the journal a new file. Where its name cannot be made to last, what is
    /// acknowledged afterwards must not go into a file that nobody finds again.
    #[test]
    fn nothing_acknowledged_is_lost_when_the_folder_cannot_be_synced() {
        let folder = std::env::temp_dir().join(format!("keepsake-sync-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("learner");
        let mut store = File::open(&path).unwrap();
        block_on(store.commit(vec![put(1)])).unwrap();
        store.sync_folder = |_| Err(io::Error::other("no"));
        // Until it has been compacted; after that nothing may be acknowledged.
        let mut rounds = 0;
        while block_on(store.commit(vec![put(1)])).is_ok() {
            rounds += 1;
            assert!(
                rounds < 100,
                "it was never compacted, or went on all the same"
            );
        }
        assert_eq!(keys(&mut store), [1], "what is there can still be read");
        store.sync_folder = sync_folder;
        block_on(store.commit(vec![put(2)])).unwrap();
        block_on(store.close()).unwrap();
        assert_eq!(keys(&mut File::open(&path).unwrap()), [1, 2]);
        fs::remove_dir_all(&folder).unwrap();
    }
}
