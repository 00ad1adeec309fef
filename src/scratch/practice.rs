//! The second half of a lesson. The first, [`Scratch::learn`], trains what answers; this one trains what
//! dreams, so that the label can be rehearsed in the lessons to come. It is taken step by step, for there
//! is an answer already: whoever holds the learner can ask it, store it and show its dreams in between.

use super::{Learner, Progress, Scratch, Sketch, Taught, Watch, article, check_lessons, rehearse};
use crate::Result;
use crate::labels::LabelId;

/// What is left of a lesson. To drop it is to leave its labels as they are dreamt of now.
pub struct Practice<'a> {
    rest: Rest<'a>,
}

enum Rest<'a> {
    Article(Box<article::Practice<'a>>),
    Rehearse(Box<rehearse::Practice>),
    Nothing,
}

impl Scratch {
    /// The first half of teaching pictures of some labels: from its end on they are answered. Nothing is
    /// left to practise when it was stopped.
    ///
    /// # Errors
    /// As [`Scratch::teach`].
    pub async fn learn<'a>(
        &mut self,
        lessons: &[(LabelId, &'a [Sketch])],
        watch: &mut impl Watch,
    ) -> Result<(Taught, Practice<'a>)> {
        check_lessons(lessons, self.settings().side)?;
        let (taught, rest) = match &mut self.learner {
            Learner::Article(it) => {
                let (taught, practice) = it.learn(lessons, watch).await?;
                (taught, Rest::Article(Box::new(practice)))
            }
            Learner::Rehearse(it) => {
                let (taught, practice) = it.learn(lessons, watch).await?;
                (taught, Rest::Rehearse(Box::new(practice)))
            }
            Learner::Exact(it) => (it.learn(lessons, watch).await?, Rest::Nothing),
        };
        let rest = if taught.stopped { Rest::Nothing } else { rest };
        Ok((taught, Practice { rest }))
    }

    /// One step of the second half; `None` when none is left. Answers stay what they are.
    ///
    /// # Errors
    /// `compute/failed`.
    pub async fn practise(&mut self, practice: &mut Practice<'_>) -> Result<Option<Progress>> {
        match (&mut self.learner, &mut practice.rest) {
            (Learner::Article(it), Rest::Article(practice)) => it.practise(practice).await,
            (Learner::Rehearse(it), Rest::Rehearse(practice)) => it.practise(practice).await,
            // Nothing is left, or this is the rest of another learner's lesson.
            _ => Ok(None),
        }
    }

    /// Ends the second half, wherever it stands. What was learned so far stays.
    ///
    /// # Errors
    /// `compute/failed`.
    pub async fn settle(&mut self, practice: Practice<'_>) -> Result<()> {
        match (&mut self.learner, practice.rest) {
            (Learner::Rehearse(it), Rest::Rehearse(mut practice)) => it.settle(&mut practice).await,
            _ => Ok(()),
        }
    }
}
