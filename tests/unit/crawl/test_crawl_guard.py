"""Which addresses may be fetched: the public internet and what the operator allows, nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.crawl.guard import Allowed, Target, check_address, parse_allow, parse_target

REFUSED = [
    "0.0.0.0", "10.0.0.8", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254",
    "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1",
    "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
    "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::a00:8", "64:ff9b:1::1", "100::1", "2001::1",
    "2001:0:53aa:64c::1", "2001:10::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:8::1", "3fff::1",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2a00::5efe:7f00:1",
    "2a00::200:5efe:7f00:1", "4000::1", "5f00::1", "localhost", "127.1", "0x7f000001",
]  # fmt: skip


@pytest.mark.parametrize("ip", ["", *REFUSED])
def test_what_is_not_the_public_internet_is_refused(ip: str) -> None:
    assert check_address(ip, 80) is not None


@pytest.mark.parametrize(
    "ip", ["8.8.8.8", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2a00:1450:4010::64"]
)
def test_the_public_internet_is_open(ip: str) -> None:
    assert check_address(ip, 443) is None


@given(st.ip_addresses(v=6))
def test_no_ipv6_address_outside_of_what_is_handed_out_is_open(ip: object) -> None:
    assert check_address(str(ip), 80) is not None or str(ip)[0] in "23"


@pytest.mark.parametrize(
    ("entry", "ip", "port", "is_open"),
    [
        ("127.0.0.1", "127.0.0.1", 5000, True),
        ("127.0.0.1", "127.0.0.2", 5000, False),
        ("127.0.0.0/8", "127.9.9.9", 5000, True),
        ("127.0.0.1:8080", "127.0.0.1", 8080, True),
        ("127.0.0.1:8080", "127.0.0.1", 8081, False),
        ("::1", "::1", 80, True),
        ("[::1]:8080", "::1", 8080, True),
        ("[::1]:8080", "::1", 80, False),
        ("127.0.0.1", "::ffff:127.0.0.1", 80, False),
    ],
)
def test_the_allow_list_opens_what_it_names_and_no_more(
    entry: str, ip: str, port: int, is_open: bool
) -> None:
    assert (check_address(ip, port, parse_allow([entry])) is None) == is_open


@pytest.mark.parametrize(
    "entry", ["", "localhost", "127.0.0.1:0", "127.0.0.1:x", "1.2.3.4/40", "[::1]:99999"]
)
def test_a_wrong_entry_of_the_allow_list_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match="is no address"):
        parse_allow([entry])


def test_an_empty_allow_list_allows_nothing() -> None:
    assert parse_allow([]) == ()
    assert isinstance(parse_allow(["10.0.0.0/8"])[0], Allowed)


def test_a_target_is_taken_apart() -> None:
    assert parse_target("HTTPS://Paper.Example/a?b=1#c") == Target("https", "paper.example", 443, "/a?b=1")
    assert parse_target("http://[2001:DB8::1]:8080") == Target("http", "2001:db8::1", 8080, "/")
    target = parse_target("http://[2001:DB8::1]:8080")
    assert isinstance(target, Target)
    assert target.origin == "http://[2001:db8::1]:8080"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.by/", "file:///etc/passwd", "gopher://a.by/", "//a.by/", "http://", "http:///x", "http://u@a.by/",
        "http://u:p@a.by/", "http://a.by:0x50/", "http://a.by:99999/", "http://2130706433/", "http://0x7f.1/",
        "http://0177.0.0.1/", "http://127.1/", "http://127.0.0.0x1/", "http://1.2.3.4.5/", "http://a.by/ж",
        "http://a.by/a b", "http://a.by/\r\nX: y", "http://a..by/", "http://[::1/", "http://a.by\\@b.by/", "",
    ],
)  # fmt: skip
def test_an_address_that_may_not_be_asked_is_refused_with_words(url: str) -> None:
    why = parse_target(url)
    assert isinstance(why, str)
    assert why


@given(st.text(max_size=40))
def test_no_address_raises(url: str) -> None:
    parse_target("http://" + url)
    check_address(url, 80)
