"""What members write by WeChat: customer service pages through it, marks it, and it is erased with the member."""

import json
from datetime import timedelta

import pytest

from chalicelib.access import audit, service
from chalicelib.adapters import tables
from chalicelib.adapters.streams import Record
from chalicelib.kernel import clock
from chalicelib.messages import care, set_up
from infra.functions import FUNCTIONS
from tests.client import Client
from tests.house import BY, House
from tests.integration.messages import test_wechat_push as pushes
from tests.integration.messages.test_wechat_push import WeChat

running, line, they = pushes.running, pushes.line, pushes.they
PATH = "/v1/care"


@pytest.fixture
def support(house: House) -> Client:
    return house.public.holding(service.issue_operator_key("s", ("support",), clock.now(), BY)[1])


def wrote(they: WeChat, openid: str, *texts: str) -> None:
    for number, text in enumerate(texts):
        fields = {"Content": text, "MsgId": number}
        they.order(openid, "text", fields=fields, form="xml", created_s_ago=len(texts) - number)
    they.hear()


def listed(client: Client, query: str = "") -> list[str]:
    reply = client.get(f"{PATH}?{query}")
    assert reply.status == 200, reply.text
    return [one["said"].get("Content") for one in reply.json["items"]]


def care_id_of(client: Client, text: str) -> str:
    """WeChat's times are whole seconds: the newest may be another test's."""
    items = client.get(f"{PATH}?limit=100").json["items"]
    found: str = next(one["care_id"] for one in items if one["said"].get("Content") == text)
    return found


def test_support_pages_through_what_is_open_newest_first(they: WeChat, support: Client) -> None:
    openid, _ = they.member()
    wrote(they, openid, "一", "二", "三")
    found: list[str] = []
    cursor = ""
    while True:
        reply = support.get(f"{PATH}?limit=2{cursor}")
        found += [one["said"].get("Content") for one in reply.json["items"]]
        assert openid not in reply.text
        if reply.json["next_cursor"] is None:
            break
        cursor = f"&cursor={reply.json['next_cursor']}"
    assert [one for one in found if one in {"一", "二", "三"}] == ["三", "二", "一"]
    assert len(found) == len(listed(support, "limit=100"))


def test_what_was_said_reads_the_same_whichever_way_it_was_pushed(
    they: WeChat, support: Client
) -> None:
    openid, _ = they.member()
    for form in ("json", "xml"):
        fields = {"Content": form, "MsgId": 7}
        they.order(openid, "text", fields=fields, form=form, created_s_ago=60)
    they.hear()
    of_json, of_xml = (
        support.get(f"{PATH}/{care_id_of(support, form)}").json["said"] for form in ("json", "xml")
    )
    assert of_json | {"Content": "xml"} == of_xml


def test_one_names_its_member_and_who_first_saw_and_closed_it(
    they: WeChat, house: House, support: Client
) -> None:
    openid, member_id = they.member()
    wrote(they, openid, "我的短信呢")
    path = f"{PATH}/{care_id_of(support, '我的短信呢')}"
    fresh = support.get(path).json
    assert (fresh["member_id"], fresh["kind"], fresh["seen"]) == (member_id, "text", None)
    seen = support.put(f"{path}/mark", {"state": "seen"})
    assert (seen.status, seen.json["closed"]) == (200, None)
    again = house.office.put(f"{path}/mark", {"state": "seen"})
    assert again.json["seen"] == seen.json["seen"]
    assert "我的短信呢" in listed(support)
    closed = house.office.put(f"{path}/mark", {"state": "closed"}).json
    assert closed["closed"]["by"] != closed["seen"]["by"] == seen.json["seen"]["by"]
    assert support.put(f"{path}/mark", {"state": "seen"}).json == closed
    assert "我的短信呢" not in listed(support)
    assert "我的短信呢" in listed(support, "state=closed")


