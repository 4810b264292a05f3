//! The sources of an SDK crate: what its builders, structs and unions take.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use runbookc_tests::folder::read;
use runbookc_tests::sdk::Unpacked;
use syn::ext::IdentExt;
use syn::{FnArg, ImplItem, Item, ItemEnum, ItemImpl, ReturnType, Signature, Type, Visibility};

/// An unpacked SDK crate.
pub(crate) struct Krate {
    /// Its name: `aws-sdk-ecs`.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
    folder: PathBuf,
    /// The files of the public types, by the types' names.
    types: BTreeMap<String, String>,
    texts: RefCell<BTreeMap<String, bool>>,
}

/// Names and what they take; nothing for the variant of a union that holds nothing.
pub(crate) type Taken = BTreeMap<String, Option<Type>>;

/// A type that inputs are made of.
pub(crate) enum Source {
    /// Made by a builder: its setters.
    Structure(Taken),
    /// Made by choosing a variant.
    Union(Taken),
    /// Something else, or nothing at all.
    Other,
}

impl Krate {
    /// Reads which types a crate has.
    pub(crate) fn new(unpacked: Unpacked) -> Self {
        let Unpacked {
            name,
            version,
            folder,
        } = unpacked;
        let types = read(&folder.join("src/types.rs"));
        let lines = types.lines().filter_map(|line| {
            let path = line.strip_prefix("pub use crate::types::")?;
            let (module, name) = path.strip_suffix(';')?.split_once("::")?;
            Some((name.to_owned(), format!("src/types/{module}.rs")))
        });
        Self {
            name,
            version,
            types: lines.collect(),
            folder,
            texts: RefCell::default(),
        }
    }

    /// The operations' names in the API.
    pub(crate) fn operations(&self) -> BTreeSet<String> {
        let folder = &self.folder;
        runbookc::build::prune::operations_of(folder).expect("a crate has operations")
    }

    /// Whether a union has a method, as code has that asks for one member.
    pub(crate) fn has_getter(&self, union: &str, method: &str) -> bool {
        let file = self.type_file(union).and_then(|file| self.parse(file));
        file.is_some_and(|file| methods(&file, union).any(|signature| is_named(&signature, method)))
    }

    /// The type that a method of the client gives: `RunTaskFluentBuilder`.
    pub(crate) fn client(&self, method: &str) -> Option<String> {
        let file = self.parse(&format!("src/client/{method}.rs"))?;
        let signature = methods(&file, "Client").find(|signature| is_named(signature, method))?;
        last_segment(&returned(&signature)?)
    }

    /// The setters of a fluent builder in a file, if it can also be sent as emission does it.
    pub(crate) fn fluent_builder(&self, file: &str, builder: &str) -> Option<Taken> {
        let file = self.parse(file)?;
        let has = |name| methods(&file, builder).any(|signature| is_named(&signature, name));
        (has("customize") && has("send")).then(|| setters(&file, builder))
    }

    /// The file of a public type.
    pub(crate) fn type_file(&self, name: &str) -> Option<&str> {
        self.types.get(name).map(String::as_str)
    }

    /// How a type of the crate is made.
    pub(crate) fn source(&self, name: &str) -> Source {
        let file = self.type_file(name).and_then(|file| self.parse(file));
        let Some(file) = file else {
            return Source::Other;
        };
        let builder = format!("{name}Builder");
        let starts = methods(&file, name).any(|signature| {
            let returned = returned(&signature).and_then(|builder| last_segment(&builder));
            is_named(&signature, "builder") && returned.as_deref() == Some(&builder)
        });
        let mut finishing = methods(&file, &builder);
        if starts
            && finishing.any(|signature| is_named(&signature, "build") && gives(&signature, name))
        {
            return Source::Structure(setters(&file, &builder));
        }
        let unions = file.items.iter().filter_map(|item| match item {
            Item::Enum(item) if item.ident == name => Some(item),
            _ => None,
        });
        let union = unions.filter(|_| !self.is_made_of_text(name)).last();
        union.map_or(Source::Other, |union| Source::Union(variants(union)))
    }

