//! Durations and instants in ISO 8601, as `aws:sleep` takes them (spec 5.21).

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo, Timestamp};
use thiserror::Error;

/// The longest sleep there is: one second less than a week (spec 5.21).
pub const LONGEST_SLEEP: Duration = Duration::from_secs(604_799);

/// A duration or an instant that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TimeError {
    /// The text is not an ISO 8601 duration.
    #[error("`{0}` is not an ISO 8601 duration such as `PT10M` or `P1DT2H`")]
    NotADuration(String),
    /// The duration lies before now.
    #[error("`{0}` is negative")]
    Negative(String),
    /// The duration has years or months, which have no fixed length.
    #[error(
        "`{0}` counts years or months, whose length varies; use days, hours, minutes or seconds"
    )]
    Calendar(String),
    /// The duration is over the limit.
    #[error("`{0}` is longer than the longest sleep, 604799 seconds (a week)")]
    TooLong(String),
    /// The text is not an ISO 8601 instant.
    #[error("`{0}` is not an ISO 8601 instant such as `2030-01-31T08:00:00Z`")]
    NotAnInstant(String),
}

/// The length of an ISO 8601 duration that somebody may sleep for.
pub fn parse_duration(text: &str) -> Result<Duration, TimeError> {
    let length = parse_length(text)?;
    if length > LONGEST_SLEEP {
        return Err(TimeError::TooLong(text.to_owned()));
    }
    Ok(length)
}

/// The length of an ISO 8601 duration; a day is 24 hours.
pub fn parse_length(text: &str) -> Result<Duration, TimeError> {
    let trimmed = text.trim();
    let span = parse_span(trimmed).ok_or_else(|| TimeError::NotADuration(text.to_owned()))?;
    if span.is_negative() {
        return Err(TimeError::Negative(text.to_owned()));
    }
    if span.get_years() != 0 || span.get_months() != 0 {
        return Err(TimeError::Calendar(text.to_owned()));
    }
    span.to_duration(SpanRelativeTo::days_are_24_hours())
        .ok()
        .and_then(|length| Duration::try_from(length).ok())
        .ok_or_else(|| TimeError::TooLong(text.to_owned()))
}

/// The span of a text in ISO 8601; the parser alone would take friendly forms (`10m`) too.
fn parse_span(text: &str) -> Option<Span> {
    let unsigned = text.trim_start_matches(['+', '-']);
    unsigned
        .starts_with(['P', 'p'])
        .then(|| text.parse().ok())
        .flatten()
}

/// The point in time of an ISO 8601 instant; without a zone it is UTC.
pub fn parse_instant(text: &str) -> Result<Timestamp, TimeError> {
    let trimmed = text.trim();
    trimmed
        .parse::<Timestamp>()
        .ok()
        .or_else(|| utc(trimmed.parse().ok()?))
        .ok_or_else(|| TimeError::NotAnInstant(text.to_owned()))
}

fn utc(local: DateTime) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(local).ok()
}
