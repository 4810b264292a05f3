//! Durations, and what is probably meant by those that are written as other tools have them: `10m`, `5 minutes`.

use jiff::{SignedDuration, Span, SpanRelativeTo};

use crate::diagnostic::Replacement;
use crate::habits;

/// A duration that a text in another form means.
pub(crate) struct Meant {
    /// How long it is.
    pub(crate) duration: Span,
    /// Whether the text names its units, so that it can mean nothing else.
    certain: bool,
}

impl Meant {
    /// By a text such as `3 seconds`, `10m`, `T5M`, or a number of seconds. What is negative, or counts months or years,
    /// leaves open what is meant.
    pub(crate) fn by(text: &str) -> Option<Self> {
        let text = habits::without_quotes(text).unwrap_or(text).trim();
        let meant = match text.parse::<i64>() {
            Ok(seconds) => Self::perhaps(Span::new().try_seconds(seconds).ok()?),
            Err(_) => match text.parse() {
                Ok(duration) => Self {
                    duration,
                    certain: true,
                },
                Err(_) => Self::perhaps(elsewhere(text)?),
            },
        };
        let sound = !meant.duration.is_negative() && !is_of_the_calendar(&meant.duration);
        sound.then_some(meant)
    }

    fn perhaps(duration: Span) -> Self {
        Self {
            duration,
            certain: false,
        }
    }

    /// In ISO 8601: `PT10M`.
    pub(crate) fn iso(&self) -> Replacement {
        self.replacement(self.duration.to_string())
    }

    /// As a number of seconds, if it is a whole one.
    pub(crate) fn seconds(&self) -> Option<Replacement> {
        let length = length(&self.duration).filter(|length| length.subsec_nanos() == 0)?;
        Some(self.replacement(length.as_secs().to_string()))
    }

    fn replacement(&self, text: String) -> Replacement {
        match self.certain {
            true => Replacement::certain(text),
            false => text.into(),
        }
    }
}

/// A duration in ISO 8601. The parser alone would take friendly forms such as `10m`, too.
pub(crate) fn iso_duration(text: &str) -> Option<Span> {
    let unsigned = text.trim_start_matches(['+', '-']);
    unsigned
        .starts_with(['P', 'p'])
        .then(|| text.parse().ok())
        .flatten()
}

/// Whether it counts months or years, whose length varies.
pub(crate) fn is_of_the_calendar(duration: &Span) -> bool {
    duration.get_years() != 0 || duration.get_months() != 0
}

/// How long it is, where days have 24 hours.
pub(crate) fn length(duration: &Span) -> Option<SignedDuration> {
    duration
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .ok()
}

/// With `P` and `T` where they belong: `10M` is `PT10M`, `P1H` is `PT1H`, `PT1D` is `P1D`; a number alone counts seconds.
fn elsewhere(text: &str) -> Option<Span> {
    let amount = text.strip_prefix('P').unwrap_or(text);
    let amount = amount.strip_prefix('T').unwrap_or(amount);
    if amount.bytes().all(|next| next.is_ascii_digit()) {
        return format!("PT{amount}S").parse().ok();
    }
    let forms = [format!("PT{amount}"), format!("P{amount}")];
    forms.into_iter().find_map(|form| form.parse().ok())
}
