"""WeChat's push from its own line to what it changes: signed, kept, read by the stream, and counted once."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from chalicelib import config
from chalicelib.adapters import secrets, tables, wechat
from chalicelib.kernel import clock
from chalicelib.kernel.stamp import system
from chalicelib.ledger.built import ledger
from chalicelib.messages import built, care, quota, scores, set_up, table
from chalicelib.messages.channels import Subscribe
from chalicelib.messages.model.choice import Provider
from chalicelib.messages.model.message import Message
from chalicelib.messages.model.score import summed
from chalicelib.messages.service.announce import announce
from chalicelib.messages.service.deliver import Deliveries
from infra.upstreams import launch, wechat_push, wechat_pusher
from infra.upstreams.faults import Fault
from infra.upstreams.launch import Running
from infra.upstreams.wechat_push import Ordered, Outgoing
from tests import standins
from tests.client import Reply
from tests.house import House, set_to

SPEND = "tmpl-spend"
CHANGE, POPUP, SENT = (f"subscribe_msg_{what}_event" for what in ("change", "popup", "sent"))
KEY_PARAM = "WECHAT_CALLBACK_AES_KEY_PARAM"
BY = system("test")


class WeChat:
    """The stand-in, whose pushes are made when a test says so, and the stream behind our address."""

    def __init__(self, house: House, running: Running) -> None:
        self.house, self.world, self.members = house, running.world, 0
        self.statuses: list[int] = []
        self._seen: set[str] = set()

    def member(self, accepts: int = 0) -> tuple[str, str]:
        """Of a new WeChat account that has allowed so many messages."""
        self.members += 1
        openid = f"oPUSH{self.members:023d}"
        self.world.store.put("openid", openid, {})
        self.world.store.put("quota", f"{openid} {SPEND}", accepts)
        for number in range(accepts):
            holder = set_up.quota_holder(openid)
            quota.accept(holder, SPEND, f"{openid}-{number}", clock.now(), BY)
        return openid, ledger().members.log_in(openid, BY)

    def order(self, openid: str, kind: str, *items: dict[str, str], **other: Any) -> None:  # noqa: ANN401
        wechat_pusher.order(self.world, Ordered(openid, kind, list(items), **other))

    def send(self, out: Outgoing) -> Reply:
        where = f"/callbacks/wechat?{urlencode(out.query)}"
        headers = {"content-type": out.content_type}
        reply = self.house.public.send("POST", where, out.body.decode(), headers)
        self.statuses.append(reply.status)
        return reply

    def push(self) -> None:
        def taken(out: Outgoing) -> bytes | None:
            reply = self.send(out)
            return reply.text.encode() if reply.status == 200 else None

        wechat_pusher.push_due(self.world, taken)

    def rows(self) -> list[Any]:
        day = clock.now().date().isoformat()
        return list(tables.query("messages", f"RAW#wechat#{day}").images)

    def read(self) -> int:
        """What the stream brings, twice; how many were new."""
        new = [image for image in self.rows() if image["sk"]["S"] not in self._seen]
        for image in [*new, *new]:
            built.pushes().take_in(image)
        self._seen |= {image["sk"]["S"] for image in new}
        return len(new)

    def hear(self) -> int:
        self.push()
        return self.read()


@pytest.fixture(scope="module")
def running(house: House) -> Iterator[Running]:
    assert house
    given = {"wechat_push_url": "http://127.0.0.1:1/", "wechat_sent_event_delay_s": 0}
    with launch.start(settings=given) as running:
        running.pushing.stop()
        world = running.world.settings
        secrets.know({
            "/test/push-token": world.wechat_push_token,
            "/test/push-key": world.wechat_push_aes_key,
        })  # fmt: skip
        settings = {
            **standins.wechat(running),
            "WECHAT_SPEND_TEMPLATE_ID": SPEND,
            "WECHAT_CALLBACK_TOKEN_PARAM": "/test/push-token",
            KEY_PARAM: "/test/push-key",
        }
        with set_to(settings, forget):
            yield running


@pytest.fixture(scope="module")
def line(house: House, running: Running) -> WeChat:
    return WeChat(house, running)


@pytest.fixture
def they(line: WeChat) -> WeChat:
    """With nothing under way."""
    line.world.faults.clear()
    line.read()
    line.statuses.clear()
    return line


@pytest.fixture
def in_the_open(running: Running) -> Iterator[None]:
    """A deployment that has set up no key."""
    assert running
    kept = os.environ.pop(KEY_PARAM)
    forget()
    yield
    os.environ[KEY_PARAM] = kept
    forget()


def forget() -> None:
    for cached in (
        config.settings, built.deliveries, built.receipts, built.wechat_events, wechat.wechat,
    ):  # fmt: skip
        cached.cache_clear()


def said(status: str) -> dict[str, str]:
    return {"TemplateId": SPEND, "SubscribeStatusString": status, "PopupScene": "0"}


def sent(msg_id: str, code: str = "0") -> dict[str, str]:
    return {"TemplateId": SPEND, "MsgID": msg_id, "ErrorCode": code, "ErrorStatus": "x"}


def left(openid: str) -> int:
    return quota.remaining(set_up.quota_holder(openid), SPEND)


def told(house: House, member_id: str, name: str, parts: Deliveries | None = None) -> Message:
    """The message of a new spend after it was delivered once."""
    body = {
        "member_id": member_id, "total_fen": 100,
        "payments": [{"method": "cash", "amount_fen": 100}],
    }  # fmt: skip
    taken = house.till.put(f"/v1/stores/{house.store.store_id}/spends/{name}", body).json
    entry = ledger().entry(taken["spend_id"])
    assert entry is not None
    announce([entry], clock.now())
    return (parts or built.deliveries()).go_on(found(entry.message_id))


def found(message_id: str) -> Message:
    message = table.message(message_id, consistent=True)
    assert message is not None
    return message


def signed(they: WeChat, **other: str) -> dict[str, str]:
    """What WeChat puts into the address when it makes sure that it is ours."""
    parts = (str(int(clock.now().timestamp())), "77")
    proof = wechat_push.signature(they.world.settings.wechat_push_token, *parts)
    return {"signature": proof, "timestamp": parts[0], "nonce": parts[1], "echostr": "539", **other}


def probe(they: WeChat, **other: str) -> Reply:
    return they.house.public.get(f"/callbacks/wechat?{urlencode(signed(they, **other))}")


def test_the_address_is_shown_to_be_ours_in_plain_text(they: WeChat) -> None:
    reply = probe(they)
    assert (reply.status, reply.text) == (200, "539")
    assert reply.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("other", [{"signature": "0" * 40}, {"timestamp": "1795000000"}])
def test_who_does_not_know_the_token_is_told_nothing(they: WeChat, other: dict[str, str]) -> None:
    reply = probe(they, **other)
    assert (reply.status, reply.json["code"]) == (403, "bad_signature")
    assert "539" not in reply.text


def test_nothing_is_there_where_no_push_is_set_up(they: WeChat, monkeypatch: Any) -> None:  # noqa: ANN401
    monkeypatch.delenv("WECHAT_CALLBACK_TOKEN_PARAM")
    forget()
    assert probe(they).status == 404
    monkeypatch.undo()
    forget()


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("as_array", [True, False])
def test_who_refuses_a_template_is_not_written_to_any_more(
    they: WeChat,
    form: Any,  # noqa: ANN401
    as_array: bool,  # noqa: FBT001
) -> None:
    openid, _ = they.member(accepts=2)
    they.order(openid, CHANGE, said("reject"), form=form, as_array=as_array, created_s_ago=-9)
    assert (they.hear(), they.statuses, left(openid)) == (1, [200], 0)


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.usefixtures("in_the_open")
def test_in_the_open_it_is_the_same(they: WeChat, form: Any) -> None:  # noqa: ANN401
    openid, _ = they.member(accepts=1)
    they.order(openid, CHANGE, said("reject"), form=form, safe=False, created_s_ago=-9)
    assert (they.hear(), they.statuses, left(openid)) == (1, [200], 0)


def test_what_was_accepted_after_a_refusal_stays(they: WeChat) -> None:
    openid, _ = they.member(accepts=1)
    they.order(openid, CHANGE, said("reject"), created_s_ago=60)
    assert (they.hear(), left(openid)) == (1, 1)


@pytest.mark.parametrize("off", [{"forged": True}, {"signed_s_ago": 700}, {"safe": False}])
def test_what_is_forged_stale_or_in_the_open_is_turned_away_each_time(
    they: WeChat, off: dict[str, Any]
) -> None:
    openid, _ = they.member(accepts=1)
    they.order(openid, CHANGE, said("reject"), created_s_ago=-9, **off)
    before = len(they.rows())
    for offset_s in (0, 5, 10, 15):
        they.world.clock.offset_s = offset_s
        they.push()
    they.world.clock.reset()
    assert (they.statuses, len(they.rows()), left(openid)) == ([403] * 3, before, 1)


def test_the_proof_of_an_open_push_covers_no_sealed_one(they: WeChat) -> None:
    openid, _ = they.member()
    each = Ordered(openid, CHANGE, [said("reject")], safe=False)
    out = wechat_push.request(they.world, each, wechat_push.created(they.world, each))
    proof = out.query["signature"]
    assert they.send(out._replace(query={**out.query, "msg_signature": proof})).status == 403


def test_what_somebody_recorded_and_sends_again_is_nothing_new(they: WeChat) -> None:
    openid, _ = they.member()
    each = Ordered(openid, "user_enter_tempsession")
    out = wechat_push.request(they.world, each, wechat_push.created(they.world, each))
    assert [they.send(out).text for _ in range(3)] == ["success"] * 3
    assert they.read() == 1
    longer = out._replace(body=out.body.replace(b'"Encrypt": "', b'"Encrypt": "AAAA'))
    assert they.send(longer).status == 403


def test_what_is_sealed_for_another_app_changes_nothing(they: WeChat) -> None:
    openid, _ = they.member(accepts=1)
    they.order(openid, CHANGE, said("reject"), created_s_ago=-9, other_app=True)
    assert (they.hear(), they.statuses, left(openid)) == (1, [200], 1)


def test_a_push_that_comes_three_times_counts_once(they: WeChat) -> None:
    openid, _ = they.member(accepts=1)
    they.order(openid, POPUP, said("accept"), copies=2)
    they.order(openid, "user_enter_tempsession", copies=2)
    assert (they.hear(), they.statuses) == (6, [200] * 6)
    holder = set_up.quota_holder(openid)
    image = tables.get("messages", (f"QUOTA#{holder}", f"TEMPLATE#{SPEND}"), consistent=True)
    assert image is not None
    assert (image["popups"]["N"], image["remaining"]["N"]) == ("1", "1")
    assert len(tables.query("messages", f"CARE#{holder}").images) == 1


def test_a_tap_that_the_mini_program_keeps_to_itself_shows_at_the_next(they: WeChat) -> None:
    openid, _ = they.member(accepts=1)
    holder = set_up.quota_holder(openid)
    now = clock.now()
    counted = [
        quota.popped_up(holder, SPEND, f"tap-{number}", now + timedelta(seconds=number))
        for number in (0, 1, 1, 2, 3)
    ]
    assert counted == [0, 0, 0, 1, 2]
    assert left(openid) == 1


def test_staff_are_told_of_what_cannot_be_read_and_of_taps_that_nobody_reports(
    they: WeChat,
) -> None:
    openid, _ = they.member()
    for created_s_ago in (2, 1):
        they.order(openid, POPUP, said("accept"), created_s_ago=created_s_ago)
    they.order(openid, CHANGE, said("reject"), other_app=True)
    they.hear()
    notes = {image["sk"]["S"] for image in tables.query("messages", "STAFF").images}
    assert notes >= {"NOTE#wechat_push:not_read", "NOTE#wechat_push:not_reported"}


def test_what_a_member_writes_is_kept_sealed_for_customer_service(they: WeChat) -> None:
    openid, _ = they.member()
    they.order(openid, "text", fields={"Content": "我的短信呢", "MsgId": 9}, form="xml")
    they.order(openid, "text", fields={"Content": "在吗", "MsgId": 10}, form="xml")
    they.hear()
    images = tables.query("messages", f"CARE#{set_up.quota_holder(openid)}").images
    assert {care.said_of(image)["Content"] for image in images} == {"我的短信呢", "在吗"}
    assert {image["kind"]["S"] for image in images} == {"text"}
    assert all(int(image["expires_at"]["N"]) > clock.now().timestamp() for image in images)
    kept = repr([*images, *they.rows()])
    assert openid not in kept
    assert "我的短信呢" not in kept


def test_a_message_that_wechat_delivered_says_so(they: WeChat, house: House) -> None:
    _, member_id = they.member(accepts=1)
    message = told(house, member_id, "sent-1")
    assert message.state == "sent"
    assert they.hear() == 1
    after = found(message.message_id)
    assert (after.state, after.last.state, after.last.report_code) == (
        "delivered",
        "delivered",
        "0",
    )
    assert after.last.reported_at is not None
    assert after.version == message.version + 1


def test_a_message_that_wechat_could_not_bring_goes_on(they: WeChat, house: House) -> None:
    they.world.change_settings({"wechat_sent_events": 0})
    openid, member_id = they.member(accepts=1)
    message = told(house, member_id, "sent-2")
    they.world.change_settings({"wechat_sent_events": 1})
    they.order(openid, SENT, sent(message.last.provider_ref or "", "20001"))
    they.hear()
    after = built.deliveries().go_on(found(message.message_id))
    assert (after.state, after.last.state, after.last.report_code) == (
        "failed", "undelivered", "20001",
    )  # fmt: skip


def test_an_answer_that_was_lost_is_made_good_by_the_sent_event(they: WeChat, house: House) -> None:
    _, member_id = they.member(accepts=1)
    lost(they)
    message = told(house, member_id, "sent-3")
    assert (message.state, message.last.provider_ref) == ("unknown", None)
    they.hear()
    after = found(message.message_id)
    assert (after.state, after.last.report_code) == ("delivered", "0")
    assert after.last.provider_ref


def test_a_sent_event_may_overtake_the_answer_to_the_send(they: WeChat, house: House) -> None:
    _, member_id = they.member(accepts=1)
    message = told(house, member_id, "sent-4", overtaken(they))
    assert found(message.message_id).state == "delivered"


def test_where_two_are_in_doubt_the_answer_under_way_is_waited_for(
    they: WeChat, house: House
) -> None:
    _, member_id = they.member(accepts=2)
    they.world.change_settings({"wechat_sent_events": 0})
    lost(they)
    first = told(house, member_id, "sent-5")
    they.world.change_settings({"wechat_sent_events": 1})
    second = told(house, member_id, "sent-6", overtaken(they))
    assert [found(one.message_id).state for one in (first, second)] == ["unknown", "sent"]
    try_parked()
    assert [found(one.message_id).state for one in (first, second)] == ["unknown", "delivered"]


def test_what_was_in_doubt_is_told_once_the_answer_under_way_has_come(
    they: WeChat, house: House
) -> None:
    openid, member_id = they.member(accepts=2)
    they.world.change_settings({"wechat_sent_events": 0})
    lost(they)
    first = told(house, member_id, "sent-7")
    they.order(openid, SENT, sent("1864323726461255680"))
    second = told(house, member_id, "sent-8", overtaken(they))
    they.world.change_settings({"wechat_sent_events": 1})
    assert [found(one.message_id).state for one in (first, second)] == ["unknown", "sent"]
    try_parked()
    assert [found(one.message_id).state for one in (first, second)] == ["delivered", "sent"]


@pytest.mark.parametrize(
    ("code", "counts"),
    [
        ("0", {"accepted": 1, "delivered": 1, "took_5": 1}),
        ("20001", {"accepted": 1, "undelivered": 1, "carrier_other": 1}),
    ],
)
def test_what_became_of_a_message_is_on_wechats_card_once_however_often_it_is_told(
    they: WeChat, house: House, code: str, counts: dict[str, int]
) -> None:
    they.world.change_settings({"wechat_sent_events": 0})
    openid, member_id = they.member(accepts=1)
    before = card()
    message = told(house, member_id, f"card-{code}")
    they.world.change_settings({"wechat_sent_events": 1})
    they.order(openid, SENT, sent(message.last.provider_ref or "", code), copies=2)
    assert they.hear() == 3
    they.order(openid, SENT, sent(message.last.provider_ref or "", "20002"), created_s_ago=-1)
    assert they.hear() == 1
    assert card() - before == Counter(counts)


def test_an_event_that_names_no_message_counts_for_one_of_two_however_often_it_comes(
    they: WeChat, house: House
) -> None:
    they.world.change_settings({"wechat_sent_events": 0})
    openid, member_id = they.member(accepts=2)
    before = card()
    for name in ("unnamed-1", "unnamed-2"):
        lost(they)
        told(house, member_id, name)
    they.world.change_settings({"wechat_sent_events": 1})
    they.order(openid, SENT, sent(""), copies=2)
    assert they.hear() == 3
    assert card() - before == Counter(unknown=2, delivered=1, took_5=1)


def test_an_event_about_somebody_elses_message_waits_and_harms_nobody(they: WeChat) -> None:
    openid, _ = they.member()
    they.order(openid, SENT, sent("1"), sent("2"), {"TemplateId": SPEND})
    they.order("oNOBODY", SENT, sent("3"))
    assert (they.hear(), they.statuses) == (2, [200, 200])


def test_taking_a_push_is_one_write(they: WeChat, counting: list[str]) -> None:
    openid, _ = they.member()
    they.order(openid, "user_enter_tempsession")
    counting.clear()
    they.push()
    assert counting == ["PutItem"]


def test_the_address_needs_no_wechatpy() -> None:
    told = "import sys; import chalicelib.messages.api.wechat; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    modules = set(ran.stdout.split())
    assert "chalicelib.messages.raw" in modules
    assert not modules & {"wechatpy", "requests", "xmltodict"}


def card() -> Counter[str]:
    """What is counted of WeChat up to now."""
    built.scoring().flush()
    now = clock.now()
    hours = scores.hours(Provider("wechat", "wechat"), now - timedelta(days=1), now)
    return Counter(summed(hours.values()))


def try_parked() -> None:
    """What the sweep does a little later."""
    later = replace(built.receipts(), clock=lambda: clock.now() + timedelta(seconds=11))
    later.try_parked(lambda: True)


def lost(they: WeChat) -> None:
    """The next message is taken, and the answer is a gateway's."""
    fault = {"endpoint": "wechat.subscribe_send", "kind": "http_error", "taken": True}
    they.world.faults.order(msgspec.convert(fault, Fault))


def overtaken(they: WeChat) -> Deliveries:
    """Deliverers whose call to WeChat takes so long that the event is read before the answer comes."""

    class Slow:
        def send_subscribe(self, *said: Any) -> str | None:  # noqa: ANN401
            mini_program = wechat.wechat()
            assert mini_program is not None
            msg_id = mini_program.send_subscribe(*said)
            they.hear()
            return msg_id

    channel = Subscribe(Slow(), set_up.wechat_templates(), set_up.quota_holder)
    return replace(built.deliveries(), channels=[channel])
