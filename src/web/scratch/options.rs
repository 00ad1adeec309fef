//! How a scratch learner is opened, and what it computes on.

use serde::Deserialize;

use super::super::arguments::{Storage, invalid};
use crate::scratch::{Preset, Settings};
use crate::{Result, device};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Options {
    pub name: String,
    preset: Preset,
    rehearsal: Option<bool>,
    max_iter: Option<u32>,
    seed: Option<u32>,
    pub storage: Storage,
    pub device: Where,
}

#[derive(Deserialize, Default, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Where {
    Auto,
    WebGpu,
    #[default]
    Cpu,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            name: "drawings".to_owned(),
            preset: Preset::default(),
            rehearsal: None,
            max_iter: None,
            seed: None,
            storage: Storage::default(),
            device: Where::default(),
        }
    }
}

impl Options {
    pub fn settings(&self) -> Result<Settings> {
        let usual = Settings::default();
        if self.max_iter == Some(0) {
            return Err(invalid("Training takes one step or more."));
        }
        Ok(Settings {
            preset: self.preset,
            rehearsal: self.rehearsal.unwrap_or(usual.rehearsal),
            max_iter: self.max_iter.map_or(usual.max_iter, |steps| steps as usize),
            seed: self.seed.map_or(usual.seed, u64::from),
            ..usual
        })
    }
}

impl Where {
    /// The device, and the name of the card where it is one.
    pub async fn open(self) -> Result<(burn::tensor::Device, Option<String>)> {
        if self == Where::Cpu {
            return Ok((device::cpu(), None));
        }
        let opened = device::card().await;
        let opened = opened.map(|(device, setup)| (device, device::Card::of(&setup)));
        match (self, opened) {
            (Where::Auto, Err(_)) => Ok((device::cpu(), None)),
            (Where::Auto, Ok((_, card))) if card.software => Ok((device::cpu(), None)),
            (_, opened) => opened.map(|(device, card)| (device, Some(card.name))),
        }
    }
}
