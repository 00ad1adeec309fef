//! Everything that can go wrong, grouped by who must act.
//!
//! Every error is a sentence for that person ([`std::fmt::Display`]) and a stable code for programs
//! ([`Error::code`]): the code never changes meaning, the sentence may be reworded.

/// The result of every fallible operation of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, by who must act.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A photo cannot be used: the person chooses another one, or converts it.
    #[error(transparent)]
    Photo(#[from] PhotoError),
    /// A request makes no sense as it was asked: the caller asks differently.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The network's weights are missing or damaged: load them again.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The device could not keep or return what is stored: free space, close a tab, restore a backup.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A file offered for import was refused; nothing was changed.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The computing device failed: the same work can be tried again, or on another device.
    #[error("The computation failed ({0}). Nothing was lost; try again.")]
    Compute(String),
}

/// Why a photo cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PhotoError {
    /// No bytes at all.
    #[error("This file is empty.")]
    Empty,
    /// The bytes are not a picture in any known format.
    #[error("This is not a picture Keepsake can read (JPEG, PNG, WebP, GIF, BMP, TIFF or QOI).")]
    NotAnImage,
    /// Another kind of file that people know by name, with its article: "a PDF document".
    #[error("This is {0}, not a photo. Keepsake reads JPEG, PNG, WebP, GIF, BMP, TIFF and QOI.")]
    NotAPhoto(&'static str),
    /// HEIC/HEIF/AVIF or another known format that neither we nor this browser can decode.
    #[error("This {0} picture cannot be opened here. Save it as JPEG and add it again.")]
    Unsupported(&'static str),
    /// The file ends too early or its content is broken.
    #[error("This picture is damaged or cut off ({0}).")]
    Damaged(String),
    /// The device did not give the file's bytes.
    #[error("This file could not be read ({0}). It may have been moved or changed.")]
    Unreadable(String),
    /// Too few pixels to show anything.
    #[error("This picture is {width} × {height} pixels: too small to show anything.")]
    TooSmall {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// More bytes than the limit.
    #[error("This file has {megabytes} MB; the limit is {limit} MB.")]
    TooManyBytes {
        /// Size of the file in megabytes (10⁶ bytes), rounded up.
        megabytes: u64,
        /// The limit in megabytes.
        limit: u64,
    },
    /// More pixels than the limit, by its own header.
    #[error(
        "This picture is {width} × {height} pixels, too large to open safely (limit: {limit} megapixels)."
    )]
    TooManyPixels {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The limit in megapixels.
        limit: u64,
    },
}

impl PhotoError {
    /// Of a file that ends before its picture does.
    pub fn incomplete() -> Self {
        PhotoError::Damaged("a part of it is missing".into())
    }
}

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// A label's name is empty once trimmed.
    #[error("A label needs a name.")]
    EmptyLabel,
    /// A label's name is too long.
    #[error("A label's name can have at most {0} characters.")]
    LongLabel(usize),
    /// Another label has this name already.
    #[error("There is already a label called “{0}”.")]
    LabelExists(String),
    /// No label with this id or name.
    #[error("There is no label {0}; it may have been deleted.")]
    NoSuchLabel(String),
    /// Label 0, "none of these", can be neither renamed nor deleted.
    #[error("“None of these” is always there; it cannot be renamed or deleted.")]
    NoiseIsFixed,
    /// No lesson with this id.
    #[error("There is no lesson {0}; it may have been taken back.")]
    NoSuchLesson(u64),
    /// No photo with this id.
    #[error("There is no photo {0}; it may have been removed.")]
    NoSuchPhoto(u64),
    /// Nothing to undo or redo.
    #[error("There is nothing to {0}.")]
    NothingTo(&'static str),
    /// An argument has the wrong form.
    #[error("{0}")]
    Invalid(String),
    /// The learner was closed.
    #[error("This learner was closed; open it again.")]
    Closed,
}

impl RequestError {
    /// Of a collection in which every number was given.
    pub fn used_up() -> Self {
        RequestError::Invalid("This collection has used up its numbers.".to_owned())
    }
}

/// Why the weights cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// Not a weights file of ours, or of a version this build does not know.
    #[error("The network's file is not one this version can read ({0}). Reload the page.")]
    Format(String),
    /// The checksum does not match.
    #[error("The network's file arrived damaged. Reload the page to get it again.")]
    Damaged,
}

