//! `--deny`, `--warn` and `--allow`: what becomes of warnings and hints.

use std::str::FromStr;

use clap::Args;

use super::error::CliError;
use crate::diagnostic::{Code, Level, Levels, UnknownCode};

/// The flags, as given.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct LevelFlags {
    /// Report these as errors: `warnings`, or those with a code. Can be given several times.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    deny: Vec<Denied>,
    /// Report the hints with this code as warnings, and leave its warnings what they are in spite of `--deny warnings`.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    warn: Vec<Code>,
    /// Do not report the warnings and hints with this code. Errors are reported all the same.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    allow: Vec<Code>,
}

/// What can be denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Denied {
    /// All warnings.
    Warnings,
    /// What has this code.
    Code(Code),
}

impl FromStr for Denied {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        match text {
            "warnings" => Ok(Self::Warnings),
            _ => text.parse().map(Self::Code),
        }
    }
}

impl LevelFlags {
    /// What they mean together; a code has one level.
    pub(super) fn levels(&self) -> Result<Levels, CliError> {
        let mut levels = Levels {
            deny_warnings: self.deny.contains(&Denied::Warnings),
            ..Levels::default()
        };
        let denied = self.deny.iter().filter_map(|denied| match denied {
            Denied::Code(code) => Some((*code, Level::Deny)),
            Denied::Warnings => None,
        });
        let warned = self.warn.iter().map(|code| (*code, Level::Warn));
        let allowed = self.allow.iter().map(|code| (*code, Level::Allow));
        for (code, level) in denied.chain(warned).chain(allowed) {
            match levels.codes.insert(code, level) {
                Some(other) if other != level => {
                    let (other, level) = (flag(other), flag(level));
                    let problem = format!("{other} {code} contradicts {level} {code}");
                    return Err(CliError::Usage(problem));
                }
                _ => {}
            }
        }
        Ok(levels)
    }
}

const fn flag(level: Level) -> &'static str {
    match level {
        Level::Allow => "--allow",
        Level::Warn => "--warn",
        Level::Deny => "--deny",
    }
}
