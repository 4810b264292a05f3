//! Layout: tokens to text, with the blank lines that a person would put.

use proc_macro2::TokenStream;

/// Prints items in order: a blank line between them, none within a group of imports.
///
/// Every item is printed by itself, because a printer of syntax trees knows no blank lines.
pub(crate) fn file(header: &str, items: Vec<TokenStream>) -> String {
    let mut text = header.to_owned();
    let mut before = None;
    for item in items.into_iter().flat_map(parsed) {
        let group = group(&item);
        let together = group.is_some() && group == before;
        if !text.is_empty() && !together {
            text.push('\n');
        }
        text.push_str(&print(item));
        before = group;
    }
    text
}

/// What stands together without a blank line: modules, re-exports, imports from one root.
fn group(item: &syn::Item) -> Option<String> {
    match item {
        syn::Item::Mod(module) if module.content.is_none() && module.attrs.is_empty() => {
            Some("mod".to_owned())
        }
        syn::Item::Use(import) => {
            let root = match &import.tree {
                syn::UseTree::Path(path) => path.ident.to_string(),
                _ => String::new(),
            };
            match import.vis {
                syn::Visibility::Inherited => Some(format!("use {root}")),
                _ => Some("pub use".to_owned()),
            }
        }
        _ => None,
    }
}

#[allow(
    clippy::panic,
    reason = "only our own tokens get here; a test emits every construct there is"
)]
fn parsed(tokens: TokenStream) -> Vec<syn::Item> {
    match syn::parse2::<syn::File>(tokens.clone()) {
        Ok(file) => file.items,
        Err(error) => panic!("emission made tokens that are no items: {error}\n{tokens}"),
    }
}

fn print(item: syn::Item) -> String {
    let spaced = matches!(item, syn::Item::Impl(_));
    let text = prettyplease::unparse(&syn::File {
        frontmatter: None,
        shebang: None,
        attrs: Vec::new(),
        items: vec![item],
    });
    if spaced {
        spaced_functions(&text)
    } else {
        text
    }
}

/// Puts a blank line before every function of an `impl` that is not its first item.
fn spaced_functions(text: &str) -> String {
    const STARTS: [&str; 5] = [
        "    fn ",
        "    pub fn ",
        "    async fn ",
        "    ///",
        "    #[",
    ];
    let mut spaced = String::with_capacity(text.len());
    let mut before = "";
    for line in text.lines() {
        let starts = STARTS.iter().any(|start| line.starts_with(start));
        let ended = before == "    }" || (before.starts_with("    ") && before.ends_with(';'));
        if starts && ended {
            spaced.push('\n');
        }
        spaced.push_str(line);
        spaced.push('\n');
        before = line;
    }
    spaced
}
