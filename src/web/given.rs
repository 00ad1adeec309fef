//! What JavaScript gives to a `Learner`, checked; what it gives to others, too, is in `arguments`.

use std::sync::Arc;

use js_sys::{Array, Float64Array, Reflect, Uint8Array};
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use super::arguments::{self, Storage, invalid, number};
use super::error::describe;
use crate::Result;
use crate::error::PhotoError;
use crate::head::Feature;
use crate::labels::LabelId;
use crate::learner::{Changes, ContentKey, How, LessonId, NewPhoto, Origin, PhotoId};
use crate::store::Table;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** How a learner is opened. */
export interface OpenOptions {
  /** Which collection; each name has its own. Default: "photos". */
  name?: string;
  /** The network's weights file. Needed only for teaching and asking with photos as such; what an
   * `Eye` saw can be given without. */
  weights?: Uint8Array;
  /** Where it lasts. "memory" lasts as long as the page. Default: "indexeddb". */
  storage?: "indexeddb" | "memory";
  /** Write nothing, since another tab does: every action rejects with `storage/busy`. */
  readOnly?: boolean;
}

/** A photo of the album, looked at by another eye. */
export interface LookAgain extends Look {
  photo: number;
}

/** A photo for the album: what an `Eye` saw, a name, and where it came from. */
export interface NewPhoto extends Look {
  name: string;
  origin?: Origin | undefined;
}
"#;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct OpenOptions {
    pub name: String,
    pub weights: Option<Untouched>,
    pub storage: Storage,
    pub read_only: bool,
}

