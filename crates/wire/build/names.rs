//! Names as wit-bindgen and wasmtime spell them.

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

/// A type, a case or a function as an enum has it.
pub(crate) fn upper_camel(name: &str) -> String {
    name.to_upper_camel_case()
}

/// A flag.
pub(crate) fn shouty(name: &str) -> String {
    name.to_shouty_snake_case()
}

/// A field. Both generators append `_` to a keyword; the contract has this one so far, and another will not compile.
pub(crate) fn field(name: &str) -> String {
    match name {
        "ref" => "ref_".to_owned(),
        name => name.to_snake_case(),
    }
}
