//! How a run was started, for whoever continues it.

use clap::ArgMatches;
use serde::{Deserialize, Serialize};

use crate::real::{Role, ScriptCredentials};

use super::super::mask;

/// The options that a continued run has in common with its beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(super) struct Options {
    /// `runbook`, `caller` or an ARN.
    role: Option<String>,
    /// `role` or `caller`.
    script_credentials: Option<String>,
    /// The parameters whose values are not shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mask: Vec<String>,
}

impl Options {
    /// What a command line says.
    pub(super) fn of(matches: &ArgMatches) -> Self {
        // Only runbooks with scripts have the option; it has a default, which says nothing.
        let script_credentials = match matches.try_contains_id("script-credentials") {
            Ok(true) => {
                let source = matches.value_source("script-credentials");
                let given = source == Some(clap::parser::ValueSource::CommandLine);
                let value = matches.get_one::<String>("script-credentials");
                value.filter(|_| given).cloned()
            }
            _ => None,
        };
        let role = matches.get_one::<Role>("role").map(|role| match role {
            Role::Runbook => "runbook".to_owned(),
            Role::Caller => "caller".to_owned(),
            Role::Arn(arn) => arn.clone(),
        });
        Self {
            role,
            script_credentials,
            mask: mask::names(matches),
        }
    }

    /// What was written with the beginning.
    pub(super) fn read(text: Option<&str>) -> Self {
        let read = text.and_then(|text| serde_json::from_str(text).ok());
        read.unwrap_or_default()
    }

    /// The text to write.
    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// These, where `later` does not say otherwise.
    pub(super) fn then(self, later: Self) -> Self {
        Self {
            role: later.role.or(self.role),
            script_credentials: later.script_credentials.or(self.script_credentials),
            mask: [self.mask, later.mask].concat(),
        }
    }

    /// The parameters whose values are not shown.
    pub(super) fn mask(&self) -> &[String] {
        &self.mask
    }

    pub(super) fn role(&self) -> Role {
        match self.role.as_deref() {
            None | Some("runbook") => Role::Runbook,
            Some("caller") => Role::Caller,
            Some(arn) => Role::Arn(arn.to_owned()),
        }
    }

    pub(super) fn script_credentials(&self) -> ScriptCredentials {
        match self.script_credentials.as_deref() {
            Some("caller") => ScriptCredentials::Caller,
            _ => ScriptCredentials::Role,
        }
    }
}
