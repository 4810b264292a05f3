//! The engine, driving runbooks written by hand in virtual time.

#![allow(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]

mod approvals;
mod attempts;
mod cancellation;
mod children;
mod doubts;
mod dry_runs;
mod durability;
mod embedded;
mod family;
mod family_runs;
mod fleets;
mod flow;
#[cfg(feature = "journal")]
mod journal;
mod long;
mod loops;
mod loops_nested;
mod loops_stopped;
mod outputs;
mod procedures;
mod record;
mod repeats;
mod sheets;
mod signals;
mod stored;
mod time;
mod toy;
