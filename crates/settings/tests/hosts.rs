//! Which requests the settings `transport.allowed-hosts` and `transport.allowed-origins` allow, and which entries they refuse.
#![allow(clippy::expect_used, reason = "tests may fail loudly")]

use settings::{AllowedHost, AllowedOrigin, Authority, Transport};

#[test]
fn an_entry_allows_every_form_in_which_a_request_names_its_hosts_and_no_other_host() {
    for (entry, allowed, refused) in [
        (
            "Example.com",
            &["example.com", "EXAMPLE.COM:443", "example.com:9"][..],
            &["www.example.com", "example.co"][..],
        ),
        ("example.com:*", &["example.com", "example.com:8443"], &["example.com.evil.com"]),
        ("example.com:8443", &["example.com:8443"], &["example.com", "example.com:443"]),
        ("example.com:443", &["example.com", "example.com:443"], &["example.com:80"]),
        ("*.example.com", &["a.example.com", "a.b.example.com:8080"], &["example.com", "aexample.com", ".example.com"]),
        ("*.example.com:8080", &["a.example.com:8080"], &["a.example.com"]),
        ("*", &["a", "10.0.0.1:80", "[fd00::1]"], &[]),
        ("*:8080", &["a:8080", "[fd00::1]:8080"], &["a", "a:8081"]),
        ("10.0.0.7", &["10.0.0.7", "10.0.0.7:8080"], &["10.0.0.70", "[::ffff:10.0.0.7]"]),
        ("fd00::1", &["[fd00::1]", "[FD00:0:0::0001]:8080"], &["[fd00::2]", "fd00--1"]),
        ("[fd00::1]:8080", &["[fd00:0::1]:8080"], &["[fd00::1]", "[fd00::1]:80"]),
        ("[fd00::1]:*", &["[fd00::1]", "[fd00::1]:80"], &["[fd00::10]"]),
        ("B\u{fc}cher.example", &["xn--bcher-kva.example:80"], &["bucher.example", "bcher.example"]),
        ("*.b\u{fc}cher.example", &["a.xn--bcher-kva.example"], &["xn--bcher-kva.example"]),
        ("xn--bcher-kva.example", &["XN--BCHER-KVA.example"], &[]),
        ("my_host", &["my_host:1"], &["my-host"]),
    ] {
        let hosts = AllowedHost::parse(entry).expect(entry);
        for (named, expected) in allowed.iter().map(|host| (host, true)).chain(refused.iter().map(|host| (host, false)))
        {
            let named = Authority::parse(named).expect(named);
            assert_eq!(hosts.allows(&named), expected, "{entry}: {named:?}");
        }
    }
}

#[test]
fn an_origin_has_the_port_of_its_scheme_unless_the_entry_says_otherwise() {
    for (entry, allowed, refused) in [
        ("https://Example.com", &["https://example.com"][..], &["http://example.com", "https://example.com:444"][..]),
        ("https://example.com:443", &["https://example.com"], &["https://example.com:8443"]),
        ("http://example.com:*", &["http://example.com", "http://example.com:3000"], &["https://example.com"]),
        ("https://*.example.com", &["https://a.b.example.com"], &["https://example.com", "https://a.example.com:1"]),
        ("http://[fd00::1]:8080", &["http://[fd00:0::1]:8080"], &["http://[fd00::1]"]),
        ("https://b\u{fc}cher.example", &["https://xn--bcher-kva.example"], &[]),
        ("chrome-extension://abcdef", &["chrome-extension://abcdef"], &["chrome-extension://abc", "https://abcdef"]),
        ("*", &["https://example.com", "null", "file://"], &[]),
        ("https://*", &["https://example.com"], &["https://example.com/path", "https://a@b", "null", "file://"]),
    ] {
        let origins = AllowedOrigin::parse(entry).expect(entry);
        for (origin, expected) in
            allowed.iter().map(|page| (page, true)).chain(refused.iter().map(|page| (page, false)))
        {
            assert_eq!(origins.allows(origin), expected, "{entry}: {origin}");
        }
    }
}

#[test]
fn an_entry_that_no_request_can_match_is_refused() {
    for entry in [
        "",
        " ",
        "https://example.com",
        "example.com/mcp",
        "user@example.com",
        "exa mple.com",
        "example.com.",
        ".example.com",
        "a..example.com",
        "*example.com",
        "*.*.example.com",
        "www.*.com",
        "*.",
        "*.10.0.0.1",
        "*.[fd00::1]",
        "example.com:",
        "example.com:0",
        "example.com:65536",
        "example.com:+80",
        "example.com:80:80",
        "[fd00::1",
        "[fd00::1]x",
        "[10.0.0.1]",
        "[fe80::1%eth0]",
        "fe80::1%eth0",
        "fd00::1::2",
        "example.com:8*",
        "\u{2f}",
        "b\u{fc}cher\u{ff0f}x",
    ] {
        assert_eq!(AllowedHost::parse(entry), None, "{entry}");
        assert_eq!(AllowedOrigin::parse(&format!("https://{entry}")), None, "https://{entry}");
    }
    for entry in ["example.com", "null", "https://", "://example.com", "https://example.com/", "1a://b", "file:///"] {
        assert_eq!(AllowedOrigin::parse(entry), None, "{entry}");
    }
}

#[test]
fn what_an_error_and_the_table_advise_is_taken() {
    let words = |text: &'static str| text.split('`').skip(1).step_by(2).filter(|word| *word != ":*");
    for row in Transport::ROWS {
        for word in words(row.expected).chain(words(row.meaning)) {
            match row.name {
                "allowed-hosts" if word != "Host" => assert!(AllowedHost::parse(word).is_some(), "{word}"),
                "allowed-origins" => assert!(AllowedOrigin::parse(word).is_some(), "{word}"),
                _ => {}
            }
        }
    }
}
