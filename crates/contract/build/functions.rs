//! The functions of a provider: those that the world `consumer` imports.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail, ensure};
use heck::{ToSnakeCase, ToUpperCamelCase};
use wit_parser::{Function, PackageId, Resolve, Type, TypeDefKind, TypeId, WorldItem};

/// A macro that passes its callback one group for each interface, and in it one for each function:
///
/// ```text
/// { tools "wasmcp:mcp/tools@0.1.0"
///   { CallTool call_tool "call-tool" [call: ToolCall, &'a ToolCall, (&call)] ToolLeg [events] } }
/// ```
///
/// The brackets hold the parameter after the context, as a component exports it, as a caller passes it and how the first becomes the
/// second; then what only a function whose answer is one leg of a call has: a place for its events.
pub(crate) fn list(resolve: &Resolve, package: PackageId) -> Result<String> {
    let consumer = resolve.packages[package].worlds.get("consumer").context("the contract has no world `consumer`")?;
    let mut groups = String::new();
    for item in resolve.worlds[*consumer].imports.values() {
        let WorldItem::Interface { id, .. } = item else { continue };
        let interface = &resolve.interfaces[*id];
        // The interface of the records has no function.
        if interface.functions.is_empty() {
            continue;
        }
        let name = interface.name.as_deref().context("an interface without a name")?;
        let id = resolve.id_of(*id).context("an interface without an identifier")?;
        writeln!(groups, "{{ {} {id:?}", name.to_snake_case())?;
        for function in interface.functions.values() {
            writeln!(groups, "{}", row(resolve, function).with_context(|| format!("`{id}#{}`", function.name))?)?;
        }
        writeln!(groups, "}}")?;
    }
    Ok(format!(
        "/// Calls a macro with every function of the contract; `build/functions.rs` shows the shape of what it gets.
        #[macro_export]
        macro_rules! for_each_function {{
            ($($callback:ident)::+ !($($arguments:tt)*)) => {{
                $($callback)::+! {{ ($($arguments)*) {groups} }}
            }};
        }}"
    ))
}

fn row(resolve: &Resolve, function: &Function) -> Result<String> {
    let (kind, name) = (function.name.to_upper_camel_case(), function.name.to_snake_case());
    let parameter = match function.params.as_slice() {
        [_] => String::new(),
        [_, parameter] => {
            let field = parameter.name.to_snake_case();
            match parameter_type(resolve, &parameter.ty)? {
                Parameter::Record(record) => format!("{field}: {record}, &'a {record}, (&{field})"),
                Parameter::Text => format!("{field}: Option<String>, Option<&'a str>, ({field}.as_deref())"),
            }
        }
        _ => bail!("a function takes the context and at most one more parameter"),
    };
    ensure!(
        function.params.first().is_some_and(|first| first.name == "ctx"),
        "the first parameter is the context, `ctx`"
    );
    let (answer, is_leg) = answer(resolve, function)?;
    let events = if is_leg { "events" } else { "" };
    Ok(format!("  {{ {kind} {name} {:?} [{parameter}] {answer} [{events}] }}", function.name))
}

enum Parameter {
    /// A record of the contract.
    Record(String),
    /// A text that may be absent, such as a cursor.
    Text,
}

fn parameter_type(resolve: &Resolve, of: &Type) -> Result<Parameter> {
    let (id, definition) = definition(resolve, of).context("not a type of the contract")?;
    match &resolve.types[id].kind {
        TypeDefKind::Option(inner) if is_text(resolve, inner) => Ok(Parameter::Text),
        TypeDefKind::Record(_) => Ok(Parameter::Record(definition.to_upper_camel_case())),
        _ => bail!("the second parameter is a record or an optional text"),
    }
}

/// The record in `result<RECORD, mcp-error>`, and whether it is one leg of a call: then it has events.
fn answer(resolve: &Resolve, function: &Function) -> Result<(String, bool)> {
    let result = function.result.as_ref().and_then(|of| definition(resolve, of));
    let (result, _) = result.context("a function without a result: a trap in it would be lost over a link")?;
    let TypeDefKind::Result(result) = &resolve.types[result].kind else { bail!("the answer is a `result`") };
    let (ok, name) = result.ok.as_ref().and_then(|ok| definition(resolve, ok)).context("the answer is a record")?;
    let TypeDefKind::Record(record) = &resolve.types[ok].kind else { bail!("the answer is a record") };
    Ok((name.to_upper_camel_case(), record.fields.iter().any(|field| field.name == "events")))
}

/// What a type stands for behind its aliases, and its name there.
fn definition(resolve: &Resolve, of: &Type) -> Option<(TypeId, String)> {
    let Type::Id(mut id) = *of else { return None };
    while let TypeDefKind::Type(Type::Id(aliased)) = resolve.types[id].kind {
        id = aliased;
    }
    Some((id, resolve.types[id].name.clone().unwrap_or_default()))
}

fn is_text(resolve: &Resolve, of: &Type) -> bool {
    match of {
        Type::String => true,
        Type::Id(id) => matches!(&resolve.types[*id].kind, TypeDefKind::Type(inner) if is_text(resolve, inner)),
        _ => false,
    }
}
