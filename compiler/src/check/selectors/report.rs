//! The words for a selector that can never match.

use std::fmt;

use super::answer::{Answer, Node, View};
use super::filter::inner;
use super::{Unmatched, select};
use crate::check::actions::some_of;
use crate::diagnostic::{Code, Diagnostic, similar};
use crate::habits;
use crate::source::{Span, Spanned};
use crate::syntax::selector::{Comparison, Literal};
use crate::syntax::{Selector, SelectorSegment};

/// Why a segment comes to nothing.
#[derive(Clone, Debug)]
pub(super) enum Cause {
    /// What it looks for is not there.
    Nothing {
        key: Option<Key>,
        /// What it looked at.
        at: Vec<Node>,
        place: Place,
    },
    /// The comparison of a filter never holds.
    Comparison(Compared),
}

/// A key that is not there.
#[derive(Clone, Debug)]
pub(super) struct Key {
    text: String,
    /// Its place without dots, brackets and quotes, if that is known.
    inner: Option<Span>,
}

/// How far a path has come, in the words of reports.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// What the path begins with.
    root: String,
    sign: char,
    path: String,
}

/// A value of a known kind, and a literal of another.
#[derive(Clone, Debug)]
pub(in crate::check) struct Compared {
    /// What is compared, in backticks.
    pub(super) place: String,
    /// What it is.
    pub(super) kind: &'static str,
    pub(super) comparison: Comparison,
    pub(super) literal: Spanned<Literal>,
}

impl Unmatched {
    /// The warning about it; whoever needs the value makes it an error.
    pub(in crate::check) fn report(&self, answer: &Answer, selector: &Selector) -> Diagnostic {
        let message = format!("the selector `{selector}` can never match");
        let report = Diagnostic::warning(Code::SelectorNeverMatches, self.place, message);
        match &*self.cause {
            Cause::Comparison(compared) => {
                let label = format!("{} is {}", compared.place, compared.difference());
                compared.way_out(report.label(label))
            }
            Cause::Nothing { key, at, place } => {
                let views: Vec<View<'_>> = at.iter().map(|node| answer.view(node)).collect();
                let report = report.label(label(key.as_ref(), &views, place));
                let fits = |name: &str| self.matches_with(name, answer, selector);
                if let (Some(key), [View::List(element)]) = (key, views.as_slice()) {
                    return in_list(report, key, &answer.view(element), self.place);
                }
                let around = key
                    .as_ref()
                    .and_then(|key| self.around(key, &views, answer, selector));
                way_out(report, key.as_ref(), &views, fits, around)
            }
        }
    }
}

impl Unmatched {
    /// Whether the selector matches with another name in this place.
    fn matches_with(&self, name: &str, answer: &Answer, selector: &Selector) -> bool {
        let mut repaired = selector.clone();
        let segments = repaired.segments.iter_mut();
        for segment in segments.filter(|segment| segment.span == self.place) {
            segment.value = SelectorSegment::Key(name.to_owned());
        }
        select(answer, &repaired).is_ok()
    }

