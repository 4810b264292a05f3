//! Which flag each parameter gets.
//!
//! A parameter's own name is its flag (`--Cluster`), a kebab-case alias (`--cluster`) comes where it is free. Our own
//! options keep their names; a parameter that is called like one of them is reachable by `--param` only.

use crate::runbook::{Definition, ParameterDefinition};

/// The names of our own options of `run`.
pub(super) const OWN: [&str; 23] = [
    "as",
    "dry-run",
    "help",
    "interactive",
    "log-format",
    "mask",
    "max-concurrency",
    "max-errors",
    "output",
    "param",
    "parameters",
    "quiet",
    "region",
    "role",
    "script-credentials",
    "simulate",
    "state-dir",
    "target",
    "target-maps",
    "target-parameter",
    "target-type",
    "targets",
    "verbose",
];

/// A parameter and the ways to name it on the command line.
pub(super) struct Flag {
    pub(super) parameter: &'static ParameterDefinition,
    /// Its own name, if that can be a flag.
    pub(super) name: Option<&'static str>,
    /// The name in kebab case, if that is free.
    pub(super) alias: Option<String>,
}

/// The flags of all parameters, in the order of declaration.
pub(super) fn flags(definition: &Definition) -> Vec<Flag> {
    let parameters = definition.parameters;
    let flag = |parameter: &'static ParameterDefinition| {
        let name = parameter.name;
        let can_be_flag = is_word(name) && !OWN.contains(&name);
        Flag {
            parameter,
            name: can_be_flag.then_some(name),
            alias: Some(kebab(name))
                .filter(|alias| can_be_flag && is_free(alias, name, parameters)),
        }
    };
    parameters.iter().map(flag).collect()
}

/// Whether no option and no other parameter is called so, in whatever spelling.
fn is_free(alias: &str, owner: &str, parameters: &[ParameterDefinition]) -> bool {
    let taken = |parameter: &ParameterDefinition| {
        parameter.name == alias || (parameter.name != owner && kebab(parameter.name) == alias)
    };
    is_word(alias) && !OWN.contains(&alias) && !parameters.iter().any(taken)
}

fn is_word(name: &str) -> bool {
    let letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    name.starts_with(|first: char| first.is_ascii_alphanumeric()) && name.chars().all(letter)
}

/// `DBClusterId` → `db-cluster-id`.
fn kebab(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut words = String::with_capacity(name.len() + 4);
    let mut previous: Option<char> = None;
    for (index, &letter) in letters.iter().enumerate() {
        let next_is_lower = letters.get(index + 1).is_some_and(char::is_ascii_lowercase);
        let starts_word = letter.is_ascii_uppercase()
            && previous.is_some_and(|previous| {
                previous.is_ascii_lowercase()
                    || previous.is_ascii_digit()
                    || (next_is_lower && previous.is_ascii_uppercase())
            });
        if starts_word {
            words.push('-');
        }
        words.push(if letter == '_' {
            '-'
        } else {
            letter.to_ascii_lowercase()
        });
        previous = Some(letter);
    }
    words
}
