//! The names a person gives. A label has a stable numeric id; id 0 is always "none of these".

/// Stable id of a label; never reused within a learner.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct LabelId(pub u32);

/// Label 0: "none of these".
pub const NOISE: LabelId = LabelId(0);
