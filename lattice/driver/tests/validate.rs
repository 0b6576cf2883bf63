//! What `validate` finds in bad manifests: the line and the reason. Each case is a good manifest with one change.
#![cfg(test)]

use std::path::PathBuf;

use wasmcp_lattice::manifest::validate::{Finding, Level, text_in};

const GOOD: &str = include_str!("good.yaml");

struct Case {
    name: &'static str,
    /// What is replaced, once, and by what.
    change: (&'static str, &'static str),
    /// The line of each finding, and a part of its reason.
    expected: &'static [(usize, &'static str)],
}

const ERRORS: &[Case] = &[
    Case {
        name: "text that is not YAML",
        change: ("kind: Application", "kind: [Application"),
        expected: &[(3, "not YAML")],
    },
    Case { name: "a file that is empty", change: (GOOD, ""), expected: &[(1, "empty")] },
    Case {
        name: "another kind",
        change: ("kind: Application", "kind: Pod"),
        expected: &[(2, "`kind` has to be `Application`")],
    },
    Case { name: "no name", change: ("  name: wasmcp\n", ""), expected: &[(4, "has no `name`")] },
    Case {
        name: "two components of one name",
        change: ("- name: weather\n      type: component", "- name: calculator\n      type: component"),
        expected: &[
            (56, "there is no component `weather` to link to"),
            (65, "the component `calculator` is already in line 57"),
        ],
    },
    Case {
        name: "a file that is not there",
        change: ("there.wasm", "gone.wasm"),
        expected: &[(32, "there is no file `./gone.wasm`")],
    },
    Case {
        name: "a field that wadm does not know",
        change: ("image: registry.example/calculator:1", "imag: registry.example/calculator:1"),
        expected: &[(60, "unknown field `imag`")],
    },
    Case {
        name: "a scaler that wadm does not know",
        change: ("instances: 10\n", "instances: 10\n            spreads: []\n"),
        expected: &[(73, "a scaler has no `spreads`")],
    },
    Case {
        name: "a link without a package",
        change: ("            package: http\n", ""),
        expected: &[(19, "a link needs `package`")],
    },
    Case {
        name: "interfaces that are not a list, over which wadm panics",
        change: ("interfaces: [incoming-handler]", "interfaces: incoming-handler"),
        expected: &[(21, "a link needs `interfaces`, a list of strings")],
    },
    Case {
        name: "a link to a component that does not exist",
        change: ("target:\n              name: weather", "target:\n              name: wether"),
        expected: &[(56, "there is no component `wether`")],
    },
    Case {
        name: "two links of one name",
        change: ("name: weather\n            namespace", "name: calculator\n            namespace"),
        expected: &[(36, "has no link of that name"), (51, "is already in line 43")],
    },
    Case {
        name: "a configuration that is not defined",
        change: ("            properties:\n              router.providers: calculator,weather=w-\n", ""),
        expected: &[(29, "has the key `router.providers`"), (34, "the configuration `transport` is not defined")],
    },
    Case {
        name: "a number in a configuration",
        change: (
            "router.providers: calculator,weather=w-",
            "router.providers: calculator,weather\n              transport.max-legs: 5",
        ),
        expected: &[(37, "the value of `transport.max-legs` has to be a string")],
    },
    Case {
        name: "two configurations of one name",
        change: (
            "- name: transport\n            properties:\n              router",
            "- name: http-server\n            properties:\n              router",
        ),
        expected: &[(34, "the configuration `http-server` is already in line 26")],
    },
    Case {
        name: "a provider that is linked and not named",
        change: ("calculator,weather=w-", "calculator"),
        expected: &[(51, "does not name (line 36)")],
    },
    Case {
        name: "a provider that is named and not linked",
        change: ("calculator,weather=w-", "calculator,weather,clock"),
        expected: &[(36, "has `clock`, and `transport` has no link of that name")],
    },
    Case {
        name: "a provider that is named twice",
        change: ("calculator,weather=w-", "calculator,weather,weather=w-"),
        expected: &[(36, "`router.providers` is not a list of different link names")],
    },
    Case {
        name: "a provider without a name",
        change: ("calculator,weather=w-", "calculator,,weather"),
        expected: &[(36, "`router.providers` is not a list of different link names")],
    },
    Case {
        name: "providers that no setting names",
        change: ("router.providers: calculator,weather=w-", "transport.name: mine"),
        expected: &[(29, "no configuration of it has the key `router.providers`")],
    },
    Case {
        name: "a setting that the router does not have",
        change: ("weather=w-\n", "weather=w-\n              router.retry-afterms: \"5\"\n"),
        expected: &[(37, "`router` has no setting `retry-afterms`, only providers, list-timeout-ms,")],
    },
    Case {
        name: "a setting that the transport does not have",
        change: ("weather=w-\n", "weather=w-\n              transport.allowed-host: example.com\n"),
        expected: &[(37, "`transport` has no setting `allowed-host`, only allowed-hosts,")],
    },
    Case {
        name: "a value that the transport cannot use",
        change: ("weather=w-\n", "weather=w-\n              transport.call-timeout-ms: soon\n"),
        expected: &[(37, "setting `transport.call-timeout-ms` is not")],
    },
    Case {
        name: "a policy that cannot be compiled",
        change: ("weather=w-\n", "weather=w-\n              policy.rego: package wasmcp\n"),
        expected: &[(37, "setting `policy.rego` cannot be used: no rule `allow`")],
    },
    Case {
        name: "a function that the transport lacks",
        change: (
            "weather=w-\n",
            "weather=w-\n              policy.rego: |\n                package wasmcp\n                allow if net.cidr_contains(\"10.0.0.0/8\", input.request.address)\n",
        ),
        expected: &[(38, "no function `net.cidr_contains`")],
    },
    Case {
        name: "a policy about an address, which the transport does not know",
        change: (
            "weather=w-\n",
            "weather=w-\n              policy.rego: |\n                package wasmcp\n                allow := true\n                deny contains \"x\" if input.request.address == \"192.0.2.1\"\n",
        ),
        expected: &[(38, "policy.rego:3:22: `input.request.address` is not known")],
    },
    Case {
        name: "a policy with a function that the driver lacks, and without `allow`",
        change: (
            "weather=w-\n",
            "weather=w-\n              policy.rego: |\n                package wasmcp\n                x if regex.match(\"a\", input.method)\n",
        ),
        expected: &[(38, "no rule `allow`")],
    },
    Case {
        name: "keys of an issuer that no instance could keep",
        change: (
            "weather=w-\n",
            "weather=w-\n              auth.issuers: https://a.example\n              auth.resource: https://m.example/mcp\n",
        ),
        expected: &[(29, "Pin them here")],
    },
    Case {
        name: "an issuer that is asked about tokens, and no way to it",
        change: (
            "weather=w-\n",
            "weather=w-\n              auth.issuers: https://a.example\n              auth.resource: https://m.example/mcp\n              \
             auth.introspection-endpoint: https://a.example/introspect\n              auth.introspection-client-id: mcp\n              \
             auth.introspection-client-secret: secret\n",
        ),
        expected: &[(29, "`transport` asks authorization servers, and has no link to an HTTP client")],
    },
    Case {
        name: "an issuer that is asked by a client on other hosts",
        change: (
            "weather=w-\n      traits:\n",
            "weather=w-\n              auth.issuers: https://a.example\n              auth.resource: https://m.example/mcp\n              \
             auth.introspection-endpoint: https://a.example/introspect\n              auth.introspection-client-id: mcp\n              \
             auth.introspection-client-secret: secret\n      traits:\n        - type: link\n          properties: { namespace: wasi, \
             package: http, interfaces: [outgoing-handler], target: { name: weather } }\n",
        ),
        expected: &[(44, "it has to be one on its own hosts")],
    },
    Case {
        name: "an interface that the contract does not have",
        change: (
            "[provider, tools, resources, prompts, completion, changes]",
            "[provider, tools, resources, prompts, completion, changes, tool]",
        ),
        expected: &[(46, "no interface `tool`")],
    },
    Case {
        name: "an interface that is left out",
        change: (
            "[provider, tools, resources, prompts, completion, changes]",
            "[provider, tools, prompts, completion, changes]",
        ),
        expected: &[(46, "may call resources")],
    },
    Case {
        name: "a router where the host lacks the feature",
        change: (
            "instances: 100\n        - type: link",
            "instances: 100\n            spread:\n              - name: here\n                requirements:\n                  role: provider\n        - type: link",
        ),
        expected: &[(23, "inside its own host"), (44, "calls providers with the host's feature `rpc-interface`")],
    },
    Case {
        name: "an HTTP server that listens everywhere",
        change: ("address: 127.0.0.1:8080", "default_address: 127.0.0.1:8080"),
        expected: &[(19, "listens on all networks")],
    },
    Case {
        name: "a component that nothing starts",
        change: (
            "        - type: daemonscaler\n          properties:\n            instances: 10\n            spread:\n              - name: here\n                requirements:\n                  role: provider\n",
            "        []\n",
        ),
        expected: &[(65, "nothing starts it")],
    },
];

