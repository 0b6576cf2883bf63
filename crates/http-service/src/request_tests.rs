//! Requests as tables: what is refused, and what is sent.

use super::*;

fn check_get(url: &str) -> Result<Uri, InvalidRequest> {
    check("GET", url, [], 0).map(|request| request.uri().clone())
}

#[test]
fn a_url_is_absolute_and_has_a_host_and_no_user_name() {
    for (url, expected) in [
        ("http://example.com", Ok("http://example.com/")),
        ("https://example.com?a=b", Ok("https://example.com/?a=b")),
        ("HTTPS://Example.com:8443/a%20b?c#d", Ok("https://Example.com:8443/a%20b?c")),
        ("http://[::1]:80/", Ok("http://[::1]:80/")),
        ("", Err(InvalidRequest::Url)),
        ("/path", Err(InvalidRequest::Url)),
        ("*", Err(InvalidRequest::Url)),
        ("example.com:80", Err(InvalidRequest::Url)),
        ("//example.com/", Err(InvalidRequest::Url)),
        ("http://", Err(InvalidRequest::Url)),
        ("http:///path", Err(InvalidRequest::Url)),
        ("http://:80/", Err(InvalidRequest::Url)),
        ("ftp://example.com/", Err(InvalidRequest::Url)),
        ("file:///etc/passwd", Err(InvalidRequest::Url)),
        ("http://example.com:port/", Err(InvalidRequest::Url)),
        ("http://example.com:65536/", Err(InvalidRequest::Url)),
        ("http://example.com:/", Err(InvalidRequest::Url)),
        ("http://exa mple.com/", Err(InvalidRequest::Url)),
        ("http://example.com/a b", Err(InvalidRequest::Url)),
        ("http://example.com/\r\nhost: other", Err(InvalidRequest::Url)),
        ("http://example.com/ü", Err(InvalidRequest::Url)),
        ("http://user@example.com/", Err(InvalidRequest::UserInfo)),
        ("http://user:secret@example.com/", Err(InvalidRequest::UserInfo)),
    ] {
        assert_eq!(check_get(url).map(|url| url.to_string()), expected.map(str::to_owned), "{url}");
    }
}

#[test]
fn a_place_has_the_port_of_the_scheme_where_the_url_has_none() {
    for (url, expected) in [
        ("http://example.com", "example.com:80"),
        ("https://example.com/a", "example.com:443"),
        ("https://example.com:80/", "example.com:80"),
        ("http://[::1]/", "[::1]:80"),
    ] {
        assert_eq!(place(&check_get(url).expect(url)), expected);
    }
}

#[test]
fn a_method_is_a_token() {
    for (method, expected) in [
        ("GET", Ok("GET")),
        ("get", Ok("get")),
        ("PROPFIND", Ok("PROPFIND")),
        ("CONNECT", Err(InvalidRequest::Connect)),
        ("", Err(InvalidRequest::Method)),
        ("G T", Err(InvalidRequest::Method)),
        ("GET / HTTP/1.1\r\n", Err(InvalidRequest::Method)),
        ("GÉT", Err(InvalidRequest::Method)),
    ] {
        let checked = check(method, "http://h/", [], 0).map(|request| request.method().to_string());
        assert_eq!(checked, expected.map(str::to_owned), "{method}");
    }
}

#[test]
fn the_headers_of_the_connection_are_for_the_host_to_write() {
    for name in HOST_HEADERS {
        let shown = name.as_str().to_uppercase();
        let error = check("GET", "http://h/", [(shown.as_str(), "x")], 0).expect_err("a header of the host");
        assert_eq!(error, InvalidRequest::HostHeader(name));
    }
}

#[test]
fn a_header_cannot_add_another_one() {
    let name = HeaderName::from_static("x-a");
    for (header, expected) in [
        (("x-a", "b\r\nhost: other"), InvalidRequest::HeaderValue(name.clone())),
        (("x-a", "b\0"), InvalidRequest::HeaderValue(name)),
        (("x-a: b\r\nhost", "other"), InvalidRequest::HeaderName),
        (("x a", "b"), InvalidRequest::HeaderName),
        (("", "b"), InvalidRequest::HeaderName),
    ] {
        assert_eq!(check("GET", "http://h/", [header], 0).expect_err("invalid"), expected, "{header:?}");
    }
    for (count, expected) in [(100, None), (101, Some(InvalidRequest::TooManyHeaders))] {
        let headers = std::iter::repeat_n(("x-a", "b"), count);
        assert_eq!(check("GET", "http://h/", headers, 0).err(), expected, "{count}");
    }
}

#[test]
fn headers_are_sent_in_order_and_repeated_ones_are_repeated() {
    let sent = [("X-A", "1"), ("accept", "é"), ("x-a", "2")];
    let request = check("GET", "http://h/", sent, 0).expect("valid");
    let values: Vec<_> = request.headers().get_all("x-a").iter().collect();
    assert_eq!(values, ["1", "2"]);
    assert_eq!(request.headers().get("accept").map(HeaderValue::as_bytes), Some("é".as_bytes()));
}

#[test]
fn a_length_goes_with_every_body_and_with_methods_that_usually_have_one() {
    for (method, body_length, expected) in
        [("GET", 0, None), ("DELETE", 0, None), ("GET", 3, Some("3")), ("POST", 0, Some("0")), ("PUT", 7, Some("7"))]
    {
        let request = check(method, "http://h/", [], body_length).expect("valid");
        let length = request.headers().get("content-length").and_then(|length| length.to_str().ok());
        assert_eq!(length, expected, "{method} {body_length}");
    }
}
