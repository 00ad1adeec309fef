//! `Glance`: what a page shows of a collection while it is still being opened.

use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::error::promise;
use super::photo::picture_blob;
use super::{arguments, given, values};
use crate::store::Table;
use crate::store::indexed_db::glance::Glance as Look;

/// A look into a collection that is not opened: that takes seconds where there are thousands of photos.
/// Nothing is made, nothing written, and nobody disturbed. `free` lets go of it.
#[wasm_bindgen]
pub struct Glance {
    look: Rc<Look>,
}

#[wasm_bindgen]
impl Glance {
    /// Undefined where there is no collection of that name. Rejects with `storage/unavailable`, `storage/failed`.
    #[wasm_bindgen(unchecked_return_type = "Promise<Glance | undefined>")]
    pub fn of(#[wasm_bindgen(unchecked_param_type = "string")] name: JsValue) -> Promise {
        let name = arguments::name(&name);
        promise(async move {
            let look = Look::of(&name?).await?.map(Rc::new);
            Ok(look.map_or(JsValue::UNDEFINED, |look| Glance { look }.into()))
        })
    }

    /// Names the collection as it is: another one after each change, and the same when it is opened again.
    /// Undefined where an earlier version wrote last.
    #[wasm_bindgen(unchecked_return_type = "Promise<string | undefined>")]
    pub fn revision(&self) -> Promise {
        let look = Rc::clone(&self.look);
        promise(async move { Ok(values::revision(look.revision().await?)) })
    }

    /// As `Learner.thumbnail`.
    #[wasm_bindgen(unchecked_return_type = "Promise<Blob | undefined>")]
    pub fn thumbnail(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number")] photo: JsValue,
    ) -> Promise {
        let (look, photo) = (Rc::clone(&self.look), given::photo(&photo));
        promise(async move {
            match look.read(Table::Thumbnails, photo?.0).await? {
                Some(bytes) => Ok(picture_blob(&bytes)?),
                None => Ok(JsValue::UNDEFINED),
            }
        })
    }
}
