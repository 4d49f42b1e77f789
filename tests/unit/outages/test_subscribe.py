"""The page with the form: what can be chosen, where it is sent, and that it stays small."""

import re
from html import unescape

import msgspec

from chalicelib.outages.model.components import StoreShown
from chalicelib.outages.model.whole import Whole
from chalicelib.outages.model.words import Words
from chalicelib.outages.site import files
from chalicelib.outages.templates.shell import MOST_BYTES
from chalicelib.outages.templates.statuspage import Site
from infra import showcase

SITE = Site("灯塔", "https://status.example.cn", asks=("email",))


def made(whole: Whole | None = None, site: Site = SITE) -> dict[str, str]:
    found = files(whole or showcase.whole(), site, showcase.NOW)
    return {key: file.body.decode() for key, file in found.items() if key.endswith(".html")}


def options(page: str) -> dict[str, str]:
    return {
        unescape(label): value
        for value, label in re.findall(r'<option value="([^"]+)">([^<]*)</option>', page)
    }


def test_everything_each_store_each_service_and_each_group_can_be_chosen() -> None:
    chosen = options(made()["en/subscribe.html"])
    assert chosen["Everything"] == "all"
    assert chosen["Nanjing Road"] == "stores:s0"
    assert chosen["Top-ups and spends"] == f"components:{showcase.TILL}"
    assert chosen["Spend messages · SMS"] == f"components:{showcase.SMS}"
    assert chosen["Spend messages"] == f"components:{showcase.SMS},{showcase.WECHAT}"


def test_the_form_goes_to_the_api_beside_the_page_and_nothing_else_may_be_sent_anywhere() -> None:
    pages = made()
    assert 'action="api/v1/subscriptions/form"' in pages["subscribe.html"]
    assert 'action="../api/v1/subscriptions/form"' in pages["en/subscribe.html"]
    may = {key for key, text in pages.items() if "form-action 'self'" in text}
    assert may == {"subscribe.html", "en/subscribe.html"}
    assert sum("form-action 'none'" in text for text in pages.values()) == len(pages) - 2


def test_each_page_leads_to_it_where_anybody_can_be_told_and_none_where_nobody_can() -> None:
    assert all("subscribe.html" in text for text in made().values())
    quiet = made(site=Site("灯塔", "https://status.example.cn"))
    assert not [key for key, text in quiet.items() if "subscribe.html" in text or "<form" in text]
    assert "subscribe.html" not in quiet


def test_a_number_may_be_typed_only_where_text_messages_are_sent() -> None:
    assert 'type="email"' in made()["subscribe.html"]
    both = made(site=msgspec.structs.replace(SITE, asks=("email", "sms")))["subscribe.html"]
    assert 'type="email"' not in both
    assert "邮箱或手机号" in both


def test_five_hundred_stores_with_long_names_stay_below_the_limit_and_what_is_left_out_is_said() -> (
    None
):
    stores = tuple(StoreShown(f"n{n}", Words("很" * 60 + str(n))) for n in range(500))
    whole = showcase.whole()
    pages = made(
        msgspec.structs.replace(whole, page=msgspec.structs.replace(whole.page, stores=stores))
    )
    for key in ("subscribe.html", "en/subscribe.html"):
        assert 40_000 < len(pages[key].encode()) < MOST_BYTES
    assert "项未列出" in pages["subscribe.html"]
    assert len(options(pages["subscribe.html"])) > 200