const WARNINGS: &[Case] = &[Case {
    name: "a provider that takes one call at a time",
    change: ("instances: 10\n", "instances: 1\n"),
    expected: &[(72, "waits for the one before it")],
}];

fn folder() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("validate");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("there.wasm"), "").unwrap();
    folder
}

#[tokio::test]
async fn a_good_manifest_has_no_findings_and_reports_what_its_hosts_need() {
    let report = text_in(GOOD, &folder()).await;
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    assert_eq!(report.features, ["builtin-http-server", "rpc-interface"]);
}

#[tokio::test]
async fn a_bad_manifest_is_refused_with_line_and_reason() {
    let mut wrong = Vec::new();
    for (cases, level) in [(ERRORS, Level::Error), (WARNINGS, Level::Warning)] {
        for case in cases {
            let (old, new) = case.change;
            assert!(GOOD.contains(old), "{}: the change changes nothing", case.name);
            let report = text_in(&GOOD.replacen(old, new, 1), &folder()).await;
            let is_expected = |(finding, (line, reason)): (&Finding, &(usize, &str))| {
                finding.position.line == *line && finding.level == level && finding.reason.contains(reason)
            };
            let all_expected = report.findings.len() == case.expected.len()
                && report.findings.iter().zip(case.expected).all(is_expected);
            if !all_expected || report.is_deployable() != (level == Level::Warning) {
                wrong.push(format!("{}: expected {:?}\n{}", case.name, case.expected, all(&report.findings)));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn all(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("  {finding}\n")).collect()
}
