"""What the group bot is told is cut between characters, and its key is in no error."""

import pytest

from chalicelib.adapters.upstream import Refused
from chalicelib.adapters.wecom import WeCom, cut


@pytest.mark.parametrize(
    ("most_bytes", "kept"),
    [(12, "灯塔ab灯"), (11, "灯塔ab灯"), (10, "灯塔a…"), (9, "灯塔…"), (8, "灯…"), (3, "…")],
)
def test_no_character_is_split(most_bytes: int, kept: str) -> None:
    assert cut("灯塔ab灯", most_bytes) == kept


def test_what_lies_beyond_the_first_plane_stays_whole() -> None:
    assert cut("🏮🏮🏮", 11) == "🏮🏮…"
    assert cut("🏮🏮🏮", 10) == "🏮…"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "no-url-secret-key",
        "ftp://bot.example/cgi-bin/webhook/send?key=secret-key",
        "https://bot.example/cgi-bin/webhook/send?token=secret-key",
        "https://[bot.example/cgi-bin/webhook/send?key=secret-key",
    ],
)
def test_what_is_no_webhook_is_refused_and_not_quoted(url: str) -> None:
    with pytest.raises(Refused) as refused:
        WeCom(lambda: url, 1).say("有人吗")
    assert (str(refused.value), refused.value.kind) == ("wecom: bad_webhook_url", "account")
    assert refused.value.__cause__ is None
