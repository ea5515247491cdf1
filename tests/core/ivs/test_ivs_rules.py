import pytest

from vidkit.ivs.models.rules import check_countries, check_origins


def test_every_officially_assigned_code_is_a_country():
    assert check_countries(["DE", "AT", "CH", "GB", "US"]) == ["DE", "AT", "CH", "GB", "US"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("de", ["'de'", "'DE' (Germany)"]),
        ("Germany", ["'Germany'", "'DE' (Germany)"]),
        ("Austri", ["'AT' (Austria)"]),
        ("UK", ["'UK'", "near it"]),
        ("DEU", ["'DEU'", "'DE'"]),
        ("XX", ["'XX'"]),
        ("", ["''"]),
        ("D1", ["'D1'"]),
    ],
)
def test_a_code_that_is_none_suggests_the_nearest(code, words):
    with pytest.raises(ValueError, match="ISO 3166-1 alpha-2") as caught:
        check_countries(["AT", code])
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("code", "suggestion"),
    [
        ("Germny", "; did you mean 'DE' (Germany)?"),
        ("Austri", "; did you mean 'AT' (Austria)?"),
        (" de ", "; did you mean 'DE' (Germany)?"),
        # Of two similar names, the more similar one is suggested; otherwise none is.
        ("Niger ia", "; did you mean 'NG' (Nigeria)?"),
        ("D1", "; near it are 'TD' (Chad), 'SD' (Sudan), 'MD' (Moldova, Republic of)"),
        ("DEU", "; near it are 'DE' (Germany)"),
        ("Germ", "; near it are 'GR' (Greece), 'GM' (Gambia), 'GE' (Georgia)"),
        ("", ""),
        ("1234", ""),
    ],
)
def test_what_is_suggested_is_near(code, suggestion):
    with pytest.raises(ValueError, match="is no ISO 3166-1") as caught:
        check_countries([code])
    assert str(caught.value) == f"{code!r} is no ISO 3166-1 alpha-2 country code{suggestion}"


@pytest.mark.parametrize(
    "origin",
    [
        f"https://{'a.' * 58}abcd",
        "https://example.com",
        "http://localhost:3000",
        "https://a.b-c.example.co.uk:8443",
        "http://127.0.0.1:8080",
        "http://[::1]:8080",
        "capacitor://localhost",
        "https://xn--bcher-kva.example",
        "null",
    ],
)
def test_what_browsers_send_is_an_origin(origin):
    assert check_origins([origin]) == [origin]


@pytest.mark.parametrize(
    ("origin", "why"),
    [
        ("example.com", "scheme"),
        ("https://example.com/", "slash"),
        ("https://example.com/path", "path"),
        ("https://example.com?x=1", "path"),
        ("https://example.com#", "path"),
        ("https://example.com?", ": must end after host and port"),
        ("https://Example.com", ": must be in lower case"),
        ("HTTPS://example.com", "lower case"),
        ("https://user@example.com", ": must not have a user"),
        ("https://example.com:443", "443"),
        ("http://example.com:80", "80"),
        ("https://example.com:0", "port 0"),
        ("https://example.com:08443", "port 8443 without zeros"),
        ("https://example.com:99999", "Port out of range"),
        ("https://example.com:", "end after"),
        ("https://", ": must be scheme://host[:port]"),
        ("https://exa mple.com", "spaces"),
        ("https://-bad.example", "host"),
        ("https://a..b", "host"),
        ("http://[::g]", "::g"),
        ("http://[v1.a:b]", "no valid host"),
        ("http://[v1.x]", "no valid host"),
        (f"https://{'a.' * 58}abcde", "is longer than 128 characters"),
        ("*", "scheme"),
        ("", "scheme"),
    ],
)
def test_what_no_browser_sends_is_refused_with_the_reason(origin, why):
    with pytest.raises(ValueError, match="is no origin") as caught:
        check_origins(["https://example.com", origin])
    assert why in str(caught.value)
    assert repr(origin) in str(caught.value)
