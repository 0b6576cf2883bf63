//! Tests of the rules as tables: the places that each allows and denies.

use super::*;

fn egress(rules: &str) -> Egress {
    Egress::new(rules.split(' ').filter(|rule| !rule.is_empty()).map(|rule| rule.parse().expect(rule)).collect())
}

#[test]
fn a_host_is_denied_unless_a_rule_names_it_and_its_port() {
    for (rules, host, port, allowed) in [
        ("", "example.com", 443, false),
        ("example.com", "example.com", 443, true),
        ("example.com", "example.com", 80, true),
        ("example.com", "example.com", 8080, false),
        ("example.com:8080", "example.com", 8080, true),
        ("example.com:8080", "example.com", 443, false),
        ("example.com:*", "example.com", 1, true),
        ("Example.COM", "eXample.com.", 443, true),
        ("example.com", "www.example.com", 443, false),
        ("example.com", "notexample.com", 443, false),
        ("*.example.com", "www.example.com", 443, true),
        ("*.example.com", "a.b.example.com", 443, true),
        ("*.example.com", "example.com", 443, false),
        ("*.example.com", "notexample.com", 443, false),
        ("*.example.com", ".example.com", 443, true),
        ("*", "anything.example", 443, true),
        ("*", "1.1.1.1", 443, true),
        ("*", "127.0.0.1", 443, false),
        ("*", "169.254.169.254", 80, false),
        ("*", "[::1]", 80, false),
        ("127.0.0.1:9000", "127.0.0.1", 9000, true),
        ("127.0.0.1:9000", "[::ffff:127.0.0.1]", 9000, true),
        ("127.0.0.1:9000", "localhost", 9000, false),
        ("127.0.0.1:9000", "0x7f.1", 9000, false),
        ("127.0.0.1:9000", "2130706433", 9000, false),
        ("localhost:9000", "127.0.0.1", 9000, false),
        ("[::1]:9000", "[::1]", 9000, true),
        ("::1", "[::1]", 80, true),
        ("10.0.0.0/8", "10.200.3.4", 443, true),
        ("10.0.0.0/8", "11.0.0.1", 443, false),
        ("0.0.0.0/0", "8.8.8.8", 443, true),
        ("0.0.0.0/0", "example.com", 443, false),
        ("[fd00::/8]:443", "[fd12::1]", 443, true),
        ("[fd00::/8]:443", "[fe80::1]", 443, false),
    ] {
        assert_eq!(egress(rules).check_host(host, port).is_ok(), allowed, "{rules} {host}:{port}");
    }
}

#[test]
fn a_rule_with_a_name_allows_public_addresses_only() {
    for (rules, host, address, port, allowed) in [
        ("example.com", "example.com", "93.184.216.34", 443, true),
        ("example.com", "example.com", "127.0.0.1", 443, false),
        ("example.com", "example.com", "169.254.169.254", 80, false),
        ("example.com", "example.com", "::ffff:10.0.0.1", 80, false),
        ("*.example.com", "a.example.com", "10.0.0.1", 80, false),
        ("*", "rebind.example", "127.0.0.1", 80, false),
        ("example.com 10.1.0.0/16", "example.com", "10.1.2.3", 443, true),
        ("example.com 10.1.0.0/16", "example.com", "10.2.2.3", 443, false),
        ("example.com:9000 10.1.2.3:9001", "example.com", "10.1.2.3", 9000, false),
        ("localhost:9000", "localhost", "127.0.0.1", 9000, true),
        ("localhost:9000", "LocalHost.", "::1", 9000, true),
        ("localhost:9000", "localhost", "10.0.0.1", 9000, false),
        ("localhost:9000 example.com:9000", "example.com", "127.0.0.1", 9000, false),
        ("127.0.0.1:9000", "127.0.0.1", "127.0.0.1", 9000, true),
        ("127.0.0.1:9000", "127.0.0.1", "127.0.0.1", 9001, false),
        ("127.0.0.1:9000", "::ffff:127.0.0.1", "::ffff:127.0.0.1", 9000, true),
    ] {
        let address = address.parse().expect(address);
        assert_eq!(
            egress(rules).check_address(host, address, port).is_ok(),
            allowed,
            "{rules} {host} {address}:{port}"
        );
    }
}

#[test]
fn invalid_rules_are_refused() {
    for text in [
        "",
        ":80",
        "example.com:",
        "example.com:0",
        "example.com:65536",
        "example.com:http",
        "https://example.com",
        "example.com/path",
        "user@example.com",
        "exa mple.com",
        "a..b",
        "www.*.com",
        "*.",
        "*.*",
        "10.0.0.0/33",
        "[::1",
        "[::1]9000",
        "[::/129]",
    ] {
        assert!(text.parse::<Rule>().is_err(), "{text}");
    }
}

#[test]
fn a_denial_names_the_class_of_the_address() {
    let denied = egress("example.com").check_address("example.com", "::ffff:10.0.0.1".parse().expect("address"), 443);
    assert_eq!(
        denied.expect_err("private").to_string(),
        "it resolves to 10.0.0.1, a private address, which no rule names"
    );
}
