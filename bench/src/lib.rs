//! What the native servers of the benchmark share: the two tools, written the way a native author would.

pub mod weather;