/// Why something could not be stored or read back.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// No space left.
    #[error(
        "This device has no room left for Keepsake. Nothing was lost; free some space and try again."
    )]
    Full,
    /// Another tab or process is writing.
    #[error("Another tab has this collection open for writing. Close it, or go on there.")]
    Busy,
    /// Storage is not available here (private window, blocked by settings).
    #[error(
        "This browser does not let Keepsake store anything here ({0}). What you teach will be gone when you close the page."
    )]
    Unavailable(String),
    /// Written by a newer version.
    #[error(
        "This collection was written by a newer version of Keepsake. Reload the page to update."
    )]
    Newer,
    /// What is stored here was made with another network: its features mean something else.
    #[error(
        "This collection was made with another network than this version's. Nothing was changed."
    )]
    OtherBackbone,
    /// What was stored was deleted while it was in use.
    #[error(
        "What was stored here was deleted, in another tab or by the browser. Export this collection if you want to keep it, then reload the page."
    )]
    Gone,
    /// A stored record cannot be read.
    #[error(
        "A stored record cannot be read ({0}). It was left where it is, and nothing else is affected."
    )]
    Damaged(String),
    /// The storage failed in some other way.
    #[error("Storage failed ({0}). The last change was not kept; everything before it is.")]
    Failed(String),
}

/// Why an import was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// Not a Keepsake export.
    #[error("This is not a Keepsake file. Nothing was changed.")]
    Foreign,
    /// Cut off or altered.
    #[error("This Keepsake file is damaged ({0}). Nothing was changed.")]
    Damaged(String),
    /// Written by a newer version.
    #[error(
        "This file was written by a newer version of Keepsake. Reload the page to update; nothing was changed."
    )]
    Newer,
    /// Of the other kind of learner.
    #[error(
        "This Keepsake file is of the other kind: photos and what is learned from nothing are kept apart. Open it there; nothing was changed."
    )]
    OtherLearner,
    /// Made with another backbone or preprocessing: its features mean something else.
    #[error(
        "This file was made with another network and cannot be joined with this one. Nothing was changed."
    )]
    OtherBackbone,
}

impl Error {
    /// A stable identifier for programs, such as `photo/empty` or `storage/full`.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Photo(e) => match e {
                PhotoError::Empty => "photo/empty",
                PhotoError::NotAnImage | PhotoError::NotAPhoto(_) => "photo/not-an-image",
                PhotoError::Unsupported(_) => "photo/unsupported",
                PhotoError::Damaged(_) => "photo/damaged",
                PhotoError::Unreadable(_) => "photo/unreadable",
                PhotoError::TooSmall { .. } => "photo/too-small",
                PhotoError::TooManyBytes { .. } => "photo/too-many-bytes",
                PhotoError::TooManyPixels { .. } => "photo/too-many-pixels",
            },
            Error::Request(e) => match e {
                RequestError::EmptyLabel => "request/empty-label",
                RequestError::LongLabel(_) => "request/long-label",
                RequestError::LabelExists(_) => "request/label-exists",
                RequestError::NoSuchLabel(_) => "request/no-such-label",
                RequestError::NoiseIsFixed => "request/noise-is-fixed",
                RequestError::NoSuchLesson(_) => "request/no-such-lesson",
                RequestError::NoSuchPhoto(_) => "request/no-such-photo",
                RequestError::NothingTo(_) => "request/nothing-to-do",
                RequestError::Invalid(_) => "request/invalid",
                RequestError::Closed => "request/closed",
            },
            Error::Weights(e) => match e {
                WeightsError::Format(_) => "weights/format",
                WeightsError::Damaged => "weights/damaged",
            },
            Error::Storage(e) => match e {
                StorageError::Full => "storage/full",
                StorageError::Busy => "storage/busy",
                StorageError::Unavailable(_) => "storage/unavailable",
                StorageError::Newer => "storage/newer",
                StorageError::OtherBackbone => "storage/other-backbone",
                StorageError::Gone => "storage/gone",
                StorageError::Damaged(_) => "storage/damaged",
                StorageError::Failed(_) => "storage/failed",
            },
            Error::Import(e) => match e {
                ImportError::Foreign => "import/foreign",
                ImportError::Damaged(_) => "import/damaged",
                ImportError::Newer => "import/newer",
                ImportError::OtherLearner => "import/other-learner",
                ImportError::OtherBackbone => "import/other-backbone",
            },
            Error::Compute(_) => "compute/failed",
        }
    }
}
