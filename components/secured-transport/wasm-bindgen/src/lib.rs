//! What `chrono` names of `wasm-bindgen` on wasm32-unknown-unknown. Nothing calls it.

/// A value of a JavaScript host, which is not there.
#[derive(Clone, Copy, Debug)]
pub struct JsValue;

impl JsValue {
    /// A number.
    #[must_use]
    pub fn from_f64(_number: f64) -> Self {
        Self
    }
}
