//! Needs as a policy of IAM, to be pasted.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::{Needs, Role};

/// How a policy is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statements {
    /// One statement with all actions.
    Together,
    /// One for every step, with its name.
    BySteps,
}

/// A policy that allows what is needed: for any resource, as the documents do not tell them, but `iam:PassRole` only for
/// roles whose ARNs are known.
pub fn policy(needs: &[Needs], statements: Statements) -> Json {
    let allowed = match statements {
        Statements::Together => {
            let all: BTreeSet<&String> = needs.iter().flat_map(|needs| &needs.actions).collect();
            let any = !all.is_empty();
            any.then(|| json!({"Effect": "Allow", "Action": all, "Resource": "*"}))
                .into_iter()
                .collect()
        }
        Statements::BySteps => by_steps(needs),
    };
    let arns: BTreeSet<&String> = needs
        .iter()
        .flat_map(|needs| &needs.roles)
        .filter_map(|role| match role {
            Role::Arn(arn) => Some(arn),
            Role::Later(_) | Role::OfProfile(_) => None,
        })
        .collect();
    let passing = (!arns.is_empty())
        .then(|| json!({"Effect": "Allow", "Action": "iam:PassRole", "Resource": arns}));
    let all: Vec<Json> = allowed.into_iter().chain(passing).collect();
    json!({"Version": "2012-10-17", "Statement": all})
}

fn by_steps(needs: &[Needs]) -> Vec<Json> {
    let mut taken: Vec<String> = Vec::new();
    let with_actions = needs.iter().filter(|needs| !needs.actions.is_empty());
    let statements = with_actions.map(|needs| {
        let name = needs.step.as_deref().unwrap_or("BeforeTheFirstStep");
        let name = statement_name(name, &taken);
        taken.push(name.clone());
        json!({"Sid": name, "Effect": "Allow", "Action": needs.actions, "Resource": "*"})
    });
    statements.collect()
}

/// The name of a statement: letters and digits, and no name twice.
fn statement_name(step: &str, taken: &[String]) -> String {
    let plain: String = step.chars().filter(char::is_ascii_alphanumeric).collect();
    let mut names =
        std::iter::once(plain.clone()).chain((2..).map(|number: usize| format!("{plain}{number}")));
    let free = names.find(|name| !taken.contains(name));
    free.unwrap_or(plain)
}
