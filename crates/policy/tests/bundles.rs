//! What is a bundle and what is not: each problem with its place, and what `wasmcp check` warns about.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

use policy::{Bundle, File, Finding, bundle_text};

fn problems(files: &[(&str, &str)]) -> String {
    let files: Vec<_> = files.iter().map(|(path, text)| File { path, text }).collect();
    Bundle::compile(&files).expect_err("problems").to_string()
}

#[test]
fn a_problem_has_its_place_and_says_what_to_do() {
    for (text, problem) in [
        ("package wasmcp\nallow if {\n\tinput.x ==\n}\n", "a/p.rego:4:1: "),
        ("package wasmcp\nallow { true }\n", "a/p.rego:2:7: "),
        ("allow := true\n", "a/p.rego:1:1: "),
        ("package wasmcp\nallow if x == 1\n", "a/p.rego:2:10: "),
        (
            "package wasmcp\nallow if f(1)\n",
            "a/p.rego:2:10: no function `f`: it is misspelt, or its rule or import is missing",
        ),
        ("package wasmcp\nallow if regex.mach(\"a\", \"b\")\n", "a/p.rego:2:10: no function `regex.mach`: "),
        (
            "package wasmcp\nallow if io.jwt.decode(\"a\")\n",
            "a/p.rego:2:10: no function `io.jwt.decode`: OPA has it, wasmcp has not",
        ),
        (
            "package wasmcp\nallow if time.now_ns() > 1\n",
            "a/p.rego:2:10: `time.now_ns` is not for policies: a decision depends on its input alone; take `input.time`",
        ),
        ("package wasmcp\nallow if http.send({}).status == 1\n", "a/p.rego:2:10: `http.send` is not for policies: "),
        (
            "package wasmcp\nallow if count(numbers.range(1, input.n)) > 1\n",
            "a/p.rego:2:16: `numbers.range` is not for policies: ",
        ),
        (
            "package wasmcp\nallow if f(1)\nf(x) := f(x - 1)\n",
            "a/p.rego:3:1: `data.wasmcp.f` needs its own result: data.wasmcp.f -> data.wasmcp.f",
        ),
        ("package wasmcp\nallow if b\nb if not allow\n", "needs its own result: data.wasmcp."),
        (
            "package wasmcp\nallow if data.wasmcp.other\nother if data.wasmcp.allow\n",
            "needs its own result: data.wasmcp.",
        ),
        (
            "package wasmcp\nallow := true\ndeny[\"locked out\"] if input.identity.subject == \"mallory\"\n",
            "a/p.rego:3:1: `data.wasmcp.deny.locked out` is below the entry point `data.wasmcp.deny`",
        ),
        ("package wasmcp\nallow := true\nvisible[\"x\"] := true\n", "is below the entry point `data.wasmcp.visible`"),
        ("package wasmcp.deny\nx := true\n", "is below the entry point `data.wasmcp.deny`"),
        (
            "package wasmcp\nallow := true\nlimits.admin := 5 if input.a\nlimits[role] := 1 if some role in [\"admin\"]\n",
            "a/p.rego:3:1: `data.wasmcp.limits.admin` is below the rule `data.wasmcp.limits`, which would not be asked",
        ),
        (
            "package wasmcp\nallow := true\np.a contains 1 if input.a\np[x] contains 2 if some x in [\"a\"]\n",
            "`data.wasmcp.p.a` is below the rule `data.wasmcp.p`",
        ),
        ("package other\nallow := true\n", "no rule `allow` in the package `wasmcp`"),
        ("package wasmcp\nvisible := true\n", "no rule `allow` in the package `wasmcp`"),
    ] {
        let found = problems(&[("a/p.rego", text)]);
        assert!(found.contains(problem), "{text}\nfound: {found}\nexpected: {problem}");
    }
}

