//! Timestamps as the AWS command line prints them: `2026-01-31T12:00:00.101000+00:00`.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serializer};

pub(super) fn serialize<S: Serializer>(
    moment: &Timestamp,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(*moment))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Timestamp, D::Error> {
    Timestamp::deserialize(deserializer)
}

/// The same for a moment that may be missing.
pub(super) mod option {
    use super::{Deserialize, Deserializer, Serializer, Timestamp};

    pub(in super::super) fn serialize<S: Serializer>(
        moment: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match moment {
            Some(moment) => super::serialize(moment, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        Option::deserialize(deserializer)
    }
}

/// Milliseconds, as the service keeps them, in six digits, as Python prints them; none where they are zero.
fn text(moment: Timestamp) -> String {
    let format = match moment.subsec_millisecond() {
        0 => "%Y-%m-%dT%H:%M:%S+00:00".to_owned(),
        milliseconds => format!("%Y-%m-%dT%H:%M:%S.{:03}000+00:00", milliseconds.abs()),
    };
    moment.strftime(&format).to_string()
}
