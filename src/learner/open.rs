//! Records become the state. What cannot be read is reported and left where it is; the rest works.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use super::album::PhotoId;
use super::change::Change;
use super::damage::Found;
use super::history::History;
use super::origin::Origin;
use super::records::{self, CONTENT_KEYS, LAST_IDS_KEY, LAYOUT, META_KEY, Meta};
use super::state::{LastIds, LessonId, State};
use super::{Learner, state, steps};
use crate::Result;
use crate::distinct::distinct;
use crate::error::StorageError;
use crate::labels::{LAST_ID, LabelEntry, LabelId};
use crate::store::payload::Unreadable;
use crate::store::{Damaged, Record, Store, Table, Turns, Write};

impl<S: Store> Learner<S> {
    /// Opens what the store holds; an empty store is a new learner.
    ///
    /// `backbone` names the weights and the way photos are prepared: features of another one mean
    /// something else. With `None` any collection opens, and [`Learner::bind`] must be called before
    /// features are given to it.
    ///
    /// It becomes the store's one writer: whoever wrote before is answered `storage/busy` from then on.
    ///
    /// # Errors
    /// `storage/other-backbone`, `storage/newer`, and errors of the store, which is closed then.
    pub async fn open(store: S, backbone: impl Into<Option<[u8; 32]>>) -> Result<Learner<S>> {
        Learner::open_as(store, backbone.into(), false).await
    }

    /// Like [`Learner::open`], but nothing is ever written: every action answers `storage/busy`.
    ///
    /// # Errors
    /// As [`Learner::open`].
    pub async fn open_read_only(
        store: S,
        backbone: impl Into<Option<[u8; 32]>>,
    ) -> Result<Learner<S>> {
        Learner::open_as(store, backbone.into(), true).await
    }

    async fn open_as(
        mut store: S,
        backbone: Option<[u8; 32]>,
        read_only: bool,
    ) -> Result<Learner<S>> {
        let Collection {
            state,
            bound,
            damaged,
            history,
            overdue,
        } = match read(&mut store, read_only).await {
            Ok(read) => read,
            Err(error) => {
                // The first error is the one that says what to do.
                let _ = store.close().await;
                return Err(error);
            }
        };
        let learner = Learner {
            store: Turns::new(store),
            read_only: Cell::new(read_only),
            state: RefCell::new(state),
            history: RefCell::new(history),
            doubtful: RefCell::new(None),
            backbone: Cell::new(bound),
            damaged: RefCell::new(damaged),
            overdue: RefCell::new(overdue),
            recent: RefCell::default(),
        };
        if let Some(backbone) = backbone
            && let Err(error) = learner.bind(backbone).await
        {
            let _ = learner.close().await;
            return Err(error);
        }
        Ok(learner)
    }

    /// Says which network the features come from that the learner will be given. An empty collection
    /// takes any; one with photos or lessons keeps its own.
    ///
    /// # Errors
    /// `storage/other-backbone`, errors of the store.
    pub async fn bind(&self, backbone: [u8; 32]) -> Result<()> {
        // Asked twice: the answer may change while others have their turn, and mostly it is yes.
        if self.backbone.get() == Some(backbone) {
            return Ok(());
        }
        let mut turn = self.store.take().await?;
        let bound = self.backbone.get();
        if bound == Some(backbone) {
            return Ok(());
        }
        let empty = self.state.borrow().is_empty();
        if !empty && bound.is_some() {
            return Err(StorageError::OtherBackbone.into());
        }
        // One that has photos but lost its description most likely belongs to this network; what is
        // left of the description stays where it is.
        if empty && !self.read_only.get() {
            let meta = Meta::bound_to(backbone);
            // What could be undone are photos seen by another network.
            let mut writes = self.history.borrow().forget();
            writes.push(meta.write());
            turn.store()?.commit(writes).await?;
            self.recent.replace(None);
            self.forget_damage(
                [META_KEY, steps::NEWEST_KEY]
                    .map(|key| (Table::Meta, key))
                    .into_iter(),
            );
            self.history.replace(History::default());
        }
        self.backbone.set(Some(backbone));
        Ok(())
    }
}

/// What was read.
struct Collection {
    state: State,
    bound: Option<[u8; 32]>,
    damaged: Vec<Found>,
    history: History,
    /// Records of an older layout, in this one, and what is of no use any more, to be deleted.
    overdue: Vec<Write>,
}

async fn read<S: Store>(store: &mut S, read_only: bool) -> Result<Collection> {
    if !read_only {
        store.claim().await?;
    }
    let loaded = store.load().await?;
    let mut reading = Reading::default();
    for damaged in &loaded.damaged {
        reading.damaged(damaged);
    }
    // Ascending by table: labels, then lessons, then photos.
    for record in &loaded.records {
        reading.record(record)?;
    }
    let mut collection = reading.finish();
    // Where it cannot be written now (the disk is full), it goes with the first action.
    if !read_only
        && !collection.overdue.is_empty()
        && store.commit(collection.overdue.clone()).await.is_ok()
    {
        collection.overdue.clear();
    }
    Ok(collection)
}

#[derive(Default)]
struct Reading {
    state: State,
    meta: Option<Meta>,
    lessons: Vec<(LessonId, state::Lesson)>,
    steps: steps::Found,
    damaged: Vec<Found>,
}

