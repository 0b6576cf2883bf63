//! Names as wit-bindgen and wasmtime spell them.

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

/// The Rust name of a type or of a case of an enum.
pub(crate) fn upper_camel(name: &str) -> String {
    name.to_upper_camel_case()
}

/// The Rust name of a flag.
pub(crate) fn shouty(name: &str) -> String {
    name.to_shouty_snake_case()
}

/// The Rust name of a field. Both generators append `_` to a keyword. `ref` is the only keyword among the fields of the contract; the code
/// for another one would not compile.
pub(crate) fn field(name: &str) -> String {
    match name {
        "ref" => "ref_".to_owned(),
        name => name.to_snake_case(),
    }
}
