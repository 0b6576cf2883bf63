use contract::model::InputRequired;

/// Why a provider's question cannot be passed to the client: the answer would have to find its way back to the call, and this
/// server has neither a sealing key nor a store for what the provider saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this server has no sealing key, so it cannot ask the client and go on later")]
pub(crate) struct StateAbsent;

/// Keeps what a provider asked until the client answers.
pub(crate) fn keep(_asked: &InputRequired) -> Result<std::convert::Infallible, StateAbsent> {
    Err(StateAbsent)
}
