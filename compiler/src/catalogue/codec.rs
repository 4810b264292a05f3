//! One service as bytes, before it is deflated.
//!
//! Texts stand once, in a table up front, in the order of their first use. A use
//! is written as 0 if it is the first, or else as the place in the table plus one.
//! Each type writes its fields in order and reads them back in the same order.

use std::collections::HashMap;

use super::CatalogueError;
use super::model::*;
use super::wire::{Bytes, put_number, put_text};

/// Writes one service.
pub(super) fn encode(service: &Service) -> Vec<u8> {
    let mut encoder = Encoder::default();
    encoder.number(service.shapes.len() as u64);
    service.put(&mut encoder);

    let mut bytes = Vec::new();
    put_number(&mut bytes, encoder.texts.len() as u64);
    for text in &encoder.texts {
        put_text(&mut bytes, text);
    }
    bytes.extend(encoder.bytes);
    bytes
}

/// Reads one service.
pub(super) fn decode(bytes: &[u8]) -> Result<Service, CatalogueError> {
    let mut bytes = Bytes(bytes);
    let mut texts = Vec::new();
    for _ in 0..bytes.count()? {
        texts.push(bytes.text()?);
    }
    let shapes = bytes.count()?;
    let mut decoder = Decoder {
        bytes,
        texts,
        used: 0,
        shapes,
    };
    let service = Service::get(&mut decoder)?;
    if service.shapes.len() != shapes {
        return Err(CatalogueError::Damaged("shapes are missing"));
    }
    Ok(service)
}

#[derive(Default)]
struct Encoder<'a> {
    bytes: Vec<u8>,
    texts: Vec<&'a str>,
    places: HashMap<&'a str, usize>,
}

impl<'a> Encoder<'a> {
    fn number(&mut self, number: u64) {
        put_number(&mut self.bytes, number);
    }

    fn text(&mut self, text: &'a str) {
        let place = self.places.get(text).map_or(0, |place| place + 1);
        if place == 0 {
            self.places.insert(text, self.texts.len());
            self.texts.push(text);
        }
        self.number(place as u64);
    }

    /// Writes booleans as the bits of one number; put the likely ones first.
    fn flags<const COUNT: usize>(&mut self, flags: [bool; COUNT]) {
        let bits = flags.iter().rev();
        self.number(bits.fold(0, |number, flag| number << 1 | u64::from(*flag)));
    }
}

struct Decoder<'a> {
    bytes: Bytes<'a>,
    texts: Vec<&'a str>,
    /// How many texts were used until now.
    used: usize,
    /// How many shapes there are.
    shapes: usize,
}

impl Decoder<'_> {
    fn text(&mut self) -> Result<String, CatalogueError> {
        let place = match self.bytes.number()? {
            0 => {
                self.used += 1;
                self.used - 1
            }
            number => (number - 1) as usize,
        };
        let text = self.texts.get(place).copied().map(str::to_owned);
        text.ok_or(CatalogueError::Damaged("a text is missing"))
    }

    fn flags<const COUNT: usize>(&mut self) -> Result<[bool; COUNT], CatalogueError> {
        let mut number = self.bytes.number()?;
        let mut flags = [false; COUNT];
        for flag in &mut flags {
            *flag = number & 1 == 1;
            number >>= 1;
        }
        Ok(flags)
    }
}

/// A type that can be written and read.
trait Coded: Sized {
    fn put<'a>(&'a self, to: &mut Encoder<'a>);
    fn get(from: &mut Decoder) -> Result<Self, CatalogueError>;
}

impl Coded for String {
    fn put<'a>(&'a self, to: &mut Encoder<'a>) {
        to.text(self);
    }

    fn get(from: &mut Decoder) -> Result<Self, CatalogueError> {
        from.text()
    }
}

impl Coded for ShapeId {
    fn put<'a>(&'a self, to: &mut Encoder<'a>) {
        to.number(u64::from(self.0));
    }

    fn get(from: &mut Decoder) -> Result<Self, CatalogueError> {
        let number = from.bytes.number()?;
        if number >= from.shapes as u64 {
            return Err(CatalogueError::Damaged("a shape is missing"));
        }
        Ok(ShapeId(number as u32))
    }
}

/// In zigzag: small numbers of either sign are short.
impl Coded for i64 {
    fn put<'a>(&'a self, to: &mut Encoder<'a>) {
        to.number(((self << 1) ^ (self >> 63)) as u64);
    }

    fn get(from: &mut Decoder) -> Result<Self, CatalogueError> {
        let number = from.bytes.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }
}

impl Coded for f64 {
    fn put<'a>(&'a self, to: &mut Encoder<'a>) {
        to.number(self.to_bits());
    }

    fn get(from: &mut Decoder) -> Result<Self, CatalogueError> {
        Ok(f64::from_bits(from.bytes.number()?))
    }
}

impl<T: Coded> Coded for Option<T> {
    fn put<'a>(&'a self, to: &mut Encoder<'a>) {
        to.number(u64::from(self.is_some()));
        if let Some(value) = self {
            value.put(to);
        }
    }

    fn get(from: &mut Decoder) -> Result<Self, CatalogueError> {
        match from.bytes.number()? {
            0 => Ok(None),
            _ => T::get(from).map(Some),
        }
    }
}

