//! Documents with something cut out or put in: nothing panics, and every place is one of the text.

use runbookc::diagnostic::render;
use runbookc::source::Span;

use crate::{WHOLE, edits, read};

#[test]
fn mutated_documents_never_panic_and_spans_stay_inside() {
    const PIECES: [&str; 20] = [
        "{{", "}}", "{", "}", "[", "]", "'", "\"", ":", "\n", "\t", "- ", "&a ", "*a", "<<: ",
        "|\n", "☕", "\\", "$..", "#",
    ];
    let json = r#"{"schemaVersion": "0.3", "mainSteps": [{"name": "a", "action": "aws:pause", "inputs": {"x": ["{{ y.z }}", 1]}}]}"#;
    let mut numbers = Numbers(7);
    for round in 0..3000 {
        let mut text = if round % 3 == 0 { json } else { WHOLE }.to_owned();
        for _ in 0..=numbers.below(4) {
            let borders: Vec<usize> = text.char_indices().map(|(index, _)| index).collect();
            let start = borders[numbers.below(borders.len())];
            let rest = borders.iter().filter(|border| **border >= start);
            let end = *rest.take(numbers.below(6) + 1).last().unwrap();
            let piece = PIECES[numbers.below(PIECES.len())];
            text.replace_range(start..end, if numbers.below(3) == 0 { "" } else { piece });
        }
        let (source, _, diagnostics) = read(&text);
        for diagnostic in diagnostics.iter() {
            let edits = edits(diagnostic).map(|edit| edit.span);
            let context = diagnostic.context.iter().map(|(span, _)| *span);
            for Span { start, end } in edits.chain(context).chain([diagnostic.span]) {
                assert!(
                    source.text.get(start..end).is_some(),
                    "{diagnostic:?} in {text}"
                );
            }
        }
        render::human(&source, &diagnostics, false);
        render::json(&[(&source, &diagnostics)]);
    }
}

/// A small generator of pseudo-random numbers, the same on every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }
}
