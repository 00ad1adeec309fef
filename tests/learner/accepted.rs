//! What a person has looked at and found right stays so: whatever is taught later, over undo, a reload
//! and a file. So does where a photo came from.

use crate::support::{Shared, photo, see};
use keepsake::Error;
use keepsake::error::RequestError;
use keepsake::labels::{LabelId, NOISE};
use keepsake::learner::{How, Learner, NewPhoto, Origin, PhotoId};
use keepsake::store::{Store, Table, Write};
use pollster::block_on;

/// Six photos of two kinds; the first of each is taught.
async fn two_kinds(learner: &Learner<Shared>) -> (Vec<PhotoId>, [LabelId; 2]) {
    let new = (0..6).map(|at| photo(at % 2, at)).collect();
    let photos = learner.add_photos(new).await.unwrap();
    learner.teach(photos[0], "Hat").await.unwrap();
    learner.teach(photos[1], "Boots").await.unwrap();
    let labels = learner.labels();
    (photos, [labels[1].id, labels[2].id])
}

fn accepted<S: Store>(learner: &Learner<S>) -> Vec<Option<LabelId>> {
    learner.predict_all().accepted
}

#[test]
fn it_is_one_step_that_outlives_a_reload_and_is_no_lesson() {
    let store = Shared::default();
    let learner = store.open();
    block_on(async {
        let (photos, [hat, boots]) = two_kinds(&learner).await;
        let before = see(&learner);
        // The taught one is done already, and said twice is said once.
        let rest = [photos[0], photos[2], photos[4], photos[4]].map(|it| (it, hat));
        assert_eq!(learner.accept(&rest).await, Ok(2));
        assert_eq!(learner.accept(&rest).await, Ok(0), "done");
        let undo = learner.history().undo.unwrap();
        assert_eq!(undo, "Accepted 2 photos as Hat");
        let all = learner.predict_all();
        let expected = [None, None, Some(hat), None, Some(hat), None];
        assert_eq!(all.accepted, expected);
        assert!(!all.not_sure[2] && !all.not_sure[4]);
        assert_eq!(learner.lessons().len(), 2);
        // Of an accepted photo the lessons alone are asked: it would agree with itself.
        let said = |of: &[f32], at: usize| of[3 * at..3 * at + 3].to_vec();
        for at in [2, 4] {
            let (now, then) = (
                &all.ranked_probabilities,
                &before.album.ranked_probabilities,
            );
            assert_eq!(said(now, at), said(then, at));
        }

        // Whatever is taught, it keeps its label.
        learner.teach(photos[3], "Hat").await.unwrap();
        learner.teach(photos[5], "Hat").await.unwrap();
        assert_eq!(accepted(&store.open()), expected, "after a reload");

        let learner = store.open();
        learner.undo().await.unwrap();
        learner.undo().await.unwrap();
        learner.undo().await.unwrap();
        assert_eq!(see(&learner), before);
        learner.redo().await.unwrap();
        assert_eq!(accepted(&learner), expected);
        let mixed = [(photos[3], boots), (photos[5], NOISE)];
        assert_eq!(learner.accept(&mixed).await, Ok(2));
        assert_eq!(learner.history().undo.unwrap(), "Accepted 2 photos");
        assert_eq!(learner.unaccept(&photos).await, Ok(4));
        assert_eq!(accepted(&learner), [None; 6]);
        learner.undo().await.unwrap();
        assert_eq!(
            accepted(&store.look())[3..],
            [Some(boots), Some(hat), Some(NOISE)]
        );
    });
}

#[test]
fn teaching_it_deleting_its_label_or_removing_it_ends_it_and_undo_brings_it_back() {
    let store = Shared::default();
    let learner = store.open();
    block_on(async {
        let (photos, [hat, boots]) = two_kinds(&learner).await;
        learner
            .accept(&[(photos[2], hat), (photos[4], hat)])
            .await
            .unwrap();
        let before = see(&learner);
        learner.teach(photos[2], boots).await.unwrap();
        assert_eq!(accepted(&learner)[2], None, "taught");
        assert_eq!(see(&store.look()), see(&learner));
        learner.undo().await.unwrap();
        assert_eq!(see(&learner), before);
        learner.remove_label(hat).await.unwrap();
        assert_eq!(accepted(&learner), [None; 6], "its name was taken away");
        assert_eq!(see(&store.look()), see(&learner));
        learner.undo().await.unwrap();
        assert_eq!(see(&learner), before);
        learner.merge_labels(hat, boots).await.unwrap();
        assert_eq!(accepted(&learner)[4], Some(boots), "it goes along");
        learner.undo().await.unwrap();
        assert_eq!(see(&learner), before);
        learner.remove_photos(&[photos[4]]).await.unwrap();
        let records = block_on(store.clone().load()).unwrap().records;
        let of = |table| records.iter().filter(|(of, ..)| *of == table).count();
        assert_eq!((of(Table::Origins), of(Table::Accepted)), (5, 1));
        learner.undo().await.unwrap();
        assert_eq!(see(&store.open()), before);
    });
}

