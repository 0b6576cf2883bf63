//! What `jsonwebtoken` and `chrono` name of `js-sys` on wasm32-unknown-unknown. Nothing calls it: the crate `auth` checks the times of a token
//! by the clock of the host, and no policy may ask for the time or for the zone of the machine.

/// The date of a JavaScript host, which is not there.
#[derive(Clone, Copy, Debug)]
pub struct Date;

impl Date {
    /// A date that is later than every other: whatever were checked by it would have expired.
    #[must_use]
    pub fn new_0() -> Self {
        Self
    }

    /// The date of a value of the host.
    #[must_use]
    pub fn new<T>(_value: &T) -> Self {
        Self
    }

    /// The date with these parts.
    #[must_use]
    pub fn new_with_year_month_day_hr_min_sec(
        _year: u32,
        _month: i32,
        _day: i32,
        _hours: i32,
        _minutes: i32,
        _seconds: i32,
    ) -> Self {
        Self
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn get_time(&self) -> f64 {
        f64::INFINITY
    }

    /// How many minutes the zone of the host is behind UTC.
    #[must_use]
    pub fn get_timezone_offset(&self) -> f64 {
        0.0
    }
}