#[test]
fn files_that_a_bundle_cannot_have_are_problems() {
    let policy = ("p.rego", "package wasmcp\nallow := true\n");
    let large = " ".repeat(17 * 1024 * 1024);
    for (files, problem) in [
        (vec![], "no `.rego` file"),
        (vec![("p_test.rego", policy.1)], "no `.rego` file"),
        (
            vec![policy, ("data.yaml", "a: 1")],
            "data.yaml: a bundle has files `*.rego` and `data.json`; remove this one",
        ),
        (vec![policy, ("other.json", "{}")], "other.json: a bundle has files"),
        (vec![policy, ("data.json", "{\n  \"a\": 1,\n}")], "data.json:3:1: trailing comma"),
        (vec![policy, ("a/data.json", "[1]")], "a/data.json:1:1: the data must be an object"),
        (vec![policy, ("data.json", "{\"a\": {\"b\": 1}}"), ("a/data.json", "{\"b\": 2}")], "data.json:1:1: "),
        (vec![policy, ("z.rego", large.as_str())], "z.rego: the bundle is larger than 16777216 bytes"),
        (
            vec![
                policy,
                ("b.rego", "package a\nimport input.request as who\nx if who.id\n"),
                ("c.rego", "package a\nimport input.identity as who\ny if who.subject\n"),
            ],
            "c.rego:2:8: the import `who` has the name of another import or rule of its package",
        ),
        (
            vec![policy, ("b.rego", "package a\nimport input.request as x\n"), ("c.rego", "package a\nx := 1\n")],
            "b.rego:2:8: the import `x` has the name of another",
        ),
        (vec![policy, ("b.rego", "package a\nx :=\n"), ("c.rego", "package a\ny :=\n")], "b.rego:"),
        (vec![policy, ("b.rego", "package a\nx :=\n"), ("c.rego", "package a\ny :=\n")], "\nc.rego:"),
    ] {
        let found = problems(&files);
        assert!(found.contains(problem), "found: {found}\nexpected: {problem}");
    }
}

#[test]
fn data_is_placed_below_the_names_of_its_folders() {
    let text = "package wasmcp\nallow if {\n\tdata.top == 1\n\tdata.a.b.low == 2\n}\n";
    let files = [
        File { path: "p.rego", text },
        File { path: "data.json", text: "{\"top\": 1}" },
        File { path: "a/b/data.json", text: "{\"low\": 2}" },
    ];
    let bundle = Bundle::compile(&files).expect("a bundle");
    assert!(bundle.decide(&policy::Document::from_json("{}").expect("an input")).shows());
}

#[test]
fn the_revision_depends_on_paths_and_texts_and_not_on_their_order_or_on_tests() {
    let of = |files: &[(&str, &str)]| {
        let files: Vec<_> = files.iter().map(|(path, text)| File { path, text }).collect();
        Bundle::compile(&files).expect("a bundle").revision().to_owned()
    };
    let (policy, data) = (("p.rego", "package wasmcp\nallow := true\n"), ("data.json", "{}"));
    let revision = of(&[policy, data]);
    assert_eq!(revision.len(), 64);
    assert_eq!(of(&[data, policy]), revision);
    assert_eq!(of(&[policy, data, ("p_test.rego", "package t\ntest_a := true\n")]), revision);
    assert_ne!(of(&[policy]), revision);
    assert_ne!(of(&[policy, ("data.json", "{ }")]), revision);
    assert_ne!(of(&[("q.rego", policy.1), data]), revision);
}

#[test]
fn what_is_suspicious_is_found() {
    let reads = "`allow` reads `input.arguments`";
    let denies = "`deny` reads `input.arguments`";
    for (rules, findings) in [
        ("allow := true", vec![]),
        ("allow if input.arguments.a == 1", vec![("p.rego:2:10", reads)]),
        ("allow if input[\"arguments\"].a == 1", vec![("p.rego:2:10", reads)]),
        ("import input.arguments as args\nallow if args.a == 1", vec![("p.rego:3:10", reads)]),
        (
            "allow if small\nsmall if data.wasmcp.less(9)\nless(x) if input.arguments.a < x",
            vec![("p.rego:4:12", reads)],
        ),
        ("allow if object.get(input, \"arguments\", {}) == {}", vec![("p.rego:2:21", reads)]),
        ("allow if input.arguments.a == 1\nvisible := true", vec![]),
        ("allow if input.tool.name == \"arguments\"", vec![]),
        ("allow := true\nother if input.arguments.a == 1", vec![]),
        ("allow := true\ndeny contains \"a\" if not input.arguments.a", vec![("p.rego:3:26", denies)]),
        ("allow := true\ndeny contains \"a\" if {\n\tinput.phase == \"call\"\n\tnot input.arguments.a\n}", vec![]),
        ("allow if input.tools.name == \"a\"", vec![("p.rego:2:10", "never a `input.tools`")]),
        (
            "allow if \"a\" in input.identity.role",
            vec![(
                "p.rego:2:17",
                "never a `input.identity.role`, so that a line about it does not hold: the members there are `issuer`",
            )],
        ),
        ("allow if input.request.headers.a\nvisible if input.identity.claims.a.b", vec![]),
        ("allow := true\ndeny if input.tool.name == \"a\"", vec![("p.rego:3:1", "`deny` is a set of reasons")]),
        ("allow := true\ndeny contains \"a\" if input.time\ndeny contains \"b\" if input.path", vec![]),
    ] {
        let text = format!("package wasmcp\n{rules}\n");
        let bundle =
            Bundle::compile(&[File { path: "p.rego", text: &text }]).unwrap_or_else(|error| panic!("{rules}: {error}"));
        let found: Vec<_> = bundle.findings().iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), findings.len(), "{rules}: {found:?}");
        for (found, (place, text)) in found.iter().zip(&findings) {
            assert!(found.starts_with(&format!("{place}: ")) && found.contains(text), "{rules}: {found}");
        }
    }
}