/// A value that stays JavaScript's.
#[derive(Deserialize)]
pub(super) struct Untouched(#[serde(with = "serde_wasm_bindgen::preserve")] JsValue);

impl Default for OpenOptions {
    fn default() -> OpenOptions {
        OpenOptions {
            name: "photos".to_owned(),
            weights: None,
            storage: Storage::default(),
            read_only: false,
        }
    }
}

impl OpenOptions {
    pub fn weights(&self) -> Result<Option<&Uint8Array>> {
        let wrong = || invalid("The weights are given as a Uint8Array.");
        let weights = self.weights.as_ref();
        let bytes = weights.map(|value| value.0.dyn_ref().ok_or_else(wrong));
        bytes.transpose()
    }
}

fn numbers(value: &JsValue, of: &str) -> Result<Vec<u64>> {
    let wrong = || invalid(format!("The {of} are given as an array of their numbers."));
    let array: &Array = value.dyn_ref().ok_or_else(wrong)?;
    let numbers = array.iter().map(|item| number(&item));
    numbers.collect::<Option<_>>().ok_or_else(wrong)
}

pub(super) fn photos(value: &JsValue) -> Result<Vec<PhotoId>> {
    Ok(numbers(value, "photos")?.into_iter().map(PhotoId).collect())
}

/// One lesson or many.
pub(super) fn lessons(value: &JsValue) -> Result<Vec<LessonId>> {
    let numbers = match number(value) {
        Some(one) => vec![one],
        None => numbers(value, "lessons")?,
    };
    Ok(numbers.into_iter().map(LessonId).collect())
}

pub(super) fn lesson(value: &JsValue) -> Result<LessonId> {
    let wrong = || invalid("A lesson is given by its number.");
    number(value).map(LessonId).ok_or_else(wrong)
}

pub(super) fn photo(value: &JsValue) -> Result<PhotoId> {
    let wrong = || invalid("A photo is given by its number.");
    number(value).map(PhotoId).ok_or_else(wrong)
}

pub(super) fn key(value: &JsValue) -> Result<ContentKey> {
    let bytes: Option<&Uint8Array> = value.dyn_ref();
    let key = bytes.and_then(|bytes| bytes.to_vec().try_into().ok());
    key.ok_or_else(|| invalid("A photo's content is named by 32 bytes."))
}

pub(super) fn how(value: &JsValue) -> Result<How> {
    match value.as_string().as_deref() {
        Some("replace") => Ok(How::Replace),
        Some("merge") => Ok(How::Merge),
        None if value.is_undefined() => Ok(How::Merge),
        _ => Err(invalid(
            "A file is imported by \"replace\" or by \"merge\".",
        )),
    }
}

/// Records, by table and key; those that are named by neither are passed over.
pub(super) fn places(value: &JsValue) -> Result<Vec<(Table, u64)>> {
    let wrong = || invalid("Damaged records are given as an array of problems.");
    let array: &Array = value.dyn_ref().ok_or_else(wrong)?;
    let place = |problem: JsValue| {
        let get = |field: &str| Reflect::get(&problem, &field.into()).unwrap_or_default();
        let name = get("table").as_string()?;
        let table = Table::ALL.into_iter().find(|table| table.name() == name)?;
        Some((table, number(&get("key"))?))
    };
    Ok(array.iter().filter_map(place).collect())
}

pub(super) fn changes(value: &JsValue) -> Result<Changes> {
    let get = |field: &str| Reflect::get(value, &field.into()).unwrap_or_default();
    let revision = |field: &str| u64::from_str_radix(&get(field).as_string()?, 16).ok();
    let changes = || {
        let (tables, keys) = (get("tables"), get("keys"));
        let tables: &Uint8Array = tables.dyn_ref()?;
        let keys: &Float64Array = keys.dyn_ref()?;
        let places = tables.to_vec().into_iter().zip(keys.to_vec());
        let place = |(table, key)| Some((Table::from_number(table)?, number(&JsValue::from(key))?));
        Some(Changes {
            before: revision("before")?,
            after: revision("after")?,
            places: places.map(place).collect::<Option<_>>()?,
        })
    };
    changes().ok_or_else(|| invalid("These are no changes that a learner told of."))
}

fn eye_id(value: &JsValue) -> Result<[u8; 32]> {
    let wrong = || invalid("An eye is named by the 32 bytes of its id.");
    let eye: &Uint8Array = value.dyn_ref().ok_or_else(wrong)?;
    eye.to_vec().try_into().map_err(|_| wrong())
}

/// The id of an eye, if one is given.
pub(super) fn eye(value: &JsValue) -> Result<Option<[u8; 32]>> {
    match value.is_undefined() {
        true => Ok(None),
        false => eye_id(value).map(Some),
    }
}

/// What to teach with or ask about.
pub(super) enum Subject {
    Photo(PhotoId),
    Photos(Vec<PhotoId>),
    Look(Seen),
    /// A photo as such, to be looked at.
    Source(JsValue),
}

impl Subject {
    pub fn parse(value: JsValue) -> Result<Subject> {
        if value.as_f64().is_some() {
            return photo(&value).map(Subject::Photo);
        }
        if Array::is_array(&value) {
            return photos(&value).map(Subject::Photos);
        }
        let feature = Reflect::get(&value, &"feature".into());
        if feature.is_ok_and(|feature| !feature.is_undefined()) {
            return Seen::parse(&value).map(Subject::Look);
        }
        Ok(Subject::Source(value))
    }
}

/// A `Look`, but for its thumbnail.
pub(super) struct Seen {
    pub feature: Arc<Feature>,
    pub key: ContentKey,
    /// Who looked.
    pub eye: [u8; 32],
}

impl Seen {
    fn parse(look: &JsValue) -> Result<Seen> {
        let bytes = |field: &str| -> Result<Vec<u8>> {
            let wrong = || invalid(format!("A look's {field} is a Uint8Array."));
            let value = Reflect::get(look, &field.into()).map_err(|_| wrong())?;
            let array: &Uint8Array = value.dyn_ref().ok_or_else(wrong)?;
            Ok(array.to_vec())
        };
        let hash = |field: &str| -> Result<[u8; 32]> {
            let wrong = |_| invalid(format!("A look's {field} has 32 bytes."));
            bytes(field)?.try_into().map_err(wrong)
        };
        Ok(Seen {
            feature: Arc::new(Feature::from_bytes(&bytes("feature")?)?),
            key: hash("key")?,
            eye: hash("eye")?,
        })
    }
}

/// Photos of the album that an eye has looked at again, and that eye.
pub(super) struct Again {
    pub seen: Vec<(PhotoId, Arc<Feature>)>,
    pub eye: [u8; 32],
}

impl Again {
    pub fn parse(eye: &JsValue, looks: &JsValue) -> Result<Again> {
        let eye = eye_id(eye)?;
        let wrong = || invalid("Looks are given as an array.");
        let looks: &Array = looks.dyn_ref().ok_or_else(wrong)?;
        let one = |look: JsValue| {
            let number = Reflect::get(&look, &"photo".into()).unwrap_or_default();
            let seen = Seen::parse(&look)?;
            match seen.eye == eye {
                true => Ok((photo(&number)?, seen.feature)),
                false => Err(invalid("These looks are not all of this eye.")),
            }
        };
        Ok(Again {
            seen: looks.iter().map(one).collect::<Result<_>>()?,
            eye,
        })
    }
}

/// A photo for the album whose thumbnail's bytes are still the browser's.
pub(super) struct Arriving {
    pub seen: Seen,
    name: String,
    width: u32,
    height: u32,
    thumbnail: JsValue,
    origin: Option<Origin>,
}

impl Arriving {
    pub fn parse_all(photos: &JsValue) -> Result<Vec<Arriving>> {
        let wrong = || invalid("Photos are added as an array.");
        let array: &Array = photos.dyn_ref().ok_or_else(wrong)?;
        array.iter().map(|photo| Arriving::parse(&photo)).collect()
    }

    fn parse(photo: &JsValue) -> Result<Arriving> {
        #[derive(Deserialize)]
        struct Fields {
            name: String,
            width: u32,
            height: u32,
            thumbnail: Untouched,
            origin: Option<GivenOrigin>,
        }
        let wrong = |error| invalid(format!("This photo cannot be added: {error}."));
        let fields: Fields = serde_wasm_bindgen::from_value(photo.clone()).map_err(wrong)?;
        Ok(Arriving {
            seen: Seen::parse(photo)?,
            name: fields.name,
            width: fields.width,
            height: fields.height,
            thumbnail: fields.thumbnail.0,
            origin: fields.origin.map(Origin::from),
        })
    }

    pub async fn ready(self) -> Result<NewPhoto> {
        Ok(NewPhoto {
            name: self.name,
            key: self.seen.key,
            feature: self.seen.feature,
            thumbnail: blob_bytes(&self.thumbnail).await?,
            width: self.width,
            height: self.height,
            origin: self.origin,
        })
    }
}

/// An origin as JavaScript gives it: its numbers are doubles.
#[derive(Deserialize)]
struct GivenOrigin {
    path: String,
    size: f64,
    modified: f64,
    #[serde(default)]
    taken: Option<f64>,
    #[serde(default)]
    companions: Vec<String>,
}

impl From<GivenOrigin> for Origin {
    fn from(given: GivenOrigin) -> Origin {
        // `as` keeps within the integers, and what is no number becomes 0.
        Origin {
            path: given.path,
            size: given.size as u64,
            modified: given.modified as i64,
            taken: given.taken.map(|taken| taken as i64),
            companions: given.companions,
        }
    }
}

/// Photos of the album and where they come from.
pub(super) fn origins(value: &JsValue) -> Result<Vec<(PhotoId, Origin)>> {
    let wrong = || invalid("Origins are given as an array.");
    let array: &Array = value.dyn_ref().ok_or_else(wrong)?;
    let one = |entry: JsValue| {
        let number = Reflect::get(&entry, &"photo".into()).unwrap_or_default();
        let wrong = |error| invalid(format!("This is no origin: {error}."));
        let given: GivenOrigin = serde_wasm_bindgen::from_value(entry).map_err(wrong)?;
        Ok((photo(&number)?, given.into()))
    };
    array.iter().map(one).collect()
}

/// Photos, and the label of all of them or one for each.
pub(super) fn labelled(photos: &JsValue, labels: &JsValue) -> Result<Vec<(PhotoId, LabelId)>> {
    let photos = self::photos(photos)?;
    let Some(labels) = labels.dyn_ref::<Array>() else {
        let label = arguments::label(labels)?;
        return Ok(photos.into_iter().map(|photo| (photo, label)).collect());
    };
    if labels.length() as usize != photos.len() {
        return Err(invalid("Each photo is given one label."));
    }
    let labels = labels.iter().map(|label| arguments::label(&label));
    let pairs = photos.into_iter().zip(labels);
    pairs.map(|(photo, label)| Ok((photo, label?))).collect()
}

async fn blob_bytes(value: &JsValue) -> Result<Vec<u8>> {
    let wrong = || invalid("A thumbnail is a Blob.");
    let blob: &Blob = value.dyn_ref().ok_or_else(wrong)?;
    let buffer = JsFuture::from(blob.array_buffer()).await;
    let buffer = buffer.map_err(|thrown| PhotoError::Unreadable(describe(&thrown)))?;
    Ok(Uint8Array::new(&buffer).to_vec())
}
