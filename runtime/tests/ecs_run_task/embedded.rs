//! What the compiler would write beside it for programs that embed it.

use runbook_runtime::embed::{Embedded, Run};
use runbook_runtime::parameters::Supplied;
use runbook_runtime::value::Map;

use crate::ecs_run_task::{EcsRunTask, State};

/// What is supplied.
#[derive(Clone, Debug)]
pub(crate) struct Parameters(Map);

impl Parameters {
    /// The parameters that have no default.
    pub(crate) fn new(cluster: impl Into<String>) -> Self {
        Self(Map::new()).with("Cluster", cluster.into())
    }

    /// Whatever value, also one that no generated builder would take.
    pub(crate) fn with(
        mut self,
        name: &str,
        value: impl Into<runbook_runtime::value::Document>,
    ) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }
}

impl Supplied for Parameters {
    type Runbook = EcsRunTask;

    fn supplied(&self) -> Map {
        self.0.clone()
    }
}

/// The document's outputs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Outputs {
    pub(crate) ecs_task_arn: Option<String>,
}

impl Embedded for EcsRunTask {
    type Parameters = Parameters;
    type Outputs = Outputs;

    fn document_outputs(state: &State) -> Outputs {
        Outputs {
            ecs_task_arn: state.task_arn.clone(),
        }
    }
}

pub(crate) fn run(parameters: Parameters) -> Run<EcsRunTask> {
    Run::new(parameters)
}
