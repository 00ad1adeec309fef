//! What a lesson is a lesson of: a number that stands for a label, whatever its name.

/// Stable id of a label; never given to another label while the learner is open.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct LabelId(pub u32);

/// Label 0: "none of these". Always there, never stored, neither renamed nor deleted.
pub const NOISE: LabelId = LabelId(0);
