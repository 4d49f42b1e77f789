"""From an entry of each kind to what its member reads."""

from datetime import UTC, datetime, timedelta
from string import Formatter
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.ledger.facts import EntryPosted, Lot, LotKind, Move, Payment
from chalicelib.messages import templates
from chalicelib.messages.model.message import KINDS, OF_NO_ENTRY, Facts
from chalicelib.messages.model.telling import Touched, facts_of, facts_of_outage
from chalicelib.messages.templates.phrases import PHRASES
from chalicelib.messages.templates.words import BODY, SUBJECT
from tests.unit.messages.builders import NOW

NEW_YEAR = datetime(2026, 12, 31, 20, tzinfo=UTC)  # 04:00 on New Year's Day: good through the 31st


def entry(kind: str, **more: Any) -> EntryPosted:  # noqa: ANN401
    made = EntryPosted(
        member_id="01M", seq=7, kind=kind, delta_fen=0, balance_after_fen=13_150, total_fen=0,
        bonus_fen=0, payments=(), booked_at=NOW, occurred_at=NOW, business_date="2026-11-22",
        store_id="s1", store_name="南京路店", order_name="A1", points_after=268,
    )  # fmt: skip
    return replace(made, **more)


def move(kind: LotKind, amount: int, title: str | None = None, *, ends: bool = True) -> Move:
    lot = Lot(f"01M-7.{kind}{title}", kind, title=title, expires_at=NEW_YEAR if ends else None)
    return Move(lot, amount)


def told(made: EntryPosted, *, english: bool = False) -> str:
    facts = facts_of(made)
    assert facts is not None
    return templates.letter(facts, english=english).text


