//! The two tools of the native servers of the benchmark, written as a native author would write them.

pub mod weather;
