//! The one item of `js-sys` that `jsonwebtoken` names on wasm32-unknown-unknown. Nothing calls it: the crate `auth` checks the times of a token
//! by the clock of the host.

/// The date of a JavaScript host, which is not there.
#[derive(Clone, Copy, Debug)]
pub struct Date;

impl Date {
    /// A date that is later than every other: whatever were checked by it would have expired.
    #[must_use]
    pub fn new_0() -> Self {
        Self
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn get_time(&self) -> f64 {
        f64::INFINITY
    }
}
