//! The catalogue as one file: a header, an index, and services packed one by one.
//!
//! Only the header and the index are read at the start; a service is inflated
//! when it is asked for.

use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::wire::{Bytes, put_number, put_text};
use super::{CatalogueError, Service, codec};

/// The first bytes of a catalogue; the last is the version of the format.
const MAGIC: &[u8] = b"runbookc catalogue \x02";

/// No service is larger when inflated; damaged bytes may claim to be.
const LARGEST_SERVICE: usize = 64 << 20;

/// What stands before the packed services.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Header {
    pub(super) botocore_version: String,
    pub(super) date: String,
    pub(super) entries: Vec<Entry>,
}

/// One line of the index.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) service_id: String,
    pub(super) packed: std::ops::Range<usize>,
}

/// Writes a whole catalogue; the services come sorted by name.
pub(super) fn pack(version: &str, date: &str, services: &[Service]) -> Vec<u8> {
    let packed: Vec<_> = services.iter().map(deflated).collect();
    let mut bytes = MAGIC.to_vec();
    put_text(&mut bytes, version);
    put_text(&mut bytes, date);
    put_number(&mut bytes, services.len() as u64);
    for (service, packed) in services.iter().zip(&packed) {
        put_text(&mut bytes, &service.name);
        put_text(&mut bytes, &service.service_id);
        put_number(&mut bytes, packed.len() as u64);
    }
    bytes.extend(packed.into_iter().flatten());
    bytes
}

/// Reads header and index.
pub(super) fn header(bytes: &[u8]) -> Result<Header, CatalogueError> {
    let mut rest = Bytes(bytes.strip_prefix(MAGIC).ok_or(CatalogueError::Format)?);
    let mut header = Header {
        botocore_version: rest.text()?.to_owned(),
        date: rest.text()?.to_owned(),
        entries: Vec::new(),
    };
    let mut lengths: usize = 0;
    for _ in 0..rest.count()? {
        let name = rest.text()?.to_owned();
        let service_id = rest.text()?.to_owned();
        let length = rest.number()? as usize;
        let packed = lengths..lengths.saturating_add(length);
        lengths = packed.end;
        header.entries.push(Entry {
            name,
            service_id,
            packed,
        });
    }
    place(&mut header.entries, bytes.len() - rest.0.len(), bytes.len())?;
    Ok(header)
}

/// Reads one service.
pub(super) fn service(bytes: &[u8], entry: &Entry) -> Result<Service, CatalogueError> {
    let end = CatalogueError::Damaged("it ends too early");
    let packed = bytes.get(entry.packed.clone()).ok_or(end)?;
    let inflated = decompress_to_vec_with_limit(packed, LARGEST_SERVICE)
        .map_err(|_| CatalogueError::Damaged("a service cannot be inflated"))?;
    codec::decode(&inflated)
}

/// Turns ranges among the packed services into ranges of the whole.
fn place(entries: &mut [Entry], start: usize, end: usize) -> Result<(), CatalogueError> {
    for entry in entries.iter_mut() {
        entry.packed.start = entry.packed.start.saturating_add(start);
        entry.packed.end = entry.packed.end.saturating_add(start);
    }
    let last = entries.last().map_or(start, |entry| entry.packed.end);
    if last != end {
        return Err(CatalogueError::Damaged("its length is wrong"));
    }
    if !entries.is_sorted_by(|before, after| before.name < after.name) {
        return Err(CatalogueError::Damaged("its services are not in order"));
    }
    Ok(())
}

/// Packs one service, as small as it gets.
fn deflated(service: &Service) -> Vec<u8> {
    const SMALLEST: u8 = 10;
    miniz_oxide::deflate::compress_to_vec(&codec::encode(service), SMALLEST)
}
