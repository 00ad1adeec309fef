//! Damaged records, taken from a backup or left out.

use std::collections::HashSet;
use std::sync::Arc;

use super::Plan;
use super::album::PhotoId;
use super::change::Change;
use super::damage::Found;
use super::history::History;
use super::records::{LAST_IDS_KEY, META_KEY, Meta};
use super::state::{LastIds, Lesson, LessonId, State};
use super::steps;
use super::transfer::Contents;
use crate::Result;
use crate::labels::{LabelEntry, LabelId, Labels, NOISE};
use crate::store::{Table, Write};

/// What taking damaged records from a file did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mended {
    /// Records that are whole again, or that were damaged and are not needed any more.
    pub records: usize,
    /// Those of them that were not needed: the same photo was added again, or taught anew.
    pub outdated: usize,
    /// Records that are damaged still: the file does not hold them.
    pub left: usize,
}

pub(super) fn plan(
    state: &mut State,
    damaged: &[Found],
    backbone: Option<[u8; 32]>,
    file: &Contents,
) -> Result<Plan<Mended>> {
    let ours = is_ours(state, file);
    let places = || damaged.iter().filter_map(|found| found.place);
    let keys = |wanted| {
        let of_table = places().filter(move |(table, _)| *table == wanted);
        of_table.map(|(_, key)| key)
    };
    let numbers = ours && keys(Table::Meta).any(|key| key == LAST_IDS_KEY);
    let mut mending = Mending {
        state,
        file,
        labels: state.labels.clone(),
        taught: HashSet::new(),
        change: Change::default(),
        answer: Mended::default(),
    };
    if ours {
        // Labels first, since lessons need them; photos before their lessons.
        for key in keys(Table::Labels) {
            mending.label(key)?;
        }
        for key in keys(Table::Photos) {
            mending.photo(PhotoId(key))?;
        }
        for key in keys(Table::Lessons) {
            mending.lesson(LessonId(key))?;
        }
        for key in keys(Table::Origins) {
            mending.origin(PhotoId(key));
        }
        for key in keys(Table::Accepted) {
            mending.accepted(PhotoId(key))?;
        }
    }
    for key in keys(Table::Thumbnails) {
        mending.picture(PhotoId(key));
    }
    let Mending {
        mut change,
        mut answer,
        ..
    } = mending;
    if keys(Table::Meta).any(|key| key == META_KEY) && file.backbone.is_some() {
        change.backbone = backbone.or(file.backbone);
        answer.records += 1;
    }
    if numbers {
        // Written with every action; what the file has was given, too.
        state.reserve(highest(file));
        answer.records += 1;
    }
    let records = match answer.records {
        1 => "1 record".to_owned(),
        n => format!("{n} records"),
    };
    Ok(Plan {
        words: format!("Took {records} from a backup"),
        change,
        answer,
    })
}

/// Whether a number means the same in the file as here: nothing that both have is another photo, or
/// another lesson. Names of labels may differ, since labels are renamed.
fn is_ours(state: &State, file: &Contents) -> bool {
    let photos = file.photos.iter().all(|(id, photo)| {
        let here = state.album.get(*id);
        here.is_none_or(|here| here.key == photo.key)
    });
    let same = |here: &Lesson, there: &Lesson| match (here.key, there.key) {
        (Some(here), Some(there)) => here == there,
        _ => here.feature == there.feature,
    };
    let lessons = file.lessons.iter().all(|(id, there)| {
        let here = state.lessons.get(id);
        here.is_none_or(|here| same(here, there))
    });
    photos && lessons
}

fn highest(file: &Contents) -> LastIds {
    let labels = file.labels.iter().map(|(id, _)| id.0);
    LastIds {
        label: labels.max().unwrap_or_default(),
        lesson: file.lessons.keys().last().map_or(0, |id| id.0),
        photo: file.photos.keys().last().map_or(0, |id| id.0),
    }
}

struct Mending<'a> {
    state: &'a State,
    file: &'a Contents,
    /// As they will be.
    labels: Labels,
    /// Photos of the lessons that come.
    taught: HashSet<PhotoId>,
    change: Change,
    answer: Mended,
}

