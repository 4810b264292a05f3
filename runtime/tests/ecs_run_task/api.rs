//! The types of its requests, as generated code has them.

use runbook_runtime::effect::{ApiCall, Operation};
use serde::Serialize;

use crate::ecs_run_task::{DESCRIBE_TASKS, INVOKE, RUN_TASK};

#[derive(Serialize)]
pub(crate) struct Invoke;

impl ApiCall for Invoke {
    const OPERATION: &'static Operation = &INVOKE;
}

#[derive(Serialize)]
pub(crate) struct RunTask;

impl ApiCall for RunTask {
    const OPERATION: &'static Operation = &RUN_TASK;
}

#[derive(Serialize)]
pub(crate) struct DescribeTasks;

impl ApiCall for DescribeTasks {
    const OPERATION: &'static Operation = &DESCRIBE_TASKS;
}
