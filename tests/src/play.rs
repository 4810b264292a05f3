//! Scenarios of compiled runbooks: played whole, then cut off after every event and continued.
//!
//! The crate that the tests make of all runbooks contains this file too.

use std::fs;
use std::path::{Path, PathBuf};

use runbook_runtime::cancel::CancelToken;
use runbook_runtime::dry_run::{Rehearsed, rehearse};
use runbook_runtime::parameters::check;
use runbook_runtime::record::Record;
use runbook_runtime::runbook::Runbook;
use runbook_runtime::simulate::{self, Scenario, SimulationError};

/// Plays the scenarios of a folder, and goes through the runbook dry; prints what there was, or gives what is wrong, one
/// line each. The records are written to the folder `records`.
///
/// # Errors
/// When one of them does not come out as it says, or otherwise when it is cut.
pub async fn scenarios<R: Runbook>(
    name: &str,
    folder: &Path,
    records: &Path,
) -> Result<(), Vec<String>> {
    let files = files(folder);
    let mut problems = Vec::new();
    let mut cuts = 0;
    for file in &files {
        match scenario::<R>(file).await {
            Ok((record, count)) => {
                let scenario = file.file_stem().unwrap_or_default().to_string_lossy();
                let file = records.join(format!("{name}-{scenario}.json"));
                fs::write(file, json(&record)).expect("a record can be written");
                cuts += count;
            }
            Err(problem) => problems.push(format!("{}: {problem}", file.display())),
        }
    }
    if let Some(Ok(scenario)) = files.first().map(|file| read(file))
        && let Err(problem) = dry::<R>(&scenario).await
    {
        problems.push(format!("{name}, dry: {problem}"));
    }
    println!("{name}: {} scenarios, {cuts} cuts", files.len());
    match problems.is_empty() {
        true => Ok(()),
        false => Err(problems),
    }
}

/// Plays one scenario; gives its record, and after how many events it was cut.
async fn scenario<R: Runbook>(file: &Path) -> Result<(Record, usize), String> {
    let text = |error: SimulationError| error.to_string();
    let played = simulate::run::<R>(read(file)?, &(), CancelToken::new());
    let outcome = played.await.map_err(text)?;
    let mut problems: Vec<String> = outcome.unmet.iter().map(ToString::to_string).collect();
    let unused = outcome.unused.iter();
    problems.extend(unused.map(|key| format!("nothing asked for the answer `{key}`")));
    if !problems.is_empty() {
        return Err(problems.join("\n"));
    }
    let mut cuts = 0;
    loop {
        let cut = simulate::run_cut::<R>(read(file)?, cuts + 1);
        let cut = cut.await.map_err(|error| format!("cut {cuts}: {error}"))?;
        let Some(record) = cut else {
            return Ok((outcome.record, cuts));
        };
        if let Some(difference) = difference(&outcome.record, &record) {
            return Err(format!("cut {cuts}: {difference}"));
        }
        cuts += 1;
    }
}

/// Goes through a runbook dry, with the parameters of a scenario: it ends, and whatever is called is shown.
async fn dry<R: Runbook>(scenario: &Scenario) -> Result<(), String> {
    let checked = check(R::DEFINITION, &scenario.parameters).map_err(|error| error.to_string())?;
    let rehearsed = rehearse::<R>(checked, &scenario.region, &(), CancelToken::new());
    let Rehearsed { record, .. } = rehearsed.await.map_err(|error| error.to_string())?;
    let execution = &record.automation_execution;
    let mut steps = execution.step_executions.iter();
    let calls = record.calls.len();
    let failed = steps.find_map(|step| step.failure_message.clone());
    println!(
        "    dry: {}, {calls} calls {}",
        record.status(),
        failed.unwrap_or_default()
    );
    match record.status().is_final() {
        true => Ok(()),
        false => Err(format!("it is {}", record.status())),
    }
}

/// The first line in which two records differ.
fn difference(whole: &Record, continued: &Record) -> Option<String> {
    let [whole, continued] = [whole, continued].map(text);
    if whole == continued {
        return None;
    }
    let mut lines = whole.lines().zip(continued.lines());
    let (whole, continued) = lines
        .find(|(whole, continued)| whole != continued)
        .unwrap_or_default();
    Some(format!("expected {whole}, found {continued}"))
}

/// A record as it is printed.
fn json(record: &Record) -> String {
    serde_json::to_string_pretty(record).expect("records are JSON")
}

/// The same without what differs from run to run; scripts that really ran did so in one and the same folder.
fn text(record: &Record) -> String {
    const FOLDER: &str = "/runbook-";
    let text = json(record);
    let mut parts = text.split(FOLDER);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let rest = part
            .find("/customer_script")
            .map_or(part, |end| &part[end..]);
        text + FOLDER + rest
    })
}

fn read(file: &Path) -> Result<Scenario, String> {
    let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
    Scenario::read(&text, &file.to_string_lossy()).map_err(|errors| errors.to_string())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of scenarios can be read");
    let paths = entries.map(|entry| entry.expect("an entry can be read").path());
    let mut files: Vec<PathBuf> = paths.collect();
    files.sort();
    files
}
