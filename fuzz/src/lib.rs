//! What must hold of every text that the parsers are given, whatever it is. Each function panics where it does not.
//!
//! The fuzz targets call them with what the fuzzer invents; `tests/tests/fuzzed.rs` with the seeds, and with everything
//! that was ever found.

mod printed;
mod scalars;
mod values;

use runbook_runtime::simulate::Scenario;
use runbookc::catalogue::Catalogue;
use runbookc::diagnostic::{Diagnostics, render};
use runbookc::source::{Source, Span};
use runbookc::syntax::{Part, Selector, Template};
use runbookc::{compile, emit, syntax};

/// A text as a runbook: there is a verdict, every place is in the text, everything can be shown, a runbook without errors
/// can be emitted, and as JSON it is the same as in YAML.
pub fn document(text: &str) {
    let source = Source::new("fuzzed.yaml", text);
    let compiled = compile(&source, Catalogue::embedded());
    places(&source, &compiled.diagnostics);
    assert_eq!(
        compiled.runbook.is_some(),
        !compiled.diagnostics.has_errors(),
        "a verdict that contradicts the findings"
    );
    if let Some(runbook) = compiled.runbook {
        emit::krate(&runbook, text);
    }
    render::human(&source, &compiled.diagnostics, true);
    render::json(&[(&source, &compiled.diagnostics)]);
    render::github(&[(&source, &compiled.diagnostics)]);
    render::sarif(
        &[(&source, &compiled.diagnostics)],
        std::path::Path::new("/"),
    );

    let mut diagnostics = Diagnostics::default();
    let Some(tree) = syntax::parse(&source, &mut diagnostics).filter(|_| diagnostics.is_empty())
    else {
        return;
    };
    // As JSON the tree of YAML has no more comments, anchors and styles, and must be read the same.
    if let Some(value) = values::of(&tree) {
        assert_eq!(
            values::read(&value.to_string()),
            Some(value),
            "other values in JSON than in YAML"
        );
    }
    // And what is JSON already means what a reader of JSON says.
    if let Some(value) = serde_json::from_str(text).ok().filter(values::is_plain) {
        assert_eq!(
            values::of(&tree),
            Some(value),
            "other values than a reader of JSON finds"
        );
    }
}

/// A text as a scalar with references: the parts make up the text, and stand where they say.
pub fn template(text: &str) {
    for (source, scalar) in scalars::of(text) {
        let template = Template::parse(&scalar);
        let mut rest = scalar.text.as_str();
        for part in &template.parts {
            match part {
                Part::Text(text) => {
                    assert!(!text.is_empty(), "an empty part");
                    rest = rest
                        .strip_prefix(text.as_str())
                        .expect("parts follow each other");
                }
                Part::Reference(placeholder) => {
                    let end = rest.find("}}").expect("a reference ends") + 2;
                    let (written, after) = rest.split_at(end);
                    let name = written.trim_start_matches('{').trim_end_matches('}').trim();
                    assert_eq!(
                        name,
                        placeholder.name.value.to_string(),
                        "a reference is what is written"
                    );
                    if placeholder.exact {
                        stands(&source, placeholder.span, written);
                        stands(&source, placeholder.name.span, name);
                    }
                    inside(&source, placeholder.span);
                    inside(&source, placeholder.name.span);
                    rest = after;
                }
            }
        }
        assert!(rest.is_empty(), "the parts end before the text does");
    }
}

/// A text as a selector: what is read of it can be printed, and is read the same again; its segments stand where they say.
pub fn selector(text: &str) {
    for (source, scalar) in scalars::of(text) {
        match Selector::parse(&scalar) {
            Ok(selector) => {
                for segment in &selector.segments {
                    inside(&source, segment.span);
                }
                let printed = printed::selector(&selector);
                let (_, scalar) =
                    scalars::double_quoted(&printed).expect("a printed selector is a text");
                let again = Selector::parse(&scalar);
                let again = again.unwrap_or_else(|error| {
                    panic!("{printed} of {text:?} cannot be read: {}", error.reason)
                });
                assert_eq!(
                    printed::selector(&again),
                    printed,
                    "another selector than {text:?}"
                );
                assert_eq!(again.is_definite(), selector.is_definite(), "{printed}");
            }
            Err(error) => inside(&source, error.span),
        }
    }
}

/// A text as a scenario: it is read, or what is wrong with it can be told.
pub fn scenario(text: &str) {
    if let Err(errors) = Scenario::read(text, "fuzzed.yaml") {
        assert!(
            !errors.problems.is_empty(),
            "nothing is wrong, but there is no scenario"
        );
        assert!(!errors.to_string().is_empty(), "a problem without words");
    }
}

/// At the place stands the text, as far as escapes and the layout of lines show it.
fn stands(source: &Source, span: Span, text: &str) {
    let visible = |text: &str| text.split_whitespace().collect::<String>();
    let written = source.slice(span);
    if !written.contains('\\') {
        assert_eq!(visible(written), visible(text), "another text stands there");
    }
}

fn places(source: &Source, diagnostics: &Diagnostics) {
    for finding in diagnostics.iter() {
        inside(source, finding.span);
        finding
            .context
            .iter()
            .for_each(|(span, _)| inside(source, *span));
        for suggestion in &finding.suggestions {
            suggestion
                .edits
                .iter()
                .for_each(|edit| inside(source, edit.span));
        }
    }
}

/// The place lies in the text, on the borders of characters.
fn inside(source: &Source, span: Span) {
    assert!(
        source.text.get(span.range()).is_some(),
        "{span:?} is no place in the text"
    );
}
