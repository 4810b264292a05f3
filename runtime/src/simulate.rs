//! Simulation: a run in virtual time whose calls are answered by a scenario. Nothing real is ever reached.
//!
//! A scenario is put together in Rust ([`Scenario::new`]), or read from a file ([`Scenario::read`]).
//!
//! # Scenario files
//!
//! A scenario is YAML or JSON. Answers are found by step name first, by API second:
//!
//! ```yaml
//! description: the container exits with 1, and the wait runs out
//! parameters: {Cluster: demo}
//! answers:
//!   lambda1: {StatusCode: 200, Payload: {ok: true}}      # every call gets this answer
//!   makeImage.CreateImage: {ImageId: ami-1}              # of a step that makes several calls, this one
//!   stopOne[2]: {}                                       # of a step inside a loop, the second iteration
//!   ECS.DescribeTasks:                                   # successive calls; the last answer repeats
//!     - error: {code: ThrottlingException, message: slow down}
//!     - {tasks: [{lastStatus: RUNNING}]}
//!     - answer: {error: {}}                              # an answer that has a member `error`
//!   evaluate: {Payload: {count: 2}}                      # what a script returns
//!   convert: {run: true}                                 # this script really runs, without AWS credentials
//! ssm: {/app/image: ami-1, /app/zones: [a, b]}           # what defaults take from Parameter Store; null: nothing is there
//! signals:
//!   ask: approve                                         # at once, by the first of the approvers
//!   askAgain:                                            # `after` counts from when the step begins to wait
//!     - {signal: approve, by: 'arn:aws:iam::111122223333:user/ana', comment: looks good, after: PT1H}
//!     - {signal: approve, by: 'arn:aws:iam::111122223333:user/ana', refused: decided}   # text inside the refusal
//!   rest: {signal: resume, after: P1D}
//! cancel: {after: PT30S}                                 # or {during: step}
//! expect:
//!   status: Failed
//!   steps: [{lambda1: Success}, {wait: TimedOut}]        # those that ran, in order
//!   outputs: {ecs.taskArn: [arn]}                        # null: the output is absent
//!   variables: {count: 3}                                # at the end; null: it has no value
//!   failure: text inside the FailureMessage
//!   calls: [Lambda.Invoke, {ECS.DescribeTasks: {cluster: demo}}]
//! ```
//!
//! A step inside a loop is expected once for each time it ran, after its loop; its outputs are those of its last run, if
//! `stopOne[2].State` does not say otherwise. In loops inside of loops, iterations count
//! from the outside in: `stopOne[2][1]` is the first of the inner loop, in the second of the outer one.
//!
//! `calls` lists every call in order, each with the inputs that matter. Successive equal calls of
//! one attempt of a step (polls, repeats after throttling) count as one.

mod api;
mod at;
mod builder;
mod coverage;
mod cut;
mod expectation;
mod fields;
mod file;
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

pub use at::At;
pub use coverage::{Coverage, Edge, Outcome};
pub(crate) use expectation::Evidence;
pub use expectation::{Difference, Unmet};
pub use problem::{ScenarioErrors, ScenarioProblem, SimulationProblem};
#[cfg(feature = "cli")]
pub(crate) use run::run_for_targets;
pub(crate) use run::{Played, Stops, play};
pub use run::{SimulationError, SimulationOutcome, run, run_cut};
pub use scenario::{
    Answer, CancelAt, Expect, ExpectedCall, Form, Key, Said, SaidTo, Scenario, Stored, Stub,
};
pub(crate) use simulator::with_payload_text;
pub use simulator::{MadeCall, Simulator};
pub use stage::Stage;
pub use trace::Passage;