TEXTS = [
    pytest.param(
        entry("spend", total_fen=6800, delta_fen=-6800, points_delta=68),
        "您于11月22日14:05在南京路店消费68.00元，储值余额131.50元。积分增加68，现有268。",
        "You spent 68.00 yuan at 南京路店 on 2026-11-22 14:05 (UTC+8). Your balance is 131.50 yuan."
        " Points: +68, now 268.",
        id="spend",
    ),
    pytest.param(
        entry("spend", total_fen=6800, moves=(move("count", -1, "洗剪吹"),)),
        "您于11月22日14:05在南京路店消费68.00元（用了次卡「洗剪吹」1次），储值余额131.50元。",
        "You spent 68.00 yuan (with 1 use of the count card “洗剪吹”) at 南京路店 on"
        " 2026-11-22 14:05 (UTC+8). Your balance is 131.50 yuan.",
        id="spend by count card",
    ),
    pytest.param(
        entry("top_up", total_fen=50_000, bonus_fen=8000, moves=(move("bonus", 8000),)),
        "您于11月22日14:05在南京路店充值500.00元（另赠80.00元，有效期至2026年12月31日），储值余额131.50元。",
        "You topped up 500.00 yuan (plus 80.00 as a gift, valid through 2026-12-31) at 南京路店 on"
        " 2026-11-22 14:05 (UTC+8). Your balance is 131.50 yuan.",
        id="top_up",
    ),
    pytest.param(
        entry("refund", total_fen=3000, delta_fen=3000),
        "南京路店于11月22日14:05为您退款30.00元，已退回储值，储值余额131.50元。",
        "南京路店 refunded 30.00 yuan on 2026-11-22 14:05 (UTC+8), back to your balance."
        " Your balance is 131.50 yuan.",
        id="refund onto the card",
    ),
    pytest.param(
        entry("refund", total_fen=3000, delta_fen=2000, points_delta=-10),
        "南京路店于11月22日14:05为您退款30.00元，其中20.00元退回储值，其余按原支付方式退回，"
        "储值余额131.50元。积分减少10，现有268。",
        "南京路店 refunded 30.00 yuan on 2026-11-22 14:05 (UTC+8), 20.00 of it back to your balance and"
        " the rest the way it was paid. Your balance is 131.50 yuan. Points: -10, now 268.",
        id="refund in two ways",
    ),
    pytest.param(
        entry("void", total_fen=3000, moves=(move("coupon", 1, "满30减5"),)),
        "南京路店于11月22日14:05撤销了您的一笔消费30.00元，按原支付方式退回，储值余额131.50元。"
        "已退还优惠券「满30减5」1张。",
        "南京路店 voided your spend of 30.00 yuan on 2026-11-22 14:05 (UTC+8): it went back the way it"
        " was paid. Your balance is 131.50 yuan. You have 1 coupon “满30减5” back.",
        id="void",
    ),
    pytest.param(
        entry("top_up_refund", total_fen=8621, delta_fen=-10_000, bonus_fen=1379),
        "南京路店于11月22日14:05为您退款86.21元，储值减少100.00元（含赠送13.79元），储值余额131.50元。",
        "南京路店 paid back 86.21 yuan on 2026-11-22 14:05 (UTC+8); 100.00 yuan of stored value went back"
        " (13.79 of it was a gift). Your balance is 131.50 yuan.",
        id="top_up_refund",
    ),
    pytest.param(
        entry("top_up_refund", total_fen=20_000, moves=(move("count", -5, "洗剪吹"),)),
        "南京路店于11月22日14:05为您退款200.00元，退回次卡「洗剪吹」5次，储值余额131.50元。",
        "南京路店 paid back 200.00 yuan on 2026-11-22 14:05 (UTC+8); 5 uses of the count card “洗剪吹”"
        " went back. Your balance is 131.50 yuan.",
        id="top_up_refund of a count card",
    ),
    pytest.param(
        entry(
            "card_sale", total_fen=30_000, points_delta=300,
            moves=(move("count", 10, "洗剪吹"), move("points", 300, ends=False)),
        ),
        "您于11月22日14:05在南京路店以300.00元购买了次卡「洗剪吹」10次，有效期至2026年12月31日。"
        "积分增加300，现有268。",
        "You bought 10 uses of the count card “洗剪吹” for 300.00 yuan at 南京路店 on 2026-11-22 14:05"
        " (UTC+8), valid through 2026-12-31. Points: +300, now 268.",
        id="card_sale",
    ),
    pytest.param(
        entry("grant", moves=(move("coupon", 1, "满30减5"),)),
        "南京路店于11月22日14:05送您优惠券「满30减5」1张，有效期至2026年12月31日。",
        "南京路店 gave you 1 coupon “满30减5” on 2026-11-22 14:05 (UTC+8), valid through 2026-12-31.",
        id="grant of a coupon",
    ),
    pytest.param(
        entry("grant", points_delta=100, moves=(move("points", 100, ends=False),)),
        "南京路店于11月22日14:05送您100积分。现有积分268。",
        "南京路店 gave you 100 points on 2026-11-22 14:05 (UTC+8). You have 268 points.",
        id="grant of points without end",
    ),
    pytest.param(
        entry("correction", total_fen=1000, delta_fen=1000, points_delta=-50),
        "南京路店于11月22日14:05更正了您的账户：储值增加10.00元，积分减少50。储值余额131.50元，"
        "现有积分268。如有疑问，请联系门店。",
        "南京路店 corrected your account on 2026-11-22 14:05 (UTC+8): +10.00 yuan of stored value and"
        " -50 points. Your balance is 131.50 yuan. You have 268 points. If you have any question,"
        " please ask the store.",
        id="correction",
    ),
    pytest.param(
        entry("transfer_out", total_fen=5000, delta_fen=-5000),
        "您于11月22日14:05在南京路店转给另一位会员储值50.00元，储值余额131.50元。"
        "如非本人办理，请尽快联系门店。",
        "You transferred 50.00 yuan of stored value to another member at 南京路店 on 2026-11-22 14:05"
        " (UTC+8). Your balance is 131.50 yuan. If this was not you, please tell the store at once.",
        id="transfer_out",
    ),
    pytest.param(
        entry("transfer_in", total_fen=5000, delta_fen=5000),
        "另一位会员于11月22日14:05在南京路店转给您储值50.00元，储值余额131.50元。",
        "Another member transferred 50.00 yuan of stored value to you at 南京路店 on 2026-11-22 14:05"
        " (UTC+8). Your balance is 131.50 yuan.",
        id="transfer_in",
    ),
    pytest.param(
        entry(
            "expiry", store_name="", total_fen=2000, points_delta=-300, points_after=0,
            moves=(move("bonus", -2000), move("points", -300), move("coupon", -1, "满30减5")),
        ),
        "您的储值20.00元、300积分、优惠券「满30减5」1张已于2026年12月31日到期。储值余额131.50元。现有积分0。",
        "20.00 yuan of stored value, 300 points and 1 coupon “满30减5” expired after 2026-12-31."
        " Your balance is 131.50 yuan. You have 0 points.",
        id="expiry",
    ),
    pytest.param(
        entry(
            "expiry_notice", store_name="", total_fen=2000, occurred_at=NEW_YEAR,
            order_name="2026-12-31",
            payments=(
                Payment("points", 0, points=300),
                Payment("coupon", 0, times=2),
                Payment("count_card", 0, times=5),
            ),
        ),
        "您的储值20.00元、300积分、优惠券2张、次卡5次可用至2026年12月31日，过后失效，欢迎在此之前使用。",
        "You can use 20.00 yuan of stored value, 300 points, 2 coupons and 5 uses of the count card"
        " through 2026-12-31; after that day they are gone.",
        id="expiry_notice",
    ),
    pytest.param(
        entry("card_lost"),
        "您的会员卡已于11月22日14:05挂失，储值、积分和卡券暂停使用，都为您保留。储值余额131.50元。"
        "如非本人办理，请尽快联系门店。",
        "Your card was reported lost on 2026-11-22 14:05 (UTC+8). Stored value, points and coupons"
        " cannot be used for now and are kept for you. Your balance is 131.50 yuan. If this was not"
        " you, please tell the store at once.",
        id="card_lost",
    ),
    pytest.param(
        entry("card_replaced"),
        "您的会员卡已于11月22日14:05恢复使用，储值余额131.50元。如已换新卡，旧卡号不再有效。",
        "Your card can be used again since 2026-11-22 14:05 (UTC+8). Your balance is 131.50 yuan."
        " If you were given a new number, the old one has ended.",
        id="card_replaced",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("made", "zh", "en"), TEXTS)
def test_each_kind_reads_as_a_person_would_write_it(made: EntryPosted, zh: str, en: str) -> None:
    assert told(made) == zh
    assert told(made, english=True) == en


def test_every_kind_has_its_words_and_an_example_here() -> None:
    assert set(KINDS) == set(SUBJECT) == set(BODY)
    assert {str(param.id).split()[0] for param in TEXTS} == set(KINDS) - set(OF_NO_ENTRY)


def test_an_outage_is_told_by_its_name_to_whom_it_touched() -> None:
    facts = facts_of_outage(Touched("01M", "i" * 12, "收银故障", "s1", "南京路店", NOW))
    assert templates.letter(facts, english=False).text == (
        "南京路店的会员服务自11月22日14:05起受到“收银故障”影响，您的消费或通知可能因此延迟。给您带来不便，敬请谅解。"
    )
    assert templates.letter(facts, english=True).text == (
        "Since 2026-11-22 14:05 (UTC+8) “收银故障” has affected the services at 南京路店; your spend or our messages"
        " may have been late. We are sorry."
    )
    assert templates.sms_params(facts, "aliyun") == ["南京路店", "11月22日14:05", "收银故障"]


def test_both_languages_are_made_of_phrases_that_exist() -> None:
    for text in (text for both in BODY.values() for text in both):
        assert {name for _, name, _, _ in Formatter().parse(text) if name} <= set(PHRASES), text


def test_no_text_shouts() -> None:
    said = [text for both in (*BODY.values(), *SUBJECT.values()) for text in both]
    assert not [text for text in said if set("!！") & set(text)]


@pytest.mark.parametrize("kind", ["join_in", "join_out", "something_new"])
def test_of_other_entries_nobody_is_told(kind: str) -> None:
    assert facts_of(entry(kind)) is None


def test_a_late_sale_is_told_with_its_own_time_on_every_channel() -> None:
    late = entry("spend", total_fen=6800, occurred_at=NOW - timedelta(days=2), late=True)
    facts = facts_of(late)
    assert facts is not None
    assert "11月20日14:05" in templates.letter(facts, english=False).text
    assert "2026-11-20 14:05" in templates.letter(facts, english=True).text
    assert templates.sms_params(facts, "tencent")[3] == "11月20日14:05"
    assert templates.wechat_values(facts)["time4"] == "2026年11月20日 14:05"


def test_a_sale_on_line_is_told_with_the_time_of_the_booking() -> None:
    on_line = entry("spend", total_fen=6800, occurred_at=NOW - timedelta(minutes=9))
    assert "11月22日14:05" in told(on_line)


def test_who_owes_reads_how_much_and_when_it_is_settled() -> None:
    owing = entry("spend", total_fen=6800, balance_after_fen=-2000)
    assert "储值余额-20.00元，下次充值时抵扣。" in told(owing)
    assert "-20.00 yuan; your next top-up settles it." in told(owing, english=True)
    facts = facts_of(owing)
    assert facts is not None
    assert templates.wechat_values(facts)["amount3"] == "0.00元"


def test_what_ended_at_several_moments_is_told_without_a_day() -> None:
    made = entry("expiry", total_fen=2000, moves=(move("bonus", -1000), move("bonus", -1000)))
    later = Move(replace_end(made.moves[0].lot), -1000)
    assert "已到期" in told(replace(made, moves=(made.moves[0], later)))


def replace_end(lot: Lot) -> Lot:
    return msgspec.structs.replace(lot, lot_id="01M-8.0", expires_at=NEW_YEAR + timedelta(days=1))


@pytest.mark.parametrize("cut_hour", [0, 4, 12])
def test_the_last_day_is_the_whole_one_before_the_cut(cut_hour: int) -> None:
    ends = datetime(2026, 12, 31, 16, tzinfo=UTC) + timedelta(hours=cut_hour)
    assert "2026年12月31日" in told(entry("expiry_notice", total_fen=1, occurred_at=ends))


def test_several_titles_are_counted_and_not_named() -> None:
    made = entry("expiry", moves=(move("coupon", -1, "甲"), move("coupon", -1, "乙")))
    assert "优惠券2张" in told(made)


def test_a_row_from_before_these_kinds_still_reads() -> None:
    old = (
        b'{"kind":"spend","entry_id":"01M-7","store_id":"s1","store_name":"\xe5\xba\x97",'
        b'"order_name":"A1","amount_fen":6800,"balance_after_fen":13150,'
        b'"booked_at":"2026-11-22T06:05:00Z","bonus_fen":0}'
    )
    facts = msgspec.json.decode(old, type=Facts)
    assert templates.letter(facts, english=False).text == (
        "您于11月22日14:05在店消费68.00元，储值余额131.50元。"
    )
