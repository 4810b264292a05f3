//! Progress: one line per step while an execution runs.
//!
//! On a terminal the line of the step under way is redrawn in place; lines of finished steps stay
//! above it, so that neither the height nor the width of the terminal matters. Elsewhere lines are
//! only ever added, and one is added only if it tells something new.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::event::{Beginning, Change, Event};
use crate::flow::After;
use crate::observer::{Activity, Observer, StepView, View};
use crate::record::{Reading, Simulation};
use crate::runbook::{Definition, StepDefinition};
use crate::script::Output;
use crate::signal::Signal;
use crate::status::Status;

use super::words::{activity, cause, human};

/// How progress is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Not at all.
    Silent,
    /// Lines that stay as they are: for logs.
    Lines,
    /// The current line is redrawn: for terminals.
    Live {
        /// Whether statuses have colours.
        colour: bool,
    },
}

/// Writes the progress of one execution.
pub struct Progress {
    form: Form,
    /// Whether what scripts print is always told, or only when they fail.
    verbose: bool,
    state: Mutex<State>,
}

struct State {
    out: Box<dyn Write + Send>,
    /// When the run started, of which the execution that is told may be a part.
    started: Option<Timestamp>,
    /// What was seen last, and when on the wall.
    seen: Option<(View, Instant)>,
    /// The activity of each execution that was told last, so that polls that find the same say nothing.
    told: HashMap<Uuid, String>,
    /// The warning of each execution that was told last.
    warned: HashMap<Uuid, String>,
    /// What the script under way in each execution has printed, as far as it was not told.
    printed: HashMap<Uuid, Output>,
    /// Whether the line under the cursor is to be redrawn.
    open: bool,
}

impl Progress {
    /// Progress that is written to `out`.
    pub fn new(form: Form, out: Box<dyn Write + Send>) -> Self {
        let state = State {
            out,
            started: None,
            seen: None,
            told: HashMap::new(),
            warned: HashMap::new(),
            printed: HashMap::new(),
            open: false,
        };
        Self {
            form,
            verbose: false,
            state: Mutex::new(state),
        }
    }

    /// Whether to tell what scripts print, even if they do not fail.
    #[must_use]
    pub fn verbose(self, verbose: bool) -> Self {
        Self { verbose, ..self }
    }

    /// Redraws the current line with the time that has passed meanwhile. For executions in real time, about once a second.
    pub fn tick(&self) {
        let mut state = self.lock();
        let Some((mut view, seen)) = state.seen.clone() else {
            return;
        };
        let since = SignedDuration::try_from(seen.elapsed()).unwrap_or_default();
        view.now = view.now.saturating_add(since).unwrap_or(view.now);
        if let Some(step) = &mut view.step {
            step.elapsed = step.elapsed.saturating_add(since);
        }
        self.redraw(&mut state, &view);
    }

    /// Adds a line that is no progress: a question to the people in front of it, or an answer to what they have entered.
    pub fn say(&self, text: &str) {
        let mut state = self.lock();
        let clear = if state.open { "\r\x1b[2K" } else { "" };
        let _ = writeln!(state.out, "{clear}{text}").and_then(|()| state.out.flush());
        state.open = false;
    }

