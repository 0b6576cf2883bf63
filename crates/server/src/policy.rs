use contract::model::{Principal, Tool};

/// Decides what a caller may do. Asked with exactly what will run, after everything about the request has been checked and
/// before a provider sees any of it.
pub trait Policy: Send + Sync + 'static {
    /// Whether this call may run.
    fn allows_call(&self, call: &Call<'_>) -> bool;

    /// Whether this caller may know of this tool.
    fn shows_tool(&self, principal: Option<&Principal>, tool: &Tool) -> bool;
}

/// A call that a policy is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Who calls; nobody on a server that asks for no authorization.
    pub principal: Option<&'a Principal>,
    /// The method of the protocol, for example `tools/call`.
    pub method: &'a str,
    /// The tool's name.
    pub name: &'a str,
    /// The arguments as the provider will get them: a JSON object, or none.
    pub arguments: Option<&'a str>,
}

/// A policy that allows everything.
#[derive(Clone, Copy, Debug, Default)]
pub struct AllowAll;

impl Policy for AllowAll {
    fn allows_call(&self, _call: &Call<'_>) -> bool {
        true
    }

    fn shows_tool(&self, _principal: Option<&Principal>, _tool: &Tool) -> bool {
        true
    }
}
