//! A scratch learner that lasts: its labels, its networks, and the store in which they are kept.
//!
//! Teaching changes a copy of the networks. Each half of a lesson, when it is done or stopped, is stored
//! in one transaction, the first with the label and its count, and only then is it asked:
//!
//! ```text
//! pictures ──► copy.learn ──► snapshot ──► store.commit ──► the copy is the network: it answers
//!                                                               │
//!              copy.practise ──► snapshot ──► store.commit ◄────┘   it dreams better, answers the same
//! ```
//!
//! The networks of before the last lesson stay stored beside the present ones (`step`), so that it can be
//! taken back: they answer again, exactly as they did.
//!
//! So a tab that is closed, or a device that fails, in the middle of the first half leaves what was there
//! before; in the second, the label learned. The network that is stored answers all along. No picture is
//! stored. The last few of each label that were taught since opening stay in memory, to tell whether they
//! are still known after the next label.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use burn::tensor::Device;

use super::records::{self, Contents, Problem, Read};
use super::step::{Place, STEP_KEY, Step};
use super::transfer;
use super::{Control, MOST_TAUGHT, Practice, Scratch, Settings, Sketch, Taught, Watch};
use crate::Result;
use crate::error::RequestError;
use crate::labels::{LAST_ID, LabelChoice, LabelEntry, LabelId, Labels, NOISE, clean_name};
use crate::store::{Store, Table, Turn, Turns, Write};

/// Pictures of a label that are tried again after every teach. A dozen shows whether it was forgotten.
const TRIED: usize = 12;
/// Pictures that are tried in all: with hundreds of labels fewer of each, so that it takes no time that
/// a person would notice.
const TRIED_IN_ALL: usize = 600;
/// Steps of practice between two looks at what it dreams.
const SHOWN_EVERY: usize = 10;

/// A label and how well it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownLabel {
    /// Its number; 0 is "none of these".
    pub id: LabelId,
    /// Its name.
    pub name: String,
    /// Its place among the labels, for a colour; see [`LabelEntry::slot`].
    pub slot: u32,
    /// How many pictures it was taught with.
    pub taught: u64,
    /// How many pictures of it were tried after the last teach: some of those taught since opening.
    pub tried: usize,
    /// How many of them were taken for this label.
    pub known: usize,
}

/// What teaching came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Lesson {
    /// The label that was taught.
    pub label: LabelId,
    /// What its training came to.
    pub taught: Taught,
}

/// A scratch learner, its labels and its store.
pub struct ScratchLearner<S: Store> {
    store: Turns<S>,
    device: Device,
    /// Never borrowed across an await.
    state: RefCell<State>,
}

/// What is committed, and what this visit adds to it.
struct State {
    /// What could not be read, and is still there.
    problems: Vec<Problem>,
    labels: Labels,
    /// See [`Contents::lost`].
    lost: BTreeSet<LabelId>,
    /// Pictures that each label was taught with.
    counts: BTreeMap<LabelId, u64>,
    /// Where the networks are stored.
    place: Place,
    known: Known,
    /// The last lesson, where it can be taken back or done again.
    step: Option<Step>,
    /// What its other side is, if that was here since opening.
    other: Option<Known>,
}

/// Networks, and what this visit knows of how well they know what they were taught.
#[derive(Clone)]
struct Known {
    network: Rc<Scratch>,
    recent: BTreeMap<LabelId, Vec<Sketch>>,
    /// Of the recent pictures, how many were tried and how many known, after the last teach.
    checks: BTreeMap<LabelId, (usize, usize)>,
}

impl Known {
    fn new(network: Scratch) -> Known {
        Known {
            network: Rc::new(network),
            recent: BTreeMap::new(),
            checks: BTreeMap::new(),
        }
    }
}

/// What undo and redo would do, such as "Taught Cup".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LastLesson {
    /// What undo would take back.
    pub undo: Option<String>,
    /// What redo would do again.
    pub redo: Option<String>,
    /// The label that was taught in it; one that came with it is not there while it is taken back.
    pub label: Option<LabelId>,
}

impl State {
    fn new(contents: Contents, network: Scratch, place: Place, problems: Vec<Problem>) -> State {
        State {
            problems,
            lost: contents.lost,
            labels: contents.labels,
            counts: contents.counts,
            place,
            known: Known::new(network),
            step: contents.step,
            other: None,
        }
    }

