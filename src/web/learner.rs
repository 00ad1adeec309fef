//! `Learner`: the class that JavaScript opens, teaches and asks.
//!
//! Actions return promises and may be called without waiting for each other: they take turns. Every
//! promise holds what it needs by itself, so that `close` and `free` are safe at any time. Nothing
//! here holds a borrow over an await.

use std::rc::Rc;

use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::prelude::*;

use super::arguments;
use super::collection::Collection;
use super::error::{Thrown, promise};
use super::given::{self, Again, Arriving, OpenOptions, Subject};
use super::lock::Lock;
use super::photo::{blob, blob_of, picture_blob};
use super::values;
use crate::Result;
use crate::error::RequestError;
use crate::learner::{self, PhotoId};
use crate::store::AnyStore;
use crate::store::indexed_db::names;

/// Labels, lessons and photos of one collection, kept on this device. Learns from each lesson at
/// once, and exactly: what is taken back leaves no trace.
#[wasm_bindgen]
pub struct Learner {
    collection: Rc<Collection>,
}

#[wasm_bindgen]
impl Learner {
    /// Opens a collection, or makes an empty one, and becomes the only one that writes to it: whoever
    /// had it open for writing ends the action under way, and is answered `storage/busy` from then on.
    /// Rejects with `storage/unavailable` where nothing can be stored (then `storage: "memory"` still
    /// works), `storage/…`, `weights/…`.
    #[wasm_bindgen(unchecked_return_type = "Promise<Learner>")]
    pub fn open(
        #[wasm_bindgen(unchecked_optional_param_type = "OpenOptions")] options: JsValue,
    ) -> Promise {
        let options = arguments::options::<OpenOptions>(options);
        promise(async move {
            let collection = Collection::open(options?).await?;
            Ok(Learner { collection }.into())
        })
    }

    /// Every collection that this browser keeps, by name, with how much is in it. Nothing is opened for
    /// writing, and nobody is disturbed. A browser that does not tell which databases it has (Firefox before
    /// 126) knows those that were opened since this version. Rejects with `storage/unavailable`,
    /// `storage/failed`.
    #[wasm_bindgen(unchecked_return_type = "Promise<KeptLearner[]>")]
    pub fn list() -> Promise {
        promise(async { Ok(values::kept(&names::kept().await?)?) })
    }

