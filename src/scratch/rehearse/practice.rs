//! The second half of a lesson: the generators of its labels are trained, one after the other, step by
//! step. The learner answers meanwhile, and dreams as well as it has come to.

use std::collections::VecDeque;

use super::super::{Phase, Progress};
use super::Rehearse;
use super::adversary::Contest;
use super::part::Part;
use super::recipe::Recipe;
use crate::Result;
use crate::labels::LabelId;

/// See the module.
#[derive(Debug)]
pub(in super::super) struct Practice {
    /// Labels whose turn is to come.
    waiting: VecDeque<Part>,
    /// The label whose turn it is.
    contest: Option<(LabelId, Contest)>,
    steps: usize,
}

impl Practice {
    pub(super) fn new(parts: Vec<Part>, recipe: Recipe) -> Practice {
        Practice {
            waiting: parts.into(),
            contest: None,
            steps: recipe.generator_steps,
        }
    }
}

impl Rehearse {
    /// One step; `None` when there is none left.
    pub async fn practise(&mut self, practice: &mut Practice) -> Result<Option<Progress>> {
        let over = |(_, contest): &(LabelId, Contest)| contest.step == contest.steps;
        if practice.contest.as_ref().is_some_and(over) {
            self.settle(practice).await?;
        }
        if practice.contest.is_none() {
            practice.contest = self.next_contest(practice);
        }
        let Some((label, contest)) = &mut practice.contest else {
            return Ok(None);
        };
        let loss = contest.step(&mut self.random, &self.device).await?;
        if let Some(generator) = self.generators.get_mut(label) {
            generator.parameters = contest.so_far();
        }
        Ok(Some(Progress {
            phase: Phase::Generator,
            label: *label,
            step: contest.step,
            steps: contest.steps,
            loss,
        }))
    }

    /// Keeps what the label whose turn it is has learnt, in the precision in which it is stored.
    pub async fn settle(&mut self, practice: &mut Practice) -> Result<()> {
        if let Some((label, contest)) = practice.contest.take() {
            let parameters = contest.parameters(&self.device).await?;
            if let Some(generator) = self.generators.get_mut(&label) {
                generator.parameters = parameters;
            }
        }
        Ok(())
    }

    fn next_contest(&mut self, practice: &mut Practice) -> Option<(LabelId, Contest)> {
        let rehearsed = std::iter::from_fn(|| practice.waiting.pop_front())
            .find_map(|part| Some((part.label, part.generator?, part.all)));
        let (label, generator, real) = rehearsed?;
        let (random, device) = (&mut self.random, &self.device);
        let contest = Contest::new(generator, real, practice.steps, random, device);
        Some((label, contest))
    }
}