    fn name(&self, id: LabelId) -> &str {
        match id {
            NOISE => crate::labels::NOISE_NAME,
            _ => self.labels.name(id).unwrap_or_default(),
        }
    }

    /// The label that was chosen, and its entry where it is a new one.
    fn choose(&self, choice: LabelChoice) -> Result<(LabelId, Option<LabelEntry>)> {
        let name = match choice {
            LabelChoice::Id(id) => return self.labels.existing(id).map(|_| (id, None)),
            LabelChoice::Name(name) => clean_name(&name)?,
        };
        match self.labels.find(&name) {
            Some(id) => Ok((id, None)),
            None => self.new_label(name).map(|(id, entry)| (id, Some(entry))),
        }
    }

    /// The next label: a number after all others, or, where a file came with the last one, a free one.
    /// None is ever deleted, so no number comes to mean another label.
    fn new_label(&self, name: String) -> Result<(LabelId, LabelEntry)> {
        self.labels.room()?;
        let known = self.labels.iter().map(|(id, _)| id).last();
        let last = known.max(self.lost.last().copied()).map_or(0, |id| id.0);
        let taken = |id| self.labels.get(id).is_some() || self.lost.contains(&id);
        let mut free = (last + 1..=LAST_ID).chain(1..last).map(LabelId);
        let id = free.find(|&id| !taken(id));
        let id = id.ok_or_else(RequestError::used_up)?;
        let slot = self.labels.free_slot();
        Ok((id, LabelEntry { name, slot }))
    }
}

impl<S: Store> ScratchLearner<S> {
    /// Opens what the store holds, as its one writer: whoever wrote before is answered `storage/busy`
    /// from then on. An empty store becomes a new learner with these settings, or with the
    /// usual ones; one that holds a learner keeps its own settings.
    ///
    /// # Errors
    /// `storage/damaged` when the networks cannot be read (nothing is written then), `storage/newer`,
    /// errors of the store and of the device.
    pub async fn open(
        mut store: S,
        settings: Option<Settings>,
        device: &Device,
    ) -> Result<ScratchLearner<S>> {
        match read(&mut store, settings, device).await {
            Ok(state) => Ok(ScratchLearner {
                store: Turns::new(store),
                device: device.clone(),
                state: RefCell::new(state),
            }),
            Err(error) => {
                // The first error is the one that says what to do.
                let _ = store.close().await;
                Err(error)
            }
        }
    }

    /// How it learns.
    pub fn settings(&self) -> Settings {
        self.state.borrow().known.network.settings().clone()
    }

    /// What cannot be read, a sentence each. It stays where it is until it is left out, or written anew by
    /// whatever changes that label.
    pub fn problems(&self) -> Vec<String> {
        let state = self.state.borrow();
        let sentences = state.problems.iter().map(|(_, sentence)| sentence);
        sentences.cloned().collect()
    }

    /// Deletes what is left of records that cannot be read, so that they are not told of again. A label
    /// that the networks know stays, under the name that says that its own was lost. There is no undo.
    ///
    /// # Errors
    /// Errors of the store; then all is as it was.
    pub async fn leave_out(&self) -> Result<()> {
        let mut turn = self.store.take().await?;
        let places: Vec<_> = {
            let state = self.state.borrow();
            state
                .problems
                .iter()
                .filter_map(|(place, _)| *place)
                .collect()
        };
        let writes = places.iter().map(|&(table, key)| {
            let state = self.state.borrow();
            let label = u32::try_from(key).ok().map(LabelId);
            let label = label.filter(|_| table == Table::Labels);
            let kept = label.and_then(|id| Some(records::label(id, state.labels.get(id)?)));
            kept.unwrap_or(records::delete(table, key))
        });
        let writes = writes.collect();
        self.commit(&mut turn, writes).await?;
        self.state.borrow_mut().lost.clear();
        Ok(())
    }

    /// Stores it; what was damaged where it is written is so no more.
    async fn commit(&self, turn: &mut Turn<'_, S>, writes: Vec<Write>) -> Result<()> {
        let written: BTreeSet<_> = writes.iter().filter_map(Write::place).collect();
        turn.store()?.commit(writes).await?;
        let mut state = self.state.borrow_mut();
        let whole = |place: Option<_>| place.is_some_and(|place| written.contains(&place));
        state.problems.retain(|(place, _)| !whole(*place));
        Ok(())
    }

