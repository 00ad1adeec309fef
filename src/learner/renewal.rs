//! Another network: every photo is looked at again, and lessons go along with their photos.
//!
//! Features of two networks cannot be compared, so a collection goes over as a whole, in one step that
//! can be taken back. What has no picture any more cannot go along.

use std::collections::HashMap;
use std::sync::Arc;

use super::Plan;
use super::album::{Photo, PhotoId};
use super::change::Change;
use super::photos;
use super::state::{Lesson, State};
use crate::Result;
use crate::head::Feature;

/// What going over to another network did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Renewal {
    /// Photos that go along, with their lessons.
    pub photos: usize,
    /// Photos that were not looked at again, and are gone.
    pub lost_photos: usize,
    /// Lessons that went with these, or had no photo in the album.
    pub lost_lessons: usize,
}

pub(super) fn plan(
    state: &State,
    backbone: [u8; 32],
    seen: Vec<(PhotoId, Arc<Feature>)>,
) -> Result<Plan<Renewal>> {
    let seen: HashMap<_, _> = seen.into_iter().collect();
    let mut answer = Renewal::default();
    let mut change = Change {
        backbone: Some(backbone),
        ..Change::default()
    };
    for (id, photo) in state.album.iter() {
        let renewed = seen.get(&id).map(|feature| {
            Arc::new(Photo {
                feature: Arc::clone(feature),
                ..Photo::clone(photo)
            })
        });
        match renewed {
            Some(_) => answer.photos += 1,
            None => {
                answer.lost_photos += 1;
                change.thumbnails.push((id, None));
            }
        }
        change.photos.push((id, renewed));
    }
    for (&id, lesson) in &state.lessons {
        let seen = state.photo_of(lesson).and_then(|photo| seen.get(&photo));
        let renewed = seen.map(|feature| Lesson {
            feature: Arc::clone(feature),
            ..lesson.clone()
        });
        answer.lost_lessons += usize::from(renewed.is_none());
        change.lessons.push((id, renewed));
    }
    Ok(Plan {
        words: format!("Looked at {} again", photos::count(answer.photos)),
        change,
        answer,
    })
}
