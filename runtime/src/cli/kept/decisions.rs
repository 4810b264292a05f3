//! Decisions about a run, entered where it runs: one command a line on standard input.
//!
//! Standard input is read only once a step waits for people, and one line after the other, so that lines for later steps
//! can be there from the start.

use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::caller::BoxFuture;
use crate::cancel::CancelToken;
use crate::doubt::{Decision, Doubt};
use crate::report::Progress;
use crate::runbook::Definition;
use uuid::Uuid;

use crate::signal::{Awaited, Refusal, Signal, SignalKind, Signals, Wanted};

/// Reads decisions from standard input.
pub(super) struct Decisions<'a> {
    definition: &'static Definition,
    /// Who decides, if that was said.
    by: Option<&'a str>,
    /// Who runs the runbook, where that is somebody else than the role that it runs under.
    starter: Arc<OnceLock<String>>,
    /// Whether there is somebody at a terminal to be asked.
    asks: bool,
    progress: &'a Progress,
    /// The execution, for those who decide elsewhere.
    execution: Uuid,
    cancel: CancelToken,
    complete: CancelToken,
    input: Mutex<Option<Box<dyn Read + Send>>>,
    lines: tokio::sync::Mutex<Option<UnboundedReceiver<String>>>,
    asked: Mutex<String>,
    /// Several executions may wait at once: one is asked about after the other.
    turn: tokio::sync::Mutex<()>,
}

impl<'a> Decisions<'a> {
    /// Decisions that `input` holds.
    pub(super) fn new(
        definition: &'static Definition,
        by: Option<&'a str>,
        (input, asks): (Box<dyn Read + Send>, bool),
        progress: &'a Progress,
    ) -> Self {
        Self {
            definition,
            by,
            starter: Arc::default(),
            asks,
            progress,
            execution: Uuid::nil(),
            cancel: CancelToken::new(),
            complete: CancelToken::new(),
            input: Mutex::new(Some(input)),
            lines: tokio::sync::Mutex::default(),
            asked: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// The decisions about this execution.
    pub(super) fn of(self, execution: Uuid) -> Self {
        Self { execution, ..self }
    }

    /// Lets people end the execution between two steps of it, too.
    pub(super) fn stopping(self, cancel: CancelToken, complete: CancelToken) -> Self {
        Self {
            cancel,
            complete,
            ..self
        }
    }

    /// What somebody at the terminal wants to become of a call of which nobody knows whether it was made; nothing if
    /// nobody is there, or wants to look first.
    pub(super) async fn about(&self, doubt: &Doubt) -> Option<Decision> {
        if !self.asks {
            return None;
        }
        self.progress.say(&format!(
            "{doubt}\nenter `repeat` to make it again, `fail` to let the step fail, or `stop` to leave it and look first"
        ));
        loop {
            match self.line().await?.trim() {
                "repeat" => return Some(Decision::Repeat),
                "fail" => return Some(Decision::Fail),
                "stop" => return None,
                "" => {}
                other => self.progress.say(&format!(
                    "`{other}` is not understood: enter `repeat`, `fail` or `stop`"
                )),
            }
        }
    }

    /// Where it will be told who starts the binary.
    pub(super) fn starter(&self) -> Arc<OnceLock<String>> {
        Arc::clone(&self.starter)
    }

    /// Asks, once about each thing.
    fn ask(&self, awaited: &Awaited<'_>) {
        let question = match self.asks {
            true => question(awaited),
            false => String::new(),
        };
        let subject = format!("{} {} {question}", awaited.label, awaited.since);
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if *asked != subject && !question.is_empty() {
            self.progress.say(&question);
        }
        *asked = subject;
    }

    /// The next line; nothing once standard input is closed.
    async fn line(&self) -> Option<String> {
        let mut lines = self.lines.lock().await;
        let input = self.input.lock().map_or(None, |mut input| input.take());
        if let Some(input) = input {
            let (sender, receiver) = unbounded_channel();
            // A thread of its own, because nothing can end a read of a terminal: it ends with the process.
            std::thread::spawn(move || read_lines(input, &sender));
            *lines = Some(receiver);
        }
        lines.as_mut()?.recv().await
    }

    fn signal(&self, line: &str, awaited: &Awaited<'_>) -> Option<Signal> {
        let (command, rest) = split_word(line);
        let kind = match command {
            "approve" => SignalKind::Approve,
            "reject" => SignalKind::Reject,
            "resume" => SignalKind::Resume,
            "start" => SignalKind::Start,
            _ => return None,
        };
        let (named, after) = split_word(rest);
        let (step, comment) = match named == awaited.label || self.is_step(named) {
            true => (Some(named.to_owned()), after),
            false => (None, rest),
        };
        Some(Signal {
            kind,
            step,
            by: self
                .by
                .or(self.starter.get().map(String::as_str))
                .unwrap_or(awaited.caller)
                .to_owned(),
            comment: Some(comment.to_owned()).filter(|comment| !comment.is_empty()),
            letter: None,
        })
    }

    /// Whether a word names a step of the runbook, with or without the iterations of the loops around it, or one of a
    /// runbook that a step starts: `prepare/ask`.
    fn is_step(&self, word: &str) -> bool {
        let mut definition = Some(self.definition);
        word.split('/').all(|part| {
            let name = part.split_once('[').map_or(part, |(name, _)| name);
            let known = definition.is_some_and(|definition| definition.step(name).is_some());
            let child = definition.and_then(|definition| definition.child(name));
            definition = child.map(|child| child.definition);
            known
        })
    }

    /// Says that nobody can decide here, and where they can.
    fn give_up(&self, awaited: &Awaited<'_>) {
        let step = &awaited.label;
        let lack = match awaited.wanted {
            Wanted::Decisions { .. } => format!("nobody here can decide about `{step}`"),
            Wanted::Resumption { .. } => format!("nobody here can resume `{step}`"),
            Wanted::Start => format!("nobody here can start `{step}`"),
        };
        let outlook = match awaited.deadline {
            Some(deadline) => format!("it waits until {deadline:.0}"),
            None => "it waits without a limit".to_owned(),
        };
        let command = match awaited.wanted {
            Wanted::Decisions { .. } => "approve",
            Wanted::Resumption { .. } => "resume",
            Wanted::Start => "start",
        };
        let execution = self.execution;
        self.progress.say(&format!(
            "standard input is closed: {lack}; {outlook}; elsewhere: {command} {execution} {step}"
        ));
    }
}

impl Signals for Decisions<'_> {
    fn next<'a>(&'a self, awaited: &'a Awaited<'a>) -> BoxFuture<'a, Signal> {
        Box::pin(async move {
            {
                let _turn = self.turn.lock().await;
                self.ask(awaited);
                while let Some(line) = self.line().await {
                    match (line.trim(), &awaited.wanted) {
                        // The engine hears of it by itself.
                        ("cancel", Wanted::Start) => self.cancel.cancel(),
                        ("complete", Wanted::Start) => self.complete.cancel(),
                        (line, _) => match self.signal(line, awaited) {
                            Some(signal) => return signal,
                            None if line.is_empty() => {}
                            None => self.progress.say(&format!(
                                "`{line}` is not understood: {}",
                                commands(awaited)
                            )),
                        },
                    }
                }
            }
            self.give_up(awaited);
            std::future::pending().await
        })
    }

    fn refused(&self, _: &Signal, refusal: &Refusal) {
        self.progress.say(&format!("refused: {refusal}"));
    }
}

