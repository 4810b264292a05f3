//! Simulation: a run in virtual time whose calls are answered by a scenario. Nothing real is ever reached.

mod api;
mod coverage;
mod cut;
mod expectation;
mod fields;
mod names;
mod people;
mod problem;
mod rehearsal;
mod run;
mod scenario;
mod simulator;
mod stage;
mod stubs;
mod trace;

pub use coverage::{Coverage, Edge, Outcome};
pub use expectation::Unmet;
pub use problem::{ScenarioErrors, ScenarioProblem, SimulationProblem};
#[cfg(feature = "cli")]
pub(crate) use run::run_for_targets;
pub use run::{SimulationError, SimulationOutcome, run, run_cut};
pub use scenario::{Answer, CancelAt, Expect, ExpectedCall, Said, SaidTo, Scenario, Stub};
pub(crate) use simulator::with_payload_text;
pub use simulator::{MadeCall, Simulator};
pub use stage::Stage;
pub use trace::Passage;