    /// What undo and redo would do.
    pub fn last_lesson(&self) -> LastLesson {
        let state = self.state.borrow();
        let Some(step) = &state.step else {
            return LastLesson::default();
        };
        let name = match &step.entry {
            Some(entry) => &entry.name,
            None => state.name(step.label),
        };
        let words = Some(format!("Taught {name}"));
        let (undo, redo) = match step.undone {
            true => (None, words),
            false => (words, None),
        };
        LastLesson {
            undo,
            redo,
            label: Some(step.label),
        }
    }

    /// Takes the last lesson back, of before a reload, too: the networks of before it answer again. A
    /// label that came with it goes with it. Returns what that lesson was.
    ///
    /// # Errors
    /// `request/nothing-to-do`; `storage/damaged` where those networks cannot be read; errors of the store
    /// and of the device, with everything as it was.
    pub async fn undo(&self) -> Result<String> {
        self.travel("undo", false).await
    }

    /// Does the lesson again that was taken back last, if nothing was taught since.
    ///
    /// # Errors
    /// As [`ScratchLearner::undo`].
    pub async fn redo(&self) -> Result<String> {
        self.travel("redo", true).await
    }

    async fn travel(&self, what: &'static str, undone: bool) -> Result<String> {
        let mut turn = self.store.take().await?;
        let (step, ready) = {
            let state = self.state.borrow();
            let step = state.step.clone().filter(|step| step.undone == undone);
            let step = step.ok_or(RequestError::NothingTo(what))?;
            (step, state.other.clone())
        };
        let known = match ready {
            Some(known) => known,
            None if step.other.length == 0 => {
                Known::new(Scratch::new(self.settings(), &self.device)?)
            }
            None => {
                let network = records::other(step.other, turn.store()?, &self.device);
                Known::new(network.await?)
            }
        };
        let id = step.label;
        let (back, entry) = {
            let state = self.state.borrow();
            let now = state.labels.get(id).filter(|_| step.made);
            let back = Step {
                undone: !undone,
                other: state.place,
                count: state.counts.get(&id).copied().unwrap_or_default(),
                entry: now.filter(|_| !undone).cloned(),
                ..step.clone()
            };
            // Its name may have been given to another meanwhile.
            let entry = step.entry.clone().map(|entry| LabelEntry {
                name: state.labels.numbered(entry.name),
                ..entry
            });
            (back, entry)
        };
        let mut writes = vec![
            records::head(step.other),
            records::count_or_none(id, step.count),
            back.write(),
        ];
        if step.made {
            writes.push(match &entry {
                Some(entry) => records::label(id, entry),
                None => records::delete(Table::Labels, u64::from(id.0)),
            });
        }
        let words = self.last_lesson();
        self.commit(&mut turn, writes).await?;
        let state = &mut *self.state.borrow_mut();
        if step.made {
            state.labels.set(id, entry);
        }
        match step.count {
            0 => state.counts.remove(&id),
            n => state.counts.insert(id, n),
        };
        state.place = step.other;
        state.step = Some(back);
        state.other = Some(std::mem::replace(&mut state.known, known));
        Ok(words.undo.or(words.redo).unwrap_or_default())
    }

    /// Every label, "none of these" first, then by number.
    pub fn labels(&self) -> Vec<KnownLabel> {
        let state = self.state.borrow();
        let noise = (NOISE, crate::labels::NOISE_NAME, 0);
        let others = state.labels.iter();
        let others = others.map(|(id, entry)| (id, entry.name.as_str(), entry.slot));
        let known = |(id, name, slot): (LabelId, &str, u32)| {
            let (tried, known) = state.known.checks.get(&id).copied().unwrap_or_default();
            KnownLabel {
                id,
                name: name.to_owned(),
                slot,
                taught: state.counts.get(&id).copied().unwrap_or_default(),
                tried,
                known,
            }
        };
        std::iter::once(noise).chain(others).map(known).collect()
    }

    /// Makes a label that nothing was taught of yet.
    ///
    /// # Errors
    /// `request/label-exists`, `request/empty-label`, `request/long-label`, errors of the store.
    pub async fn add_label(&self, name: &str) -> Result<LabelId> {
        let mut turn = self.store.take().await?;
        let (id, entry) = {
            let state = self.state.borrow();
            let name = state.labels.free_name(name, None)?;
            state.new_label(name)?
        };
        let mut writes = vec![records::label(id, &entry)];
        // It may have the number of one that was taken back, which cannot come again then.
        let undone = self
            .state
            .borrow()
            .step
            .as_ref()
            .is_some_and(|step| step.undone);
        if undone {
            writes.push(records::delete(Table::Meta, STEP_KEY));
        }
        self.commit(&mut turn, writes).await?;
        let state = &mut *self.state.borrow_mut();
        state.labels.set(id, Some(entry));
        if undone {
            (state.step, state.other) = (None, None);
        }
        Ok(id)
    }