fn read_lines(input: Box<dyn Read + Send>, lines: &UnboundedSender<String>) {
    // A line that is no text is one that is not understood, not the end of all lines.
    for line in BufReader::new(input).split(b'\n') {
        let line = line.map(|line| String::from_utf8_lossy(&line).into_owned());
        let sent = line.map(|line| lines.send(line.trim_end_matches('\r').to_owned()));
        if !matches!(sent, Ok(Ok(()))) {
            return;
        }
    }
}

/// What is asked at a terminal.
fn question(awaited: &Awaited<'_>) -> String {
    let step = &awaited.label;
    let mut question = String::new();
    match awaited.wanted {
        Wanted::Decisions { approval, made } => {
            if let Some(message) = &approval.message {
                question.push_str(&format!("{message}\n"));
            }
            let (required, approvers) = (approval.required, approval.approvers().join(", "));
            question.push_str(&format!(
                "`{step}` needs {required} of these to approve: {approvers}\n"
            ));
            for decision in made {
                question.push_str(&format!("already approved by {}\n", decision.by));
            }
        }
        Wanted::Resumption { message } => {
            if let Some(message) = message {
                question.push_str(&format!("{message}\n"));
            }
            question.push_str(&format!("`{step}` pauses\n"));
        }
        Wanted::Start => question.push_str(&format!("next: `{step}`\n")),
    }
    if let Some(deadline) = awaited.deadline {
        question.push_str(&format!("it waits until {deadline:.0}\n"));
    }
    question + &commands(awaited)
}

/// What can be entered.
fn commands(awaited: &Awaited<'_>) -> String {
    let step = &awaited.label;
    match awaited.wanted {
        Wanted::Decisions { .. } => {
            format!("enter `approve {step}` or `reject {step}`; a comment may follow")
        }
        Wanted::Resumption { .. } => format!("enter `resume {step}`"),
        Wanted::Start => {
            format!("enter `start {step}`, or `complete` to end here, or `cancel`")
        }
    }
}

/// The first word of a text, and what follows it.
fn split_word(text: &str) -> (&str, &str) {
    match text.split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest.trim_start()),
        None => (text, ""),
    }
}
