//! The operations, each a tool. Numbers are IEEE 754 doubles, as in JSON and JavaScript.

/// Why an operation has no result.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum ArithmeticError {
    #[error("cannot divide by zero: `b` must not be 0")]
    DivisionByZero,
    #[error("the result is too large: numbers reach to about 1.8e308")]
    Overflow,
}

/// One tool. `title` and `description` are what people and models read of it.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) description: &'static str,
    compute: fn(f64, f64) -> Result<f64, ArithmeticError>,
}

/// Every tool, in the order in which they are listed.
pub(crate) const OPERATIONS: [Operation; 4] = [
    Operation { name: "add", title: "Add", description: "Adds two numbers: a + b.", compute: |a, b| Ok(a + b) },
    Operation {
        name: "subtract",
        title: "Subtract",
        description: "Subtracts the second number from the first: a - b.",
        compute: |a, b| Ok(a - b),
    },
    Operation {
        name: "multiply",
        title: "Multiply",
        description: "Multiplies two numbers: a × b.",
        compute: |a, b| Ok(a * b),
    },
    Operation {
        name: "divide",
        title: "Divide",
        description: "Divides the first number by the second: a ÷ b. Fails where b is 0.",
        compute: |a, b| if b == 0.0 { Err(ArithmeticError::DivisionByZero) } else { Ok(a / b) },
    },
];

impl Operation {
    /// The operation that a tool's name stands for.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.name == name)
    }

    /// The result for two finite numbers, itself finite.
    pub(crate) fn apply(&self, a: f64, b: f64) -> Result<f64, ArithmeticError> {
        let result = (self.compute)(a, b)?;
        if result.is_finite() { Ok(result) } else { Err(ArithmeticError::Overflow) }
    }
}

/// A finite number as JSON: a whole one without `.0`, a very large or small one with an exponent.
pub(crate) fn as_json(number: f64) -> String {
    const ALL_DIGITS_HOLD: f64 = 9_007_199_254_740_992.0; // 2^53
    if number.fract() == 0.0 && number.abs() <= ALL_DIGITS_HOLD {
        format!("{}", number + 0.0) // -0 becomes 0
    } else {
        format!("{number:?}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_computes_what_it_says() {
        for (name, a, b, result) in [
            ("add", 2.0, 3.0, Ok(5.0)),
            ("add", f64::MAX, f64::MAX, Err(ArithmeticError::Overflow)),
            ("subtract", 2.0, 3.0, Ok(-1.0)),
            ("multiply", -2.0, 0.5, Ok(-1.0)),
            ("multiply", 1e200, -1e200, Err(ArithmeticError::Overflow)),
            ("divide", 1.0, 4.0, Ok(0.25)),
            ("divide", 1.0, 0.0, Err(ArithmeticError::DivisionByZero)),
            ("divide", 0.0, -0.0, Err(ArithmeticError::DivisionByZero)),
            ("divide", 1e300, 1e-300, Err(ArithmeticError::Overflow)),
        ] {
            let operation = Operation::named(name).unwrap();
            assert_eq!(operation.apply(a, b), result, "{name} {a} {b}");
        }
        assert!(Operation::named("modulo").is_none());
    }

    #[test]
    fn results_are_json_that_reads_back_as_the_same_number() {
        for (number, json) in [
            (5.0, "5"),
            (-0.0, "0"),
            (-1.5, "-1.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (9_007_199_254_740_991.0, "9007199254740991"),
            (1e300, "1e300"),
            (5e-324, "5e-324"),
        ] {
            assert_eq!(as_json(number), json);
            assert_eq!(json.parse(), Ok(number));
        }
    }
}