    /// Gives a label another name.
    ///
    /// # Errors
    /// `request/no-such-label`, `request/noise-is-fixed`, as [`ScratchLearner::add_label`].
    pub async fn rename_label(&self, id: LabelId, name: &str) -> Result<()> {
        let mut turn = self.store.take().await?;
        let entry = {
            let labels = &self.state.borrow().labels;
            let slot = labels.changeable(id)?.slot;
            let name = labels.free_name(name, Some(id))?;
            LabelEntry { name, slot }
        };
        let writes = vec![records::label(id, &entry)];
        self.commit(&mut turn, writes).await?;
        self.state.borrow_mut().labels.set(id, Some(entry));
        Ok(())
    }

    /// Teaches pictures of one label; a name that no label has makes one. What was learned until it
    /// was done or `watch` stopped it is stored, and asked from then on. The label is, too, from the
    /// first progress of [`Phase::Generator`](super::Phase::Generator) on.
    ///
    /// # Errors
    /// `request/invalid` without a picture, `request/no-such-label` and the like, errors of the device
    /// and of the store. Nothing was changed then; but after that first progress the label stays
    /// learned, and what it dreams is as it was then.
    pub async fn teach(
        &self,
        label: LabelChoice,
        pictures: &[Sketch],
        watch: &mut impl Watch,
    ) -> Result<Lesson> {
        let mut turn = self.store.take().await?;
        let (id, fresh) = self.state.borrow().choose(label)?;
        let mut network = Scratch::clone(&self.network());
        let lessons = [(id, pictures)];
        let (mut taught, practice) = network.learn(&lessons, watch).await?;

        let before = self
            .state
            .borrow()
            .counts
            .get(&id)
            .copied()
            .unwrap_or_default();
        let count = (before + pictures.len() as u64).min(MOST_TAUGHT);
        let snapshot = network.snapshot().await?.to_bytes();
        let now = self.state.borrow().place;
        let (place, step) = (
            now.beside(&snapshot),
            Step {
                undone: false,
                other: now,
                label: id,
                count: before,
                made: fresh.is_some(),
                entry: None,
            },
        );
        let mut writes = records::network(place, &snapshot);
        writes.push(records::count(id, count));
        writes.push(step.write());
        writes.extend(fresh.as_ref().map(|entry| records::label(id, entry)));
        self.commit(&mut turn, writes).await?;
        {
            let state = &mut *self.state.borrow_mut();
            if let Some(entry) = fresh {
                state.labels.set(id, Some(entry));
            }
            state.counts.insert(id, count);
            (state.place, state.step) = (place, Some(step));
            state.other = Some(state.known.clone());
            state.known.network = Rc::new(network.clone());
            let recent = state.known.recent.entry(id).or_default();
            recent.extend_from_slice(&pictures[pictures.len().saturating_sub(TRIED)..]);
            recent.drain(..recent.len().saturating_sub(TRIED));
        }
        self.try_again().await?;

        let stored = self.network();
        let practised = self.practise(network, practice, turn.store()?, watch);
        let stopped = practised.await.inspect_err(|_| {
            self.state.borrow_mut().known.network = stored;
        })?;
        taught.stopped |= stopped;
        Ok(Lesson { label: id, taught })
    }

    /// The second half of a lesson: lets its dreams be seen now and then, and stores the networks at its
    /// end. Returns whether it was stopped.
    async fn practise(
        &self,
        mut network: Scratch,
        mut practice: Practice<'_>,
        store: &mut S,
        watch: &mut impl Watch,
    ) -> Result<bool> {
        let (mut steps, mut stopped) = (0, false);
        while !stopped && let Some(progress) = network.practise(&mut practice).await? {
            steps += 1;
            if steps % SHOWN_EVERY == 0 {
                self.state.borrow_mut().known.network = Rc::new(network.clone());
            }
            stopped = watch.progress(progress).await == Control::Stop;
        }
        if steps > 0 {
            network.settle(practice).await?;
            let snapshot = network.snapshot().await?.to_bytes();
            // The same lesson: what was before it stays beside.
            let place = self.state.borrow().place.again(&snapshot);
            store.commit(records::network(place, &snapshot)).await?;
            let state = &mut *self.state.borrow_mut();
            (state.place, state.known.network) = (place, Rc::new(network));
        }
        Ok(stopped)
    }