    /// Deletes a collection with all that is in it, undo too; nothing happens where there is none of that name.
    /// Rejects with `storage/busy` while it is open for writing, here or elsewhere. Who only looks at it is
    /// answered `storage/gone` from then on.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn delete(#[wasm_bindgen(unchecked_param_type = "string")] name: JsValue) -> Promise {
        let name = arguments::name(&name);
        promise(async move {
            let name = name?;
            // Held until it is done, so that nobody begins to write meanwhile.
            let _lock = Lock::take_if_free(&name).await?;
            names::delete(&name).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Adds photos to the album, all or none; resolves to their numbers, in order. A photo that is
    /// there already (the same content) keeps its number. An import in portions says `continued` from
    /// its second portion on: then one undo takes back all of them.
    #[wasm_bindgen(js_name = addPhotos, unchecked_return_type = "Promise<number[]>")]
    pub fn add_photos(
        &self,
        #[wasm_bindgen(unchecked_param_type = "NewPhoto[]")] photos: JsValue,
        continued: Option<bool>,
    ) -> Promise {
        let photos = Arriving::parse_all(&photos);
        self.promise(async move |it| {
            let mut ready = Vec::new();
            for photo in photos? {
                it.learner.bind(photo.seen.eye).await?;
                ready.push(photo.ready().await?);
            }
            let ids = match continued {
                Some(true) => it.learner.add_more_photos(ready).await?,
                _ => it.learner.add_photos(ready).await?,
            };
            let ids = ids.iter().map(|id| JsValue::from(id.0 as f64));
            Ok(ids.collect::<Array>().into())
        })
    }

    /// The photo of the album with this content, by the key of an `Identity`, or of a look.
    #[wasm_bindgen(unchecked_return_type = "number | undefined")]
    pub fn find(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] key: JsValue,
    ) -> Result<JsValue, Thrown> {
        let photo = self.learner()?.find_photo(&given::key(&key)?);
        Ok(photo.map_or(JsValue::UNDEFINED, |id| JsValue::from(id.0 as f64)))
    }

    /// Every photo of the album, in the order in which they were added.
    #[wasm_bindgen(unchecked_return_type = "Photo[]")]
    pub fn photos(&self) -> Result<JsValue, Thrown> {
        Ok(values::photos(&self.learner()?.photos())?)
    }

    /// One photo of the album.
    #[wasm_bindgen(unchecked_return_type = "Photo")]
    pub fn photo(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number")] photo: JsValue,
    ) -> Result<JsValue, Thrown> {
        Ok(values::photo(
            &self.learner()?.photo(given::photo(&photo)?)?,
        )?)
    }

    /// The small picture of a photo; undefined where none is stored.
    #[wasm_bindgen(unchecked_return_type = "Promise<Blob | undefined>")]
    pub fn thumbnail(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number")] photo: JsValue,
    ) -> Promise {
        let photo = given::photo(&photo);
        self.promise(async move |it| match it.learner.thumbnail(photo?).await? {
            Some(bytes) => picture_blob(&bytes),
            None => Ok(JsValue::UNDEFINED),
        })
    }

    /// Removes photos from the album, with the lessons taught with them.
    #[wasm_bindgen(js_name = removePhotos, unchecked_return_type = "Promise<void>")]
    pub fn remove_photos(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number[]")] photos: JsValue,
    ) -> Promise {
        let photos = given::photos(&photos);
        self.promise(async move |it| {
            it.learner.remove_photos(&photos?).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Says which files photos of the album come from, in place of what is known of that; resolves to
    /// how many were news. Not a step of undo.
    #[wasm_bindgen(js_name = setOrigins, unchecked_return_type = "Promise<number>")]
    pub fn set_origins(
        &self,
        #[wasm_bindgen(unchecked_param_type = "(Origin & { photo: number })[]")] origins: JsValue,
    ) -> Promise {
        let origins = given::origins(&origins);
        self.promise(async move |it| {
            let news = it.learner.set_origins(origins?).await?;
            Ok(JsValue::from(news as f64))
        })
    }

    /// Accepts photos as a label, or each as its own: "this is right, I have seen it". They keep it
    /// whatever is taught later, and help to know the rest, but are no lessons. Resolves to how many were
    /// not done already. A taught photo stays taught; teaching an accepted one, or deleting its label, ends
    /// it.
    #[wasm_bindgen(unchecked_return_type = "Promise<number>")]
    pub fn accept(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number[]")] photos: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number | number[]")] labels: JsValue,
    ) -> Promise {
        let photos = given::labelled(&photos, &labels);
        self.promise(async move |it| {
            let accepted = it.learner.accept(&photos?).await?;
            Ok(JsValue::from(accepted as f64))
        })
    }

    /// Photos are no longer accepted; resolves to how many were.
    #[wasm_bindgen(unchecked_return_type = "Promise<number>")]
    pub fn unaccept(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number[]")] photos: JsValue,
    ) -> Promise {
        let photos = given::photos(&photos);
        self.promise(async move |it| {
            let taken_back = it.learner.unaccept(&photos?).await?;
            Ok(JsValue::from(taken_back as f64))
        })
    }

    /// Teaches a photo of the album by its number, several at once (resolves to the first lesson), or
    /// anything else that is a photo or was looked at by an `Eye`. A label is a number, or a name that
    /// is found or made. What was taught already, the same file by its content, is corrected.
    #[wasm_bindgen(unchecked_return_type = "Promise<Lesson>")]
    pub fn teach(
        &self,
        #[wasm_bindgen(unchecked_param_type = "PhotoSource | Look | number | number[]")]
        photo: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number | string")] label: JsValue,
    ) -> Promise {
        let (subject, label) = (Subject::parse(photo), arguments::label_choice(&label));
        self.promise(async move |it| it.teach(subject?, label?).await)
    }

    /// Teaches photos of the album, and accepts those that are `alike` as the same label with it, as one
    /// action; resolves to the first lesson. For bursts: one photo of a scene says what all of it would.
    #[wasm_bindgen(js_name = teachAlike, unchecked_return_type = "Promise<Lesson>")]
    pub fn teach_alike(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number[]")] photos: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number[]")] alike: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number | string")] label: JsValue,
    ) -> Promise {
        let (photos, alike) = (given::photos(&photos), given::photos(&alike));
        let label = arguments::label_choice(&label);
        self.promise(async move |it| it.teach_alike(&photos?, &alike?, label?).await)
    }