def test_of_two_who_close_it_at_once_the_first_stands(they: WeChat, support: Client) -> None:
    openid, _ = they.member()
    wrote(they, openid, "在吗")
    found = care.read(care_id_of(support, "在吗"), clock.now())
    assert found is not None
    by = [BY._replace(who=f"u-{number}") for number in range(2)]
    assert [care.mark(found, "closed", each, clock.now()) for each in by] == [True, False]
    assert support.get(f"{PATH}/{found.care_id}").json["closed"]["by"] == "u-0"


def test_each_mark_is_in_the_audit_trail_and_no_word_of_it(they: WeChat, support: Client) -> None:
    openid, _ = they.member()
    wrote(they, openid, "请回电")
    care_id = care_id_of(support, "请回电")
    for state in ("seen", "closed"):
        support.put(f"{PATH}/{care_id}/mark", {"state": state})
    rows = tables.query_all("messages", f"CARE#{set_up.quota_holder(openid)}")
    told = [row for row in rows if row["sk"]["S"].startswith("CARED#")]
    assert [row["sk"]["S"].rsplit("#", 1)[1] for row in told] == ["closed", "seen"]
    assert {json.loads(row["by"]["S"])["role"] for row in told} == {"support"}
    assert all("expires_at" in row for row in told)
    (read,) = [
        source.new_prefixes
        for function in FUNCTIONS
        if function.name == "audit"
        for source in function.sources
        if source.table.name == "messages"
    ]
    assert "CARED#" in read
    record = Record("1", "e1", "INSERT", 1_795_000_000, told[0], None, told[0])
    kept = audit.row_of(record, "messages")
    assert kept is not None
    assert "请回电" not in repr(kept.serialize())


def test_nobody_of_a_store_reads_it(they: WeChat, house: House) -> None:
    openid, _ = they.member()
    wrote(they, openid, "投诉")
    for role in ("cashier", "store_manager", "auditor"):
        assert house.staff(house.store, role).get(PATH).json["code"] == "permission_denied"
    refused = house.staff(house.store, "support", "02").get(PATH)
    assert (refused.status, refused.json["code"]) == (403, "wrong_store")
    assert "投诉" not in refused.text


def test_what_is_over_is_not_shown_while_it_is_not_gone_yet(support: Client) -> None:
    holder, then = set_up.quota_holder("o-old"), clock.now() - care.KEPT - timedelta(seconds=1)
    assert care.keep(holder, "0" * 64, "text", then, {"Content": "过期"})
    (image,) = tables.query_all("messages", f"CARE#{holder}")
    assert "过期" not in listed(support, "limit=100")
    assert support.get(f"{PATH}/{care.care_of(image).care_id}").status == 404


def test_all_of_one_account_is_erased_and_of_nobody_else(they: WeChat, support: Client) -> None:
    (openid, _), (other, _) = they.member(), they.member()
    wrote(they, openid, "删除我", "快点")
    wrote(they, other, "留着我")
    first = next(one for one in support.get(PATH).json["items"] if "删除我" in str(one))
    support.put(f"{PATH}/{first['care_id']}/mark", {"state": "closed"})
    assert care.erase(set_up.quota_holder(openid)) == 3
    assert care.erase(set_up.quota_holder(openid)) == 0
    everything = listed(support, "limit=100") + listed(support, "state=closed&limit=100")
    assert "留着我" in everything
    assert not {"删除我", "快点"} & set(everything)
    assert support.put(f"{PATH}/{first['care_id']}/mark", {"state": "seen"}).status == 404


def test_more_than_a_transaction_holds_is_erased(house: House) -> None:
    assert house
    holder, now = set_up.quota_holder("o-many"), clock.now()
    for number in range(101):
        care.keep(holder, f"{number:016x}", "text", now, {"Content": str(number)})
    assert care.erase(holder) == 101
    assert not tables.query_all("messages", f"CARE#{holder}")


@pytest.mark.parametrize(
    "care_id", ["x", f"v1.{'0' * 64}-1-{'0' * 16}", f"v1.{'0' * 64}-{'9' * 13}-{'0' * 16}"]
)
def test_what_is_not_there_is_not_found(support: Client, care_id: str) -> None:
    assert support.get(f"{PATH}/{care_id}").status == 404
