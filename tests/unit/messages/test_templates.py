"""What a message says, within what each provider takes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters import sms_values
from chalicelib.adapters.wechat.values import fits
from chalicelib.kernel.money import MOST_FEN
from chalicelib.messages import templates
from tests.unit.messages.builders import facts

names = st.text(max_size=60)
amounts = st.integers(0, MOST_FEN)


def test_a_spend_reads_as_a_person_would_write_it() -> None:
    letter = templates.letter(facts(), english=False)
    assert letter.subject == "消费通知"
    assert letter.text == "您于11月22日14:05在南京路店消费68.00元，储值余额131.50元。"


def test_a_top_up_names_the_gift() -> None:
    told = facts(kind="top_up", amount_fen=10_000, bonus_fen=2_000)
    assert "充值100.00元（另赠20.00元）" in templates.letter(told, english=False).text
    assert "100.00 yuan (plus 20.00 as a gift)" in templates.letter(told, english=True).text


def test_sms_parameters_come_in_the_order_of_the_template() -> None:
    expected = ["南京路店", "68.00", "131.50", "11月22日14:05"]
    assert templates.sms_params(facts(), "tencent") == expected


@pytest.mark.parametrize(("provider", "most_chars"), [("tencent", 12), ("aliyun", 35)])
@given(store=names, amount=amounts, balance=amounts)
def test_no_sms_parameter_is_empty_or_too_long_or_refused(
    provider: str, most_chars: int, store: str, amount: int, balance: int
) -> None:
    told = facts(store_name=store, amount_fen=amount, balance_after_fen=balance)
    params = templates.sms_params(told, provider)
    assert all(param.strip() and len(param) <= most_chars for param in params)
    assert not set("【】¥\n\r") & set("".join(params))
    assert sms_values.unfit(params, most_chars) == []


@pytest.mark.parametrize(
    ("store", "said"),
    [
        ("【灯塔】南京路店", "灯塔南京路店"),
        ("https://dengta.example 店", "dengta.examp"),
        ("wwwww..南京路店", "ww.南京路店"),
        ("www.", "门店"),
        ("南京路步行街世纪广场旗舰店二号", "南京路步行街世纪广场旗舰"),
        ("🏮🏮🏮🏮🏮🏮🏮", "🏮🏮🏮🏮🏮🏮"),
        ("南京路\n店", "南京路 店"),
    ],
)
def test_a_store_is_named_as_the_provider_lets_it(store: str, said: str) -> None:
    assert templates.sms_params(facts(store_name=store), "tencent")[0] == said


def test_a_name_that_cannot_be_shown_is_a_thing_all_the_same() -> None:
    told = templates.wechat_values(facts(store_name="南京路\u200b\n店\x00"))
    assert told["thing1"] == "南京路 店"


def test_a_provider_that_takes_longer_values_names_the_store_longer() -> None:
    store = "南京路步行街世纪广场旗舰店二号"
    assert templates.sms_params(facts(store_name=store), "aliyun")[0] == store


@given(names, amounts, amounts, st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)))  # noqa: DTZ001
def test_every_wechat_value_may_stand(
    store: str, amount: int, balance: int, booked_at: datetime
) -> None:
    told = facts(
        store_name=store,
        amount_fen=amount,
        balance_after_fen=balance,
        booked_at=booked_at.replace(tzinfo=UTC),
    )
    for key, value in templates.wechat_values(told).items():
        assert fits(key.rstrip("0123456789"), value), (key, value)
