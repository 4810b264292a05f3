//! The pruner, with a crate that is laid out like those of the SDK in a few lines.
// Helpers of tests count as tests.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;

use expect_test::expect;

use runbookc::build::prune::{
    Extras, PruneError, Pruned, Pruning, aws_config_operations, operations_of, prune_with,
};

/// The files of the crate `aws-sdk-tea`, each below its path.
const TEA: &str = include_str!("prune/tea.txt");

#[test]
fn what_an_operation_reaches_is_kept() {
    let tea = Folder::with_tea("reach");
    tea.prune(&["Brew"], Extras::default()).unwrap();
    tea.expect(
        &[
            "src/lib.rs",
            "src/client.rs",
            "src/client/brew.rs",
            "src/operation.rs",
            "src/operation/brew.rs",
            "src/session.rs",
            "src/types.rs",
        ],
        expect![[r#"
        === src/lib.rs
        // Changed by runbookc: items and documentation were removed; see PRUNED.md.
        #![forbid(unsafe_code)]
        #![allow(warnings)]

        pub mod client;

        mod error_meta;

        mod macros;

        pub mod operation;

        mod session;

        mod type_registry;

        pub mod types;

        pub use client::Client;

        pub use error_meta::Error;
        === src/client.rs
        // Changed by runbookc: items and documentation were removed; see PRUNED.md.

        pub struct Client;

        impl Client {
            pub fn registry() -> u8 {
                crate::type_registry::REGISTRY
            }
        }

        mod brew;

        mod open_session;
        === src/client/brew.rs
        // Changed by runbookc: items and documentation were removed; see PRUNED.md.

        impl super::Client {
            pub fn brew(&self) -> crate::operation::brew::builders::Brew {
                todo!()
            }
        }
        === src/operation.rs
        // Changed by runbookc: items and documentation were removed; see PRUNED.md.

        pub mod brew;
        === src/operation/brew.rs
        // Changed by runbookc: items and documentation were removed; see PRUNED.md.

        pub mod builders;
        === src/session.rs
        // Changed by runbookc: items and documentation were removed; see PRUNED.md.

        pub fn open(host: &str) -> Result<(), crate::types::Cold> {
            crate::macros::strength();
            client.open_session().host(host).send()
        }
        === src/types.rs
        // Changed by runbookc: items and documentation were removed; see PRUNED.md.

        pub use crate::types::_cold::Cold;

        pub use crate::types::_pot::Pot;

        mod _cold {
        pub struct Cold;

        impl Cold {
                pub fn heat(&self) -> super::Warmth {
                    todo!()
                }
            }
        }

        mod _pot {
        pub struct Pot;

        pub struct PotBuilder;

        impl PotBuilder {
                pub fn build(self) -> Pot {
                    Pot
                }
            }
        }

        pub mod builders {
        pub use crate::types::_pot::PotBuilder;
        }

        pub struct Warmth;
    "#]],
    );
}

#[test]
fn text_is_original_but_for_documentation_and_tests() {
    let tea = Folder::with_tea("text");
    tea.prune(&["Brew"], Extras::default()).unwrap();
    tea.expect(
        &["src/operation/brew/builders.rs"],
        expect![[r#"
            === src/operation/brew/builders.rs
            // Changed by runbookc: items and documentation were removed; see PRUNED.md.

            pub struct Brew {
                pot: Vec<crate::types::builders::PotBuilder>,
            }

            impl Brew {
                pub fn send(self) -> Result<(), crate::types::Cold> {
                    // As the host says.
                    crate::session::open("crate::types::Spoon")
                }
                pub fn get_taste(&self) {
                    self.taste()
                }
            }
        "#]],
    );
}

#[test]
fn macros_are_kept_with_the_documentation_they_make() {
    let tea = Folder::with_tea("macros");
    tea.prune(&["Brew"], Extras::default()).unwrap();
    tea.expect(
        &["src/macros.rs"],
        expect![[r#"
        === src/macros.rs
        // Changed by runbookc: items and documentation were removed; see PRUNED.md.

        macro_rules! documented {
            ($text:expr, $name:ident) => {
                #[doc = $text]
                pub struct $name;
            };
        }

        tea! {
            struct InMacro;
        }

        pub fn strength() -> u8 {
            3
        }
    "#]],
    );
}

#[test]
fn lists_of_everything_lose_what_is_dropped() {
    let tea = Folder::with_tea("lists");
    tea.prune(&["Brew"], Extras::default()).unwrap();
    tea.expect(
        &["src/error_meta.rs", "src/type_registry.rs"],
        expect![[r#"
        === src/error_meta.rs
        // Changed by runbookc: items and documentation were removed; see PRUNED.md.

        pub enum Error {
            Cold(crate::types::Cold),
            Unhandled,
        }

        impl std::fmt::Display for Error {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    Error::Cold(inner) => inner.fmt(f),
                    Error::Unhandled => f.write_str("unhandled"),
                }
            }
        }

        impl From<crate::types::Cold> for Error {
            fn from(error: crate::types::Cold) -> Self {
                Error::Cold(error)
            }
        }
        === src/type_registry.rs
        // Changed by runbookc: items and documentation were removed; see PRUNED.md.

        pub static REGISTRY: u8 = builder()
            .insert_shape(crate::types::Pot::SCHEMA, |d| crate::types::Pot::read(d))
            .build();

        fn builder() -> u8 {
            0
        }
    "#]],
    );
}

#[test]
fn requests_that_the_crate_sends_itself_are_kept() {
    let tea = Folder::with_tea("requests");
    let pruned = tea.prune(&["Brew"], Extras::default()).unwrap();
    let kept: Vec<_> = pruned.operations.iter().map(String::as_str).collect();
    // `Taste` is not: a getter of that name is no request.
    assert_eq!(kept, ["Brew", "OpenSession"]);
    assert_eq!(tea.files("src/client"), ["brew.rs", "open_session.rs"]);
}

#[test]
fn waiters_and_paginators_are_kept_on_demand() {
    let extras = Extras { helpers: true };
    let tea = Folder::with_tea("helpers");
    tea.prune(&["Brew"], extras).unwrap();
    assert!(tea.copied("src/client.rs").contains("wait_until_hot"));
    assert!(tea.copied("src/waiters/hot.rs").contains("struct Hot"));
    let builders = tea.copied("src/operation/brew/builders.rs");
    assert!(builders.contains("into_paginator"), "{builders}");

    let tea = Folder::with_tea("without-helpers");
    tea.prune(&["Brew"], Extras::default()).unwrap();
    assert!(!tea.copied("src/client.rs").contains("Waiters"));
    assert!(!tea.has("src/waiters.rs"));
    let builders = tea.copied("src/operation/brew/builders.rs");
    assert!(!builders.contains("into_paginator"), "{builders}");
}

#[test]
fn a_waiter_goes_with_its_operation() {
    let tea = Folder::with_tea("waiter");
    tea.prune(&["Taste"], Extras { helpers: true }).unwrap();
    let client = tea.copied("src/client.rs");
    assert!(client.contains("trait Waiters"), "{client}");
    assert!(!client.contains("wait_until_hot"), "{client}");
}

#[test]
fn the_copy_is_a_package_with_its_licence_and_a_note() {
    let tea = Folder::with_tea("package");
    tea.prune(&["PourTea", "Taste"], Extras::default()).unwrap();
    tea.expect(&["Cargo.toml", "PRUNED.md", "LICENSE"], expect![[r#"
        === Cargo.toml
        [package]
        name = "aws-sdk-tea"
        version = "1.2.3"

        [lib]
        path = "src/lib.rs"

        [dependencies.bytes]
        version = "1"
        === PRUNED.md
        # A pruned copy of aws-sdk-tea 1.2.3

        runbookc made this copy so that it builds faster. It is the text of the official crate, reduced to
        the operations below and what they use, without documentation, tests and examples.
        The licence of the original applies.

        These operations are kept:

        - PourTea
        - Taste
        === LICENSE
        Apache-2.0
    "#]]);
    assert!(!tea.has("tests"));
}

#[test]
fn an_operation_that_the_crate_does_not_have_is_an_error() {
    let tea = Folder::with_tea("missing");
    let error = tea.prune(&["Boil"], Extras::default()).unwrap_err();
    assert_eq!(error.to_string(), "aws-sdk-tea has no operation Boil");
    let known = operations_of(&tea.stock()).unwrap();
    let known: Vec<_> = known.iter().map(String::as_str).collect();
    assert_eq!(known, ["Brew", "OpenSession", "PourTea", "Taste"]);
}

#[test]
fn another_layout_is_an_error() {
    let tea = Folder::with_tea("layout");
    fs::remove_file(tea.stock().join("src/session.rs")).unwrap();
    tea.expect_layout_error("session.rs");

    let tea = Folder::with_tea("methods");
    tea.write("stock/src/client.rs", "pub struct Client;\n");
    tea.expect_layout_error("client/brew.rs");

    let tea = Folder::with_tea("operations");
    tea.write("stock/src/operation.rs", "pub mod brew;\n");
    tea.expect_layout_error("a list of operations");
}

#[test]
fn what_is_no_rust_is_an_error_with_its_line() {
    let tea = Folder::with_tea("syntax");
    tea.write("stock/src/session.rs", "fn open() {}\nfn shut() {\n");
    let error = tea.prune(&["Brew"], Extras::default()).unwrap_err();
    assert!(
        matches!(&error, PruneError::Syntax { path, line: 2.. } if path.ends_with("session.rs")),
        "{error}"
    );
}

#[test]
fn the_operations_of_aws_config_are_those_it_sends_or_names() {
    let config = Folder::new("aws-config");
    config.write(
        "src/sso.rs",
        "use aws_sdk_sso::Client;
         async fn get(client: Client) {
             let name = names.get_name();
             let _ = client.clone().get_role_credentials().role(name).send().await;
         }
         #[cfg(test)]
         mod tests { use aws_sdk_dynamodb::Client; }",
    );
    config.write(
        "src/sts/role.rs",
        "use aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder;
         fn assume() { builder.clone().send(); }",
    );
    let found = aws_config_operations(&config.0).unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|(krate, names)| format!("{krate} {names:?}"))
        .collect();
    assert_eq!(
        found,
        [
            "aws-sdk-sso {\"GetRoleCredentials\"}",
            "aws-sdk-sts {\"AssumeRole\"}"
        ]
    );
}

/// A folder that is gone after the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("runbookc-prune-{name}-{}", process::id())))
    }

    /// A folder with the crate in `stock`.
    fn with_tea(name: &str) -> Self {
        let folder = Self::new(name);
        for file in TEA.split("=== ").filter(|file| !file.is_empty()) {
            let (path, text) = file.split_once('\n').expect("a path stands above a file");
            folder.write(&format!("stock/{path}"), text);
        }
        folder
    }

    fn stock(&self) -> PathBuf {
        self.0.join("stock")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Prunes the crate into `copy`.
    fn prune(&self, operations: &[&str], extras: Extras) -> Result<Pruned, PruneError> {
        let operations: BTreeSet<_> = operations.iter().map(|name| (*name).to_owned()).collect();
        let source = self.stock();
        let pruning = Pruning {
            krate: "aws-sdk-tea",
            source: &source,
            operations: &operations,
        };
        prune_with(&pruning, extras, &self.0.join("copy"))
    }

    fn copied(&self, path: &str) -> String {
        fs::read_to_string(self.0.join("copy").join(path)).unwrap()
    }

    fn has(&self, path: &str) -> bool {
        self.0.join("copy").join(path).exists()
    }

    /// The names of the files in a folder of the copy.
    fn files(&self, folder: &str) -> Vec<String> {
        let files = fs::read_dir(self.0.join("copy").join(folder)).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        let names: BTreeSet<_> = names.collect();
        names.into_iter().collect()
    }

    /// Compares files of the copy.
    #[track_caller]
    fn expect(&self, paths: &[&str], expected: expect_test::Expect) {
        let files = paths
            .iter()
            .map(|path| format!("=== {path}\n{}", self.copied(path)));
        expected.assert_eq(&files.collect::<String>());
    }

    #[track_caller]
    fn expect_layout_error(&self, expected: &str) {
        let error = self.prune(&["Brew"], Extras::default()).unwrap_err();
        assert!(
            matches!(&error, PruneError::Layout { missing, .. } if Path::new(missing) == Path::new(expected)),
            "{error}"
        );
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
