//! The revision of a bundle, by which logs and metrics name it.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::bundle_files::File;

/// The revision: the SHA-256 of paths and texts in the order of the paths, in hexadecimal.
pub(crate) fn of(sorted: &[File<'_>]) -> String {
    let mut hash = Sha256::new();
    for file in sorted {
        for part in [file.path, file.text] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
    }
    hash.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