impl<T: Coded> Coded for Vec<T> {
    fn put<'a>(&'a self, to: &mut Encoder<'a>) {
        to.number(self.len() as u64);
        for value in self {
            value.put(to);
        }
    }

    fn get(from: &mut Decoder) -> Result<Self, CatalogueError> {
        let mut values = Vec::new();
        for _ in 0..from.bytes.count()? {
            values.push(T::get(from)?);
        }
        Ok(values)
    }
}

impl<T: Coded> Coded for Bounds<T> {
    fn put<'a>(&'a self, to: &mut Encoder<'a>) {
        to.flags([self.min.is_some(), self.max.is_some()]);
        for bound in self.min.iter().chain(&self.max) {
            bound.put(to);
        }
    }

    fn get(from: &mut Decoder) -> Result<Self, CatalogueError> {
        let [min, max] = from.flags()?;
        Ok(Bounds {
            min: min.then(|| T::get(from)).transpose()?,
            max: max.then(|| T::get(from)).transpose()?,
        })
    }
}

/// Enumerations without fields, as their place in a list.
macro_rules! coded_by_place {
    ($($kind:ident: $($variant:ident)*;)*) => {$(
        impl Coded for $kind {
            fn put<'a>(&'a self, to: &mut Encoder<'a>) {
                to.number(*self as u64);
            }

            fn get(from: &mut Decoder) -> Result<Self, CatalogueError> {
                let place = from.bytes.number()?;
                [$($kind::$variant),*]
                    .into_iter()
                    .find(|variant| *variant as u64 == place)
                    .ok_or(CatalogueError::Damaged("an unknown variant"))
            }
        }
    )*};
}

coded_by_place! {
    Protocol: Json RestJson Query Ec2 RestXml Cbor;
    Location: Body Header Headers StatusCode Uri QueryString;
    TimestampFormat: Iso8601 Rfc822 UnixTimestamp;
}

/// Structures, as their fields in order: first the booleans in one number.
macro_rules! coded_by_field {
    ($($kind:ident: [$($flag:ident)*] $($field:ident)*;)*) => {$(
        impl Coded for $kind {
            fn put<'a>(&'a self, to: &mut Encoder<'a>) {
                to.flags([$(self.$flag),*]);
                $(self.$field.put(to);)*
            }

            fn get(from: &mut Decoder) -> Result<Self, CatalogueError> {
                let [$($flag),*] = from.flags()?;
                Ok($kind { $($flag,)* $($field: Coded::get(from)?,)* })
            }
        }
    )*};
}

coded_by_field! {
    Service: []
        name service_id api_version protocol protocols json_version target_prefix signing_name operations shapes;
    Operation:
        [paginator idempotent read_only deprecated event_stream_input event_stream_output]
        name method http_method input output errors result_wrapper deprecated_message;
    Shape: [sensitive deprecated] name kind;
    Structure: [exception union event event_stream] members payload error_code;
    Member:
        [required filled idempotency_token deprecated streaming flattened xml_attribute host_label
         json_value event_payload event_header]
        name shape wire_name location aliases timestamp;
    List: [flattened] member length;
    Map: [flattened] key value length;
    Element: [] shape wire_name;
    StringShape: [] enumeration length pattern;
    Blob: [streaming] length;
}

impl Coded for ShapeKind {
    fn put<'a>(&'a self, to: &mut Encoder<'a>) {
        to.number(kind_number(self));
        match self {
            ShapeKind::Structure(structure) => structure.put(to),
            ShapeKind::List(list) => list.put(to),
            ShapeKind::Map(map) => map.put(to),
            ShapeKind::String(string) => string.put(to),
            ShapeKind::Integer(bounds) | ShapeKind::Long(bounds) => bounds.put(to),
            ShapeKind::Float(bounds) | ShapeKind::Double(bounds) => bounds.put(to),
            ShapeKind::Blob(blob) => blob.put(to),
            ShapeKind::Timestamp(format) => format.put(to),
            ShapeKind::Boolean | ShapeKind::Document => {}
        }
    }

    fn get(from: &mut Decoder) -> Result<Self, CatalogueError> {
        Ok(match from.bytes.number()? {
            0 => ShapeKind::Structure(Coded::get(from)?),
            1 => ShapeKind::List(Coded::get(from)?),
            2 => ShapeKind::Map(Coded::get(from)?),
            3 => ShapeKind::String(Coded::get(from)?),
            4 => ShapeKind::Integer(Coded::get(from)?),
            5 => ShapeKind::Long(Coded::get(from)?),
            6 => ShapeKind::Float(Coded::get(from)?),
            7 => ShapeKind::Double(Coded::get(from)?),
            8 => ShapeKind::Boolean,
            9 => ShapeKind::Blob(Coded::get(from)?),
            10 => ShapeKind::Timestamp(Coded::get(from)?),
            11 => ShapeKind::Document,
            _ => return Err(CatalogueError::Damaged("an unknown kind of shape")),
        })
    }
}

fn kind_number(kind: &ShapeKind) -> u64 {
    match kind {
        ShapeKind::Structure(_) => 0,
        ShapeKind::List(_) => 1,
        ShapeKind::Map(_) => 2,
        ShapeKind::String(_) => 3,
        ShapeKind::Integer(_) => 4,
        ShapeKind::Long(_) => 5,
        ShapeKind::Float(_) => 6,
        ShapeKind::Double(_) => 7,
        ShapeKind::Boolean => 8,
        ShapeKind::Blob(_) => 9,
        ShapeKind::Timestamp(_) => 10,
        ShapeKind::Document => 11,
    }
}
