//! Restarts of ECS services, over HTTP.
//!
//! The work is done by the runbook in `runbooks/restart-service.yaml`, which the build script compiles: here it is the
//! module `restart_service`, with its parameters, steps and outputs as types.
//!
//! | request | answer |
//! | --- | --- |
//! | `POST /restarts` with the parameters of the runbook | a report, and where to find it |
//! | `GET /restarts/{id}` | the report: how far it is, and what has happened |
//! | `DELETE /restarts/{id}` | the same, once it has been asked to stop |
//!
//! With a journal, restarts outlive the service: the next one goes on with them.

#![warn(missing_docs)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use runbook_runtime::aws::Sdk;
use runbook_runtime::cancel::CancelToken;
use runbook_runtime::doubt::{Decision, OnUnknown};
use runbook_runtime::embed::{Happening, Progress, Run};
use runbook_runtime::journal::{Filter, Journal, JournalError};
use serde::Serialize;
use uuid::Uuid;

runbook_runtime::include_runbooks!();

use restart_service::{Outputs, Parameters, RestartService, Step};

/// The service: what it calls AWS with, where it keeps what happens, and the restarts that it knows.
#[derive(Clone, Debug)]
pub struct Service {
    sdk: Sdk,
    journal: Option<Arc<Journal>>,
    restarts: Arc<Mutex<HashMap<Uuid, Restart>>>,
}

/// A restart under way, or one that has ended.
#[derive(Debug)]
struct Restart {
    report: Report,
    cancel: CancelToken,
}

/// How far a restart is.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Its id.
    pub id: Uuid,
    /// Its status, as Systems Manager calls it: `InProgress`, `Success`, `Failed`.
    pub status: String,
    /// The name of the step under way.
    pub step: Option<String>,
    /// What has happened so far, since the service has started.
    pub log: Vec<String>,
    /// What the runbook leaves, once it has succeeded.
    pub outputs: Option<Outputs>,
    /// Why it has failed, or could not run.
    pub problem: Option<String>,
}

impl Service {
    /// A service that calls AWS by this SDK, and keeps what happens in memory. All restarts have the clients in common.
    pub fn new(sdk: Sdk) -> Self {
        Self {
            sdk,
            journal: None,
            restarts: Arc::default(),
        }
    }

    /// Keeps what happens in a journal, and takes up all restarts in it: those that were cut off go on, and of those that
    /// have ended is told what came of them.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn keep(mut self, journal: Journal) -> Result<Self, JournalError> {
        let filter = Filter {
            runbook: Some("restart-service".to_owned()),
            ..Filter::default()
        };
        let known = journal.list(&filter)?;
        self.journal = Some(Arc::new(journal));
        for entry in known {
            let report = Report {
                status: entry.status.to_string(),
                step: entry.step,
                ..Report::new(entry.execution)
            };
            self.follow(report, restart_service::resume(entry.execution));
        }
        Ok(self)
    }

    /// What answers its requests.
    pub fn router(self) -> Router {
        Router::new()
            .route("/restarts", post(start))
            .route("/restarts/{id}", get(show).delete(cancel))
            .with_state(self)
    }

    /// Starts a restart.
    fn start(&self, parameters: Parameters) -> Report {
        let report = Report::new(Uuid::new_v4());
        let run = restart_service::run(parameters).execution(report.id);
        self.follow(report, run)
    }

    /// Runs a restart in the background, and reports what happens.
    fn follow(&self, report: Report, run: Run<RestartService>) -> Report {
        let (id, cancel) = (report.id, CancelToken::new());
        let mut run = run.aws(&self.sdk).cancel(cancel.clone());
        if let Some(journal) = &self.journal {
            run = run
                .journal(Arc::clone(journal))
                // Of a call that was cut off nobody may know whether it was made. None of these does harm when made twice.
                .on_unknown(OnUnknown::Do(Decision::Repeat));
        }
        let mut events = run.events();
        let run = tokio::spawn(run);

        let restart = Restart {
            report: report.clone(),
            cancel,
        };
        self.restarts().insert(id, restart);

        let service = self.clone();
        tokio::spawn(async move {
            while let Some(progress) = events.next().await {
                service.report(id, |report| report.happened(&progress));
            }
            let outcome = run.await;
            service.report(id, |report| match outcome {
                Ok(Ok(finished)) => {
                    report.status = finished.status().to_string();
                    report.step = None;
                    report.problem = finished.failure().map(str::to_owned);
                    report.outputs = finished.is_success().then_some(finished.outputs);
                }
                Ok(Err(problem)) => report.fail(&problem),
                Err(problem) => report.fail(&problem),
            });
        });
        report
    }

    fn report(&self, id: Uuid, change: impl FnOnce(&mut Report)) {
        if let Some(restart) = self.restarts().get_mut(&id) {
            change(&mut restart.report);
        }
    }

    fn restarts(&self) -> MutexGuard<'_, HashMap<Uuid, Restart>> {
        self.restarts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Report {
    fn new(id: Uuid) -> Self {
        Self {
            id,
            status: "Pending".to_owned(),
            step: None,
            log: Vec::new(),
            outputs: None,
            problem: None,
        }
    }

    fn happened(&mut self, progress: &Progress<Step>) {
        match &progress.what {
            Happening::Started | Happening::Resumed { .. } if progress.within.is_empty() => {
                self.status = "InProgress".to_owned();
            }
            Happening::StepStarted => self.step.clone_from(&progress.label),
            Happening::StepFinished { .. } => self.step = None,
            _ => {}
        }
        // The compiler knows the steps: were one renamed in the runbook, this would not compile.
        if progress.step != Some(Step::Decide) {
            self.log.push(progress.to_string());
        }
    }

    fn fail(&mut self, problem: &dyn std::error::Error) {
        self.status = "Failed".to_owned();
        self.problem = Some(problem.to_string());
    }
}

async fn start(State(service): State<Service>, Json(parameters): Json<Parameters>) -> Response {
    let report = service.start(parameters);
    let place = format!("/restarts/{}", report.id);
    (
        StatusCode::ACCEPTED,
        [(header::LOCATION, place)],
        Json(report),
    )
        .into_response()
}

async fn show(
    State(service): State<Service>,
    Path(id): Path<Uuid>,
) -> Result<Json<Report>, StatusCode> {
    let restarts = service.restarts();
    let restart = restarts.get(&id).ok_or(StatusCode::NOT_FOUND)?;
    Ok(Json(restart.report.clone()))
}

async fn cancel(
    State(service): State<Service>,
    Path(id): Path<Uuid>,
) -> Result<Json<Report>, StatusCode> {
    let restarts = service.restarts();
    let restart = restarts.get(&id).ok_or(StatusCode::NOT_FOUND)?;
    restart.cancel.cancel();
    Ok(Json(restart.report.clone()))
}
