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


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ((550, b"5.1.1 No such user"), "number"),
        ((550, b"User unknown"), "number"),
        ((553, b"5.1.3 Bad destination"), "number"),
        ((550, b"5.7.1 Relaying denied"), "other"),
        ((550, b"5.1.8 Sender not verified"), "other"),
        ((552, b"5.2.2 Mailbox full"), "other"),
        ((554, b"Your host is on a list"), "other"),
        ((530, b"Authentication required"), "other"),
    ],
)
def test_a_relay_that_says_no_to_us_says_nothing_about_the_address(
    said: tuple[int, bytes], kind: str
) -> None:
    class Relay:
        def mail(self, _sender: str) -> tuple[int, bytes]:
            return 250, b"OK"

        def rcpt(self, _to: str) -> tuple[int, bytes]:
            return said

    with pytest.raises(Refused) as refused:
        mailer()._hand_over(Relay(), "a@b.example", b"")  # type: ignore[arg-type] # noqa: SLF001
    assert (refused.value.kind, refused.value.code) == (kind, str(said[0]))