    /// Where something lacks before the key, and what: `.Payload` for `$.key`, the only member that has it.
    fn around(
        &self,
        key: &Key,
        views: &[View<'_>],
        answer: &Answer,
        selector: &Selector,
    ) -> Option<(usize, String)> {
        let [View::Object(members)] = views else {
            return None;
        };
        let mut segments = selector.segments.iter();
        let index = segments.position(|segment| segment.span == self.place)?;
        let mut inside = members.iter().filter(|(name, member)| {
            // Scripts and functions answer under `Payload`, mostly unknown what.
            let has_key = *name == "Payload"
                || member_names(&answer.view(member)).contains(&key.text.as_str());
            let mut repaired = selector.clone();
            let around = SelectorSegment::Key((*name).to_owned());
            let around = Spanned::new(around, Span::at(self.place.start));
            repaired.segments.insert(index, around);
            has_key && select(answer, &repaired).is_ok()
        });
        let (only, _) = inside.next()?;
        let around = key.behind(only, self.place);
        inside
            .next()
            .is_none()
            .then_some((self.place.start, around))
    }
}

fn label(key: Option<&Key>, views: &[View<'_>], place: &Place) -> String {
    match (key, views) {
        (Some(key), _) if place.is_scan() => {
            format!("nothing in {place} has a member `{}`", key.text)
        }
        (Some(key), _) if views.iter().any(has_members) => {
            format!("{place} has no member `{}`", key.text)
        }
        (_, [view]) => format!("{place} is {}", view.describe()),
        _ => format!("{place} has nothing of this kind"),
    }
}

/// The way out where a list is asked for a key: an index is written in brackets, and a list of keys with their values is
/// searched.
fn in_list(report: Diagnostic, key: &Key, element: &View<'_>, segment: Span) -> Diagnostic {
    let text = &key.text;
    if text.chars().all(|next| next.is_ascii_digit()) {
        return report.edit(
            segment,
            format!("[{text}]"),
            "an index is written in brackets",
        );
    }
    if matches!(text.as_str(), "length" | "size" | "count") {
        return report.edit(segment, ".length()", "the number of elements is a function");
    }
    let members = member_names(element);
    match habits::pair(&members) {
        Some((name, value)) if !members.contains(&text.as_str()) => report.help(format!(
            "select the element with this `{name}`, as in `[?(@.{name} == '{text}')].{value}`"
        )),
        _ => report.edit(
            Span::at(segment.start),
            "[0]",
            "select an element of the list first",
        ),
    }
}

fn way_out(
    report: Diagnostic,
    key: Option<&Key>,
    views: &[View<'_>],
    fits: impl Fn(&str) -> bool,
    around: Option<(usize, String)>,
) -> Diagnostic {
    let names: Vec<&str> = views.iter().flat_map(member_names).collect();
    if let Some(Key { text, inner }) = key
        && let Some(near) = similar(text, names.iter().copied())
    {
        let title = "a member with a similar name exists";
        return match inner {
            Some(span) if fits(&near) => report.edit(*span, near, title),
            // Something else is wrong behind it, so that this may not be what is meant.
            Some(span) => report.edit(*span, near.into_name(), title),
            None => report.help(format!("{title}: `{near}`")),
        };
    }
    if let Some((start, around)) = around {
        return report.edit(Span::at(start), around, "select what is around it first");
    }
    if names == ["ResponseMetadata"] {
        return report.help("the operation answers nothing but `ResponseMetadata`");
    }
    if names.is_empty() {
        return report.help("select it, or a part of it, in another way");
    }
    report.help(some_of(&names, "members"))
}

const fn has_members(view: &View<'_>) -> bool {
    matches!(view, View::Object(_))
}

fn member_names<'a>(view: &View<'a>) -> Vec<&'a str> {
    match view {
        View::Object(members) => members.iter().map(|(name, _)| *name).collect(),
        _ => Vec::new(),
    }
}

impl Key {
    /// What stands before the key for the member around it; `place` is that of the key's segment.
    fn behind(&self, member: &str, place: Span) -> String {
        match self.inner {
            Some(inner) if inner.start == place.start => format!("{member}."),
            _ => format!(".{member}"),
        }
    }

    /// The key that a segment names.
    pub(super) fn of(segment: &Spanned<SelectorSegment>) -> Option<Self> {
        let SelectorSegment::Key(text) = &segment.value else {
            return None;
        };
        let Span { start, end } = segment.span;
        let around = (end.checked_sub(start)).and_then(|length| length.checked_sub(text.len()));
        let inner = match around {
            Some(0) => Some(Span::new(start, end)),
            Some(1) => Some(Span::new(start + 1, end)),
            Some(3) => Some(Span::new(start + 2, end - 1)),
            Some(4) => Some(Span::new(start + 2, end - 2)),
            _ => None,
        };
        Some(Self {
            text: text.clone(),
            inner,
        })
    }
}

impl Place {
    /// The answer as a whole.
    pub(super) fn answer(answer: &Answer) -> Self {
        Self {
            root: answer.name.clone(),
            sign: '$',
            path: String::new(),
        }
    }

