//! The profile that the environment names. The SDK goes on without one that is not there, to whatever else gives
//! credentials; nobody who has named one means that.

use std::borrow::Cow;

use aws_config::profile::{self, ProfileSet};
use aws_types::os_shim_internal::{Env, Fs};

use crate::similar::did_you_mean;

use super::session::SessionError;

/// Looks whether the files of profiles can be read, and have the one that `AWS_PROFILE` names.
///
/// # Errors
/// When they cannot, or do not.
pub(super) async fn check() -> Result<(), SessionError> {
    let env = Env::real();
    let named = env.get("AWS_PROFILE").ok().filter(|name| !name.is_empty());
    let selected = named.clone().map(Cow::Owned);
    let known = profile::load(&Fs::real(), &env, &Default::default(), selected).await;
    let known = known.map_err(|error| SessionError::Profiles(super::causes(&error)))?;
    match named {
        // Without such a profile there is just no default.
        Some(name) if name != "default" && known.get_profile(&name).is_none() => {
            let hint = hint(&name, &known);
            Err(SessionError::NoProfile { name, hint })
        }
        _ => Ok(()),
    }
}

fn hint(name: &str, known: &ProfileSet) -> String {
    let mut names: Vec<&str> = known.profiles().collect();
    names.sort_unstable();
    match did_you_mean(name, names.iter().copied()) {
        hint if hint.is_empty() && !names.is_empty() => format!("; there are {}", names.join(", ")),
        hint => hint,
    }
}
