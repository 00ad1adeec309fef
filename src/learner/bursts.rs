//! Photos of one scene, such as five that were taken within a second: a burst.
//!
//! Two things say that photos are of one scene: that they are very much alike to the head, and that the
//! camera's own clock says that they were taken within seconds. The time at which a file was changed says
//! nothing of that: copying, sending and unpacking give hundreds of files the same. So a photo that does
//! not say when it was taken is of a scene only if it is much the same picture as another.
//!
//! Nothing is compared with everything. Photos are put in the order of their times, those without one
//! in an order that puts the like beside the like, and each is compared with the first photos of
//! the last few bursts before it. A burst is therefore as wide as its first photo allows: many small
//! steps lead nowhere. All of it follows from the photos alone, not from the order in which they came.

use std::collections::BinaryHeap;
use std::sync::Arc;

use super::album::{Photo, PhotoId};
use super::state::State;
use crate::head::{BLOCKS, Feature, Wide, likeness_of};

/// Photos whose times are further apart than this are not of one burst, in milliseconds.
pub const APART: i64 = 10_000;
/// How alike a photo and the first of its burst are, by [`crate::head::likeness`], where their times say the same.
pub const ALIKE: f64 = 0.8;
/// How alike they are where nothing else says so.
pub const SAME: f64 = 0.95;
/// How many bursts before it a photo is compared with.
const REACH: usize = 8;

/// A photo in its place among all.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Shot<'a> {
    /// Photos with a time, in the order of time; then the others, like beside like.
    row: (bool, i64),
    path: &'a str,
    key: &'a [u8; 32],
    id: PhotoId,
}

impl Shot<'_> {
    /// Whether a photo before this one, in order, may be of the same scene.
    fn follows(&self, before: (bool, i64)) -> bool {
        let (timeless, place) = self.row;
        let within = if timeless { 0 } else { APART };
        timeless == before.0 && place.saturating_sub(before.1) <= within
    }

    fn threshold(&self) -> f64 {
        if self.row.0 { SAME } else { ALIKE }
    }
}

/// A burst that photos may still come to.
struct Open {
    /// Its place among all.
    at: usize,
    /// Where its last photo stands.
    last: (bool, i64),
    /// What the head sees of its first photo.
    first: Box<Wide>,
}

impl State {
    fn shot<'a>(&'a self, id: PhotoId, photo: &'a Photo) -> Shot<'a> {
        let origin = self.origins.get(&id);
        let taken = origin.and_then(|origin| origin.taken);
        let alike = || (true, likeliest_class(&photo.feature));
        Shot {
            row: taken.map_or_else(alike, |taken| (false, taken)),
            path: origin.map_or(photo.name.as_str(), |origin| &origin.path),
            key: &photo.key,
            id,
        }
    }

    /// The bursts of the album, each of at least two photos in the order in which they were taken.
    /// Computed once after each change of the album.
    pub fn bursts(&mut self) -> Arc<[Vec<PhotoId>]> {
        if let Some(known) = &self.bursts {
            return Arc::clone(known);
        }
        let found: Arc<[_]> = self.find_bursts().into();
        self.bursts = Some(Arc::clone(&found));
        found
    }

    fn find_bursts(&self) -> Vec<Vec<PhotoId>> {
        let photos = self.album.iter();
        let shots = photos.map(|(id, photo)| self.shot(id, photo));
        // A heap sorts in a tenth of the code that a slice takes.
        let shots = BinaryHeap::from_iter(shots).into_sorted_vec();

        let mut bursts: Vec<Vec<&Shot>> = Vec::new();
        let mut open: Vec<Open> = Vec::new();
        for shot in &shots {
            let Some(photo) = self.album.get(shot.id) else {
                continue;
            };
            open.retain(|burst| shot.follows(burst.last));
            let (seen, threshold) = (photo.feature.values(), shot.threshold());
            let likes = open.iter().zip(0..).filter_map(|(burst, place)| {
                let alike = likeness_of(&burst.first, &seen);
                (alike >= threshold).then_some((place, alike))
            });
            let last = shot.row;
            match likes.max_by(|a, b| a.1.total_cmp(&b.1)) {
                Some((place, _)) => {
                    // It goes to the end: of those that are too many the one without news is left.
                    let burst = open.remove(place);
                    bursts[burst.at].push(shot);
                    open.push(Open { last, ..burst });
                }
                None => {
                    let (at, first) = (bursts.len(), seen);
                    bursts.push(vec![shot]);
                    open.push(Open { at, last, first });
                }
            }
            if open.len() > REACH {
                open.remove(0);
            }
        }
        let several = bursts.into_iter().filter(|burst| burst.len() > 1);
        let ids = several.map(|burst| burst.iter().map(|shot| shot.id).collect());
        ids.collect()
    }
}

/// What the network itself takes a photo for: the same for photos that are much the same.
fn likeliest_class(feature: &Feature) -> i64 {
    let values = feature.values();
    let classes = values[BLOCKS[1].clone()].iter().zip(0..);
    let most = classes.max_by(|a, b| a.0.total_cmp(b.0));
    most.map_or(0, |(_, class)| class)
}
