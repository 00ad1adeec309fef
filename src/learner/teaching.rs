//! Teaching, correcting, taking back.

use std::collections::HashMap;
use std::sync::Arc;

use super::Plan;
use super::accepting;
use super::album::{ContentKey, PhotoId};
use super::change::Change;
use super::labelling;
use super::photos::count;
use super::state::{Lesson, LessonId, State};
use crate::Result;
use crate::distinct::distinct;
use crate::error::RequestError;
use crate::head::Feature;
use crate::labels::LabelChoice;

/// What a lesson is taught with.
#[derive(Debug, Clone)]
pub enum Sample {
    /// A photo of the album.
    Photo(PhotoId),
    /// Something by its content. Where the album has it, it is that photo; the same content taught
    /// again is corrected.
    Content(ContentKey, Arc<Feature>),
    /// A feature of nobody knows what: a lesson of its own each time.
    Feature(Arc<Feature>),
}

impl From<PhotoId> for Sample {
    fn from(photo: PhotoId) -> Sample {
        Sample::Photo(photo)
    }
}

impl From<Arc<Feature>> for Sample {
    fn from(feature: Arc<Feature>) -> Sample {
        Sample::Feature(feature)
    }
}

/// `alike`: photos that are accepted with it, where they are not taught: see
/// [`super::Learner::teach_alike`].
pub(super) fn teach(
    state: &State,
    samples: &[Sample],
    alike: &[PhotoId],
    label: LabelChoice,
) -> Result<Plan<Vec<LessonId>>> {
    if samples.is_empty() {
        let sentence = "There is no photo to teach.".to_owned();
        return Err(RequestError::Invalid(sentence).into());
    }
    let mut change = Change::default();
    let mut fresh = state.fresh();
    let (label, name) = labelling::choose(state, &mut fresh, label, &mut change)?;
    let mut answer = Vec::with_capacity(samples.len());
    let mut seen = HashMap::new();
    for sample in samples {
        let (photo, key, feature) = match sample {
            Sample::Photo(id) => {
                let photo = state.photo(*id)?;
                (Some(*id), Some(photo.key), &photo.feature)
            }
            Sample::Content(key, feature) => {
                let photo = state.album.find(key);
                let known = photo.and_then(|photo| state.album.get(photo));
                (photo, Some(*key), known.map_or(feature, |it| &it.feature))
            }
            Sample::Feature(feature) => (None, None, feature),
        };
        if let Some(lesson) = key.and_then(|key| seen.get(&key)) {
            answer.push(*lesson);
            continue;
        }
        let by_photo = photo.and_then(|photo| state.lesson_of(photo));
        let known = by_photo.or_else(|| state.lesson_about(&key?));
        let lesson = match known {
            Some(lesson) => lesson,
            None => fresh.lesson()?,
        };
        seen.extend(key.map(|key| (key, lesson)));
        answer.push(lesson);
        let before = known.and_then(|known| state.lessons.get(&known));
        if before.is_some_and(|before| before.label == label) {
            continue;
        }
        // A corrected lesson keeps its own feature: only its label moves.
        let feature = before.map_or(feature, |before| &before.feature);
        let after = Lesson {
            label,
            photo,
            key,
            feature: Arc::clone(feature),
        };
        change.lessons.push((lesson, Some(after)));
    }
    for id in distinct(alike.iter().copied()) {
        let photo = state.photo(id)?;
        let done = seen.contains_key(&photo.key) || state.lesson_of(id).is_some();
        if !done && state.accepted.get(&id) != Some(&label) {
            change.accepted.push((id, Some(label)));
        }
    }
    let words = match samples.len() + alike.len() {
        1 => format!("Taught {name}"),
        count => format!("Taught {count} photos {name}"),
    };
    Ok(Plan {
        words,
        change,
        answer,
    })
}

pub(super) fn correct(state: &State, id: LessonId, label: LabelChoice) -> Result<Plan<()>> {
    let mut change = Change::default();
    let before = state.lesson(id)?;
    let (label, name) = labelling::choose(state, &mut state.fresh(), label, &mut change)?;
    if before.label != label {
        let after = Lesson {
            label,
            ..before.clone()
        };
        change.lessons.push((id, Some(after)));
    }
    Ok(Plan {
        words: format!("Corrected to {name}"),
        change,
        answer: (),
    })
}

pub(super) fn unteach(state: &State, ids: &[LessonId]) -> Result<Plan<()>> {
    let mut change = Change::default();
    let ids = distinct(ids.iter().copied());
    let mut labels = Vec::with_capacity(ids.len());
    for &id in &ids {
        labels.push(state.lesson(id)?.label);
        change.lessons.push((id, None));
    }
    let of = match *distinct(labels) {
        [one] => state.labels.name(one).map(|name| format!(" of {name}")),
        _ => None,
    };
    let of = of.unwrap_or_default();
    let what = match ids.len() {
        1 => "a lesson".to_owned(),
        count => format!("{count} lessons"),
    };
    Ok(Plan {
        words: format!("Took back {what}{of}"),
        change,
        answer: (),
    })
}

/// Everything that was said of photos: their lessons, and that they were accepted.
pub(super) fn take_back(state: &State, photos: &[PhotoId]) -> Result<Plan<()>> {
    let photos = distinct(photos.iter().copied());
    let mut lessons = Vec::new();
    let mut accepted = Vec::new();
    for &id in &photos {
        state.photo(id)?;
        lessons.extend(state.lesson_of(id));
        accepted.extend(state.accepted.contains_key(&id).then_some(id));
    }
    if accepted.is_empty() {
        return unteach(state, &lessons);
    }
    let mut plan = accepting::unaccept(state, &accepted)?;
    if !lessons.is_empty() {
        plan.words = format!("Took back {}", count(accepted.len() + lessons.len()));
    }
    plan.change.join(unteach(state, &lessons)?.change);
    Ok(Plan {
        words: plan.words,
        change: plan.change,
        answer: (),
    })
}
