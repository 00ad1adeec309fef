//! Everything a person can do: one method, one transaction, one step of undo.

use std::sync::Arc;

use super::album::{NewPhoto, PhotoId};
use super::change::Change;
use super::history::{Direction, Remember};
use super::import::{self, How, ImportSummary};
use super::mend::{self, Mended};
use super::state::LessonId;
use super::teaching::{self, Sample};
use super::{Learner, Origin, Plan, Renewal, accepting, labelling, photos, renewal, transfer};
use crate::Result;
use crate::distinct::distinct;
use crate::error::{ImportError, RequestError, StorageError};
use crate::head::Feature;
use crate::labels::{LabelChoice, LabelId};
use crate::store::{Store, Table, Write};

/// Small pictures that are read together for a file: a few megabytes.
const PICTURES_AT_ONCE: usize = 200;

impl<S: Store> Learner<S> {
    /// Adds photos to the album and returns their ids, in order. A photo that is there already (the
    /// same content) keeps its id.
    ///
    /// # Errors
    /// Errors of the store; then none was added.
    pub async fn add_photos(&self, photos: Vec<NewPhoto>) -> Result<Vec<PhotoId>> {
        self.act(|state| photos::add(state, photos)).await
    }

    /// Adds the next photos of an import that comes in portions: where the last action added photos,
    /// one step of undo takes back both.
    ///
    /// # Errors
    /// As [`Learner::add_photos`].
    pub async fn add_more_photos(&self, photos: Vec<NewPhoto>) -> Result<Vec<PhotoId>> {
        self.act_as(|state| photos::add(state, photos), Remember::AddedMore)
            .await
    }

    /// Says which files photos of the album come from, in place of what is known of that; returns of how
    /// many it was not known already. Not a step of undo.
    ///
    /// # Errors
    /// `request/no-such-photo`, errors of the store; then nothing was changed.
    pub async fn set_origins(&self, origins: Vec<(PhotoId, Origin)>) -> Result<usize> {
        let plan = |state: &_| photos::set_origins(state, origins);
        self.act_as(plan, |_| Remember::Not).await
    }

    /// Accepts photos of the album, each as its label: they have it from now on, whatever is taught, and
    /// help to know the rest, but are no lessons. Returns how many were not done already. A taught photo
    /// stays taught; teaching an accepted one, or deleting its label, ends it.
    ///
    /// # Errors
    /// `request/no-such-photo`, `request/no-such-label`, errors of the store; then none was accepted.
    pub async fn accept(&self, photos: &[(PhotoId, LabelId)]) -> Result<usize> {
        self.act(|state| accepting::accept(state, photos)).await
    }

    /// Photos are no longer accepted; returns how many were.
    ///
    /// # Errors
    /// `request/no-such-photo`, errors of the store; then all stay accepted.
    pub async fn unaccept(&self, photos: &[PhotoId]) -> Result<usize> {
        self.act(|state| accepting::unaccept(state, photos)).await
    }

    /// Removes photos from the album, with the lessons taught with them: what is shown is what is
    /// taught.
    ///
    /// # Errors
    /// `request/no-such-photo`, errors of the store; then none was removed.
    pub async fn remove_photos(&self, photos: &[PhotoId]) -> Result<()> {
        self.act(|state| photos::remove(state, photos)).await
    }

    /// Teaches one sample. A photo that was taught already is corrected; a label's name that is new
    /// makes the label, as one action.
    ///
    /// # Errors
    /// `request/no-such-photo`, `request/no-such-label`, an unusable name, errors of the store.
    pub async fn teach(
        &self,
        sample: impl Into<Sample>,
        label: impl Into<LabelChoice>,
    ) -> Result<LessonId> {
        let (samples, label) = ([sample.into()], label.into());
        let lessons = self.act(|state| teaching::teach(state, &samples, &[], label));
        let none = || RequestError::Invalid("Nothing was taught.".to_owned()).into();
        lessons.await?.first().copied().ok_or_else(none)
    }

    /// Teaches photos of the album, as one action; returns their lessons, in order.
    ///
    /// # Errors
    /// As [`Learner::teach`], and `request/invalid` for no photo at all; then nothing was changed.
    pub async fn teach_many(
        &self,
        photos: &[PhotoId],
        label: impl Into<LabelChoice>,
    ) -> Result<Vec<LessonId>> {
        self.teach_alike(photos, &[], label).await
    }

    /// The same, and accepts others as that label with it, such as the rest of a burst: they are right
    /// and would say nothing new. One of them that is taught already stays as it is.
    ///
    /// # Errors
    /// As [`Learner::teach_many`].
    pub async fn teach_alike(
        &self,
        photos: &[PhotoId],
        alike: &[PhotoId],
        label: impl Into<LabelChoice>,
    ) -> Result<Vec<LessonId>> {
        let samples: Vec<_> = photos.iter().map(|&photo| Sample::Photo(photo)).collect();
        let label = label.into();
        self.act(|state| teaching::teach(state, &samples, alike, label))
            .await
    }

