//! Turns: how often the steps inside a loop run, and with what (spec 5.15).

use crate::value::{Document, InputError, Referenced, Wanted, coerce, describe};

/// The most iterations that a loop can have.
const MOST: u32 = 100;

/// The iterations that a loop may have.
#[derive(Clone, Debug, PartialEq)]
pub struct Turns {
    /// What each of them is about; nothing for a loop that goes on while its condition holds.
    items: Option<Vec<Document>>,
    most: u32,
}

/// One iteration of a loop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turn<'a> {
    /// Its number, from 1.
    pub number: u32,
    /// What it is about; nothing for a loop that goes on while its condition holds.
    pub item: Option<&'a Document>,
}

impl Turns {
    /// One for each item, each of type `T`. `most` is `MaxIterations`: what lies beyond is passed over (spec 8, row 20).
    ///
    /// # Errors
    /// When this is no list, an item has another type, or there are more than a loop can have.
    pub fn each<T: Wanted + Referenced>(
        items: &Document,
        most: Option<i64>,
    ) -> Result<Self, InputError> {
        let Some(elements) = items.as_array() else {
            return Err(InputError::Mismatch {
                reference: "Iterators".to_owned(),
                have: describe(items),
                want: crate::value::Type::StringList,
            });
        };
        if most.is_none() && elements.len() > MOST as usize {
            return Err(InputError::OutOfBounds(format!(
                "`Iterators` has {} items, but a loop has at most {MOST} iterations",
                elements.len()
            )));
        }
        let items = elements.iter().enumerate().map(|(index, element)| {
            let item = coerce::<T>(element, &format!("Iterators[{index}]"))?;
            Ok(item.document())
        });
        Ok(Self {
            items: Some(items.collect::<Result<_, InputError>>()?),
            most: at_most(most)?,
        })
    }

    /// One, and others as long as the loop's condition holds, up to `most`, which is `MaxIterations`.
    ///
    /// # Errors
    /// When `most` is not what a loop can have.
    pub fn repeat(most: Option<i64>) -> Result<Self, InputError> {
        Ok(Self {
            items: None,
            most: at_most(most)?,
        })
    }

    /// The iteration of this number, if there may be one.
    pub fn turn(&self, number: u32) -> Option<Turn<'_>> {
        let item = match &self.items {
            Some(items) => Some(items.get(number.checked_sub(1)? as usize)?),
            None => None,
        };
        (number <= self.most).then_some(Turn { number, item })
    }

    /// Whether a condition decides about each iteration but the first.
    pub(crate) fn are_conditional(&self) -> bool {
        self.items.is_none()
    }
}

impl Turn<'_> {
    /// `CurrentIteration`.
    pub fn iteration(&self) -> i64 {
        i64::from(self.number)
    }

    /// What the outputs that a loop declares select from: its own outputs (spec 3.7).
    pub fn document(&self) -> Document {
        let item = self.item.map(|item| ("CurrentIteratorValue", item.clone()));
        let number = ("CurrentIteration", self.number.into());
        let values = std::iter::once(number).chain(item);
        values
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// `CurrentIteratorValue`.
    pub fn value<T: Wanted>(&self) -> Option<T> {
        T::from_referenced(self.item?)
    }
}

fn at_most(most: Option<i64>) -> Result<u32, InputError> {
    let Some(most) = most else {
        return Ok(MOST);
    };
    let fitting = u32::try_from(most)
        .ok()
        .filter(|most| (1..=MOST).contains(most));
    fitting.ok_or_else(|| {
        InputError::OutOfBounds(format!(
            "`MaxIterations` is {most}, but a loop has 1 to {MOST} iterations"
        ))
    })
}
