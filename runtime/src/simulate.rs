//! Simulation: a run in virtual time whose calls are answered by a scenario. Nothing real is ever reached.
//!
//! A runbook that is a module of a program is tested like any other code. A scenario says what AWS answers, a run plays it, and
//! what comes of it has types:
//!
//! ```
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/restart_instance.rs"));
//! use restart_instance::{Parameters, Step, api};    // by include_runbook!("restart-instance")
//! use runbook_runtime::json;
//! use runbook_runtime::simulate::Scenario;
//! use runbook_runtime::status::Status;
//!
//! # #[cfg(any())]
//! #[tokio::test]
//! # async fn not_run() {}
//! # #[tokio::main(flavor = "current_thread")]
//! async fn waits_until_the_instance_is_well() {
//!     let status = |status| json!({"InstanceStatuses": [{"InstanceStatus": {"Status": status}}]});
//!     let scenario = Scenario::new()
//!         .at(Step::Look, json!({"InstanceStatuses": [{"InstanceState": {"Name": "running"}}]}))
//!         .on::<api::RebootInstances>(json!({}))
//!         .at(Step::Wait, status("initializing"))    // the first poll
//!         .at(Step::Wait, status("ok"));             // the second, and all that follow
//!
//!     let run = restart_instance::run(Parameters::new("i-0123456789abcdef0"));
//!     let simulated = run.simulate(scenario).await.unwrap();
//!
//!     simulated.assert_status(Status::Success);
//!     assert_eq!(simulated.outputs.look_state.as_deref(), Some("running"));
//!     assert_eq!(
//!         simulated.calls_of::<api::RebootInstances>(),
//!         [json!({"InstanceIds": ["i-0123456789abcdef0"]})]
//!     );
//! }
//! # fn main() { waits_until_the_instance_is_well() }
//! ```
//!
//! Time is virtual: a test takes milliseconds, however long the runbook sleeps, polls and waits, and it always plays alike.
//! A step or an API call that does not exist does not compile.
//!
//! # What AWS answers
//!
//! [`Scenario::on`] answers all calls of an operation, [`Scenario::at`] those of a step, which count first. An answer is written
//! as Boto3 returns it, under the names of the API, and what that operation can never answer ends the simulation with a
//! message. Said several times, it is one answer after the other, of which the last repeats; [`Scenario::fails`] and
//! [`Scenario::fails_at`] stand in the same row. Where a step does several things, [`At`] says which one is meant. A runbook
//! that a step starts plays too, and is answered like the rest, if the step that starts it has no answer of its own.
//!
//! ```
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/restart_instance.rs"));
//! # use restart_instance::{Parameters, Step, api};
//! # use runbook_runtime::json;
//! # use runbook_runtime::simulate::Scenario;
//! # use runbook_runtime::status::Status;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let running = json!({"InstanceStatuses": [{"InstanceState": {"Name": "running"}}]});
//! let scenario = Scenario::new()
//!     .on::<api::DescribeInstanceStatus>(running)
//!     .fails::<api::RebootInstances>("RequestLimitExceeded", "slow down")
//!     .fails::<api::RebootInstances>("IncorrectInstanceState", "it is not running");
//!
//! let run = restart_instance::run(Parameters::new("i-0123456789abcdef0"));
//! let simulated = run.simulate(scenario).await.unwrap();
//!
//! // What was throttled was called again, and the step `wait` was never reached.
//! assert_eq!(simulated.calls_of::<api::RebootInstances>().len(), 2);
//! assert_eq!(simulated.steps().last(), Some(&(Step::Reboot, Status::Failed)));
//! assert!(simulated.failure().unwrap().contains("IncorrectInstanceState"));
//! # }
//! ```
//!
//! Besides, a scenario says what Parameter Store holds ([`Scenario::stored`]), what people say to steps that wait for them
//! ([`Scenario::says`]), when the run is cancelled ([`Scenario::cancel_during`], [`Scenario::cancel_after`]), and where and when
//! it plays. [`Scenario::runs`] really runs a script.
//!
//! # What came of it
//!
//! A run that fails is no error of the simulation, but what came of it: [`Simulated`](crate::embed::Simulated) has the record,
//! the outputs, the steps, and all calls with their inputs. Its methods that begin with `assert_` say what has happened if they
//! do not hold:
//!
//! ```
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/restart_instance.rs"));
//! # use restart_instance::{Parameters, api};
//! # use runbook_runtime::json;
//! # use runbook_runtime::simulate::{ExpectedCall, Scenario};
//! # use runbook_runtime::status::Status;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! # let answer = json!({"InstanceStatuses": [
//! #     {"InstanceState": {"Name": "running"}, "InstanceStatus": {"Status": "ok"}},
//! # ]});
//! # let scenario = Scenario::new()
//! #     .on::<api::DescribeInstanceStatus>(answer)
//! #     .on::<api::RebootInstances>(json!({}));
//! # let simulated = restart_instance::run(Parameters::new("i-1")).simulate(scenario).await.unwrap();
//! simulated.assert_status(Status::Success);
//! simulated.assert_called::<api::RebootInstances>(json!({"InstanceIds": ["i-1"]}));
//! simulated.assert_calls([
//!     ExpectedCall::of::<api::DescribeInstanceStatus>(json!({})),    // with any inputs
//!     ExpectedCall::of::<api::RebootInstances>(json!({"InstanceIds": ["i-1"]})),
//!     ExpectedCall::of::<api::DescribeInstanceStatus>(json!({"InstanceIds": ["i-1"]})),
//! ]);
//! simulated.assert_all_used();
//! # }
//! ```
//!
//! A call that the scenario does not answer ends the simulation with a [`SimulationError`], which says what to write:
//!
//! ```text
//! scenario has no answer for the call of ec2.RebootInstances by the step `reboot`: add one by
//! `.on::<api::RebootInstances>(json!({…}))` or `.at("reboot", json!({…}))` (its answer is always empty)
//! ```
//!
//! # From a file, and from there on
//!
//! The scenarios that `runbookc test` plays serve tests as well, as they are, or changed where a test needs it: what Rust says
//! counts instead of what the file says about the same. So do the parameters of the run, name by name.
//!
//! ```
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/restart_instance.rs"));
//! # use restart_instance::{Parameters, Step};
//! # use runbook_runtime::json;
//! # use runbook_runtime::simulate::Scenario;
//! # use runbook_runtime::status::Status;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let file = "
//! answers:
//!   look: {InstanceStatuses: [{InstanceState: {Name: running}}]}
//!   reboot: {}
//!   wait: {InstanceStatuses: [{InstanceStatus: {Status: ok}}]}
//! expect: {status: Success}
//! ";
//! let scenario = Scenario::read(file, "well.yaml").unwrap();    // mostly include_str!("…/well.yaml")
//!
//! let run = restart_instance::run(Parameters::new("i-1"));
//! run.simulate(scenario.clone()).await.unwrap().assert_as_expected();
//!
//! let stopped = json!({"InstanceStatuses": [{"InstanceState": {"Name": "stopped"}}]});
//! let run = restart_instance::run(Parameters::new("i-1"));
//! let simulated = run.simulate(scenario.at(Step::Look, stopped)).await.unwrap();
//! assert_eq!(simulated.unused, ["reboot", "wait"]);
//! # }
//! ```
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
