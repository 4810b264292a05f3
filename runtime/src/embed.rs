//! Embedding: a runbook as a part of another program, typed from its parameters to its outputs.
//!
//! The module that `runbookc::build` makes of a runbook implements [`Embedded`]. Its function `run` gives a [`Run`]: what is
//! to be run, which is told how, and then awaited. Without more it calls AWS as the machine is configured, waits by the
//! clock on the wall, and keeps its events in memory. All of that can be given, so that a test needs no AWS.
//!
//! ```
//! # mod included { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/purge_queue.rs")); }
//! # use included::purge_queue;
//! # #[cfg(feature = "aws")]
//! # impl runbook_runtime::embed::OnAws for purge_queue::PurgeQueue {
//! #     fn caller(
//! #         _: &runbook_runtime::aws::Session,
//! #     ) -> Box<dyn runbook_runtime::caller::Caller<purge_queue::api::Request>> {
//! #         unreachable!("nothing is run")
//! #     }
//! # }
//! use purge_queue::Parameters;    // by include_runbook!("purge-queue")
//!
//! # #[cfg(feature = "aws")]
//! async fn purge(queue_url: &str) -> Result<(), Box<dyn std::error::Error>> {
//!     let finished = purge_queue::run(Parameters::new(queue_url)).await?;
//!     println!("{}: {:?}", finished.status(), finished.outputs.look_messages);
//!     Ok(())
//! }
//! # fn main() {}
//! ```
//!
//! # How a runbook gets into a program
//!
//! `Cargo.toml` names the compiler as a build dependency, and the crates of the AWS SDK that the runbooks call; one that is
//! missing is named by a warning of cargo:
//!
//! ```toml
//! [dependencies]
//! aws-sdk-sqs = { version = "1", default-features = false, features = ["rt-tokio"] }
//! aws-sdk-sts = { version = "1", default-features = false, features = ["rt-tokio"] }
//! runbook-runtime = { version = "0.1.0", features = ["aws"] }
//!
//! [build-dependencies]
//! runbookc = { version = "0.1.0", default-features = false }
//! ```
//!
//! `build.rs` is one statement, `runbookc::build("runbooks/*.yaml")`, and [`include_runbook!`](crate::include_runbook) makes the
//! module. It has the types of the runbook: `Parameters`, `Outputs`, `Step`, in `parameters` those of single parameters, and
//! in `api` the calls, by which scenarios of tests say what is answered.
//!
//! # How a run ends
//!
//! A step that fails is no error of the run: [`Finished`] tells how it has ended, and [`Finished::into_success`] makes an
//! error of everything but success. What keeps a run from beginning or going on is a [`RunError`].
//!
//! # What a run is told
//!
//! | what | by | if not |
//! | --- | --- | --- |
//! | who makes the calls | `Run::aws`, which takes an `aws::Sdk` that runs share, too; [`Run::caller`], [`Run::backend`] | the AWS SDK, as the machine is configured |
//! | where, and as whom | [`Run::region`], [`Run::role`], [`Run::script_credentials`] | the configured Region, the role of the runbook |
//! | the time | [`Run::clock`] | the clock on the wall |
//! | where events are kept | [`Run::store`], `Run::journal` | in memory, until the run ends |
//! | who watches | [`Run::events`], [`Run::observer`], which takes a `log::Log` too | nobody |
//! | what people say | [`Run::signals`], and what other processes leave in the journal | nothing: steps that wait for people run into their limit |
//! | when to stop | [`Run::cancel`], [`Run::complete`], and the journal | never |
//!
//! In a test, [`Run::simulate`] plays a [scenario](crate::simulate) instead, in virtual time, and gives what came of it,
//! typed as well: [`Simulated`].
//!
//! A future that is dropped stops where it is, as a killed process does: what it has started stays, and [`Run::resume`]
//! goes on with the store. To stop an execution with its `onCancel` steps, use [`Run::cancel`].
//!
//! # What happens meanwhile
//!
//! ```
//! # mod included { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/purge_queue.rs")); }
//! # use included::purge_queue;
//! use purge_queue::{PurgeQueue, Step};
//! use runbook_runtime::cancel::CancelToken;
//! use runbook_runtime::embed::{Calls, Happening, Run};
//!
//! async fn watch<C: Calls<PurgeQueue>>(
//!     run: Run<PurgeQueue, C>,
//! ) -> Result<(), Box<dyn std::error::Error>> {
//!     let stop = CancelToken::new();
//!     let mut run = run.cancel(stop.clone());
//!     let mut events = run.events();
//!     let finished = tokio::spawn(run);
//!     while let Some(progress) = events.next().await {
//!         match (progress.step, &progress.what) {
//!             (Some(Step::Wait), Happening::Polled { found, next }) => {
//!                 println!("not yet, but {found:?}; the next look is at {next}");
//!             }
//!             (Some(Step::Purge), Happening::Throttled { .. }) => stop.cancel(),
//!             _ => println!("{progress}"),    // `look started`
//!         }
//!     }
//!     println!("{}", finished.await??.status());
//!     Ok(())
//! }
//! # fn main() {}
//! ```

mod assertions;
mod aws;
mod decisions;
mod events;
mod finished;
mod own;
mod perform;
mod run;
mod simulated;

use std::fmt::Debug;

use crate::parameters::Supplied;
use crate::runbook::Runbook;

pub use crate::real::{
    Backend, Backends, ConnectError, Connection, Role, RunError, ScriptCredentials,
};
pub use aws::Aws;
#[cfg(feature = "aws")]
pub use aws::OnAws;
pub use decisions::Decisions;
pub use events::{Events, Happening, Progress};
pub use finished::{Finished, Unsuccessful};
pub use own::Own;
pub use run::Run;
pub use simulated::Simulated;

/// A runbook that another program runs. Generated code implements it.
pub trait Embedded: Runbook {
    /// What is supplied to it.
    type Parameters: Supplied<Runbook = Self>;
    /// The document's outputs, each as far as there is a value for it.
    type Outputs: Clone + Debug + Default + Send + Sync + 'static;

    /// The document's outputs as `state` has them.
    fn document_outputs(state: &Self::State) -> Self::Outputs;
}

/// Who makes the calls of the runbook `R`, and of those that its steps start: [`Aws`], or [`Own`] callers of the program.
#[diagnostic::on_unimplemented(
    message = "nobody makes the calls of the runbook `{R}`",
    label = "this run needs somebody who makes its calls",
    note = "for those of the AWS SDK, `runbook-runtime` needs the feature `aws`, and the build script no `.aws(false)`",
    note = "`.caller(…)` gives a run a caller of your own, `.simulate(…)` plays a scenario"
)]
pub trait Calls<R: Runbook>: Send + 'static {
    /// Who makes them, for the runbook and for the others. A run asks for it once.
    fn connect(&mut self) -> (Box<dyn Backend<R::Request>>, Backends);
}
