"""What is refused before a relay is asked."""

import pytest

from chalicelib.adapters.email import Mailer
from chalicelib.adapters.upstream import Refused


def mailer(url: str = "smtp://127.0.0.1:1") -> Mailer:
    return Mailer(lambda: url, "灯塔 <noreply@shop.example>", 1)


@pytest.mark.parametrize(
    "url",
    [
        "smtps://user:pa/ss@relay.example:465",
        "smtps://user:pass@relay.example:port",
        "https://user:pass@relay.example",
        "smtps://user:pass@",
        "",
    ],
)
def test_a_bad_relay_url_is_named_without_being_told(url: str) -> None:
    with pytest.raises(Refused) as refused:
        mailer(url).send("a@b.example", "s", "t", "1")
    assert str(refused.value) == "email: bad_smtp_url"
    assert (refused.value.kind, refused.value.__context__) == ("account", None)


@pytest.mark.parametrize(
    "to",
    ["", "nobody", "a@b.example\nBcc: c@d.example", "A <a@b.example>", "张@b.example", "a@b, c@d"],
)
def test_what_is_no_single_address_is_not_written_to(to: str) -> None:
    with pytest.raises(Refused) as refused:
        mailer().send(to, "s", "t", "1")
    assert (refused.value.kind, refused.value.code) == ("number", "no_address")
