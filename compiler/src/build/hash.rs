//! A hash for the names of cache folders and for what they hold (FNV-1a, 64 bits).
//!
//! It has to be the same on every machine and in every version of Rust, which
//! the standard library's hasher does not promise. It need not resist attacks:
//! whoever can write into the cache can do worse.

/// A hash that grows with what it is fed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hash(u64);

impl Hash {
    /// Of nothing.
    pub(super) fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Takes more bytes, set off from the next.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        for byte in bytes.iter().copied().chain([0xff]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    /// The hash so far.
    pub(super) fn finish(self) -> u64 {
        self.0
    }
}

/// The hash of texts, each set off from the next.
pub(super) fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> u64 {
    let mut hash = Hash::new();
    for text in texts {
        hash.add(text.as_bytes());
    }
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn texts_are_set_off() {
        assert_ne!(of(["ab", "c"]), of(["a", "bc"]));
        assert_eq!(of(["ab", "c"]), of(["ab", "c"]));
    }
}