    /// Leaves the line that was being redrawn, so that something else can be written.
    pub fn close(&self) {
        let mut state = self.lock();
        if std::mem::take(&mut state.open) {
            let _ = writeln!(state.out);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic while writing leaves half a line behind at worst.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a line that stays.
    fn line(&self, state: &mut State, view: &View, text: &str) {
        let clear = if state.open { "\r\x1b[2K" } else { "" };
        let prefix = self.prefix(state, view);
        // Who closed the stream does not want to know; the record is complete without it.
        let _ = writeln!(state.out, "{clear}{prefix}{text}").and_then(|()| state.out.flush());
        state.open = false;
    }

    /// Writes the line of the step under way, over its former self.
    fn redraw(&self, state: &mut State, view: &View) {
        let (Form::Live { .. }, Some(step)) = (self.form, named(view)) else {
            return;
        };
        // While people are asked, the last line is theirs.
        let listens = matches!(step.activity, Activity::Listening { .. });
        if step.status.is_final() || listens {
            return;
        }
        let text = self.step(view, step, &activity(view, step));
        let prefix = self.prefix(state, view);
        // Without wrapping, a line that is too long is cut and still one line.
        let _ = write!(state.out, "\r\x1b[2K\x1b[?7l{prefix}{text}\x1b[?7h")
            .and_then(|()| state.out.flush());
        state.open = true;
    }

    fn prefix(&self, state: &State, view: &View) -> String {
        let started = state.started.unwrap_or(view.started);
        let elapsed = clock(view.now.duration_since(started));
        let indent = "  ".repeat(view.within.len());
        let indent = match &view.target {
            Some(target) => format!("{indent}[{}] ", short(target)),
            None => indent,
        };
        match (&view.simulation, self.form) {
            (Some(Simulation::Scenario(_)), _) => {
                format!("simulated  virtual {elapsed}  {indent}")
            }
            (Some(Simulation::DryRun(_)), _) => format!("dry run  virtual {elapsed}  {indent}"),
            (None, Form::Lines | Form::Silent) => format!("{elapsed}  {indent}"),
            (None, Form::Live { .. }) => format!("  {indent}"),
        }
    }

    /// `ecs  Success  1 s  …`
    fn step(&self, view: &View, step: &StepView, note: &str) -> String {
        let names = view.definition.steps.iter();
        let names = names.map(|step| step.name.chars().count() + room(view.definition, step));
        let width = names.max().unwrap_or_default();
        let name = &step.label;
        let status = self.status(step.status);
        let elapsed = human(step.elapsed);
        let gap = if note.is_empty() { "" } else { "  " };
        format!("{name:width$}  {status}  {elapsed:>9}{gap}{note}")
    }

    fn status(&self, status: Status) -> String {
        let word = format!("{:10}", status.to_string());
        match (self.form, status) {
            (Form::Live { colour: true }, Status::Success) => format!("\x1b[32m{word}\x1b[0m"),
            (Form::Live { colour: true }, Status::Failed | Status::TimedOut) => {
                format!("\x1b[31m{word}\x1b[0m")
            }
            (Form::Live { colour: true }, Status::Cancelled | Status::Cancelling) => {
                format!("\x1b[33m{word}\x1b[0m")
            }
            _ => word,
        }
    }

    /// Tells what the step under way does, if that is new.
    fn tell_activity(&self, state: &mut State, view: &View) {
        if let Form::Live { .. } = self.form {
            return self.redraw(state, view);
        }
        let Some(step) = named(view) else { return };
        let note = activity(view, step);
        let text = self.step(view, step, &note);
        let subject = format!("{} {} {note}", step.label, step.attempt);
        if state.told.get(&view.execution) != Some(&subject) {
            state.told.insert(view.execution, subject);
            self.line(state, view, &text);
        }
    }

    fn tell(&self, state: &mut State, event: &Event, view: &View) {
        match &event.change {
            Change::Began(beginning) => self.line(state, view, &began(beginning)),
            Change::Read { values } => {
                let names: Vec<&str> = values.keys().map(String::as_str).collect();
                let text = format!("took {} from Parameter Store", names.join(", "));
                self.line(state, view, &text);
            }
            // As whom the run itself is was told at its beginning.
            Change::Identified { .. }
                if !view.within.is_empty() && view.definition.assume_role.is_none() => {}
            Change::Identified { arn, .. } => self.line(state, view, &format!("as {arn}")),
            Change::Resumed { since } => {
                self.line(
                    state,
                    view,
                    &format!("goes on; it was cut off at {since:.0}"),
                );
            }
            Change::NotStarted { problem } => {
                let what = match view.status == Status::Pending {
                    true => "cannot start",
                    false => "cannot go on",
                };
                self.line(state, view, &format!("{what}: {problem}"));
            }
            Change::CancelRequested => self.line(state, view, "cancellation was requested"),
            Change::LoopTimedOut { step } => {
                self.line(state, view, &format!("the time of {step} is up"));
            }
            Change::Printed { output, .. } if self.verbose => {
                self.tell_printed(state, view, output)
            }
            Change::Printed { output, .. } => {
                let output = output.as_ref().clone();
                state.printed.insert(view.execution, output);
            }
            Change::StepStarted { .. } | Change::AttemptStarted { .. } => {
                state.printed.remove(&view.execution);
                self.tell_warning(state, view);
                self.redraw(state, view);
            }
            Change::Resolved { .. } => self.tell_warning(state, view),
            Change::StepEnded { .. } => self.tell_end(state, event, view),
            Change::AwaitsSignal { .. } => self.tell_step(state, view, None),
            Change::Signalled { signal, .. } => self.tell_step(state, view, Some(signal)),
            // What it polls was told with the first call.
            Change::Called { effect } if effect.number > 1 && self.form == Form::Lines => {}
            Change::Called { .. } | Change::Waiting { .. } | Change::AttemptFailed { .. } => {
                self.tell_activity(state, view);
            }
            _ => self.redraw(state, view),
        }
    }

    /// Tells that something may be done twice, if that is new.
    fn tell_warning(&self, state: &mut State, view: &View) {
        let Some(step) = named(view) else { return };
        let warned = state.warned.get(&view.execution).cloned();
        let new = |warning: &String| warned.as_ref() != Some(warning);
        if let Some(warning) = step.warning.clone().filter(new) {
            let text = self.step(view, step, &format!("warning: {warning}"));
            self.line(state, view, &text);
            state.warned.insert(view.execution, warning);
        }
    }

    /// Tells what somebody has said, and what the step waits for.
    fn tell_step(&self, state: &mut State, view: &View, signal: Option<&Signal>) {
        let Some(step) = named(view) else { return };
        let signal = signal.map(Signal::to_string);
        let activity = Some(activity(view, step)).filter(|activity| !activity.is_empty());
        let notes: Vec<String> = signal.into_iter().chain(activity).collect();
        let text = self.step(view, step, &notes.join("; "));
        self.line(state, view, &text);
    }

    fn tell_end(&self, state: &mut State, event: &Event, view: &View) {
        let (Change::StepEnded { failure, next, .. }, Some(step)) = (&event.change, named(view))
        else {
            return;
        };
        let mut note = failure
            .as_ref()
            .map(|failure| cause(&failure.message).to_owned());
        if let (Some(note), After::Step(next)) = (&mut note, next) {
            note.push_str(&format!(" → {next}"));
        }
        let text = self.step(view, step, &note.unwrap_or_default());
        self.line(state, view, &text);
        let printed = state.printed.remove(&view.execution).unwrap_or_default();
        if step.status != Status::Success {
            self.tell_printed(state, view, &printed);
        }
    }

    /// Tells what a script has printed; of much only the end, unless all is wanted.
    fn tell_printed(&self, state: &mut State, view: &View, output: &Output) {
        for (name, kept) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            let text = match self.verbose {
                true => kept.to_string(),
                false => kept.last_lines(),
            };
            for line in text.lines() {
                self.line(state, view, &format!("{name} | {line}"));
            }
        }
    }
}

impl Observer for Progress {
    fn observe(&self, event: &Event, view: &View) {
        if self.form == Form::Silent {
            return;
        }
        let mut state = self.lock();
        state.started.get_or_insert(view.started);
        self.tell(&mut state, event, view);
        state.seen = Some((view.clone(), Instant::now()));
    }
}

/// The step under way. That of a run for several targets has no name, and only starts them.
fn named(view: &View) -> Option<&StepView> {
    view.step.as_ref().filter(|step| !step.label.is_empty())
}

/// A target as there is room for it in a line.
fn short(target: &str) -> String {
    const LONGEST: usize = 40;
    match target.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", target.get(..end).unwrap_or(target)),
        None => target.to_owned(),
    }
}

/// How many characters to leave for the iterations of the loops around a step: `[12]` for each.
fn room(definition: &Definition, step: &StepDefinition) -> usize {
    4 * definition.loops_around(step).count()
}

fn began(beginning: &Beginning) -> String {
    let Beginning {
        runbook, execution, ..
    } = beginning;
    match &beginning.simulation {
        Some(_) if beginning.parent.is_some() => format!("{runbook} starts"),
        Some(Simulation::Scenario(scenario)) => {
            format!("{runbook} starts, with the answers of {scenario}")
        }
        Some(Simulation::DryRun(Reading::Nothing)) => {
            format!("{runbook} starts, and does nothing; all answers are invented")
        }
        Some(Simulation::DryRun(Reading::Aws)) => {
            format!("{runbook} starts, and only reads; other answers are invented")
        }
        None => format!("{runbook} starts, execution {execution}"),
    }
}

/// `0:05`, `1:02:03`.
fn clock(elapsed: SignedDuration) -> String {
    let seconds = elapsed.as_secs().max(0);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes:2}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}