    /// Takes back everything that was said of photos, as one action: their lessons, and that they were
    /// accepted.
    ///
    /// # Errors
    /// `request/no-such-photo`, errors of the store; then nothing was taken back.
    pub async fn take_back(&self, photos: &[PhotoId]) -> Result<()> {
        self.act(|state| teaching::take_back(state, photos)).await
    }

    /// Moves a lesson to another label.
    ///
    /// # Errors
    /// `request/no-such-lesson`, `request/no-such-label`, an unusable name, errors of the store.
    pub async fn correct(&self, lesson: LessonId, label: impl Into<LabelChoice>) -> Result<()> {
        let label = label.into();
        self.act(|state| teaching::correct(state, lesson, label))
            .await
    }

    /// Takes lessons back, as one action: afterwards every answer is as if they had never been.
    ///
    /// # Errors
    /// `request/no-such-lesson`, errors of the store; then none was taken back.
    pub async fn unteach(&self, lessons: &[LessonId]) -> Result<()> {
        self.act(|state| teaching::unteach(state, lessons)).await
    }

    /// Makes a label.
    ///
    /// # Errors
    /// `request/label-exists`, an unusable name, errors of the store.
    pub async fn add_label(&self, name: &str) -> Result<LabelId> {
        self.act(|state| labelling::add(state, name)).await
    }

    /// Gives a label another name.
    ///
    /// # Errors
    /// `request/no-such-label`, `request/noise-is-fixed`, `request/label-exists` (of another label), an
    /// unusable name, errors of the store.
    pub async fn rename_label(&self, label: LabelId, name: &str) -> Result<()> {
        self.act(|state| labelling::rename(state, label, name))
            .await
    }

    /// Deletes a label and takes its lessons back.
    ///
    /// # Errors
    /// `request/no-such-label`, `request/noise-is-fixed`, errors of the store.
    pub async fn remove_label(&self, label: LabelId) -> Result<()> {
        self.act(|state| labelling::remove(state, label)).await
    }

    /// Moves every lesson of one label to another and deletes the first.
    ///
    /// # Errors
    /// `request/no-such-label`, `request/noise-is-fixed` (for `from`), `request/invalid` when they are
    /// the same, errors of the store.
    pub async fn merge_labels(&self, from: LabelId, into: LabelId) -> Result<()> {
        self.act(|state| labelling::merge(state, from, into)).await
    }

    /// Takes back the last action and returns its name.
    ///
    /// # Errors
    /// `request/nothing-to-do`; errors of the store, with everything as it was.
    pub async fn undo(&self) -> Result<String> {
        self.travel(Direction::Undo).await
    }

    /// Does the last undone action again and returns its name.
    ///
    /// # Errors
    /// As [`Learner::undo`].
    pub async fn redo(&self) -> Result<String> {
        self.travel(Direction::Redo).await
    }

    async fn travel(&self, direction: Direction) -> Result<String> {
        let mut turn = self.lock().await?;
        let next = self.history.borrow().next(direction).cloned();
        let Some(entry) = next else {
            let what = match direction {
                Direction::Undo => "undo",
                Direction::Redo => "redo",
            };
            return Err(RequestError::NothingTo(what).into());
        };
        let change = Change::clone(&entry.change);
        let remember = Remember::Moved(direction);
        self.commit(turn.store()?, change, remember).await?;
        Ok(entry.words)
    }

    /// Goes over to another network, with what it saw in the photos of the album, as one action. Lessons go
    /// along with their photos; photos that are not among these, and lessons without one, do not. A
    /// collection of this network already stays as it is.
    ///
    /// # Errors
    /// Errors of the store; then nothing was changed.
    pub async fn renew(
        &self,
        backbone: [u8; 32],
        seen: Vec<(PhotoId, Arc<Feature>)>,
    ) -> Result<Renewal> {
        self.act(|state| match self.backbone.get() {
            Some(bound) if bound != backbone => renewal::plan(state, backbone, seen),
            _ => Ok(Plan::default()),
        })
        .await
    }

    /// Everything as one file: labels, lessons, photos' names, features and thumbnails, but not the
    /// photos themselves.
    ///
    /// # Errors
    /// `storage/damaged` where the record that says which network saw all this is lost: a file without it
    /// could not be read back. Errors of the store. (A thumbnail that cannot be read is left out, and is
    /// then among the [`Learner::problems`].)
    pub async fn export(&self) -> Result<Vec<u8>> {
        let mut whole = Vec::new();
        self.export_to(|piece| {
            whole.extend_from_slice(piece);
            Ok(())
        })
        .await?;
        Ok(whole)
    }

