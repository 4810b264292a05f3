//! What would be published stands on its own: cargo unpacks and builds it.

use std::path::Path;
use std::process::Command;

use runbookc_tests::folder::{Folder, files, read};
use runbookc_tests::paths::{kept, repository};
use runbookc_tests::process::{cargo, run};

const VERSION: &str = env!("CARGO_PKG_VERSION");

#[test]
fn packages_build_and_hold_everything_that_they_need() {
    let target = kept("package");
    let mut package = cargo("package");
    package
        .args([
            "--quiet",
            "--package",
            "runbookc",
            "--package",
            "runbook-runtime",
        ])
        .args(["--allow-dirty", "--target-dir"])
        .arg(&target)
        .current_dir(repository());
    run(&mut package).expect_code(0);

    let unpacked = Folder::new();
    for name in ["runbookc", "runbook-runtime"] {
        let archive = target.join(format!("package/{name}-{VERSION}.crate"));
        run(Command::new("tar")
            .arg("xzf")
            .arg(archive)
            .arg("-C")
            .arg(unpacked.path()))
        .expect_code(0);
    }
    let compiler = unpacked.path().join(format!("runbookc-{VERSION}"));
    expect_runtime(&compiler);
    for file in [
        "data/catalogue.bin",
        "data/Cargo.lock",
        "src/diagnostic/docs/RB0101.md",
    ] {
        assert!(
            compiler.join(file).is_file(),
            "{file} is not in the package"
        );
    }
}

/// The compiler carries the runtime's source, as files and not as links out of the package.
fn expect_runtime(compiler: &Path) {
    let runtime = repository().join("runtime/src");
    let carried = compiler.join("carried/runtime");
    let sources = files(&runtime, &|_| true);
    assert!(!sources.is_empty(), "the runtime has sources");
    assert_eq!(files(&carried, &|_| true), sources);
    for file in sources {
        let carried = carried.join(&file);
        assert!(!carried.is_symlink(), "{} is a link", file.display());
        let same = read(&carried) == read(&runtime.join(&file));
        assert!(same, "{} is not the runtime's", file.display());
    }
    for file in ["runtime.toml", "workspace.toml"] {
        assert!(
            !compiler.join("carried").join(file).is_symlink(),
            "{file} is a link"
        );
    }
}
