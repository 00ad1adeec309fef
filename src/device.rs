//! Where burn computes: on a graphics card, or on the CPU.

use std::sync::OnceLock;

use burn::tensor::Device;
use burn::tensor::wgpu::{WgpuSetup, wgpu};

use crate::error::{Error, Result};

/// What a device is, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The name that its driver gives, such as `NVIDIA GeForce RTX 3060`; empty where a browser keeps
    /// it to itself.
    pub name: String,
    /// A program that plays a graphics card on the CPU: a hundred times slower than our kernels.
    pub software: bool,
}

/// The CPU. Always there, and the reference that everything else is compared with.
pub fn cpu() -> Device {
    Device::flex()
}

/// The fastest graphics card, and its raw handles: they tell when it is lost. A process, or a worker,
/// opens its card once and keeps it, lost or not: only another worker gets another one.
///
/// # Errors
/// [`Error::Compute`] where there is none.
pub async fn card() -> Result<(Device, WgpuSetup)> {
    static OPENED: OnceLock<(Device, WgpuSetup)> = OnceLock::new();
    if let Some(opened) = OPENED.get() {
        return Ok(opened.clone());
    }
    let opened = Device::wgpu_options().init_with_setup_async().await;
    let opened = opened.map_err(|error| Error::Compute(error.to_string()))?;
    Ok(OPENED.get_or_init(|| opened).clone())
}

impl Card {
    /// What stands behind an opened device.
    pub fn of(setup: &WgpuSetup) -> Card {
        let info = setup.adapter.get_info();
        let known = [
            "swiftshader",
            "llvmpipe",
            "lavapipe",
            "software",
            "basic render",
        ];
        let name = info.name.to_lowercase();
        Card {
            software: info.device_type == wgpu::DeviceType::Cpu
                || known.iter().any(|software| name.contains(software)),
            name: info.name,
        }
    }
}
