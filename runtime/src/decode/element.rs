//! XML as a tree of elements, without namespaces.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::shape::Protocol;
use super::{DEEPEST, DecodeError};

/// An element of an XML document.
#[derive(Debug, Default)]
pub(super) struct Element {
    /// The name without its prefix.
    pub(super) name: String,
    /// The elements inside, in order.
    pub(super) children: Vec<Element>,
    /// The text before the first element inside; scalars have no other.
    pub(super) text: String,
    /// The attributes, each with its prefix.
    attributes: Vec<(String, String)>,
}

impl Element {
    /// The root element of a body; nothing when the body is empty.
    pub(super) fn parse(protocol: Protocol, body: &[u8]) -> Result<Option<Self>, DecodeError> {
        if body.trim_ascii().is_empty() {
            return Ok(None);
        }
        parse(body)
            .map(Some)
            .map_err(|reason| DecodeError::Body { protocol, reason })
    }

    /// The first element inside with this name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All elements inside with this name.
    pub(super) fn named(&self, name: &str) -> Vec<&Self> {
        let children = self.children.iter();
        children.filter(|child| child.name == name).collect()
    }

    /// The value of an attribute. The prefix only has to be there or not: documents may choose
    /// their own for the same namespace.
    pub(super) fn attribute(&self, wanted: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(name, _)| {
            name == wanted || prefixed(name).is_some() && prefixed(name) == prefixed(wanted)
        });
        found.map(|(_, value)| value.as_str())
    }

    fn start(tag: &BytesStart) -> Result<Self, String> {
        let mut element = Self {
            name: tag.local_name().into_inner().to_owned(),
            ..Self::default()
        };
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| error.to_string())?;
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| error.to_string())?;
            let name = attribute.key.into_inner().to_owned();
            element.attributes.push((name, value.into_owned()));
        }
        Ok(element)
    }
}

/// What stands behind the prefix of a name that has one.
fn prefixed(name: &str) -> Option<&str> {
    name.split_once(':').map(|(_, local)| local)
}

fn parse(body: &[u8]) -> Result<Element, String> {
    let text = std::str::from_utf8(body).map_err(|error| error.to_string())?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut tree = Tree::default();
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(tag) => tree.open(Element::start(&tag)?)?,
            Event::Empty(tag) => {
                tree.open(Element::start(&tag)?)?;
                tree.close()?;
            }
            Event::End(_) => tree.close()?,
            Event::Text(text) => tree.text(&text.xml10_content())?,
            Event::CData(text) => tree.text(&text.xml10_content())?,
            Event::GeneralRef(reference) => tree.text(&resolve(&reference)?)?,
            // A document type can only matter through entities of its own, which are refused.
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_) => {}
            Event::Eof => return tree.finish(),
        }
    }
}

/// The text of `&amp;` or `&#38;`.
fn resolve(reference: &BytesRef) -> Result<String, String> {
    let letter = reference
        .resolve_char_ref()
        .map_err(|error| error.to_string())?;
    match (letter, resolve_predefined_entity(reference)) {
        (Some(letter), _) => Ok(letter.to_string()),
        (None, Some(text)) => Ok(text.to_owned()),
        (None, None) => Err(format!("there is no entity `{}`", &**reference)),
    }
}

/// A tree under construction.
#[derive(Default)]
struct Tree {
    /// The elements that have not ended yet, the root first.
    open: Vec<Element>,
    root: Option<Element>,
}

impl Tree {
    fn open(&mut self, element: Element) -> Result<(), String> {
        if self.root.is_some() {
            return Err("there is more than one root element".to_owned());
        }
        if self.open.len() >= DEEPEST {
            return Err(format!("elements are nested deeper than {DEEPEST}"));
        }
        self.open.push(element);
        Ok(())
    }

    fn close(&mut self) -> Result<(), String> {
        let element = self.open.pop().ok_or("an element ends that never began")?;
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        match self.open.last_mut() {
            Some(element) if element.children.is_empty() => element.text.push_str(text),
            Some(_) => {}
            None if text.trim_ascii().is_empty() => {}
            None => return Err("there is text outside of the root element".to_owned()),
        }
        Ok(())
    }

    fn finish(self) -> Result<Element, String> {
        match self.open.last() {
            Some(element) => Err(format!("the element `{}` does not end", element.name)),
            None => self
                .root
                .ok_or_else(|| "there is no root element".to_owned()),
        }
    }
}