    /// Takes back everything that was said of photos, as one action: their lessons, and that they were
    /// accepted.
    #[wasm_bindgen(js_name = takeBack, unchecked_return_type = "Promise<void>")]
    pub fn take_back(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number[]")] photos: JsValue,
    ) -> Promise {
        let photos = given::photos(&photos);
        self.promise(async move |it| {
            it.learner.take_back(&photos?).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Everything that was taught, by number.
    #[wasm_bindgen(unchecked_return_type = "Lesson[]")]
    pub fn lessons(&self) -> Result<JsValue, Thrown> {
        Ok(values::lessons(&self.learner()?.lessons())?)
    }

    /// Moves a lesson to another label.
    #[wasm_bindgen(unchecked_return_type = "Promise<Lesson>")]
    pub fn correct(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number")] lesson: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number | string")] label: JsValue,
    ) -> Promise {
        let (lesson, label) = (given::lesson(&lesson), arguments::label_choice(&label));
        self.promise(async move |it| {
            let lesson = lesson?;
            it.learner.correct(lesson, label?).await?;
            values::lesson(&it.learner.lesson(lesson)?)
        })
    }

    /// Takes lessons back: every answer is then as if they had never been.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn unteach(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number | number[]")] lessons: JsValue,
    ) -> Promise {
        let lessons = given::lessons(&lessons);
        self.promise(async move |it| {
            it.learner.unteach(&lessons?).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// What a photo is, by all that was taught.
    #[wasm_bindgen(unchecked_return_type = "Promise<Prediction>")]
    pub fn predict(
        &self,
        #[wasm_bindgen(unchecked_param_type = "PhotoSource | Look | number")] photo: JsValue,
    ) -> Promise {
        let subject = Subject::parse(photo);
        self.promise(async move |it| it.predict(subject?).await)
    }

    /// What every photo of the album is. Computed once after each change. With `after`, only of photos with
    /// higher numbers: adding some changes nothing about those that were there.
    #[wasm_bindgen(js_name = predictAll, unchecked_return_type = "AlbumPredictions")]
    pub fn predict_all(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "number")] after: JsValue,
    ) -> Result<JsValue, Thrown> {
        let learner = self.learner()?;
        Ok(values::album(&match after.is_undefined() {
            true => learner.predict_all(),
            false => learner.predict_after(given::photo(&after)?),
        })?)
    }

    /// How often a photo came, went, or came to lie elsewhere since this was opened: while it is the same,
    /// so are the photos and their files (what they are taught or accepted as is another matter).
    #[wasm_bindgen(js_name = albumChanges)]
    pub fn album_changes(&self) -> Result<f64, Thrown> {
        Ok(self.learner()?.album_changes() as f64)
    }

    /// Names the collection as it is here and stored: another one after each change, whoever made it, and the
    /// same when it is opened again. Undefined where nothing is stored, or it is not known since a write failed.
    #[wasm_bindgen(unchecked_return_type = "Promise<string | undefined>")]
    pub fn revision(&self) -> Promise {
        self.promise(async |it| Ok(values::revision(it.learner.revision().await?)))
    }

    /// What was changed here since this was asked last, for who has the collection open only to read and is to
    /// `follow`; undefined the first time, and where it is too much to be listed: then that one opens it anew.
    #[wasm_bindgen(unchecked_return_type = "Promise<Changes | undefined>")]
    pub fn changes(&self) -> Promise {
        self.promise(async |it| Ok(values::changes(it.learner.changes().await?)))
    }

    /// Reads what another changed who has the collection open for writing: one `Changes` after the other, or
    /// several as one. Resolves to false, with nothing done, where they do not lead from what is here to what
    /// is stored.
    #[wasm_bindgen(unchecked_return_type = "Promise<boolean>")]
    pub fn follow(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Changes")] changes: JsValue,
    ) -> Promise {
        let changes = given::changes(&changes);
        self.promise(async move |it| Ok(it.learner.follow(changes?).await?.into()))
    }

    /// Photos of one scene, such as five taken within a second: each burst has at least two, in the
    /// order in which they were taken, and no photo is in two.
    #[wasm_bindgen(unchecked_return_type = "number[][]")]
    pub fn bursts(&self) -> Result<JsValue, Thrown> {
        let bursts = self.learner()?.bursts();
        let numbers = |burst: &Vec<PhotoId>| -> Array {
            burst.iter().map(|id| JsValue::from(id.0 as f64)).collect()
        };
        Ok(bursts.iter().map(numbers).collect::<Array>().into())
    }

    /// Why a photo of the album stands under its label (as taught or accepted, else the likeliest): the
    /// lessons like it that speak most for that, three unless `most` says otherwise. Undefined while fewer than
    /// two labels have lessons.
    #[wasm_bindgen(unchecked_return_type = "Why | undefined")]
    pub fn why(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number")] photo: JsValue,
        most: Option<u32>,
    ) -> Result<JsValue, Thrown> {
        let photo = given::photo(&photo)?;
        let why = self.learner()?.why(photo, most.unwrap_or(3) as usize)?;
        why.map_or(Ok(JsValue::UNDEFINED), |why| Ok(values::why(&why)?))
    }

    /// Every label, "none of these" first, then by number.
    #[wasm_bindgen(unchecked_return_type = "Label[]")]
    pub fn labels(&self) -> Result<JsValue, Thrown> {
        Ok(values::labels(&self.learner()?.labels())?)
    }

    /// Makes a label. Rejects with `request/label-exists` and the like.
    #[wasm_bindgen(js_name = addLabel, unchecked_return_type = "Promise<Label>")]
    pub fn add_label(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] name: JsValue,
    ) -> Promise {
        let name = arguments::name(&name);
        self.promise(async move |it| {
            let id = it.learner.add_label(&name?).await?;
            it.label(id)
        })
    }

