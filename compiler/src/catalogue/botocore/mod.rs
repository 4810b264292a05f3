//! Makes a catalogue from an installed botocore.
//!
//! The models are its JSON files, with small files beside them that botocore
//! merges in when it loads a model. Three things that Boto3 adds to them stand in
//! Python: method names that break the rule, aliases of parameters, and
//! parameters that Boto3 fills in.

mod distil;
mod python;
mod raw;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{CatalogueError, Service, pack};
use python::Customizations;

/// Distils an installed botocore into the bytes of a catalogue.
///
/// The directory is that of the Python package. Without a date, the catalogue
/// has that of the newest model.
pub fn generate(botocore: &Path, date: Option<&str>) -> Result<Vec<u8>, CatalogueError> {
    let customizations = Customizations::read(
        &text(&botocore.join("__init__.py"))?,
        &text(&botocore.join("handlers.py"))?,
    )?;
    let models = models(&botocore.join("data"))?;
    let date = match date {
        Some(date) => date.to_owned(),
        None => newest(models.values())?,
    };
    let services = models
        .iter()
        .map(|(name, path)| service(name, path, &customizations))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(pack::pack(&customizations.version, &date, &services))
}

fn service(
    name: &str,
    path: &Path,
    customizations: &Customizations,
) -> Result<Service, CatalogueError> {
    let model = model(path)?;
    let paginators = path.with_file_name("paginators-1.json");
    let pagination = match paginators.exists() {
        true => json(&paginators)?,
        false => raw::Pagination::default(),
    };
    distil::service(name, &model, &pagination, customizations)
}

/// A model as botocore loads it.
fn model(path: &Path) -> Result<raw::Model, CatalogueError> {
    let extras = path.with_file_name("service-2.sdk-extras.json");
    if !extras.exists() {
        return json(path);
    }
    let (mut model, extras): (Value, raw::Extras) = (json(path)?, json(&extras)?);
    merge(&mut model, extras.merge);
    serde_json::from_value(model).map_err(unparsable(path))
}

/// Puts what is new into objects, at every depth, and replaces other values.
fn merge(model: &mut Value, new: Value) {
    match (model, new) {
        (Value::Object(model), Value::Object(new)) => {
            for (name, new) in new {
                merge(model.entry(name).or_insert(Value::Null), new);
            }
        }
        (model, new) => *model = new,
    }
}

/// The model of the newest version of each service, by the service's name.
fn models(data: &Path) -> Result<BTreeMap<String, PathBuf>, CatalogueError> {
    let mut models = BTreeMap::new();
    for service in directories(data)? {
        let versions = directories(&service)?;
        let newest = versions.iter().filter_map(|path| model_file(path)).max();
        if let (Some(name), Some(newest)) = (service.file_name(), newest) {
            models.insert(name.to_string_lossy().into_owned(), newest);
        }
    }
    Ok(models)
}

fn model_file(directory: &Path) -> Option<PathBuf> {
    ["service-2.json.gz", "service-2.json"]
        .map(|name| directory.join(name))
        .into_iter()
        .find(|path| path.exists())
}

fn directories(parent: &Path) -> Result<Vec<PathBuf>, CatalogueError> {
    let entries = fs::read_dir(parent).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.map_err(unreadable(parent))?;
    let paths = entries.into_iter().map(|entry| entry.path());
    Ok(paths.filter(|path| path.is_dir()).collect())
}

/// The day of the newest model, in UTC.
fn newest<'a>(models: impl Iterator<Item = &'a PathBuf>) -> Result<String, CatalogueError> {
    let mut newest = Timestamp::UNIX_EPOCH;
    for path in models {
        let modified = fs::metadata(path).and_then(|metadata| {
            Timestamp::try_from(metadata.modified()?).map_err(std::io::Error::other)
        });
        newest = newest.max(modified.map_err(unreadable(path))?);
    }
    Ok(newest.strftime("%Y-%m-%d").to_string())
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T, CatalogueError> {
    let file = fs::File::open(path).map_err(unreadable(path))?;
    let mut bytes = Vec::new();
    let read = match path.extension().is_some_and(|extension| extension == "gz") {
        true => GzDecoder::new(BufReader::new(file)).read_to_end(&mut bytes),
        false => BufReader::new(file).read_to_end(&mut bytes),
    };
    read.map_err(unreadable(path))?;
    serde_json::from_slice(&bytes).map_err(unparsable(path))
}

fn text(path: &Path) -> Result<String, CatalogueError> {
    fs::read_to_string(path).map_err(unreadable(path))
}

fn unparsable(path: &Path) -> impl FnOnce(serde_json::Error) -> CatalogueError {
    let path = path.to_owned();
    |source| CatalogueError::Json { path, source }
}

fn unreadable(path: &Path) -> impl FnOnce(std::io::Error) -> CatalogueError {
    let path = path.to_owned();
    |source| CatalogueError::Read { path, source }
}
