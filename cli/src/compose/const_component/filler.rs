//! The filler of an interface that a provider or a host lacks: the answer of each of its functions, as bytes in memory.

use wit_parser::{Function, Int, InterfaceId, Resolve, Result_, SizeAlign, Type, TypeDefKind, TypeId};

use super::module::Answer;

/// The case of an error by which a function says that it is missing.
const NOT_OFFERED: &str = "not-offered";
/// The interface that has an answer of its own: where a host has no settings none is set.
const SETTINGS: &str = "settings";

/// The answer of this function of an interface. It is none where the function's type has no place for `not-offered`.
pub(super) fn answer(
    resolve: &Resolve,
    sizes: &SizeAlign,
    interface: InterfaceId,
    function: &Function,
) -> Option<Answer> {
    let Some(result) = &function.result else { return Some(Answer::Nothing) };
    if let Type::Bool | Type::U32 = result {
        return Some(Answer::Number(0));
    }
    match kind(resolve, result)? {
        // Zeros are the first case: `none`.
        TypeDefKind::Option(_) => Some(Answer::Bytes(zeros(sizes, result))),
        // Zeros are `ok(none)`.
        TypeDefKind::Result(_) if resolve.interfaces.get(interface)?.name.as_deref() == Some(SETTINGS) => {
            Some(Answer::Bytes(zeros(sizes, result)))
        }
        TypeDefKind::Result(of) => Some(Answer::Bytes(error(resolve, sizes, result, of)?)),
        TypeDefKind::List(item) => {
            let [requests] = function.params.as_slice() else { return None };
            let TypeDefKind::List(_) = kind(resolve, &requests.ty)? else { return None };
            let TypeDefKind::Result(of) = kind(resolve, item)? else { return None };
            Some(Answer::ForEach(error(resolve, sizes, item, of)?))
        }
        _ => None,
    }
}

/// `err(not-offered)` of this result.
fn error(resolve: &Resolve, sizes: &SizeAlign, of: &Type, result: &Result_) -> Option<Vec<u8>> {
    let TypeDefKind::Variant(error) = kind(resolve, result.err.as_ref()?)? else { return None };
    let case = error.cases.iter().position(|case| case.name == NOT_OFFERED && case.ty.is_none())?;
    let payload = sizes.payload_offset(Int::U8, [result.ok.as_ref(), result.err.as_ref()]).size_wasm32();
    let mut bytes = zeros(sizes, of);
    // The second case of a result is its error. A variant of less than 257 cases counts them in one byte.
    *bytes.first_mut()? = 1;
    *bytes.get_mut(payload)? = u8::try_from(case).ok()?;
    Some(bytes)
}

fn zeros(sizes: &SizeAlign, of: &Type) -> Vec<u8> {
    vec![0; sizes.size(of).size_wasm32()]
}

/// What a type is behind its aliases.
fn kind<'a>(resolve: &'a Resolve, of: &Type) -> Option<&'a TypeDefKind> {
    let Type::Id(id) = of else { return None };
    let mut id: TypeId = *id;
    loop {
        match &resolve.types.get(id)?.kind {
            TypeDefKind::Type(Type::Id(aliased)) => id = *aliased,
            kind => return Some(kind),
        }
    }
}
