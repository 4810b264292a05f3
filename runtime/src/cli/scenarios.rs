//! The command `test`: every scenario, then what they leave uncovered.

use std::path::{Path, PathBuf};

use clap::ArgMatches;

use crate::cancel::CancelToken;
use crate::runbook::Runbook;
use crate::simulate::{self, Coverage, Place, Scenario, SimulationOutcome};

use super::console::Console;
use super::exit::Exit;

/// Reads a scenario file.
pub(super) fn read(file: &Path) -> Result<Scenario, String> {
    let name = file.display().to_string();
    let text =
        std::fs::read_to_string(file).map_err(|error| format!("cannot read {name}: {error}"))?;
    Scenario::read(&text, &name).map_err(|errors| errors.to_string())
}

/// Plays the scenarios that the arguments name.
pub(super) async fn test<R: Runbook>(matches: &ArgMatches, console: &Console) -> Exit {
    let named = matches.get_many::<PathBuf>("files").into_iter().flatten();
    let files = match named.map(|path| files(path)).collect::<Result<Vec<_>, _>>() {
        Ok(files) => files.concat(),
        Err(error) => return console.fail(Exit::Usage, &error),
    };
    let mut report = Report::new::<R>(files.len());
    for file in &files {
        report.add(file, play::<R>(file).await);
    }
    report.print(console)
}

/// A file, or the scenario files of a folder.
fn files(path: &Path) -> Result<Vec<PathBuf>, String> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let unreadable = |error: std::io::Error| format!("cannot read {}: {error}", path.display());
    let is_scenario = |file: &PathBuf| {
        let ending = file.extension().unwrap_or_default();
        ["yaml", "yml", "json"].iter().any(|known| ending == *known)
    };
    let entries = std::fs::read_dir(path).map_err(unreadable)?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let mut files = paths.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    files.retain(is_scenario);
    files.sort();
    if files.is_empty() {
        Err(format!("{} has no scenarios", path.display()))
    } else {
        Ok(files)
    }
}

/// A scenario that was played.
struct Played {
    description: String,
    outcome: SimulationOutcome,
}

async fn play<R: Runbook>(file: &Path) -> Result<Played, String> {
    let scenario = read(file)?;
    let description = scenario.description.clone();
    let outcome = simulate::run::<R>(scenario, &(), CancelToken::new()).await;
    outcome
        .map(|outcome| Played {
            description,
            outcome,
        })
        .map_err(|error| error.to_string())
}

struct Report {
    coverage: Coverage,
    lines: String,
    passed: usize,
    all: usize,
    exit: Exit,
}

impl Report {
    fn new<R: Runbook>(all: usize) -> Self {
        Self {
            coverage: Coverage::new::<R>(),
            lines: format!("simulated: {} of {}\n", scenarios(all), R::DEFINITION.name),
            passed: 0,
            all,
            exit: Exit::Success,
        }
    }

    fn add(&mut self, file: &Path, played: Result<Played, String>) {
        match played {
            Ok(Played {
                description,
                outcome,
            }) => {
                self.coverage.add(&outcome.passages);
                self.judge(file, &description, &outcome);
            }
            Err(error) => {
                self.exit = Exit::Simulation;
                self.entry("ERROR", file, "");
                // Messages about the file begin with its name, which stands above them already.
                let prefix = format!("{}: ", file.display());
                error.lines().for_each(|line| {
                    self.detail(line.strip_prefix(&prefix).unwrap_or(line));
                });
            }
        }
    }

    fn judge(&mut self, file: &Path, description: &str, outcome: &SimulationOutcome) {
        if outcome.unmet.is_empty() && outcome.unused.is_empty() {
            self.passed += 1;
            return self.entry("ok   ", file, description);
        }
        if self.exit == Exit::Success {
            self.exit = Exit::Failed;
        }
        self.entry("FAIL ", file, description);
        for unmet in &outcome.unmet {
            self.located(file, outcome.place(unmet), &unmet.to_string());
        }
        for key in &outcome.unused {
            let text = format!("nothing asked for the answer `{key}`");
            self.located(file, outcome.place_of_unused(key), &text);
        }
    }

    fn located(&mut self, file: &Path, place: Option<Place>, text: &str) {
        let place = place.map(|place| format!("{}:{place}: ", file.display()));
        let place = place.unwrap_or_default();
        // What belongs to the first line stands below it.
        let below = format!("\n       {}", " ".repeat(place.chars().count()));
        self.detail(&format!("{place}{}", text.replace('\n', &below)));
    }

    fn entry(&mut self, verdict: &str, file: &Path, description: &str) {
        let gap = if description.is_empty() { "" } else { ": " };
        self.lines.push_str(&format!(
            "{verdict}  {}{gap}{description}\n",
            file.display()
        ));
    }

    fn detail(&mut self, text: &str) {
        self.lines.push_str(&format!("       {text}\n"));
    }

    fn print(self, console: &Console) -> Exit {
        let Self {
            coverage,
            lines,
            passed,
            all,
            exit,
        } = self;
        let ending = format!(
            "simulated: {passed} of {} came out as expected",
            scenarios(all)
        );
        console.print(&format!("{lines}{coverage}\n{ending}\n"), exit)
    }
}

fn scenarios(count: usize) -> String {
    if count == 1 {
        "1 scenario".to_owned()
    } else {
        format!("{count} scenarios")
    }
}
