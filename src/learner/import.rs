//! From a checked file to one change of the learner.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Plan;
use super::album::PhotoId;
use super::change::Change;
use super::state::{Fresh, Lesson, State};
use super::transfer::Contents;
use crate::Result;
use crate::labels::{LabelEntry, LabelId, Labels, NOISE};

/// What an import does with what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Everything goes; the file takes its place.
    Replace,
    /// Everything stays; what the file has besides is added. Labels are the same when their names
    /// are, photos when their contents are, lessons when their contents (or, without them, features) are.
    Merge,
}

/// What an import added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportSummary {
    /// New labels.
    pub labels: usize,
    /// New photos.
    pub photos: usize,
    /// New lessons.
    pub lessons: usize,
    /// Lessons that the file has under another label than the one here, which stays.
    pub kept: usize,
}

/// Everything gets a new id: those in the file mean nothing here.
pub(super) fn plan(state: &State, file: Contents, how: How) -> Result<Plan<ImportSummary>> {
    let nothing = State::default();
    let (here, words, change) = match how {
        How::Replace => (
            &nothing,
            "Replaced everything by a file",
            everything_goes(state),
        ),
        How::Merge => (state, "Merged a file", Change::default()),
    };
    let mut joining = Joining {
        here,
        fresh: state.fresh(),
        change,
        summary: ImportSummary::default(),
    };
    let labels = joining.labels(&file.labels)?;
    let photos = joining.photos(&file)?;
    joining.lessons(&file, &labels, &photos)?;
    joining.facts(&file, &labels, &photos);
    Ok(Plan {
        words: words.to_owned(),
        change: joining.change,
        answer: joining.summary,
    })
}

fn everything_goes(state: &State) -> Change {
    Change {
        backbone: None,
        labels: state.labels.iter().map(|(id, _)| (id, None)).collect(),
        lessons: state.lessons.keys().map(|&id| (id, None)).collect(),
        photos: state.album.iter().map(|(id, _)| (id, None)).collect(),
        thumbnails: state.album.iter().map(|(id, _)| (id, None)).collect(),
        ..Change::default()
    }
}

struct Joining<'a> {
    /// What stays.
    here: &'a State,
    fresh: Fresh,
    change: Change,
    summary: ImportSummary,
}

impl Joining<'_> {
    /// What each label of the file is here.
    fn labels(&mut self, file: &Labels) -> Result<HashMap<LabelId, LabelId>> {
        let mut joined = self.here.labels.clone();
        let mut map = HashMap::from([(NOISE, NOISE)]);
        for (id, entry) in file.iter() {
            let known = self.here.labels.find(&entry.name);
            let here = match known {
                Some(here) => here,
                None => {
                    joined.room()?;
                    let here = self.fresh.label()?;
                    let free = entry.slot > 0 && !joined.has_slot(entry.slot);
                    let entry = LabelEntry {
                        name: entry.name.clone(),
                        slot: if free { entry.slot } else { joined.free_slot() },
                    };
                    joined.set(here, Some(entry.clone()));
                    self.change.labels.push((here, Some(entry)));
                    self.summary.labels += 1;
                    here
                }
            };
            map.insert(id, here);
        }
        Ok(map)
    }

    /// What each photo of the file is here.
    fn photos(&mut self, file: &Contents) -> Result<HashMap<PhotoId, PhotoId>> {
        let mut map = HashMap::new();
        for (&id, photo) in &file.photos {
            if let Some(here) = self.here.album.find(&photo.key) {
                map.insert(id, here);
                continue;
            }
            let here = self.fresh.photo()?;
            map.insert(id, here);
            self.change.photos.push((here, Some(Arc::clone(photo))));
            let thumbnail = file.thumbnails.get(&id);
            let thumbnail = thumbnail.map(|picture| (here, Some(picture.clone())));
            self.change.thumbnails.extend(thumbnail);
            self.summary.photos += 1;
        }
        Ok(map)
    }

    /// Where photos come from and what they were accepted as, where nothing is known of that here.
    fn facts(
        &mut self,
        file: &Contents,
        labels: &HashMap<LabelId, LabelId>,
        photos: &HashMap<PhotoId, PhotoId>,
    ) {
        for (id, origin) in &file.origins {
            let photo = photos.get(id).copied();
            if let Some(here) = photo.filter(|here| !self.here.origins.contains_key(here)) {
                let origin = Some(Arc::clone(origin));
                self.change.origins.push((here, origin));
            }
        }
        let lessons = self.change.lessons.iter();
        let taught: HashSet<_> = lessons
            .filter_map(|(_, lesson)| lesson.as_ref()?.photo)
            .collect();
        for (id, label) in &file.accepted {
            let (Some(&here), Some(&label)) = (photos.get(id), labels.get(label)) else {
                continue; // cannot be: the file was checked
            };
            let done = self.here.accepted.contains_key(&here)
                || self.here.lesson_of(here).is_some()
                || taught.contains(&here);
            if !done {
                self.change.accepted.push((here, Some(label)));
            }
        }
    }

    fn lessons(
        &mut self,
        file: &Contents,
        labels: &HashMap<LabelId, LabelId>,
        photos: &HashMap<PhotoId, PhotoId>,
    ) -> Result<()> {
        let loose: HashMap<Vec<u8>, LabelId> = self
            .here
            .lessons
            .values()
            .filter(|lesson| self.here.photo_of(lesson).is_none())
            .map(|lesson| (lesson.feature.to_bytes(), lesson.label))
            .collect();
        let mut joined = HashMap::new();
        for lesson in file.lessons.values() {
            let Some(&label) = labels.get(&lesson.label) else {
                continue; // cannot be: the file was checked
            };
            let photo = lesson.photo.and_then(|photo| photos.get(&photo)).copied();
            let of_photo = lesson.photo.and_then(|photo| file.photos.get(&photo));
            let key = of_photo.map(|photo| photo.key).or(lesson.key);
            let by_photo = photo.and_then(|photo| self.here.lesson_of(photo));
            let known = by_photo.or_else(|| self.here.lesson_about(&key?));
            let known = known.and_then(|id| self.here.lessons.get(&id));
            let known = known.map(|known| known.label);
            let known = known.or_else(|| joined.get(&key?).copied());
            let known = known.or_else(|| match photo {
                Some(_) => None,
                None => loose.get(&lesson.feature.to_bytes()).copied(),
            });
            match known {
                Some(known) if known == label => {}
                Some(_) => self.summary.kept += 1,
                None => {
                    let lesson = Lesson {
                        label,
                        photo,
                        key,
                        feature: Arc::clone(&lesson.feature),
                    };
                    joined.extend(key.map(|key| (key, label)));
                    self.change
                        .lessons
                        .push((self.fresh.lesson()?, Some(lesson)));
                    self.summary.lessons += 1;
                }
            }
        }
        Ok(())
    }
}
