//! Adding photos to the album and removing them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Plan;
use super::album::{NewPhoto, Photo, PhotoId};
use super::change::Change;
use super::origin::Origin;
use super::state::State;
use crate::Result;
use crate::distinct::distinct;

pub(super) fn add(state: &State, photos: Vec<NewPhoto>) -> Result<Plan<Vec<PhotoId>>> {
    let mut change = Change::default();
    let mut fresh = state.fresh();
    let mut answer = Vec::with_capacity(photos.len());
    let mut seen = HashMap::new();
    for new in photos {
        let known = state.album.find(&new.key).or(seen.get(&new.key).copied());
        if let Some(id) = known {
            answer.push(id);
            continue;
        }
        let id = fresh.photo()?;
        answer.push(id);
        seen.insert(new.key, id);
        let photo = Arc::new(Photo::from(&new));
        change.photos.push((id, Some(photo)));
        if !new.thumbnail.is_empty() {
            change.thumbnails.push((id, Some(new.thumbnail)));
        }
        let origin = new.origin.map(|origin| Arc::new(origin.within_limits()));
        change
            .origins
            .extend(origin.map(|origin| (id, Some(origin))));
    }
    Ok(Plan {
        words: added(seen.len()),
        change,
        answer,
    })
}

pub(super) fn remove(state: &State, ids: &[PhotoId]) -> Result<Plan<()>> {
    let mut change = Change::default();
    let ids = distinct(ids.iter().copied());
    for &id in &ids {
        state.photo(id)?;
        change.photos.push((id, None));
        change.thumbnails.push((id, None));
        let lesson = state.lesson_of(id);
        change.lessons.extend(lesson.map(|id| (id, None)));
    }
    Ok(Plan {
        words: format!("Removed {}", count(ids.len())),
        change,
        answer: (),
    })
}

/// Where photos come from, where that is not what is known already.
pub(super) fn set_origins(state: &State, origins: Vec<(PhotoId, Origin)>) -> Result<Plan<usize>> {
    let mut change = Change::default();
    let mut said = HashSet::new();
    for (id, origin) in origins.into_iter().rev() {
        // Said twice, the last counts.
        if !said.insert(id) {
            continue;
        }
        state.photo(id)?;
        let origin = origin.within_limits();
        if state.origins.get(&id).is_none_or(|known| **known != origin) {
            change.origins.push((id, Some(Arc::new(origin))));
        }
    }
    Ok(Plan {
        words: String::new(), // not remembered
        answer: change.origins.len(),
        change,
    })
}

/// How the history names adding so many photos.
pub(super) fn added(photos: usize) -> String {
    format!("Added {}", count(photos))
}

/// So many photos, in words.
pub(super) fn count(photos: usize) -> String {
    match photos {
        1 => "1 photo".to_owned(),
        many => format!("{many} photos"),
    }
}