    /// The same, handed on in pieces of a few megabytes, so that it is nowhere as a whole.
    ///
    /// # Errors
    /// As [`Learner::export`], and those of `sink`, which then is not called again.
    pub async fn export_to(&self, sink: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let mut turn = self.store.take().await?;
        let (mut file, photos) = {
            let state = self.state.borrow();
            if self.backbone.get().is_none() && !state.is_empty() {
                let what = "the collection's own description; mend it or leave it out";
                return Err(StorageError::Damaged(what.to_owned()).into());
            }
            let photos: Vec<_> = state.album.iter().map(|(id, _)| id).collect();
            let file = transfer::Writer::new(self.backbone.get(), &state, sink)?;
            (file, photos)
        };
        // Nothing is taught meanwhile, so they are read many at a time.
        for some in photos.chunks(PICTURES_AT_ONCE) {
            let pictures = self.pictures(turn.store()?, some).await?;
            for (photo, picture) in some.iter().zip(pictures) {
                if let Some(picture) = picture {
                    file.thumbnail(*photo, &picture)?;
                }
            }
        }
        file.finish()
    }

    /// Reads a file that [`Learner::export`] made. It is checked whole before anything is touched,
    /// and joined in one transaction, which can be undone.
    ///
    /// # Errors
    /// `import/foreign`, `import/newer`, `import/damaged`, `import/other-backbone`; errors of the
    /// store. Nothing was changed then.
    pub async fn import(&self, bytes: &[u8], how: How) -> Result<ImportSummary> {
        let file = transfer::read(bytes)?;
        let backbone = file.backbone;
        let summary = self.act(|state| {
            self.same_network(backbone)?;
            let own = self.backbone.get();
            let plan = import::plan(state, file, how)?;
            // What is left of an unreadable description stays where it is.
            let binds = own.is_none() && state.is_empty() && plan.change.needs_a_network();
            let backbone = backbone.filter(|_| binds);
            let change = Change {
                backbone,
                ..plan.change
            };
            Ok(Plan { change, ..plan })
        });
        let summary = summary.await?;
        if self.backbone.get().is_none() && !self.state.borrow().is_empty() {
            self.backbone.set(backbone);
        }
        Ok(summary)
    }

    /// That what a file holds was seen by this collection's network.
    fn same_network(&self, of: Option<[u8; 32]>) -> Result<()> {
        // Also an empty collection keeps its network: it is the one that looks at photos here.
        match (self.backbone.get(), of) {
            (Some(own), Some(other)) if own != other => Err(ImportError::OtherBackbone.into()),
            _ => Ok(()),
        }
    }

    /// Takes over from a file that [`Learner::export`] made what is damaged here: only those records,
    /// under their own numbers, as one action that can be undone (which leaves them out). Numbers are
    /// believed only where the file is of this collection: where nothing that both have is different.
    ///
    /// # Errors
    /// As [`Learner::import`]; nothing was changed then.
    pub async fn mend(&self, bytes: &[u8]) -> Result<Mended> {
        let file = transfer::read(bytes)?;
        let mut turn = self.lock().await?;
        self.same_network(file.backbone)?;
        let Plan {
            words,
            change,
            mut answer,
        } = mend::plan(
            &mut self.state.borrow_mut(),
            &self.damaged.borrow(),
            self.backbone.get(),
            &file,
        )?;
        if answer.records > 0 {
            self.commit(turn.store()?, change, Remember::Done(words))
                .await?;
        }
        answer.left = self.damaged.borrow().len();
        Ok(answer)
    }

    /// Deletes what is left of damaged records, so that they are not told of again; returns how many.
    /// What else is there stays: a label that lessons have keeps them, under the name that says that its
    /// own was lost. There is no undo. Places where nothing is damaged are passed over.
    ///
    /// # Errors
    /// Errors of the store; then all is as it was.
    pub async fn leave_out(&self, places: &[(Table, u64)]) -> Result<usize> {
        let mut turn = self.lock().await?;
        let damaged = |place: &&(Table, u64)| {
            let known = self.damaged.borrow();
            known.iter().any(|found| found.place == Some(**place))
        };
        let places = distinct(places.iter().filter(damaged).copied());
        let writes = places.iter().flat_map(|place| {
            let (state, history) = (self.state.borrow(), self.history.borrow());
            mend::without(*place, &state, &history, self.backbone.get())
        });
        let writes: Vec<_> = writes.collect();
        let written: Vec<_> = writes.iter().filter_map(Write::place).collect();
        turn.store()?.commit(writes).await?;
        self.recent.replace(None);
        for &(_, key) in places.iter().filter(|place| place.0 == Table::Photos) {
            let mut state = self.state.borrow_mut();
            state.set_origin(PhotoId(key), None);
            state.set_accepted(PhotoId(key), None);
        }
        self.forget_damage(written.into_iter());
        Ok(places.len())
    }
}