impl Reading {
    fn meta(&mut self, key: u64, bytes: &[u8]) -> Result<Result<(), Unreadable>> {
        match key {
            META_KEY => {}
            LAST_IDS_KEY => {
                let last = LastIds::from_bytes(bytes);
                return Ok(last.map(|last| self.state.reserve(last)));
            }
            steps::NEWEST_KEY => return Ok(self.steps.newest(bytes)),
            _ => {
                let step = steps::number(key).map(|number| self.steps.step(number, bytes));
                return Ok(step.unwrap_or(Err("its number is not known")));
            }
        }
        let meta = match Meta::from_bytes(bytes) {
            Ok(meta) => meta,
            Err(flaw) => return Ok(Err(flaw)),
        };
        if meta.layout > LAYOUT {
            return Err(StorageError::Newer.into());
        }
        self.meta = Some(meta);
        Ok(Ok(()))
    }

    fn damaged(&mut self, damaged: &Damaged) {
        self.damaged.push(damaged.into());
        if let Some((table, key)) = damaged.place {
            self.reserve(table, key);
        }
    }

    /// Keeps new records from taking the place of an unreadable one.
    fn reserve(&mut self, table: Table, key: u64) {
        match table {
            Table::Meta => {
                if let Some(number) = steps::number(key) {
                    self.steps.unreadable(number);
                }
            }
            Table::Labels => {
                if let Ok(id) = u32::try_from(key) {
                    self.state.reserve_label(LabelId(id));
                }
            }
            Table::Lessons => self.state.reserve_lesson(LessonId(key)),
            Table::Photos | Table::Thumbnails | Table::Origins | Table::Accepted => {
                self.state.reserve_photo(PhotoId(key))
            }
        }
    }

    fn record(&mut self, (table, key, bytes): &Record) -> Result<()> {
        let read = match table {
            Table::Meta => self.meta(*key, bytes)?,
            Table::Thumbnails => Ok(()),
            Table::Labels => self.label(*key, bytes),
            Table::Lessons => records::lesson_from_bytes(bytes).map(|lesson| {
                self.lessons.push((LessonId(*key), lesson));
            }),
            Table::Photos => records::photo_from_bytes(bytes).map(|photo| {
                self.state.set_photo(PhotoId(*key), Some(Arc::new(photo)));
            }),
            Table::Origins => Origin::from_bytes(bytes).map(|origin| {
                let origin = Some(Arc::new(origin));
                self.state.set_origin(PhotoId(*key), origin);
            }),
            Table::Accepted => records::accepted_from_bytes(bytes).map(|label| {
                self.state.set_accepted(PhotoId(*key), Some(label));
            }),
        };
        if let Err(flaw) = read {
            self.damaged.push(Found::at(*table, *key, flaw));
            self.reserve(*table, *key);
        }
        Ok(())
    }

    fn label(&mut self, key: u64, bytes: &[u8]) -> Result<(), Unreadable> {
        let id = u32::try_from(key).ok();
        let id = id.filter(|id| (1..=LAST_ID).contains(id));
        let id = LabelId(id.ok_or("it has no number a label can have")?);
        let mut entry = LabelEntry::from_bytes(bytes)?;
        entry.name = self.state.labels.numbered(entry.name);
        self.state.set_label(id, Some(entry));
        Ok(())
    }

    fn finish(mut self) -> Collection {
        self.name_the_nameless();
        let mut overdue = self.overdue();
        for (_, lesson) in &mut self.lessons {
            let photo = lesson.photo.and_then(|photo| self.state.album.get(photo));
            lesson.share_feature(photo.map(|photo| &**photo));
        }
        let lessons = self.lessons.into_iter();
        let lessons = lessons.map(|(id, lesson)| (id, Some(lesson)));
        self.state.set_lessons(&lessons.collect::<Vec<_>>());
        self.state.forget_facts_of_nothing();
        let (undo, kept, useless) = self.steps.finish();
        overdue.extend(useless);
        Collection {
            state: self.state,
            bound: self.meta.map(|meta| meta.backbone),
            damaged: self.damaged,
            history: History::restored(undo, kept),
            overdue,
        }
    }

    /// What an earlier layout wrote, as this one writes it. In layout 1 a lesson knew its content only
    /// by its photo in the album; layout 2 only had less.
    fn overdue(&mut self) -> Vec<Write> {
        for (_, lesson) in &mut self.lessons {
            let photo = lesson.photo.and_then(|photo| self.state.album.get(photo));
            lesson.key = lesson.key.or(photo.map(|photo| photo.key));
        }
        match &self.meta {
            Some(meta) if meta.layout < LAYOUT => {
                let old = meta.layout < CONTENT_KEYS;
                let lessons = self.lessons.iter().filter(|_| old);
                let lessons = lessons.map(|(id, lesson)| (*id, Some(lesson.clone())));
                let change = Change {
                    lessons: lessons.collect(),
                    ..Change::default()
                };
                let meta = Meta {
                    layout: LAYOUT,
                    ..*meta
                };
                let mut writes = records::writes(&change);
                writes.push(meta.write());
                writes.push(self.state.last_after(&change).write());
                writes
            }
            _ => Vec::new(),
        }
    }

    /// Lessons and accepted photos whose label's record was lost keep it, under a name that says so. Nothing is
    /// written until the person renames the label.
    fn name_the_nameless(&mut self) {
        let taught = self.lessons.iter().map(|(_, lesson)| lesson.label);
        let accepted = self.state.accepted.values().copied();
        for id in distinct(taught.chain(accepted)) {
            if self.state.labels.name(id).is_none() {
                let entry = self.state.labels.nameless(id);
                self.state.set_label(id, Some(entry));
            }
        }
    }
}
