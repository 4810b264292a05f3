//! `runbookc cache`: what builds have left, and how to be rid of it.

use super::arguments::{Cache as Arguments, CacheCommand};
use super::error::CliError;
use super::output;
use crate::build::{Cache, Part};

pub(super) fn execute(arguments: &Arguments) -> Result<u8, CliError> {
    let cache = Cache::locate()?;
    match arguments.command.unwrap_or(CacheCommand::Show) {
        CacheCommand::Show => show(&cache)?,
        CacheCommand::Clear => clear(&cache)?,
    }
    Ok(0)
}

fn show(cache: &Cache) -> Result<(), CliError> {
    let parts = cache.contents()?;
    let rows = parts.iter().map(|part| (size(part.bytes), &*part.name));
    let total = (size(total(&parts)), "together");
    let table: String = rows
        .chain([total])
        .map(|(size, name)| format!("{size:>10}  {name}\n"))
        .collect();
    output::print(&format!("{}\n{table}", cache.root().display()))
}

fn clear(cache: &Cache) -> Result<(), CliError> {
    let freed = size(total(&cache.contents()?));
    cache.clear()?;
    output::print(&format!(
        "removed {freed} from {}\n",
        cache.root().display()
    ))
}

fn total(parts: &[Part]) -> u64 {
    parts.iter().map(|part| part.bytes).sum()
}

/// `1.2 GB`, in powers of a thousand.
fn size(bytes: u64) -> String {
    let steps = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    let step = steps.iter().find(|(unit, _)| bytes >= *unit);
    match step {
        #[expect(
            clippy::cast_precision_loss,
            reason = "one digit after the point is shown"
        )]
        Some((unit, name)) => format!("{:.1} {name}", bytes as f64 / *unit as f64),
        None => format!("{bytes} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_have_a_fitting_unit() {
        let shown = [999, 1_000, 2_550_000, 7_100_000_000].map(size);
        assert_eq!(shown, ["999 B", "1.0 kB", "2.5 MB", "7.1 GB"]);
    }
}
