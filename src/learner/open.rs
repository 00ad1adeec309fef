//! Records become the state. What cannot be read is reported and left where it is; the rest works.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::Mutex;

use super::album::PhotoId;
use super::history::History;
use super::records::{self, LAYOUT, META_KEY, Meta, Unreadable};
use super::state::{LessonId, State};
use super::{Learner, state};
use crate::Result;
use crate::error::StorageError;
use crate::labels::{LabelEntry, LabelId};
use crate::store::{Damaged, Loaded, Record, Store, Table, Write};

impl<S: Store> Learner<S> {
    /// Opens what the store holds; an empty store is a new learner.
    ///
    /// `backbone` names the weights and the way photos are prepared: features of another one mean
    /// something else.
    ///
    /// # Errors
    /// `storage/other-backbone`, `storage/newer`, and errors of the store, which is closed then.
    pub async fn open(store: S, backbone: [u8; 32]) -> Result<Learner<S>> {
        Learner::open_as(store, backbone, false).await
    }

    /// Like [`Learner::open`], but nothing is ever written: every action answers `storage/busy`.
    ///
    /// # Errors
    /// As [`Learner::open`].
    pub async fn open_read_only(store: S, backbone: [u8; 32]) -> Result<Learner<S>> {
        Learner::open_as(store, backbone, true).await
    }

    async fn open_as(mut store: S, backbone: [u8; 32], read_only: bool) -> Result<Learner<S>> {
        match read(&mut store, &backbone, read_only).await {
            Ok((state, problems)) => Ok(Learner {
                store: Mutex::new(Some(store)),
                read_only,
                state: RefCell::new(state),
                history: RefCell::new(History::default()),
                backbone,
                problems,
            }),
            Err(error) => {
                // The first error is the one that says what to do.
                let _ = store.close().await;
                Err(error)
            }
        }
    }
}

async fn read<S: Store>(
    store: &mut S,
    backbone: &[u8; 32],
    read_only: bool,
) -> Result<(State, Vec<String>)> {
    let loaded = store.load().await?;
    let mut reading = Reading::default();
    let bound = reading.meta(&loaded, backbone)?;
    if !bound && !read_only {
        let meta = Meta {
            layout: LAYOUT,
            backbone: *backbone,
        };
        let put = Write::Put {
            table: Table::Meta,
            key: META_KEY,
            bytes: meta.to_bytes(),
        };
        store.commit(vec![put]).await?;
    }
    for damaged in &loaded.damaged {
        reading.damaged(damaged);
    }
    // Ascending by table: labels, then lessons, then photos.
    for record in &loaded.records {
        reading.record(record);
    }
    Ok(reading.finish())
}

#[derive(Default)]
struct Reading {
    state: State,
    lessons: Vec<(LessonId, state::Lesson)>,
    problems: Vec<String>,
}

impl Reading {
    /// Whether the records are bound to this backbone already.
    fn meta(&mut self, loaded: &Loaded, backbone: &[u8; 32]) -> Result<bool> {
        let place = (Table::Meta, META_KEY);
        let record = loaded
            .records
            .iter()
            .find(|record| (record.0, record.1) == place);
        let Some((_, _, bytes)) = record else {
            // A damaged one stays where it is; its content is most likely this backbone's.
            return Ok(loaded
                .damaged
                .iter()
                .any(|damaged| damaged.place == Some(place)));
        };
        let Ok(meta) = Meta::from_bytes(bytes) else {
            self.problem(Table::Meta, META_KEY, "it is too short");
            return Ok(true);
        };
        if meta.layout > LAYOUT {
            return Err(StorageError::Newer.into());
        }
        if meta.backbone != *backbone {
            return Err(StorageError::OtherBackbone.into());
        }
        Ok(true)
    }

    fn problem(&mut self, table: Table, key: u64, flaw: impl std::fmt::Display) {
        let what = match table {
            Table::Meta => "The collection's own description".to_owned(),
            Table::Labels => format!("Label {key}"),
            Table::Lessons => format!("Lesson {key}"),
            Table::Photos => format!("Photo {key}"),
            Table::Thumbnails => format!("The small picture of photo {key}"),
        };
        self.problems
            .push(format!("{what} cannot be read: {flaw}."));
    }

    fn damaged(&mut self, damaged: &Damaged) {
        let Some((table, key)) = damaged.place else {
            let flaw = damaged.flaw;
            self.problems
                .push(format!("A stored record cannot be read: {flaw}."));
            return;
        };
        self.problem(table, key, damaged.flaw);
        self.reserve(table, key);
    }

    /// Keeps new records from taking the place of an unreadable one.
    fn reserve(&mut self, table: Table, key: u64) {
        match table {
            Table::Meta => {}
            Table::Labels => {
                if let Ok(id) = u32::try_from(key) {
                    self.state.reserve_label(LabelId(id));
                }
            }
            Table::Lessons => self.state.reserve_lesson(LessonId(key)),
            Table::Photos | Table::Thumbnails => self.state.reserve_photo(PhotoId(key)),
        }
    }

    fn record(&mut self, (table, key, bytes): &Record) {
        let read = match table {
            Table::Meta | Table::Thumbnails => Ok(()),
            Table::Labels => self.label(*key, bytes),
            Table::Lessons => records::lesson_from_bytes(bytes).map(|lesson| {
                self.lessons.push((LessonId(*key), lesson));
            }),
            Table::Photos => records::photo_from_bytes(bytes).map(|photo| {
                self.state.set_photo(PhotoId(*key), Some(Arc::new(photo)));
            }),
        };
        if let Err(flaw) = read {
            self.problem(*table, *key, flaw);
            self.reserve(*table, *key);
        }
    }

    fn label(&mut self, key: u64, bytes: &[u8]) -> std::result::Result<(), Unreadable> {
        let id = u32::try_from(key).ok().filter(|&id| id != 0);
        let id = LabelId(id.ok_or("it has no number a label can have")?);
        let mut entry = records::label_from_bytes(bytes)?;
        entry.name = free_name(&self.state, entry.name);
        self.state.set_label(id, Some(entry));
        Ok(())
    }

    fn finish(mut self) -> (State, Vec<String>) {
        self.name_the_nameless();
        for (_, lesson) in &mut self.lessons {
            let photo = lesson.photo.and_then(|photo| self.state.album.get(photo));
            // The same numbers need not be in memory twice.
            if let Some(photo) = photo
                && photo.feature == lesson.feature
            {
                lesson.feature = Arc::clone(&photo.feature);
            }
        }
        let lessons = self.lessons.into_iter();
        let lessons = lessons.map(|(id, lesson)| (id, Some(lesson)));
        self.state.set_lessons(lessons.collect());
        (self.state, self.problems)
    }

    /// Lessons whose label's record was lost keep their answer, under a name that says so. Nothing is
    /// written until the person renames the label.
    fn name_the_nameless(&mut self) {
        let taught: BTreeSet<_> = self
            .lessons
            .iter()
            .map(|(_, lesson)| lesson.label)
            .collect();
        for id in taught {
            if self.state.labels.name(id).is_none() {
                let name = free_name(&self.state, format!("Label {} (name lost)", id.0));
                let slot = self.state.labels.free_slot();
                self.state.set_label(id, Some(LabelEntry { name, slot }));
            }
        }
    }
}

/// The name, or with a number after it where another label has it.
fn free_name(state: &State, name: String) -> String {
    let mut free = name.clone();
    let mut number = 2;
    while state.labels.find(&free).is_some() {
        free = format!("{name} ({number})");
        number += 1;
    }
    free
}
