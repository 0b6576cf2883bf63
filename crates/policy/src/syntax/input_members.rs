//! The members that an input can have, as policies/input.schema.json has them.

/// How many names of a reference lead to a member that no input has, and the members that are there. None where each can be there.
pub(super) fn unknown(path: &[&str]) -> Option<(usize, &'static [&'static str])> {
    let (root, names) = path.split_first()?;
    let above = |count| members(names.get(..count)?);
    let is_unknown = |(at, name): (usize, &&str)| {
        let known = above(at)?;
        (!known.contains(name)).then_some((at + 2, known))
    };
    (*root == "input").then(|| names.iter().enumerate().find_map(is_unknown)).flatten()
}

/// The members below a member. None where there are none, or any.
fn members(above: &[&str]) -> Option<&'static [&'static str]> {
    Some(match above {
        [] => &[
            "version",
            "phase",
            "method",
            "path",
            "view",
            "server",
            "tool",
            "resource",
            "prompt",
            "completion",
            "arguments",
            "identity",
            "request",
            "time",
        ],
        ["server"] | ["request", "client"] => &["name", "version"],
        ["tool"] => &["name", "provider", "annotations"],
        ["tool", "annotations"] => &["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"],
        ["resource"] => &["uri", "template", "provider"],
        ["prompt"] => &["name", "provider"],
        ["completion"] => &["argument", "value"],
        ["identity"] => &["issuer", "subject", "client", "scopes", "roles", "groups", "claims"],
        ["request"] => &["id", "protocolVersion", "client", "headers", "address"],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_members_are_those_of_the_schema() {
        let schema: serde_json::Value =
            serde_json::from_str(include_str!("../../../../policies/input.schema.json")).expect("JSON");
        let mut objects = vec![(Vec::new(), &schema)];
        let mut compared = 0;
        while let Some((above, object)) = objects.pop() {
            let Some(properties) = object.get("properties").and_then(serde_json::Value::as_object) else { continue };
            let mut known = members(&above).unwrap_or_else(|| panic!("{above:?}")).to_vec();
            known.sort_unstable();
            assert_eq!(known, properties.keys().map(String::as_str).collect::<Vec<_>>(), "{above:?}");
            compared += 1;
            objects.extend(properties.iter().map(|(name, member)| ([&above[..], &[name.as_str()]].concat(), member)));
        }
        assert!(compared > 5);
    }
}
