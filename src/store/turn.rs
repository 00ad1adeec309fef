//! Whoever changes what is stored takes turns.

use tokio::sync::{Mutex, MutexGuard};

use super::Store;
use crate::Result;
use crate::error::RequestError;

/// A store that is used by one action after the other, in the order of their first poll.
pub(crate) struct Turns<S>(Mutex<Option<S>>);

impl<S: Store> Turns<S> {
    pub fn new(store: S) -> Turns<S> {
        Turns(Mutex::new(Some(store)))
    }

    /// Waits for the actions before, then has the store to itself.
    ///
    /// # Errors
    /// `request/closed`.
    pub async fn take(&self) -> Result<Turn<'_, S>> {
        let mut turn = Turn(self.0.lock().await);
        turn.store()?;
        Ok(turn)
    }

    /// Waits for the actions under way, then lets go of the store.
    ///
    /// # Errors
    /// `request/closed` when it was closed already; errors of the store.
    pub async fn close(&self) -> Result<()> {
        let store = self.0.lock().await.take();
        store.ok_or(RequestError::Closed)?.close().await
    }
}

/// The exclusive use of an open store.
pub(crate) struct Turn<'a, S>(MutexGuard<'a, Option<S>>);

impl<S> Turn<'_, S> {
    pub fn store(&mut self) -> Result<&mut S> {
        self.0.as_mut().ok_or_else(|| RequestError::Closed.into())
    }
}
