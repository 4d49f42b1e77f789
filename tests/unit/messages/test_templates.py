"""What a message says, within what each provider takes."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

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
    assert templates.sms_params(facts()) == ["南京路店", "68.00", "131.50", "11月22日14:05"]


@given(names, amounts, amounts)
def test_no_sms_parameter_is_empty_or_too_long(store: str, amount: int, balance: int) -> None:
    told = facts(store_name=store, amount_fen=amount, balance_after_fen=balance)
    params = templates.sms_params(told)
    assert all(param.strip() and len(param) <= 12 for param in params)
    assert not set("【】¥\n\r") & set("".join(params))


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
