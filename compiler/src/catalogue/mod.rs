//! The catalogue: the models of all AWS services, as botocore has them.
//!
//! It is distilled from an installed botocore (feature `cli`) and embedded in
//! the compiler, so that checking an API call needs no network and no account.
//! A service is inflated and decoded when it is first asked for.

#[cfg(feature = "cli")]
mod botocore;
#[cfg_attr(
    not(feature = "cli"),
    allow(dead_code, reason = "only what is distilled is encoded")
)]
mod codec;
mod error;
mod model;
mod names;
#[cfg_attr(
    not(feature = "cli"),
    allow(dead_code, reason = "only what is distilled is packed")
)]
mod pack;
#[cfg_attr(
    not(feature = "cli"),
    allow(dead_code, reason = "only what is distilled is written")
)]
mod wire;

use std::borrow::Cow;
#[cfg(feature = "cli")]
use std::path::Path;
use std::sync::{Arc, LazyLock, OnceLock};

#[cfg(feature = "cli")]
pub use botocore::generate;
pub use error::CatalogueError;
pub use model::*;

static EMBEDDED: &[u8] = include_bytes!("../../data/catalogue.bin");

/// The models of all AWS services, each decoded when it is first asked for.
pub struct Catalogue {
    bytes: Cow<'static, [u8]>,
    header: pack::Header,
    /// The decoded services, beside the entries of the index.
    services: Vec<OnceLock<Arc<Service>>>,
}

impl Catalogue {
    /// The catalogue that the compiler carries.
    #[allow(
        clippy::expect_used,
        reason = "the bytes are the compiler's own, and a test decodes all of them"
    )]
    pub fn embedded() -> &'static Catalogue {
        static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
            Catalogue::indexed(Cow::Borrowed(EMBEDDED)).expect("the embedded catalogue is sound")
        });
        &CATALOGUE
    }

    /// Reads what [`Catalogue::encode`] or `generate` wrote, and all of its services at once.
    pub fn decode(bytes: Vec<u8>) -> Result<Catalogue, CatalogueError> {
        let catalogue = Catalogue::indexed(Cow::Owned(bytes))?;
        for (entry, decoded) in catalogue.header.entries.iter().zip(&catalogue.services) {
            let service = pack::service(&catalogue.bytes, entry)?;
            decoded.get_or_init(|| Arc::new(service));
        }
        Ok(catalogue)
    }

    /// Distils an installed botocore: the directory that holds `data` and `handlers.py`.
    ///
    /// Without a date, it is that of the newest file among the models.
    #[cfg(feature = "cli")]
    pub fn from_botocore(
        directory: &Path,
        date: Option<&str>,
    ) -> Result<Catalogue, CatalogueError> {
        Catalogue::decode(generate(directory, date)?)
    }

    /// The bytes that [`Catalogue::decode`] reads.
    pub fn encode(&self) -> Vec<u8> {
        self.bytes.to_vec()
    }

    /// The version of botocore that the models come from.
    pub fn botocore_version(&self) -> &str {
        &self.header.botocore_version
    }

    /// The day of the models, as in `2026-11-17`.
    pub fn date(&self) -> &str {
        &self.header.date
    }

    /// The names of all services as Boto3 knows them, sorted.
    pub fn services(&self) -> impl Iterator<Item = &str> {
        self.header.entries.iter().map(|entry| &*entry.name)
    }

    /// The names of the services that were asked for, and so are decoded.
    pub fn decoded(&self) -> impl Iterator<Item = &str> {
        let known = self.services().zip(&self.services);
        known.filter_map(|(name, service)| service.get().map(|_| name))
    }

    /// Finds a service as runbooks spell it: by Boto3's name (`ecs`, `ECS`), or by
    /// its own identifier in any spelling (`CloudWatch Logs`, `cloudwatchlogs`).
    pub fn find(&self, written: &str) -> Option<Arc<Service>> {
        self.position(written)
            .map(|position| self.service(position))
    }

    /// The services whose names, or own identifiers, are nearest to a name that is none;
    /// several if they are equally near. Those that have the operation go before others.
    pub fn similar(&self, written: &str, operation: Option<&str>) -> Vec<&str> {
        let mut near = self.near(written);
        if let Some(operation) = operation {
            let mut fitting = near.clone();
            fitting.retain(|(_, position)| self.service(*position).operation(operation).is_some());
            if !fitting.is_empty() {
                near = fitting;
            }
        }
        let least = near.iter().map(|(difference, _)| *difference).min();
        let nearest = near
            .iter()
            .filter(|(difference, _)| Some(*difference) == least);
        nearest
            .filter_map(|(_, position)| Some(self.header.entries.get(*position)?.name.as_str()))
            .collect()
    }

    /// The services that a name with a slip in it may mean: how far from it they are, and their positions.
    fn near(&self, written: &str) -> Vec<(usize, usize)> {
        let entries = self.header.entries.iter().enumerate();
        let near = entries.filter_map(|(position, entry)| {
            let spellings = [&entry.name, &entry.service_id];
            let differences = spellings
                .into_iter()
                .filter_map(|spelling| names::difference(written, spelling));
            Some((differences.min()?, position))
        });
        near.collect()
    }

    /// Reads the index alone.
    fn indexed(bytes: Cow<'static, [u8]>) -> Result<Catalogue, CatalogueError> {
        let header = pack::header(&bytes)?;
        let services = header.entries.iter().map(|_| OnceLock::new()).collect();
        Ok(Catalogue {
            bytes,
            header,
            services,
        })
    }

    fn position(&self, written: &str) -> Option<usize> {
        let entries = &self.header.entries;
        let written = names::current(written);
        let exact = entries.binary_search_by(|entry| entry.name.as_str().cmp(written));
        let folded = names::folded(written);
        exact
            .ok()
            .or_else(|| {
                entries
                    .iter()
                    .position(|entry| names::folded(&entry.name) == folded)
            })
            .or_else(|| {
                entries
                    .iter()
                    .position(|entry| names::folded(&entry.service_id) == folded)
            })
    }

    #[allow(
        clippy::indexing_slicing,
        clippy::expect_used,
        reason = "positions are our own; every service was decoded by `decode` or by a test"
    )]
    fn service(&self, position: usize) -> Arc<Service> {
        let decoded = self.services[position].get_or_init(|| {
            let service = pack::service(&self.bytes, &self.header.entries[position]);
            Arc::new(service.expect("the embedded catalogue is sound"))
        });
        Arc::clone(decoded)
    }
}
