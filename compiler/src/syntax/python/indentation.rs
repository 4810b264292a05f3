//! Tabs and blanks in the indentation of a script: Python refuses lines whose order depends on how wide a tab is.

use ruff_python_ast::ModModule;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::Parsed;
use ruff_text_size::Ranged;

use super::Fault;

/// Where a line begins: with tabs of eight columns, and with tabs of one.
type Level = (usize, usize);

/// The first line of which Python cannot tell whether it is indented more than another.
pub(super) fn inconsistent(parsed: &Parsed<ModModule>, text: &str) -> Option<Fault> {
    let mut levels: Vec<Level> = Vec::new();
    let mut begins = true;
    for token in parsed.tokens() {
        match token.kind() {
            TokenKind::Newline => begins = true,
            TokenKind::Comment
            | TokenKind::NonLogicalNewline
            | TokenKind::Indent
            | TokenKind::Dedent => {}
            TokenKind::EndOfFile => break,
            _ if begins => {
                begins = false;
                let end = token.start().to_usize();
                let before = text.get(..end)?;
                let start = before.rfind('\n').map_or(0, |newline| newline + 1);
                if !fits(&mut levels, level(before.get(start..)?)) {
                    return Some(Fault {
                        message: "inconsistent use of tabs and blanks in the indentation"
                            .to_owned(),
                        place: start..end,
                        later: false,
                    });
                }
            }
            _ => {}
        }
    }
    None
}

fn level(indentation: &str) -> Level {
    indentation
        .chars()
        .fold((0, 0), |(wide, narrow), next| match next {
            '\t' => ((wide / 8 + 1) * 8, narrow + 1),
            _ => (wide + 1, narrow + 1),
        })
}

/// Takes in a line, whose order to the lines around must be the same in both ways of counting.
fn fits(levels: &mut Vec<Level>, (wide, narrow): Level) -> bool {
    let before = levels.len();
    while levels.last().is_some_and(|(last, _)| *last > wide) {
        levels.pop();
    }
    match levels.last() {
        Some((last, other)) if *last == wide => *other == narrow,
        // What is indented less ends at a line that was there.
        Some(_) if levels.len() < before => false,
        Some((_, other)) if *other >= narrow => false,
        _ => {
            levels.push((wide, narrow));
            true
        }
    }
}
