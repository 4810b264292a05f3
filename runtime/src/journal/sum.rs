//! Checksums: whether a row is what was written, whatever the disk or somebody's editor has done meanwhile.

/// The checksum of some parts (FNV-1a, 64 bits): another value in any single byte gives another sum.
pub(super) fn sum(parts: &[&[u8]]) -> i64 {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        // The length, so that nothing moves from one part to another.
        for byte in (part.len() as u64).to_le_bytes().iter().chain(*part) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(PRIME);
        }
    }
    i64::from_le_bytes(hash.to_le_bytes())
}
