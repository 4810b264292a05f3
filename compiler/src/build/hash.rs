//! A hash for the names of cache folders (FNV-1a, 64 bits).
//!
//! It has to be the same on every machine and in every version of Rust, which
//! the standard library's hasher does not promise. It need not resist attacks:
//! what a folder holds is compared before it is used.

/// The hash of texts, each set off from the next.
pub(super) fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> u64 {
    let separated = texts
        .into_iter()
        .flat_map(|text| text.bytes().chain([0xff]));
    separated.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
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