    /// Whether a type is an enum that can be made of text, and be the key of a map.
    pub(crate) fn is_made_of_text(&self, name: &str) -> bool {
        let Some(file) = self.type_file(name) else {
            return false;
        };
        let mut known = self.texts.borrow_mut();
        let made = || {
            let text = read(&self.folder.join(file));
            text.contains(&format!("impl ::std::convert::From<&str> for {name} {{"))
                && text.contains("::std::hash::Hash")
        };
        *known.entry(name.to_owned()).or_insert_with(made)
    }

    fn parse(&self, file: &str) -> Option<syn::File> {
        let path = self.folder.join(file);
        let parsed = path.is_file().then(|| syn::parse_file(&read(&path)));
        parsed.map(|file| file.expect("cargo's crates are Rust"))
    }
}

fn variants(union: &ItemEnum) -> Taken {
    let variants = union.variants.iter();
    let held = variants.map(|variant| {
        let field = variant.fields.iter().next();
        (
            variant.ident.to_string(),
            field.map(|field| field.ty.clone()),
        )
    });
    held.collect()
}

/// The public `set_…` of a type that take an option, and what it is of.
fn setters(file: &syn::File, owner: &str) -> Taken {
    let setters = methods(file, owner).filter_map(|signature| {
        let name = signature.ident.unraw().to_string();
        let Some(FnArg::Typed(input)) = signature.inputs.last() else {
            return None;
        };
        let taken = argument(&input.ty, "Option")?;
        (name.starts_with("set_")).then(|| (name, Some(taken.clone())))
    });
    setters.collect()
}

fn methods<'a>(file: &'a syn::File, owner: &'a str) -> impl Iterator<Item = Signature> + 'a {
    let blocks = file.items.iter().filter_map(move |item| match item {
        Item::Impl(block) if is_own(block, owner) => Some(block),
        _ => None,
    });
    let items = blocks.flat_map(|block| &block.items);
    items.filter_map(|item| match item {
        ImplItem::Fn(method) if matches!(method.vis, Visibility::Public(_)) => {
            Some(method.sig.clone())
        }
        _ => None,
    })
}

fn is_own(block: &ItemImpl, owner: &str) -> bool {
    block.trait_.is_none() && last_segment(&block.self_ty).as_deref() == Some(owner)
}

fn is_named(signature: &Signature, name: &str) -> bool {
    signature.ident.unraw() == name
}

fn returned(signature: &Signature) -> Option<Type> {
    match &signature.output {
        ReturnType::Type(_, returned) => Some((**returned).clone()),
        ReturnType::Default => None,
    }
}

/// Whether a method gives a type, or a result of it and the error that emission knows.
fn gives(signature: &Signature, name: &str) -> bool {
    let Some(returned) = returned(signature) else {
        return false;
    };
    let results = arguments(&returned, "Result");
    let names: Vec<_> = results.into_iter().map(last_segment).collect();
    match names.as_slice() {
        [] => last_segment(&returned).as_deref() == Some(name),
        [made, error] => made.as_deref() == Some(name) && error.as_deref() == Some("BuildError"),
        _ => false,
    }
}

/// `String` of `::std::string::String`.
pub(crate) fn last_segment(kind: &Type) -> Option<String> {
    match kind {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}

/// The one argument of a generic type of a name: `T` of `Vec<T>`.
pub(crate) fn argument<'a>(kind: &'a Type, generic: &str) -> Option<&'a Type> {
    match arguments(kind, generic).as_slice() {
        [argument] => Some(argument),
        _ => None,
    }
}

/// The arguments of a generic type of a name.
pub(crate) fn arguments<'a>(kind: &'a Type, generic: &str) -> Vec<&'a Type> {
    let Type::Path(path) = kind else {
        return Vec::new();
    };
    let last = path.path.segments.last();
    let last = last.filter(|last| last.ident == generic);
    let Some(syn::PathArguments::AngleBracketed(bracketed)) = last.map(|last| &last.arguments)
    else {
        return Vec::new();
    };
    let arguments = bracketed.args.iter();
    let types = arguments.filter_map(|argument| match argument {
        syn::GenericArgument::Type(kind) => Some(kind),
        _ => None,
    });
    types.collect()
}
