//! The words for a selector that can never match.

use super::Unmatched;
use super::answer::{Answer, View};
use crate::check::actions::some_of;
use crate::diagnostic::{Code, Diagnostic, similar};
use crate::source::Span;
use crate::syntax::Selector;

impl Unmatched {
    /// The warning about it; whoever needs the value makes it an error.
    pub(in crate::check) fn report(&self, answer: &Answer, selector: &Selector) -> Diagnostic {
        let message = format!("the selector `{selector}` can never match");
        let views: Vec<View<'_>> = self.at.iter().map(|node| answer.view(node)).collect();
        let report = Diagnostic::warning(Code::SelectorNeverMatches, self.segment, message);
        let report = report.label(self.label(answer, &views));
        self.way_out(report, &views)
    }

    fn label(&self, answer: &Answer, views: &[View<'_>]) -> String {
        let place = match self.before.as_str() {
            "" => answer.name.clone(),
            before => format!("`${before}`"),
        };
        match (&self.key, views) {
            (Some((key, _)), _) if views.iter().any(has_members) => {
                format!("{place} has no member `{key}`")
            }
            (None, [View::List(_)]) => format!("no element of {place} has what this looks at"),
            (_, [view]) => format!("{place} is {}", view.describe()),
            _ => format!("{place} has nothing of this kind"),
        }
    }

    fn way_out(&self, report: Diagnostic, views: &[View<'_>]) -> Diagnostic {
        let names: Vec<&str> = views.iter().flat_map(member_names).collect();
        if let Some((key, inner)) = &self.key {
            if let Some(near) = similar(key, names.iter().copied()) {
                return match inner {
                    Some(span) => report.edit(*span, near, "a member with a similar name exists"),
                    None => report.help(format!("a member with a similar name exists: `{near}`")),
                };
            }
            if let [View::List(_)] = views {
                return report.edit(
                    Span::at(self.segment.start),
                    "[0]",
                    "select an element of the list first",
                );
            }
        }
        if names == ["ResponseMetadata"] {
            return report.help("the operation answers nothing but `ResponseMetadata`");
        }
        if names.is_empty() {
            return report.help("select it, or a part of it, in another way");
        }
        report.help(some_of(&names, "members"))
    }
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
