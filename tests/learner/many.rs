//! What is said of thousands of photos is said of those that are news, and is the same.

use crate::support::{Shared, photo};
use keepsake::learner::{AlbumPredictions, Origin, PhotoId, RANKED};
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

/// Whoever lists the photos only when this number is another always has the list that there is.
#[test]
fn the_album_changes_with_photos_and_their_places_and_with_nothing_else() {
    let learner = Shared::default().open();
    let changed = |what: &str, changes: bool, act: &dyn Fn()| {
        let files = || {
            let photos = learner.photos().into_iter();
            photos.map(|it| (it.id, it.photo, it.origin)).collect()
        };
        let before: (u64, Vec<_>) = (learner.album_changes(), files());
        act();
        let same = before.0 == learner.album_changes();
        assert_eq!(same, !changes, "{what}");
        assert!(!same || before.1 == files(), "{what}");
    };
    let undo = || assert!(block_on(learner.undo()).is_ok());
    let add = || {
        let photos = (0..4).map(|seed| photo(seed, seed)).collect();
        assert!(block_on(learner.add_photos(photos)).is_ok());
    };
    changed("added", true, &add);
    changed("undone", true, &undo);
    changed("added again", true, &add);
    let first = learner.photos()[0].id;
    let teach = || assert!(block_on(learner.teach_many(&[first], "Hat")).is_ok());
    changed("taught", false, &teach);
    changed("taken back", false, &undo);
    let origin = Origin {
        path: "Holiday/one.jpg".to_owned(),
        ..Origin::default()
    };
    let moved = || {
        let news = vec![(first, origin.clone())];
        assert_eq!(block_on(learner.set_origins(news)), Ok(1));
    };
    changed("lies elsewhere", true, &moved);
}