#[test]
fn what_cannot_be_accepted_changes_nothing() {
    let store = Shared::default();
    let learner = store.open();
    block_on(async {
        let (photos, [hat, _]) = two_kinds(&learner).await;
        let before = see(&learner);
        let nobody = [(photos[2], hat), (PhotoId(99), hat)];
        let refused = Err(Error::Request(RequestError::NoSuchPhoto(99)));
        assert_eq!(learner.accept(&nobody).await, refused);
        let nothing = [(photos[2], hat), (photos[3], LabelId(99))];
        let refused = Err(Error::Request(RequestError::NoSuchLabel("99".to_owned())));
        assert_eq!(learner.accept(&nothing).await, refused);
        store.fail_after(0);
        assert!(learner.accept(&[(photos[2], hat)]).await.is_err());
        assert_eq!(see(&learner), before);
    });
}

#[test]
fn a_file_brings_both_along_and_what_is_known_here_wins() {
    block_on(async {
        let from = Shared::default().open();
        let (photos, [hat, _]) = two_kinds(&from).await;
        let all: Vec<_> = photos[2..5].iter().map(|&it| (it, hat)).collect();
        from.accept(&all).await.unwrap();
        let file = from.export().await.unwrap();

        let into = Shared::default().open();
        into.import(&file, How::Replace).await.unwrap();
        let named = |learner: &Learner<Shared>| {
            let labels = learner.labels();
            let name = |id| {
                labels
                    .iter()
                    .find(|label| label.id == id)
                    .unwrap()
                    .name
                    .clone()
            };
            let accepted = accepted(learner).into_iter();
            accepted.map(|id| id.map(name)).collect::<Vec<_>>()
        };
        assert_eq!(named(&into), named(&from));
        let origins = |learner: &Learner<Shared>| -> Vec<_> {
            let photos = learner.photos().into_iter();
            photos.map(|photo| photo.origin.unwrap()).collect()
        };
        assert_eq!(origins(&into), origins(&from));

        // Here photo 2 is taught, photo 3 accepted otherwise, and photo 4 lies elsewhere.
        let here = Shared::default().open();
        let new = (2..5).map(|at| NewPhoto {
            origin: None,
            ..photo(at % 2, at)
        });
        let own = here.add_photos(new.collect()).await.unwrap();
        here.teach(own[0], "Coat").await.unwrap();
        let coat = here.labels()[1].id;
        here.accept(&[(own[1], coat)]).await.unwrap();
        let elsewhere = Origin {
            path: "elsewhere.jpg".to_owned(),
            ..Origin::default()
        };
        here.set_origins(vec![(own[2], elsewhere.clone())])
            .await
            .unwrap();
        here.import(&file, How::Merge).await.unwrap();
        let expected = [None, Some("Coat"), Some("Hat"), None, None, None];
        let expected = expected.map(|name| name.map(str::to_owned));
        assert_eq!(named(&here), expected);
        assert_eq!(*origins(&here)[2], elsewhere);
        assert_eq!(origins(&here)[..2], origins(&from)[2..4]);
    });
}

#[test]
fn a_file_that_moved_is_noted_and_no_step_of_undo() {
    let store = Shared::default();
    let learner = store.open();
    block_on(async {
        let (photos, _) = two_kinds(&learner).await;
        let undo = learner.history().undo;
        let moved = Origin {
            path: "new/place.jpg".to_owned(),
            size: 7,
            ..Origin::default()
        };
        let news = vec![(photos[5], moved.clone())];
        assert_eq!(learner.set_origins(news.clone()).await, Ok(1));
        assert_eq!(learner.set_origins(news).await, Ok(0), "known");
        assert_eq!(learner.history().undo, undo);
        let again = store.open();
        assert_eq!(again.photos()[5].origin.as_deref(), Some(&moved));
        assert_eq!(again.history().undo, undo);
    });
}

#[test]
fn what_is_said_of_a_photo_that_cannot_be_read_waits_for_it() {
    let store = Shared::default();
    let learner = store.open();
    block_on(async {
        let (photos, [hat, _]) = two_kinds(&learner).await;
        learner.accept(&[(photos[2], hat)]).await.unwrap();
        let whole = store
            .clone()
            .read(Table::Photos, photos[2].0)
            .await
            .unwrap();
        let put = |bytes| Write::Put {
            table: Table::Photos,
            key: photos[2].0,
            bytes,
        };
        store
            .clone()
            .commit(vec![put(b"damaged".to_vec())])
            .await
            .unwrap();
        let learner = store.open();
        assert_eq!(accepted(&learner), [None; 5]);
        let file = learner.export().await.unwrap();
        let elsewhere = Shared::default().open();
        elsewhere.import(&file, How::Replace).await.unwrap();
        store
            .clone()
            .commit(vec![put(whole.unwrap())])
            .await
            .unwrap();
        assert_eq!(accepted(&store.open())[2], Some(hat));

        // A label that is lost keeps what was accepted as it, under a name that says so.
        let cut = Write::Put {
            table: Table::Labels,
            key: u64::from(hat.0),
            bytes: vec![1],
        };
        store.clone().commit(vec![cut]).await.unwrap();
        assert_eq!(accepted(&store.open())[2], Some(hat));
    });
}
