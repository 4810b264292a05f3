//! Durations and instants.

use std::time::Duration;

use runbook_runtime::duration::{TimeError, parse_duration, parse_instant};

use crate::text;

#[test]
fn durations() {
    let seconds = |text| parse_duration(text).map(|length| length.as_secs_f64());
    assert_eq!(seconds("PT10M"), Ok(600.0));
    assert_eq!(seconds("P1DT2H"), Ok(93_600.0));
    assert_eq!(seconds("PT0S"), Ok(0.0));
    assert_eq!(seconds(" PT1.5S "), Ok(1.5));
    assert_eq!(
        parse_duration("PT604799S"),
        Ok(Duration::from_secs(604_799))
    );
    for text in ["", "P", "10m", "10", "PT", "1h PT1S", "PT1X", "é"] {
        assert_eq!(
            parse_duration(text),
            Err(TimeError::NotADuration(text.to_owned()))
        );
    }
    assert_eq!(
        parse_duration("-PT1S"),
        Err(TimeError::Negative(text("-PT1S")))
    );
    assert_eq!(parse_duration("P1M"), Err(TimeError::Calendar(text("P1M"))));
    assert_eq!(
        parse_duration("P1Y2D"),
        Err(TimeError::Calendar(text("P1Y2D")))
    );
    assert_eq!(parse_duration("P7D"), Err(TimeError::TooLong(text("P7D"))));
    assert_eq!(parse_duration("P2W"), Err(TimeError::TooLong(text("P2W"))));
    assert_eq!(
        parse_duration("PT604799.1S"),
        Err(TimeError::TooLong(text("PT604799.1S")))
    );
}

#[test]
fn instants() {
    let instant = |text| parse_instant(text).map(|instant| instant.to_string());
    assert_eq!(
        instant("2030-01-31T08:00:00Z"),
        Ok(text("2030-01-31T08:00:00Z"))
    );
    assert_eq!(
        instant("2030-01-31T08:00:00+02:00"),
        Ok(text("2030-01-31T06:00:00Z"))
    );
    assert_eq!(
        instant("2030-01-31T08:00:00"),
        Ok(text("2030-01-31T08:00:00Z"))
    );
    assert_eq!(instant("2030-01-31"), Ok(text("2030-01-31T00:00:00Z")));
    for wrong in ["", "tomorrow", "08:00", "2030-13-01T00:00:00Z"] {
        assert_eq!(
            parse_instant(wrong),
            Err(TimeError::NotAnInstant(text(wrong)))
        );
    }
}