    /// Gives a label another name.
    #[wasm_bindgen(unchecked_return_type = "Promise<Label>")]
    pub fn rename(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number")] label: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string")] name: JsValue,
    ) -> Promise {
        let (label, name) = (arguments::label(&label), arguments::name(&name));
        self.promise(async move |it| {
            let label = label?;
            it.learner.rename_label(label, &name?).await?;
            it.label(label)
        })
    }

    /// Deletes a label and takes its lessons back.
    #[wasm_bindgen(js_name = removeLabel, unchecked_return_type = "Promise<void>")]
    pub fn remove_label(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number")] label: JsValue,
    ) -> Promise {
        let label = arguments::label(&label);
        self.promise(async move |it| {
            it.learner.remove_label(label?).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Moves every lesson of one label to another and deletes the first.
    #[wasm_bindgen(js_name = mergeLabels, unchecked_return_type = "Promise<void>")]
    pub fn merge_labels(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number")] from: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] into: JsValue,
    ) -> Promise {
        let (from, into) = (arguments::label(&from), arguments::label(&into));
        self.promise(async move |it| {
            it.learner.merge_labels(from?, into?).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Takes back the last action, of before a reload, too (the last fifty are kept); resolves to its
    /// name.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn undo(&self) -> Promise {
        self.promise(async move |it| Ok(it.learner.undo().await?.into()))
    }

    /// Does the last undone action since opening again; resolves to its name.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn redo(&self) -> Promise {
        self.promise(async move |it| Ok(it.learner.redo().await?.into()))
    }

    /// What undo and redo would do.
    #[wasm_bindgen(unchecked_return_type = "History")]
    pub fn history(&self) -> Result<JsValue, Thrown> {
        Ok(values::history(&self.learner()?.history())?)
    }

    /// How often the learner would be right about each lesson, had it not been taught that one.
    #[wasm_bindgen(unchecked_return_type = "Report")]
    pub fn report(&self) -> Result<JsValue, Thrown> {
        let learner = self.learner()?;
        Ok(values::report(&learner.report(), &learner.labels())?)
    }

    /// Everything as one file: labels, lessons, and of the photos their names, features and
    /// thumbnails.
    #[wasm_bindgen(unchecked_return_type = "Promise<Uint8Array>")]
    pub fn export(&self) -> Promise {
        self.promise(async move |it| {
            let file = it.learner.export().await?;
            Ok(Uint8Array::from(&file[..]).into())
        })
    }

    /// The same file as a blob, handed to the browser piece by piece: nobody holds the whole of it in memory
    /// for that, however many photos there are.
    #[wasm_bindgen(js_name = exportBlob, unchecked_return_type = "Promise<Blob>")]
    pub fn export_blob(&self) -> Promise {
        self.promise(async move |it| {
            let pieces = Array::new();
            it.learner
                .export_to(|piece| {
                    pieces.push(&blob_of(piece, "")?);
                    Ok(())
                })
                .await?;
            blob(&pieces, "application/x-keepsake")
        })
    }

    /// Reads a file that `export` made: in place of everything, or besides what is there (default).
    /// Rejects with `import/…` when the file cannot be used; nothing was changed then.
    #[wasm_bindgen(unchecked_return_type = "Promise<ImportSummary>")]
    pub fn import(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] file: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "\"replace\" | \"merge\"")] how: JsValue,
    ) -> Promise {
        let (file, how) = (arguments::bytes(&file), given::how(&how));
        self.promise(async move |it| {
            values::import_summary(&it.learner.import(&file?, how?).await?)
        })
    }

    /// Which eye saw what is here, as `Eye.id` says it; undefined while nothing is.
    #[wasm_bindgen(unchecked_return_type = "Uint8Array | undefined")]
    pub fn eye(&self) -> Result<JsValue, Thrown> {
        let id = self.learner()?.backbone();
        Ok(id.map_or(JsValue::UNDEFINED, |id| Uint8Array::from(&id[..]).into()))
    }

    /// Goes over to another eye, as one action that can be undone: where an `Eye` with other weights is
    /// refused with `storage/other-backbone`, look with it at every `thumbnail`, and give what it saw.
    /// Lessons go along with their photos; photos that are not among these, and lessons without a photo,
    /// do not.
    #[wasm_bindgen(unchecked_return_type = "Promise<Renewal>")]
    pub fn renew(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] eye: JsValue,
        #[wasm_bindgen(unchecked_param_type = "LookAgain[]")] looks: JsValue,
    ) -> Promise {
        let again = Again::parse(&eye, &looks);
        self.promise(async move |it| {
            let Again { seen, eye } = again?;
            values::renewal(&it.learner.renew(eye, seen).await?)
        })
    }

    /// What cannot be read: as it was found at opening and since (small pictures are read when they are
    /// asked for), without what was mended, written anew or left out.
    #[wasm_bindgen(unchecked_return_type = "Problem[]")]
    pub fn problems(&self) -> Result<JsValue, Thrown> {
        Ok(values::problems(&self.learner()?.problems())?)
    }

    /// Takes over from a file that `export` made what is damaged here: only those records, under their own
    /// numbers, as one action that can be undone (which leaves them out). Numbers are believed only where
    /// the file is of this collection. Rejects with `import/…` when the file cannot be used; nothing was
    /// changed then.
    #[wasm_bindgen(unchecked_return_type = "Promise<Mended>")]
    pub fn mend(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] file: JsValue,
    ) -> Promise {
        let file = arguments::bytes(&file);
        self.promise(async move |it| values::mended(&it.learner.mend(&file?).await?))
    }

    /// Deletes what is left of damaged records, so that they are not told of again; resolves to how many.
    /// There is no undo. What is not damaged is passed over. Where the description is among them, `eye`
    /// (its `id`) is noted as the one that saw what is here.
    #[wasm_bindgen(js_name = leaveOut, unchecked_return_type = "Promise<number>")]
    pub fn leave_out(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Pick<Problem, \"table\" | \"key\">[]")]
        problems: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Uint8Array")] eye: JsValue,
    ) -> Promise {
        let (places, eye) = (given::places(&problems), given::eye(&eye));
        self.promise(async move |it| {
            if let Some(eye) = eye? {
                it.learner.bind(eye).await?;
            }
            let n = it.learner.leave_out(&places?).await?;
            Ok(JsValue::from(n as f64))
        })
    }

    /// Waits for the actions under way, then lets go of the storage. Whatever is called afterwards
    /// throws or rejects with `request/closed`.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn close(&self) -> Promise {
        let promise = self.promise(async |it| {
            it.close().await?;
            Ok(JsValue::UNDEFINED)
        });
        self.collection.closed.set(true);
        promise
    }

    /// A promise of what `work` answers; rejected at once when the learner was closed before.
    fn promise(&self, work: impl AsyncFnOnce(&Collection) -> Result<JsValue> + 'static) -> Promise {
        let collection = self.learner().map(|_| Rc::clone(&self.collection));
        promise(async move {
            let collection = collection?;
            Ok(work(&collection).await?)
        })
    }

    fn learner(&self) -> Result<&learner::Learner<AnyStore>> {
        match self.collection.closed.get() {
            true => Err(RequestError::Closed.into()),
            false => Ok(&self.collection.learner),
        }
    }
}
