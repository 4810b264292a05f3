//! Which of a scenario's stubs answers a call: found by the names of the step and the API, however many there are.

use std::collections::HashMap;

use super::scenario::Stub;

/// The places of stubs by what they answer. Of several for the same API the first counts.
pub(super) struct Stubs {
    by_key: HashMap<String, usize>,
    by_api: HashMap<String, usize>,
}

impl Stubs {
    pub(super) fn of(stubs: &[Stub]) -> Self {
        let (mut by_key, mut by_api) = (HashMap::new(), HashMap::new());
        for (place, stub) in stubs.iter().enumerate() {
            by_key.entry(stub.key.name.clone()).or_insert(place);
            by_api.entry(api(&stub.key.name)).or_insert(place);
        }
        Self { by_key, by_api }
    }

    /// That of a step: `stop`, or `makeImage.CreateImage` for one of its calls. A step may be called like a service, so
    /// that the second could be meant for all steps: the step itself comes first.
    pub(super) fn of_step(&self, step: &str, operation: &str) -> Option<usize> {
        let of_call = || self.by_key.get(&format!("{step}.{operation}"));
        self.by_key.get(step).or_else(of_call).copied()
    }

    /// That of an API, under one of the names that it has.
    pub(super) fn of_api<const N: usize>(&self, names: [&str; N]) -> Option<usize> {
        let stubs = names.map(|name| self.by_api.get(&api(name)));
        stubs.into_iter().flatten().min().copied()
    }
}

/// The name of an API with the service in lower case, as it may be written in any.
fn api(name: &str) -> String {
    match name.split_once('.') {
        Some((service, operation)) => {
            let mut name = service.to_ascii_lowercase();
            name.push('.');
            name.push_str(operation);
            name
        }
        None => name.to_owned(),
    }
}
