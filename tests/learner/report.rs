//! The report: what the others would have said of each lesson.

use crate::support::{Shared, photo};
use keepsake::labels::LabelId;
use keepsake::learner::{LabelReport, Learner};
use pollster::block_on;

/// Ten photos of kind 0 taught Hat and ten of kind 1 taught Boots.
fn hats_and_boots() -> Learner<Shared> {
    let learner = Shared::default().open();
    block_on(async {
        for (kind, name) in [(0, "Hat"), (1, "Boots")] {
            let photos = (0..10).map(|seed| photo(kind, seed)).collect();
            let photos = learner.add_photos(photos).await.unwrap();
            learner.teach_many(&photos, name).await.unwrap();
        }
    });
    learner
}

#[test]
fn what_agrees_is_right() {
    let report = hats_and_boots().report();
    let all_right = |label| LabelReport {
        label: LabelId(label),
        lessons: 10,
        tested: 10,
        right: 10,
    };
    assert_eq!(report.labels, [all_right(1), all_right(2)]);
    assert_eq!(report.confusion, [10, 0, 0, 10]);
    assert_eq!(report.accuracy, Some(1.0));
    assert_eq!(report.balanced_accuracy, Some(1.0));
    assert!(report.mistakes.is_empty());
}

#[test]
fn a_wrong_lesson_is_found_by_the_others() {
    let learner = hats_and_boots();
    let lesson = learner.lessons().swap_remove(3);
    block_on(learner.correct(lesson.id, "Boots")).unwrap();
    let report = learner.report();
    assert_eq!(report.confusion, [9, 0, 1, 10]);
    assert_eq!(report.accuracy, Some(19.0 / 20.0));
    assert_eq!(report.balanced_accuracy, Some((1.0 + 10.0 / 11.0) / 2.0));
    let [mistake] = report.mistakes[..] else {
        panic!("{:?}", report.mistakes);
    };
    assert_eq!((mistake.lesson, mistake.photo), (lesson.id, lesson.photo));
    assert_eq!((mistake.label, mistake.predicted), (LabelId(2), LabelId(1)));
}

#[test]
fn what_cannot_be_tested_is_not_counted() {
    let learner = Shared::default().open();
    assert_eq!(learner.report(), Default::default(), "nothing was taught");
    block_on(async {
        let photos = (0..4).map(|seed| photo(seed / 2, seed)).collect();
        let photos = learner.add_photos(photos).await.unwrap();
        learner.teach_many(&photos[..2], "Hat").await.unwrap();
        let report = learner.report();
        assert_eq!(report.labels[0].tested, 0, "nothing to take a hat for");
        assert_eq!(report.balanced_accuracy, None);
        learner.teach(photos[2], "Boots").await.unwrap();
        let report = learner.report();
        assert_eq!(report.labels[1].lessons, 1);
        assert_eq!(report.labels[1].tested, 0, "the hats know nothing of boots");
        assert_eq!(report.labels[0].tested, 2);
    });
}
