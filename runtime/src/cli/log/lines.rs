//! Lines: the events of the log, one line each. So little is wanted of a subscriber that a crate for it would be most of what
//! binaries without AWS are compiled from.

use std::fmt::Debug;

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};

use crate::log::TARGET;
use crate::value::{Document, Map, Text};

use super::super::console::Stream;

/// How lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `2026-01-31T08:00:00.101Z INFO step started execution=… step=stop`
    Text,
    /// A JSON object each.
    Json,
}

/// Writes the events of the log, and of nobody else.
pub(super) struct Lines {
    level: Level,
    form: Form,
    out: Stream,
}

impl Lines {
    /// Writes what is at least this important.
    pub(super) const fn new(level: Level, form: Form, out: Stream) -> Self {
        Self { level, form, out }
    }

    fn line(&self, level: Level, mut fields: Map) -> String {
        let mut take = |name: &str| fields.shift_remove(name);
        let (at, message) = (take("at"), take("message"));
        let text = |value: Option<Document>| value.map(|value| value.text()).unwrap_or_default();
        match self.form {
            Form::Text => {
                let (at, message) = (text(at), text(message));
                let fields = fields.iter().map(|(name, value)| match value {
                    Document::String(text) if !text.contains([' ', '"', '\n']) => {
                        format!(" {name}={text}")
                    }
                    value => format!(" {name}={value}"),
                });
                format!("{at} {level} {message}{}\n", fields.collect::<String>())
            }
            Form::Json => {
                let first = [
                    ("timestamp", text(at)),
                    ("level", level.to_string()),
                    ("message", text(message)),
                ];
                let first = first.map(|(name, value)| (name.to_owned(), value.into()));
                format!(
                    "{}\n",
                    Document::Object(first.into_iter().chain(fields).collect())
                )
            }
        }
    }
}

impl Subscriber for Lines {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        // Commands of one process may write different logs.
        Interest::sometimes()
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == TARGET && *metadata.level() <= self.level
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level.into())
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(Map::new());
        event.record(&mut fields);
        self.out
            .text(&self.line(*event.metadata().level(), fields.0));
    }

    // Nobody opens spans.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The fields of an event.
struct Fields(Map);

impl Fields {
    fn add(&mut self, field: &Field, value: impl Into<Document>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.add(field, format!("{value:?}"));
    }
}
