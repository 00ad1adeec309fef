//! Making, naming, merging and deleting labels.

use super::Plan;
use super::change::Change;
use super::state::{Fresh, Lesson, State};
use crate::Result;
use crate::error::RequestError;
use crate::labels::{LabelChoice, LabelEntry, LabelId, clean_name};

/// The label that was chosen and its name. A new name becomes a label as part of `change`.
pub(super) fn choose(
    state: &State,
    fresh: &mut Fresh,
    choice: LabelChoice,
    change: &mut Change,
) -> Result<(LabelId, String)> {
    let name = match choice {
        LabelChoice::Id(id) => return Ok((id, state.labels.existing(id)?.to_owned())),
        LabelChoice::Name(name) => clean_name(&name)?,
    };
    if let Some(id) = state.labels.find(&name) {
        return Ok((id, state.labels.existing(id)?.to_owned()));
    }
    state.labels.room()?;
    let id = fresh.label()?;
    let entry = LabelEntry {
        name: name.clone(),
        slot: state.labels.free_slot(),
    };
    change.labels.push((id, Some(entry)));
    Ok((id, name))
}

pub(super) fn add(state: &State, name: &str) -> Result<Plan<LabelId>> {
    let name = state.labels.free_name(name, None)?;
    let mut change = Change::default();
    let choice = LabelChoice::Name(name);
    let (id, name) = choose(state, &mut state.fresh(), choice, &mut change)?;
    Ok(Plan {
        words: format!("New label {name}"),
        change,
        answer: id,
    })
}

pub(super) fn rename(state: &State, id: LabelId, name: &str) -> Result<Plan<()>> {
    let before = state.labels.changeable(id)?;
    let name = state.labels.free_name(name, Some(id))?;
    let mut change = Change::default();
    let words = format!("Renamed {} to {name}", before.name);
    if name != before.name {
        let slot = before.slot;
        let after = LabelEntry { name, slot };
        change.labels.push((id, Some(after)));
    }
    Ok(Plan {
        words,
        change,
        answer: (),
    })
}

pub(super) fn remove(state: &State, id: LabelId) -> Result<Plan<()>> {
    let words = format!("Deleted {}", state.labels.changeable(id)?.name);
    let lessons = state.lessons_of(id).map(|(id, _)| (id, None));
    Ok(Plan {
        words,
        change: Change {
            labels: vec![(id, None)],
            lessons: lessons.collect(),
            ..Change::default()
        },
        answer: (),
    })
}

pub(super) fn merge(state: &State, from: LabelId, into: LabelId) -> Result<Plan<()>> {
    let name = &state.labels.changeable(from)?.name;
    let words = format!("Merged {name} into {}", state.labels.existing(into)?);
    if from == into {
        let sentence = "A label cannot be merged with itself.".to_owned();
        return Err(RequestError::Invalid(sentence).into());
    }
    let move_over = |lesson: &Lesson| Lesson {
        label: into,
        ..lesson.clone()
    };
    let lessons = state.lessons_of(from);
    let moved = lessons.map(|(id, lesson)| (id, Some(move_over(lesson))));
    let accepted = state.accepted.iter().filter(|(_, label)| **label == from);
    Ok(Plan {
        words,
        change: Change {
            labels: vec![(from, None)],
            lessons: moved.collect(),
            accepted: accepted.map(|(id, _)| (*id, Some(into))).collect(),
            ..Change::default()
        },
        answer: (),
    })
}
