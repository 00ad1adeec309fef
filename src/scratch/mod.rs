//! The scratch learner: a small network trained from nothing, on the pictures a person draws or drops.
