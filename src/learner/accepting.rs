//! Accepting: "this is right, I have seen it". An accepted photo has its label whatever is taught
//! later. It is no lesson: it helps to say where its label's mean lies (`Head::set_seen`), and so finishing
//! a collection never makes the learner slower.

use std::collections::BTreeMap;

use super::Plan;
use super::album::PhotoId;
use super::change::Change;
use super::photos::count;
use super::state::State;
use crate::Result;
use crate::distinct::distinct;
use crate::labels::LabelId;

/// Each photo as its label. A taught photo stays taught: it is done already.
pub(super) fn accept(state: &State, photos: &[(PhotoId, LabelId)]) -> Result<Plan<usize>> {
    let mut change = Change::default();
    let mut last_said = BTreeMap::new();
    last_said.extend(photos.iter().copied());
    for (&id, &label) in &last_said {
        state.photo(id)?;
        state.labels.existing(label)?;
        let done = state.lesson_of(id).is_some() || state.accepted.get(&id) == Some(&label);
        if !done {
            change.accepted.push((id, Some(label)));
        }
    }
    let accepted = change.accepted.len();
    let mut labels = change.accepted.iter().filter_map(|(_, label)| *label);
    let first = labels.next();
    let one = first.filter(|first| labels.all(|label| label == *first));
    let name = one.and_then(|label| state.labels.name(label));
    let what = count(accepted);
    Ok(Plan {
        words: match name {
            Some(name) => format!("Accepted {what} as {name}"),
            None => format!("Accepted {what}"),
        },
        change,
        answer: accepted,
    })
}

/// They are guesses again. A photo that is not accepted stays as it is.
pub(super) fn unaccept(state: &State, photos: &[PhotoId]) -> Result<Plan<usize>> {
    let mut change = Change::default();
    for id in distinct(photos.iter().copied()) {
        state.photo(id)?;
        if state.accepted.contains_key(&id) {
            change.accepted.push((id, None));
        }
    }
    let answer = change.accepted.len();
    Ok(Plan {
        words: format!("Took back {} accepted", count(answer)),
        change,
        answer,
    })
}
