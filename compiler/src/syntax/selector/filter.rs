//! The parser of filters: `?(@.Key == 'value')`.

use super::cursor::{Cursor, Parsed};
use super::parse::KEY;
use crate::source::Spanned;
use crate::syntax::selector::{Comparison, Filter, FilterTest, Literal, SelectorSegment};

const FILTER: &str = "a filter has one comparison with a literal: `[?(@.Key == 'value')]`";
const PARENTHESES: &str =
    "parentheses go around the comparison, and `@` is the element: `[?(@.Key == 'value')]`";
const BOTH: &str = "write two filters in a row, `[?(@.A == 1)][?(@.B == 2)]`: both must pass";
const EITHER: &str = "declare an output for each of the comparisons";

impl Cursor<'_> {
    /// From `?` to the closing parenthesis.
    pub(super) fn filter(&mut self) -> Parsed<Filter> {
        self.offset += 1;
        self.skip_blanks();
        self.close("(", PARENTHESES)?;
        self.skip_blanks();
        if !self.take("@") {
            return self.fail("a filter begins with `@`, the element it looks at", FILTER);
        }
        let path = self.filter_path()?;
        self.skip_blanks();
        let test = if self.rest().starts_with(')') {
            FilterTest::Exists
        } else {
            let comparison = self.comparison()?;
            self.skip_blanks();
            let start = self.offset;
            let literal = self.literal()?;
            FilterTest::Compare(comparison, self.spanned(literal, start))
        };
        self.skip_blanks();
        if let Some(help) = self.more_comparisons() {
            return self.fail("a filter can make one comparison only", help);
        }
        self.close(")", FILTER)?;
        Ok(Filter { path, test })
    }

    /// The way out where another comparison follows.
    fn more_comparisons(&self) -> Option<&'static str> {
        match self.rest().chars().next() {
            Some('&') => Some(BOTH),
            Some('|') => Some(EITHER),
            _ => None,
        }
    }

    fn filter_path(&mut self) -> Parsed<Vec<Spanned<SelectorSegment>>> {
        let mut path = Vec::new();
        loop {
            let start = self.offset;
            let segment = if self.take(".") {
                self.filter_key()?
            } else if self.rest().starts_with('[') {
                self.filter_bracket()?
            } else {
                return Ok(path);
            };
            path.push(self.spanned(segment, start));
        }
    }

    fn filter_bracket(&mut self) -> Parsed<SelectorSegment> {
        let start = self.offset;
        // Filters in filters are not even read: nothing bounds their depth.
        let inside = self.rest().trim_start_matches('[').trim_start();
        if !inside.starts_with('?') {
            let segment = self.bracket()?;
            if matches!(segment, SelectorSegment::Key(_) | SelectorSegment::Index(_)) {
                return Ok(segment);
            }
        }
        self.offset = start;
        self.fail("a filter looks at one value", FILTER)
    }

    /// A key inside a filter ends also where the comparison begins.
    fn filter_key(&mut self) -> Parsed<SelectorSegment> {
        if let Some(quote) = self.quote() {
            return self.quoted(quote).map(SelectorSegment::Key);
        }
        let start = self.offset;
        let key = self.take_while(|next| {
            next.is_alphanumeric() || matches!(next, '_' | '-' | ':' | '/' | '@')
        });
        if key.is_empty() {
            return self.fail("a key is expected here", KEY);
        }
        if self.rest().starts_with('(') {
            self.function(key, start)
        } else {
            Ok(SelectorSegment::Key(key.to_owned()))
        }
    }

    fn comparison(&mut self) -> Parsed<Comparison> {
        const COMPARISONS: [(&str, Comparison); 6] = [
            ("==", Comparison::Equal),
            ("!=", Comparison::NotEqual),
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ];
        if self.rest().starts_with("=~") {
            return self.fail("the service knows no regular expressions", FILTER);
        }
        for (text, comparison) in COMPARISONS {
            if self.take(text) {
                return Ok(comparison);
            }
        }
        if self.rest().starts_with('=') {
            return self.fail("a comparison is written `==`", FILTER);
        }
        self.fail(
            "`==`, `!=`, `<`, `<=`, `>` or `>=` is expected here",
            FILTER,
        )
    }

    fn literal(&mut self) -> Parsed<Literal> {
        if let Some(quote) = self.quote() {
            return self.quoted(quote).map(Literal::String);
        }
        let start = self.offset;
        let word =
            self.take_while(|next| next.is_ascii_alphanumeric() || matches!(next, '-' | '+' | '.'));
        let literal = match word {
            "true" => Some(Literal::Boolean(true)),
            "false" => Some(Literal::Boolean(false)),
            "null" => Some(Literal::Null),
            _ => number(word),
        };
        match literal {
            Some(literal) => Ok(literal),
            None => {
                self.offset = start;
                self.fail(
                    "a quoted text, a number, `true`, `false` or `null` is expected here",
                    FILTER,
                )
            }
        }
    }
}

fn number(word: &str) -> Option<Literal> {
    if let Ok(value) = word.parse() {
        return Some(Literal::Integer(value));
    }
    let numeric =
        word.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '.'));
    let value = word
        .parse()
        .ok()
        .filter(|value: &f64| numeric && value.is_finite())?;
    Some(Literal::Float(value))
}
