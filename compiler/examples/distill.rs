//! Makes `compiler/data/catalogue.bin` anew from an installed botocore.
//!
//! ```text
//! cargo run --release -p runbookc --example distill -- \
//!     <directory of the Python package botocore> compiler/data/catalogue.bin [YYYY-MM-DD]
//! ```
//!
//! The same botocore and date give the same bytes. Without a date it is that of
//! the newest model, which installing with pip may have changed.

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (botocore, target, date) = match arguments.as_slice() {
        [botocore, target] => (botocore, target, None),
        [botocore, target, date] => (botocore, target, Some(date.as_str())),
        _ => return Err("usage: distill <botocore directory> <target> [<date>]".into()),
    };
    let catalogue = runbookc::catalogue::generate(Path::new(botocore), date)?;
    std::fs::write(target, catalogue)?;
    Ok(())
}
