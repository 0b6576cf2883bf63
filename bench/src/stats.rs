//! Statistics over the rounds: the median, with the smallest and the largest value.

use std::fmt::Display;

/// The median of the rounds, with the smallest and the largest value.
#[derive(Clone, Debug)]
pub struct Spread {
    /// The median.
    pub median: f64,
    /// The smallest value.
    pub min: f64,
    /// The largest value.
    pub max: f64,
}

impl Spread {
    /// Computes them; all are NaN if there are no values.
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_unstable_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        let last = values.len().saturating_sub(1);
        Self { median: (at(last / 2) + at(last.div_ceil(2))) / 2.0, min: at(0), max: at(last) }
    }
}

impl Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = f.precision().unwrap_or(1);
        write!(f, "{:.digits$} [{:.digits$}–{:.digits$}]", self.median, self.min, self.max)
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