#[test]
fn a_name_that_no_tool_has_is_found_where_it_is_compared_with_that_of_the_tool() {
    for (rules, names) in [
        ("allow if input.tool.name == \"echo\"", vec![]),
        ("allow if input.tool.name == \"ecko\"", vec!["p.rego:2:30 ecko"]),
        ("allow if \"ecko\" == input.tool.name", vec!["p.rego:2:11 ecko"]),
        ("allow if input.tool.name = `ecko`", vec!["p.rego:2:29 ecko"]),
        ("allow if input[\"tool\"].name != \"ecko\"", vec!["p.rego:2:33 ecko"]),
        (
            "import input.tool\nallow if tool.name in {\"add\", \"ecko\", \"echo\"}",
            vec!["p.rego:3:25 add", "p.rego:3:32 ecko"],
        ),
        ("allow := true\ndeny contains \"a\" if not input.tool.name in [\"ecko\"]", vec!["p.rego:3:47 ecko"]),
        ("allow if input.prompt.name == \"ecko\"", vec![]),
        ("allow if input.tool.name in data.tools", vec![]),
        ("allow if startswith(input.tool.name, \"ec\")", vec![]),
        ("allow if {\n\tsome name in {\"ecko\"}\n\tinput.tool.name == name\n}", vec![]),
    ] {
        let text = format!("package wasmcp\n{rules}\n");
        let bundle =
            Bundle::compile(&[File { path: "p.rego", text: &text }]).unwrap_or_else(|error| panic!("{rules}: {error}"));
        let found = bundle.unknown_tools(|name| name == "echo").into_iter().map(|finding| match finding {
            Finding::UnknownTool { place, name } => format!("{place} {name}"),
            other => panic!("{rules}: {other}"),
        });
        let found: Vec<_> = found.collect();
        assert_eq!(found.len(), names.len(), "{rules}: {found:?}");
        assert!(names.iter().all(|name| found.iter().any(|found| found == name)), "{rules}: {found:?}");
    }
}

#[test]
fn a_policy_about_the_address_of_the_client_is_refused_where_no_address_is_known() {
    for (rules, place) in [
        ("allow := true", None),
        ("allow if input.request.headers.a", None),
        ("allow if object.get(input.request, \"protocolVersion\", \"\") == \"2026-07-28\"", None),
        ("allow := true\nother if input.request.address", None),
        ("allow if input.request.address == \"192.0.2.1\"", Some("3:10")),
        ("allow if input[\"request\"].address", Some("3:10")),
        ("allow := true\nvisible if input.request.address", Some("4:12")),
        ("allow := true\ndeny contains \"a\" if input.request.address == \"192.0.2.1\"", Some("4:22")),
        ("allow := true\ndeny contains \"a\" if not startswith(input.request.address, \"10.\")", Some("4:37")),
        ("allow := true\ndeny contains input.request.address if input.tool", Some("4:15")),
        (
            "allow if near\nnear if data.wasmcp.is_near(\"10.\")\nis_near(x) if startswith(input.request.address, x)",
            Some("5:26"),
        ),
        ("import input.request as caller\nallow if caller.address == \"192.0.2.1\"", Some("4:10")),
    ] {
        let text = format!("# Rules.\npackage wasmcp\n{rules}\n");
        let files = [File { path: "policy.rego", text: &text }];
        let bundle = Bundle::compile(&files).unwrap_or_else(|error| panic!("{rules}: {error}"));
        let settings = settings::Policy { rego: Some(text.clone()), ..settings::Policy::default() };
        Bundle::from_settings(&settings).unwrap_or_else(|error| panic!("{rules}, where it is known: {error}"));
        let refusals = [
            bundle.without_address().err().map(|error| error.to_string()),
            Bundle::from_text(&bundle_text(&files)).err().map(|error| error.to_string()),
            Bundle::from_settings_without_address(&settings).err().map(|error| error.to_string()),
        ];
        for refusal in refusals {
            let expected = place.map(|place| format!("policy.rego:{place}: `input.request.address` is not known"));
            let is_expected = match (&refusal, &expected) {
                (Some(refusal), Some(expected)) => refusal.contains(expected),
                (refusal, expected) => refusal.is_none() && expected.is_none(),
            };
            assert!(is_expected, "{rules}: {refusal:?}, expected {expected:?}");
        }
    }
}
