//! The network: the same answers as the one that was published, on every machine.

#[path = "../files/mod.rs"]
mod files;

mod backbone_golden;
#[cfg(feature = "burn")]
mod burn_backbone_golden;
#[cfg(feature = "burn")]
mod burn_same_answers;
mod kernels_other_sizes;
mod kernels_same_everywhere;
