//! `runbookc iam`: what a runbook must be allowed to do.

use super::arguments::{Iam, Permissions};
use super::error::CliError;
use super::levels::LevelFlags;
use super::{output, report};
use crate::catalogue::Catalogue;
use crate::ir::Runbook;
use crate::permissions::{self, Needs, Role, Statements};

pub(super) fn execute(arguments: &Iam, catalogue: &Catalogue) -> Result<u8, CliError> {
    let (_, runbook) = report::compile(
        &arguments.file,
        &arguments.beside,
        &LevelFlags::default(),
        catalogue,
    )?;
    let needs = permissions::needs(&runbook);
    output::print(&match arguments.format {
        Permissions::Policy => policy(&needs, Statements::Together),
        Permissions::Statements => policy(&needs, Statements::BySteps),
        Permissions::Table => table(&needs),
    })?;
    output::error(&remarks(&needs, &runbook));
    Ok(0)
}

fn policy(needs: &[Needs], statements: Statements) -> String {
    format!("{:#}\n", permissions::policy(needs, statements))
}

/// A line for each step.
fn table(needs: &[Needs]) -> String {
    let needs = || needs.iter().filter(|needs| !needs.actions.is_empty());
    let width = needs().map(|needs| title(needs).chars().count()).max();
    let width = width.unwrap_or_default();
    let lines = needs().map(|needs| {
        let title = title(needs);
        let actions: Vec<&str> = needs.actions.iter().map(String::as_str).collect();
        format!("{title:width$}  {}\n", actions.join(", "))
    });
    lines.collect()
}

fn title(needs: &Needs) -> &str {
    needs.step.as_deref().unwrap_or("(before the first step)")
}

/// What no policy can say.
fn remarks(needs: &[Needs], runbook: &Runbook) -> String {
    let mut text = String::new();
    let mut note = |words: String| text.push_str(&format!("note: {words}\n"));
    for needs in needs {
        let title = title(needs);
        for role in &needs.roles {
            match role {
                Role::Arn(_) => {}
                Role::Later(role) => note(format!(
                    "`{title}` hands over the role `{role}`: allow `iam:PassRole` on it"
                )),
                Role::OfProfile(profile) => note(format!(
                    "`{title}` hands over the role of the instance profile `{profile}`: allow `iam:PassRole` on it"
                )),
            }
        }
        if let Some(remark) = needs.remark {
            note(format!("`{title}`: {remark}"));
        }
    }
    if runbook.assume_role.is_some() {
        note(
            "the policy belongs to the role of the runbook; who starts it needs `iam:PassRole` on that role for \
             AWS, and `sts:AssumeRole` for a binary"
                .to_owned(),
        );
    }
    text
}
