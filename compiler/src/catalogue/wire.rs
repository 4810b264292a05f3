//! Bytes of the catalogue: variable-length numbers and strings.
//!
//! A number is written seven bits at a time, low bits first; a string as its
//! length and its UTF-8. Reading checks everything and never panics.

use super::CatalogueError;

/// Appends a number.
pub(super) fn put_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Appends a string.
pub(super) fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put_number(bytes, text.len() as u64);
    bytes.extend_from_slice(text.as_bytes());
}

/// Reads what the functions above wrote.
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl<'a> Bytes<'a> {
    pub(super) fn number(&mut self) -> Result<u64, CatalogueError> {
        let (mut number, mut shift) = (0, 0);
        while shift < 64 {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
            shift += 7;
        }
        Err(CatalogueError::Damaged("a number is too long"))
    }

    /// A number that counts things of at least one byte each.
    pub(super) fn count(&mut self) -> Result<usize, CatalogueError> {
        let count = usize::try_from(self.number()?).unwrap_or(usize::MAX);
        if count > self.0.len() {
            return Err(CatalogueError::Damaged("it ends too early"));
        }
        Ok(count)
    }

    pub(super) fn text(&mut self) -> Result<&'a str, CatalogueError> {
        let length = self.count()?;
        let text = self.take(length)?;
        std::str::from_utf8(text).map_err(|_| CatalogueError::Damaged("a text is not UTF-8"))
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], CatalogueError> {
        let end = CatalogueError::Damaged("it ends too early");
        let (taken, rest) = self.0.split_at_checked(length).ok_or(end)?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, CatalogueError> {
        let end = CatalogueError::Damaged("it ends too early");
        let (byte, rest) = self.0.split_first().ok_or(end)?;
        self.0 = rest;
        Ok(*byte)
    }
}
