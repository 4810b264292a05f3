//! Doubt: an execution was cut off while a call was under way, and nobody knows whether it was made.
//!
//! Most calls may just be made again: they only read, set what is set already, or carry a token by which their service
//! recognises them ([`Repeat`](crate::effect::Repeat)). About the others somebody has to decide.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::value::{Document, brief};

/// What becomes of a call of which nobody knows whether it was made, when its execution goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnUnknown {
    /// The execution does not go on; a [`Doubt`] says about what somebody has to decide.
    #[default]
    Ask,
    /// This.
    Do(Decision),
}

/// What becomes of such a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decision {
    /// It is made again; the record warns of it.
    Repeat,
    /// Its step fails, whatever attempts are left.
    Fail,
}

/// A call of which nobody knows whether it was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Doubt {
    /// The execution that has made it, or not: the one that was cut off, or a child of it.
    pub execution: Uuid,
    /// The step, with the iterations of the loops around it, after those in which its execution was started:
    /// `prepare/stop[2]`.
    pub step: String,
    /// What was called: `ec2.CreateImage`, or `aws:executeScript`.
    pub operation: String,
    /// With what, whole; in words, long texts are cut.
    pub inputs: Document,
    /// When it was about to be made.
    pub at: Timestamp,
}

impl fmt::Display for Doubt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            step,
            operation,
            inputs,
            at,
            ..
        } = self;
        write!(
            formatter,
            "nobody knows whether step {step} has called {operation}: the execution was cut off while it was about to, at \
             {at:.0}, with {}",
            brief(inputs)
        )
    }
}
