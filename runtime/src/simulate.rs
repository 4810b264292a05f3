//! Simulation: a run in virtual time whose calls are answered by a scenario. Nothing real is ever reached.
//!
//! A runbook that is a module of a program is tested like any other code. A scenario says what AWS answers, a run plays it, and
//! what comes of it has types:
//!
//! ```
//! # mod included { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/purge_queue.rs")); }
//! # use included::purge_queue;
//! use purge_queue::{Parameters, Step, api};    // by include_runbook!("purge-queue")
//! use runbook_runtime::json;
//! use runbook_runtime::simulate::Scenario;
//! use runbook_runtime::status::Status;
//!
//! const QUEUE: &str = "https://sqs.us-east-1.amazonaws.com/111122223333/orders";
//!
//! # #[cfg(any())]
//! #[tokio::test]
//! # async fn not_run() {}
//! # #[tokio::main(flavor = "current_thread")]
//! async fn waits_until_the_queue_is_empty() {
//!     let messages = |count| json!({"Attributes": {"ApproximateNumberOfMessages": count}});
//!     let scenario = Scenario::new()
//!         .at(Step::Look, messages("7"))
//!         .on::<api::PurgeQueue>(json!({}))
//!         .at(Step::Wait, messages("3"))    // the first poll
//!         .at(Step::Wait, messages("0"));   // the second, and all that follow
//!
//!     let run = purge_queue::run(Parameters::new(QUEUE));
//!     let simulated = run.simulate(scenario).await.unwrap();
//!
//!     simulated.assert_status(Status::Success);
//!     assert_eq!(simulated.outputs.look_messages.as_deref(), Some("7"));
//!     assert_eq!(simulated.calls_of::<api::PurgeQueue>(), [json!({"QueueUrl": QUEUE})]);
//! }
//! # fn main() { waits_until_the_queue_is_empty() }
//! ```
//!
//! Time is virtual: a test takes milliseconds, however long the runbook sleeps, polls and waits, and it always plays alike.
//! A step that does not exist, and a call that no runbook of the program makes, do not compile.
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
//! # mod included { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/purge_queue.rs")); }
//! # use included::purge_queue;
//! # use purge_queue::{Parameters, Step, api};
//! # use runbook_runtime::json;
//! # use runbook_runtime::simulate::{ExpectedCall, Scenario};
//! # use runbook_runtime::status::Status;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let scenario = Scenario::new()
//!     .on::<api::GetQueueAttributes>(json!({"Attributes": {"ApproximateNumberOfMessages": "7"}}))
//!     .fails::<api::PurgeQueue>("ThrottlingException", "slow down")
//!     .fails::<api::PurgeQueue>("PurgeQueueInProgress", "only one in 60 seconds");
//!
//! # const QUEUE: &str = "https://sqs.us-east-1.amazonaws.com/111122223333/orders";
//! let simulated = purge_queue::run(Parameters::new(QUEUE)).simulate(scenario).await.unwrap();
//!
//! // What was throttled was called again, and the wait was never reached.
//! assert_eq!(simulated.steps(), [(Step::Look, Status::Success), (Step::Purge, Status::Failed)]);
//! assert_eq!(simulated.calls_of::<api::PurgeQueue>().len(), 2);
//! assert!(simulated.failure().unwrap().contains("PurgeQueueInProgress"));
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
//! # mod included { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/purge_queue.rs")); }
//! # use included::purge_queue;
//! # use purge_queue::{Parameters, Step, api};
//! # use runbook_runtime::json;
//! # use runbook_runtime::simulate::{ExpectedCall, Scenario};
//! # use runbook_runtime::status::Status;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! # let empty = json!({"Attributes": {"ApproximateNumberOfMessages": "0"}});
//! # let scenario = Scenario::new().on::<api::GetQueueAttributes>(empty).on::<api::PurgeQueue>(json!({}));
//! # let simulated = purge_queue::run(Parameters::new("queue")).simulate(scenario).await.unwrap();
//! simulated.assert_status(Status::Success);
//! simulated.assert_called::<api::PurgeQueue>(json!({"QueueUrl": "queue"}));
//! simulated.assert_calls([
//!     ExpectedCall::of::<api::GetQueueAttributes>(json!({})),    // with any inputs
//!     ExpectedCall::of::<api::PurgeQueue>(json!({"QueueUrl": "queue"})),
//!     ExpectedCall::of::<api::GetQueueAttributes>(json!({"AttributeNames": ["ApproximateNumberOfMessages"]})),
//! ]);
//! simulated.assert_all_used();
//! # }
//! ```
//!
//! A call that the scenario does not answer ends the simulation with a [`SimulationError`], which says what to write:
//!
//! ```text
//! scenario has no answer for the call of sqs.PurgeQueue by the step `purge`: add one by
//! `.on::<api::PurgeQueue>(json!({…}))` or `.at("purge", json!({…}))` (its answer is always empty)
//! ```
//!
//! # From a file, and from there on
//!
//! The scenarios that `runbookc test` plays serve tests as well, as they are, or changed where a test needs it: what Rust says
//! counts instead of what the file says about the same. So do the parameters of the run, name by name.
//!
//! ```
//! # mod included { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/purge_queue.rs")); }
//! # use included::purge_queue;
//! # use purge_queue::{Parameters, Step, api};
//! # use runbook_runtime::json;
//! # use runbook_runtime::simulate::Scenario;
//! # use runbook_runtime::status::Status;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let file = "
//! answers:
//!   SQS.GetQueueAttributes: {Attributes: {ApproximateNumberOfMessages: '0'}}
//!   purge: {}
//! expect: {status: Success, steps: [{look: Success}, {purge: Success}, {wait: Success}]}
//! ";
//! let scenario = Scenario::read(file, "empty.yaml").unwrap();    // mostly include_str!("…/empty.yaml")
//!
//! let run = purge_queue::run(Parameters::new("orders"));
//! run.simulate(scenario.clone()).await.unwrap().assert_as_expected();
//!
//! let denied = scenario.fails_at(Step::Purge, "AccessDenied", "not you");
//! let simulated = purge_queue::run(Parameters::new("orders")).simulate(denied).await.unwrap();
//! simulated.assert_status(Status::Failed);
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
mod places;
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
pub use places::Place;
pub use problem::{ScenarioErrors, ScenarioProblem, SimulationProblem};
#[cfg(feature = "cli")]
pub(crate) use run::run_for_targets;
pub(crate) use run::{Played, Stops, play};
pub use run::{ScenarioFile, SimulationError, SimulationOutcome, run, run_cut};
pub use scenario::{
    Answer, CancelAt, Expect, ExpectedCall, Form, Key, Said, SaidTo, Scenario, Stored, Stub,
};
pub(crate) use simulator::with_payload_text;
pub use simulator::{MadeCall, Simulator};
pub use stage::Stage;
pub use trace::Passage;