    /// Asks the network about the recent pictures of every label.
    async fn try_again(&self) -> Result<()> {
        let (network, recent) = {
            let state = &self.state.borrow().known;
            let each = (TRIED_IN_ALL / state.recent.len().max(1)).clamp(1, TRIED);
            let latest = |(&id, pictures): (&LabelId, &Vec<Sketch>)| {
                (id, pictures[pictures.len().saturating_sub(each)..].to_vec())
            };
            let recent: Vec<_> = state.recent.iter().map(latest).collect();
            (Rc::clone(&state.network), recent)
        };
        let pictures: Vec<Sketch> = recent.iter().flat_map(|(_, of)| of).cloned().collect();
        let answers = network.predict(&pictures).await?;
        let mut first = answers.iter().map(|ranked| ranked.first().map(|it| it.0));
        let checks = recent.iter().map(|(id, of)| {
            let known = first.by_ref().take(of.len());
            let known = known.filter(|answer| *answer == Some(*id)).count();
            (*id, (of.len(), known))
        });
        let checks = checks.collect();
        self.state.borrow_mut().known.checks = checks;
        Ok(())
    }

    /// Probabilities of the taught labels for each picture, the likeliest first.
    ///
    /// # Errors
    /// Of the device.
    pub async fn predict(&self, pictures: &[Sketch]) -> Result<Vec<Vec<(LabelId, f32)>>> {
        self.network().predict(pictures).await
    }

    /// Pictures that the learner makes of a label: what it rehearses, or, where it rehearses nothing,
    /// the average of what it was taught.
    ///
    /// # Errors
    /// `request/no-such-label`, of the device.
    pub async fn dreams(&self, label: LabelId, count: usize, seed: u64) -> Result<Vec<Sketch>> {
        self.state.borrow().labels.existing(label)?;
        self.network().dreams(label, count, seed).await
    }

    /// Everything as one file.
    ///
    /// # Errors
    /// Of the device, `request/closed`.
    pub async fn export(&self) -> Result<Vec<u8>> {
        let _turn = self.store.take().await?;
        let network = self.network().snapshot().await?.to_bytes();
        let state = self.state.borrow();
        transfer::write(&state.labels, &state.counts, &network)
    }

    /// Reads a file that [`ScratchLearner::export`] made, in place of everything. It is checked whole,
    /// and its networks are built, before anything changes.
    ///
    /// # Errors
    /// `import/…` when the file cannot be used; errors of the store. Nothing was changed then.
    pub async fn import(&self, file: &[u8]) -> Result<()> {
        let contents = transfer::read(file)?;
        let network = contents.build(&self.device)?;
        contents.check(&network)?;
        let mut turn = self.store.take().await?;
        let writes = std::iter::once(Write::Clear).chain(contents.writes());
        turn.store()?.commit(writes.collect()).await?;
        let place = contents.place();
        *self.state.borrow_mut() = State::new(contents, network, place, Vec::new());
        Ok(())
    }

    /// Deletes everything and lets go of the store.
    ///
    /// # Errors
    /// Of the store, `request/closed`.
    pub async fn delete(&self) -> Result<()> {
        let mut turn = self.store.take().await?;
        turn.store()?.commit(vec![Write::Clear]).await?;
        drop(turn);
        self.close().await
    }

    /// Waits for the actions under way, then lets go of the store.
    ///
    /// # Errors
    /// `request/closed` when it was closed already; errors of the store.
    pub async fn close(&self) -> Result<()> {
        self.store.close().await
    }

    fn network(&self) -> Rc<Scratch> {
        Rc::clone(&self.state.borrow().known.network)
    }
}

async fn read<S: Store>(
    store: &mut S,
    settings: Option<Settings>,
    device: &Device,
) -> Result<State> {
    // Whoever wrote before writes nothing from now on.
    store.claim().await?;
    let loaded = store.load().await?;
    let Read {
        contents,
        network,
        place,
        problems,
    } = records::read(&loaded, device)?;
    let network = match network {
        Some(network) => network,
        None => Scratch::new(settings.unwrap_or_default(), device)?,
    };
    Ok(State::new(contents, network, place, problems))
}
