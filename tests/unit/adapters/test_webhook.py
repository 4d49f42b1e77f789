"""Addresses that strangers give: what is called, and what never is."""

import pytest

from chalicelib.adapters.upstream import Refused, Unreachable
from chalicelib.adapters.webhook import BadAddressError, Webhooks, is_public, target


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104
        "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.0.170", "198.18.0.1",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::169.254.169.254", "64:ff9b::10.0.0.1",
        "2002:7f00:1::", "2002:a9fe:a9fe::1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_known_in_any_wrapping(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34"])
def test_a_public_address_is_one(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/", "https://user:pass@hooks.example.com/", "https://hooks.example.com:22/",
        "https://hooks.example.com/#x", "https:///x", "ftp://hooks.example.com/", "https://hooks.example.com/ x",
        "https://hooks.example.com/\r\nHost: x", "https://hooks.example.com:x/", "//hooks.example.com/", "",
    ],
)  # fmt: skip
def test_what_is_no_plain_https_url_is_never_called(url: str) -> None:
    with pytest.raises(BadAddressError):
        target(url)


def test_a_url_is_taken_apart() -> None:
    assert target("https://hooks.example.com/a?b=c") == (
        "https", "hooks.example.com", 443, "/a?b=c",
    )  # fmt: skip


@pytest.mark.parametrize(
    "addresses", [["10.0.0.1"], ["93.184.216.34", "169.254.169.254"], ["::ffff:10.0.0.1"]]
)
def test_a_name_with_one_address_inside_is_not_called_at_all(addresses: list[str]) -> None:
    hooks = Webhooks(1, resolve=lambda _host, _port: addresses)
    with pytest.raises(Refused) as refused:
        hooks.post("https://hooks.example.com/", b"{}", {})
    assert refused.value.code == "not_public"


def test_a_name_that_nobody_knows_is_tried_again() -> None:
    with pytest.raises(Unreachable) as unreachable:
        Webhooks(1, resolve=lambda _host, _port: []).post("https://hooks.example.com/", b"{}", {})
    assert unreachable.value.code == "no_name"
