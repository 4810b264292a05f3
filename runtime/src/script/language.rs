//! Languages: what interprets a script, and how the values of `Runtime` say so.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use crate::value::InputError;

/// A language of scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// Python 3.
    Python,
    /// PowerShell 7.
    PowerShell,
}

/// A value of `Runtime`: a language in a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Runtime {
    /// The language.
    pub language: Language,
    /// Its version, major and minor.
    pub version: (u32, u32),
}

impl Language {
    /// The program that interprets it, which is found by the search path.
    pub const fn program(self) -> &'static str {
        match self {
            Self::Python => "python3",
            Self::PowerShell => "pwsh",
        }
    }

    /// How to get the interpreter.
    pub(super) const fn way_to_get(self) -> &'static str {
        match self {
            Self::Python => "install Python 3.11, or put the folder of `python3` into PATH",
            Self::PowerShell => "install PowerShell 7, or put the folder of `pwsh` into PATH",
        }
    }
}

impl Runtime {
    /// `python3.11`.
    pub const fn python(major: u32, minor: u32) -> Self {
        Self {
            language: Language::Python,
            version: (major, minor),
        }
    }

    /// `PowerShell 7.4`.
    pub const fn power_shell(major: u32, minor: u32) -> Self {
        Self {
            language: Language::PowerShell,
            version: (major, minor),
        }
    }

    /// The runtime of this name: `python3.11`, `PowerShell 7.4`.
    ///
    /// # Errors
    /// When there is none.
    pub fn named(name: &str) -> Result<Self, InputError> {
        let name = name.trim();
        let python = |name: &str| {
            let minor = name.strip_prefix("python3.")?.parse().ok()?;
            Some(Self::python(3, minor)).filter(|found| minor >= 6 && found.written() == name)
        };
        Ok(match name {
            "PowerShell 7.4" => Self::power_shell(7, 4),
            "PowerShell 7.0" => Self::power_shell(7, 0),
            "PowerShell Core 6.0" | "dotnetcore2.1" => Self::power_shell(6, 0),
            _ => python(name).ok_or_else(|| {
                InputError::OutOfBounds(format!(
                    "`Runtime` has no value `{name}`, but python3.11 and PowerShell 7.4, for example"
                ))
            })?,
        })
    }

    /// The value of `Runtime` as a runbook writes it.
    fn written(self) -> String {
        let (major, minor) = self.version;
        match (self.language, major) {
            (Language::Python, _) => format!("python{major}.{minor}"),
            (Language::PowerShell, ..=6) => format!("PowerShell Core {major}.{minor}"),
            (Language::PowerShell, _) => format!("PowerShell {major}.{minor}"),
        }
    }
}

/// As the record shows it: `python3.11`.
impl Serialize for Runtime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.written())
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Python => "Python",
            Self::PowerShell => "PowerShell",
        })
    }
}

impl fmt::Display for Runtime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor) = self.version;
        write!(formatter, "{} {major}.{minor}", self.language)
    }
}
