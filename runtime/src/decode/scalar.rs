//! Scalars as Boto3 gives them, from JSON or from the text of a header or an element.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;

use crate::value::Document;

/// An integral number; a fraction is cut off, text is read.
pub(super) fn integer(value: &Document) -> Option<Document> {
    match value {
        Document::Number(number) if number.is_f64() => whole(number.as_f64()?),
        Document::Number(_) => Some(value.clone()),
        Document::Bool(flag) => Some(Document::from(i64::from(*flag))),
        Document::String(text) => {
            let text = text.trim();
            let signed = text.parse::<i64>().map(Document::from);
            signed
                .or_else(|_| text.parse::<u64>().map(Document::from))
                .ok()
        }
        _ => None,
    }
}

fn whole(float: f64) -> Option<Document> {
    let text = format!("{:.0}", float.trunc());
    text.parse::<i64>().ok().map(Document::from)
}

/// A floating-point number, or the name of one that JSON cannot write.
pub(super) fn float(value: &Document) -> Option<Document> {
    let float = match value {
        Document::String(text) => text.trim().parse().ok()?,
        other => other.as_f64()?,
    };
    Some(number(float))
}

/// A floating-point number as a document.
pub(super) fn number(float: f64) -> Document {
    match float {
        f64::INFINITY => Document::from("Infinity"),
        f64::NEG_INFINITY => Document::from("-Infinity"),
        float if float.is_nan() => Document::from("NaN"),
        float => Document::from(float),
    }
}

/// A Boolean; of other values only the text `true` is true.
pub(super) fn boolean(value: &Document) -> Document {
    Document::from(match value {
        Document::Bool(flag) => *flag,
        Document::String(text) => text.eq_ignore_ascii_case("true"),
        _ => false,
    })
}

/// Bytes in base64, in the standard form with padding.
pub(super) fn blob(value: &Document) -> Option<Document> {
    let lenient = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let compact: String = value.as_str()?.split_ascii_whitespace().collect();
    lenient
        .decode(compact)
        .ok()
        .map(|bytes| Document::from(BASE64_STANDARD.encode(bytes)))
}

/// Bytes of a whole body: text when they are UTF-8, else base64.
pub(super) fn raw(bytes: &[u8]) -> Document {
    match std::str::from_utf8(bytes) {
        Ok(text) => Document::from(text),
        Err(_) => Document::from(BASE64_STANDARD.encode(bytes)),
    }
}

/// A point in time as ISO 8601 text with an offset, the way Python's `isoformat` writes it.
///
/// Like botocore this recognises the form on the wire: seconds since 1970, ISO 8601, HTTP date.
pub(super) fn timestamp(value: &Document) -> Option<Document> {
    let text = match value {
        Document::Number(number) => epoch(number.as_f64()?),
        Document::String(text) => text
            .trim()
            .parse()
            .ok()
            .and_then(epoch)
            .or_else(|| iso_8601(text.trim()))
            .or_else(|| http_date(text.trim())),
        _ => None,
    };
    text.map(Document::from)
}

fn epoch(seconds: f64) -> Option<String> {
    // Python rounds the fraction alone, half to even, to microseconds.
    let microseconds = (seconds.fract() * 1e6).round_ties_even();
    let whole = format!("{:.0}", seconds.trunc()).parse::<i64>().ok()?;
    let total = whole
        .checked_mul(1_000_000)?
        .checked_add(microseconds as i64)?;
    let local = Offset::UTC.to_datetime(Timestamp::from_microsecond(total).ok()?);
    Some(isoformat(local, Offset::UTC))
}

fn iso_8601(text: &str) -> Option<String> {
    let pieces = Pieces::parse(text).ok()?;
    let local = DateTime::from_parts(pieces.date(), pieces.time().unwrap_or_default());
    Some(isoformat(
        local,
        pieces.to_numeric_offset().unwrap_or(Offset::UTC),
    ))
}

fn http_date(text: &str) -> Option<String> {
    let local = DateTime::strptime("%a, %d %b %Y %H:%M:%S%.f GMT", text).ok()?;
    Some(isoformat(local, Offset::UTC))
}

/// `2021-05-06T19:16:14.250000+00:00`; the fraction only where there is one.
fn isoformat(local: DateTime, offset: Offset) -> String {
    let seconds = local.strftime("%Y-%m-%dT%H:%M:%S");
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
    match local.subsec_nanosecond() / 1000 {
        0 => format!("{seconds}{sign}{hours:02}:{minutes:02}"),
        fraction => format!("{seconds}.{fraction:06}{sign}{hours:02}:{minutes:02}"),
    }
}
