//! `runbookc explain`: what a diagnostic means, with a wrong and a right example.

use super::arguments::Explain;
use super::error::CliError;
use super::output;
use crate::diagnostic::{Code, similar};

pub(super) fn execute(arguments: &Explain) -> Result<u8, CliError> {
    match &arguments.code {
        Some(written) if !arguments.list => explain(written)?,
        _ => output::print(&list())?,
    }
    Ok(0)
}

fn explain(written: &str) -> Result<(), CliError> {
    let codes = Code::ALL.iter();
    let code = codes
        .clone()
        .find(|code| code.as_str().eq_ignore_ascii_case(written));
    match code {
        Some(code) => output::print(code.explanation()),
        None => {
            let nearest = similar(written, codes.map(|code| code.as_str()));
            let hint = nearest.map_or("`runbookc explain --list` shows all".to_owned(), |code| {
                format!("a similar one is `{code}`")
            });
            Err(CliError::Usage(format!(
                "there is no code `{written}`; {hint}"
            )))
        }
    }
}

fn list() -> String {
    let lines = Code::ALL
        .iter()
        .map(|code| format!("{}  {}\n", code.as_str(), code.title()));
    lines.collect()
}