    /// What `@` stands for in a filter of this place.
    pub(super) fn element(of: &Self) -> Self {
        let root = if of.is_scan() {
            format!("an object in {of}")
        } else {
            format!("an element of {of}")
        };
        Self {
            root,
            sign: '@',
            path: String::new(),
        }
    }

    /// One segment further, as the author may have written it.
    pub(super) fn push(&mut self, segment: &SelectorSegment) {
        let written = match segment {
            SelectorSegment::Key(key) if self.is_scan() => key.clone(),
            SelectorSegment::Key(key) => format!(".{key}"),
            SelectorSegment::Descend => "..".to_owned(),
            SelectorSegment::Index(index) => format!("[{index}]"),
            SelectorSegment::AnyChild => "[*]".to_owned(),
            SelectorSegment::Length => ".length()".to_owned(),
            SelectorSegment::Filter(_) => "[?(…)]".to_owned(),
            SelectorSegment::Keys(_)
            | SelectorSegment::Indexes(_)
            | SelectorSegment::Slice { .. } => "[…]".to_owned(),
        };
        self.path.push_str(&written);
    }

    /// Whether it is everything at any depth.
    fn is_scan(&self) -> bool {
        self.path.ends_with("..")
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.strip_suffix("..").unwrap_or(&self.path) {
            "" => formatter.write_str(&self.root),
            path => write!(formatter, "`{}{path}`", self.sign),
        }
    }
}

impl Compared {
    /// What the literal is, in words.
    pub(super) fn words(&self) -> &'static str {
        match self.literal.value {
            Literal::String(_) => "a string",
            Literal::Integer(_) => "an integer",
            Literal::Float(_) => "a number",
            Literal::Boolean(_) => "a Boolean",
            Literal::Null => "null",
        }
    }

    fn difference(&self) -> String {
        let words = self.words();
        match self.comparison {
            Comparison::Equal | Comparison::NotEqual => {
                format!("{}, and never equals {words} like this", self.kind)
            }
            _ => format!("{}, and has no order with {words}", self.kind),
        }
    }

    /// The literal as it may have been meant.
    pub(super) fn way_out(&self, report: Diagnostic) -> Diagnostic {
        match &self.literal.value {
            Literal::String(text) if self.kind == "a Boolean" && is_boolean(text) => {
                self.unquoted(report, &text.to_ascii_lowercase())
            }
            Literal::String(text) if is_number_kind(self.kind) && text.parse::<f64>().is_ok() => {
                self.unquoted(report, text)
            }
            Literal::Integer(_) | Literal::Float(_) | Literal::Boolean(_)
                if self.kind == "a string" =>
            {
                report.help("texts are compared in quotes")
            }
            _ if is_container(self.kind) => report.help("compare one of its members"),
            _ => report.help(format!("compare with {}", literal_for(self.kind))),
        }
    }

    fn unquoted(&self, report: Diagnostic, text: &str) -> Diagnostic {
        match inner(&self.literal) {
            Some(_) => report.edit(self.literal.span, text, "write it without quotes"),
            None => report.help(format!("write it without quotes: `{text}`")),
        }
    }
}

fn is_boolean(text: &str) -> bool {
    ["true", "false"]
        .iter()
        .any(|known| text.eq_ignore_ascii_case(known))
}

fn is_number_kind(kind: &str) -> bool {
    ["an integer", "a number"].contains(&kind)
}

fn is_container(kind: &str) -> bool {
    ["a mapping", "a list"].contains(&kind)
}

fn literal_for(kind: &str) -> &'static str {
    match kind {
        "a Boolean" => "`true` or `false`, by `==` or `!=`",
        "an integer" | "a number" => "a number, such as `8`",
        _ => "a text in quotes",
    }
}
