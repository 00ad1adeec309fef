//! What is said of thousands of photos is said of those that are news, and is the same.

use crate::support::{Shared, photo};
use keepsake::learner::{AlbumPredictions, PhotoId, RANKED};
use pollster::block_on;

/// The last photos of an album's predictions.
fn tail(all: &AlbumPredictions, from: usize) -> AlbumPredictions {
    AlbumPredictions {
        photos: all.photos[from..].to_vec(),
        lessons: all.lessons[from..].to_vec(),
        taught: all.taught[from..].to_vec(),
        accepted: all.accepted[from..].to_vec(),
        not_sure: all.not_sure[from..].to_vec(),
        ranked_labels: all.ranked_labels[from * RANKED..].to_vec(),
        ranked_probabilities: all.ranked_probabilities[from * RANKED..].to_vec(),
    }
}

#[test]
fn what_is_said_of_new_photos_and_of_the_old_ones_is_what_is_said_of_all() {
    let learner = Shared::default().open();
    let add = |from: u64, to: u64| {
        let photos = (from..to).map(|seed| photo(seed % 5, seed));
        block_on(learner.add_photos(photos.collect())).unwrap()
    };
    let ids = add(0, 20);
    assert_eq!(learner.predict_after(PhotoId(0)), learner.predict_all());
    for (label, name) in (0..4).zip(["Hat", "Boots", "Skirt", "Coat"]) {
        block_on(learner.teach_many(&[ids[label]], name)).unwrap();
    }
    block_on(learner.accept(&[(ids[9], learner.labels()[1].id)])).unwrap();
    let before = learner.predict_all();

    let last = *ids.last().unwrap();
    add(20, 33);
    let news = learner.predict_after(last);
    let all = learner.predict_all();
    assert_eq!(news.photos.len(), 13);
    assert_eq!(news, tail(&all, 20));
    assert_eq!(tail(&before, 0).photos, all.photos[..20]);
    assert_eq!(
        before.ranked_probabilities,
        all.ranked_probabilities[..20 * RANKED]
    );

    let none = learner.predict_after(PhotoId(u64::MAX));
    assert_eq!(none, AlbumPredictions::default());
}