impl Mending<'_> {
    fn label(&mut self, key: u64) -> Result<()> {
        let id = u32::try_from(key).ok().map(LabelId);
        let found = id.and_then(|id| Some((id, self.file.labels.get(id)?)));
        if let Some((id, entry)) = found {
            self.put_label(id, entry)?;
            self.answer.records += 1;
        }
        Ok(())
    }

    fn put_label(&mut self, id: LabelId, entry: &LabelEntry) -> Result<()> {
        // Where lessons have it, it stands here under a name that says that its own was lost.
        if self.labels.set(id, None).is_none() {
            self.labels.room()?;
        }
        let free = entry.slot > 0 && !self.labels.has_slot(entry.slot);
        let entry = LabelEntry {
            name: self.labels.numbered(entry.name.clone()),
            slot: match free {
                true => entry.slot,
                false => self.labels.free_slot(),
            },
        };
        self.labels.set(id, Some(entry.clone()));
        self.change.labels.push((id, Some(entry)));
        Ok(())
    }

    fn photo(&mut self, id: PhotoId) -> Result<()> {
        let Some(photo) = self.file.photos.get(&id) else {
            return Ok(());
        };
        self.answer.records += 1;
        if self.state.album.find(&photo.key).is_some() {
            // It was added again, under another number.
            self.answer.outdated += 1;
            self.change.photos.push((id, None));
            self.change.thumbnails.push((id, None));
            self.change.origins.push((id, None));
            self.change.accepted.push((id, None));
            return Ok(());
        }
        self.change.photos.push((id, Some(Arc::clone(photo))));
        let picture = self.file.thumbnails.get(&id);
        let picture = picture.map(|picture| (id, Some(picture.clone())));
        self.change.thumbnails.extend(picture);
        // What is known of a photo that is not there is forgotten at opening.
        let origin = self.file.origins.get(&id);
        let origin = origin.map(|origin| (id, Some(Arc::clone(origin))));
        self.change.origins.extend(origin);
        if let Some(&label) = self.file.accepted.get(&id) {
            self.accept(id, label)?;
        }
        Ok(())
    }

    fn lesson(&mut self, id: LessonId) -> Result<()> {
        let Some(lesson) = self.file.lessons.get(&id) else {
            return Ok(());
        };
        self.answer.records += 1;
        let photo = lesson.photo.and_then(|photo| self.file.photos.get(&photo));
        let lesson = Lesson {
            label: self.label_here(lesson.label)?,
            key: lesson.key.or(photo.map(|photo| photo.key)),
            ..lesson.clone()
        };
        let by_photo = lesson.photo.and_then(|photo| self.state.lesson_of(photo));
        let by_content = lesson.key.and_then(|key| self.state.lesson_about(&key));
        let anew = by_photo.or(by_content).is_some();
        let twice = lesson.photo.is_some_and(|photo| !self.taught.insert(photo));
        if anew || twice {
            self.answer.outdated += 1;
            self.change.lessons.push((id, None));
        } else {
            self.change.lessons.push((id, Some(lesson)));
        }
        Ok(())
    }

    fn origin(&mut self, id: PhotoId) {
        let came = self.change.origins.iter().any(|(photo, _)| *photo == id);
        if came {
            // With its photo.
            self.answer.records += 1;
        } else if let Some(origin) = self.file.origins.get(&id) {
            self.answer.records += 1;
            self.change.origins.push((id, Some(Arc::clone(origin))));
        }
    }

    fn accepted(&mut self, id: PhotoId) -> Result<()> {
        let Some(&label) = self.file.accepted.get(&id) else {
            return Ok(());
        };
        self.answer.records += 1;
        let came = self.change.accepted.iter().any(|(photo, _)| *photo == id);
        match came {
            true => Ok(()), // with its photo
            false => self.accept(id, label),
        }
    }

    fn accept(&mut self, id: PhotoId, label: LabelId) -> Result<()> {
        // A taught photo is done already.
        let taught = self.state.lesson_of(id).is_some() || self.taught.contains(&id);
        let label = match taught {
            true => None,
            false => Some(self.label_here(label)?),
        };
        self.change.accepted.push((id, label));
        Ok(())
    }

    /// A label of the file; one that is not here any more comes back.
    fn label_here(&mut self, id: LabelId) -> Result<LabelId> {
        if id == NOISE || self.labels.get(id).is_some() {
            return Ok(id);
        }
        let Some(entry) = self.file.labels.get(id) else {
            return Ok(NOISE); // cannot be: the file was checked
        };
        match self.labels.find(&entry.name) {
            Some(here) => Ok(here),
            None => self.put_label(id, entry).map(|()| id),
        }
    }

    /// The small picture of a photo; the file knows the photo by what it is, under whatever number.
    fn picture(&mut self, id: PhotoId) {
        let coming = self.change.thumbnails.iter().any(|(photo, _)| *photo == id);
        if coming {
            // With its photo.
            self.answer.records += 1;
            return;
        }
        let Some(photo) = self.state.album.get(id) else {
            return;
        };
        let mut photos = self.file.photos.iter();
        let there = photos.find(|(_, there)| there.key == photo.key);
        let picture = there.and_then(|(there, _)| self.file.thumbnails.get(there));
        if let Some(picture) = picture {
            self.answer.records += 1;
            self.change.thumbnails.push((id, Some(picture.clone())));
        }
    }
}

/// What takes the place of a damaged record that is left out.
pub(super) fn without(
    (table, key): (Table, u64),
    state: &State,
    history: &History,
    backbone: Option<[u8; 32]>,
) -> Vec<Write> {
    let delete = |table| Write::Delete { table, key };
    match table {
        Table::Meta if key == META_KEY => match backbone {
            Some(backbone) => vec![Meta::bound_to(backbone).write()],
            None => vec![delete(table)],
        },
        Table::Meta if key == LAST_IDS_KEY => vec![state.last_after(&Change::default()).write()],
        Table::Meta if key == steps::NEWEST_KEY => history.again(),
        Table::Labels => {
            let id = u32::try_from(key).ok().map(LabelId);
            let entry = id.and_then(|id| state.labels.get(id));
            let put = entry.map(|entry| Write::Put {
                table,
                key,
                bytes: entry.to_bytes(),
            });
            vec![put.unwrap_or(delete(table))]
        }
        // What belongs to it would be nobody's.
        Table::Photos => {
            let with_it = [Table::Thumbnails, Table::Origins, Table::Accepted];
            let with_it = with_it.into_iter().map(delete);
            std::iter::once(delete(table)).chain(with_it).collect()
        }
        Table::Meta | Table::Lessons | Table::Thumbnails | Table::Origins | Table::Accepted => {
            vec![delete(table)]
        }
    }
}
