//! How numbers of several rounds are told.

use std::fmt::Display;

/// A median with what was seen on both sides of it.
#[derive(Clone, Debug)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Spread {
    /// Of all these.
    pub(crate) fn of(mut values: Vec<f64>) -> Self {
        values.sort_unstable_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        let last = values.len().saturating_sub(1);
        Self { median: (at(last / 2) + at(last.div_ceil(2))) / 2.0, least: at(0), most: at(last) }
    }
}

impl Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = f.precision().unwrap_or(1);
        write!(f, "{:.digits$} [{:.digits$}–{:.digits$}]", self.median, self.least, self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_middle_two() {
        for (values, text) in [
            (vec![3.0, 1.0, 2.0], "2.0 [1.0–3.0]"),
            (vec![4.0, 1.0, 2.0, 3.0], "2.5 [1.0–4.0]"),
            (vec![7.0], "7.0 [7.0–7.0]"),
        ] {
            assert_eq!(format!("{:.1}", Spread::of(values)), text);
        }
    }
}
