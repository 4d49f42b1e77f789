"""What may stand in a subscribe message, and that the stand-in never has to refuse what passes here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.upstream import Refused
from chalicelib.adapters.wechat import as_thing, check_values, fits
from infra.upstreams.wechat_values import fault_of

KINDS = [
    "thing", "number", "letter", "symbol", "character_string", "time", "date", "amount",
    "phone_number", "car_number", "name", "phrase",
]  # fmt: skip
NEAR = st.text(alphabet="灯塔AZaz019 .-~:+¥元年月日!#\n·", max_size=40)
LIKELY = st.sampled_from([
    "15:01", "2019年10月1日", "2019年10月1日 15:01", "¥12.50", "12.50元", "13800138000", "粤A12345",
    "2019年2月29日", "25:00", "", " ", "灯塔" * 10, "A-1", "-1.5",
])  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "below", "at", "above"),
    [
        ("thing", "灯" * 19, "灯" * 20, "灯" * 21),
        ("number", "1" * 31, "1" * 32, "1" * 33),
        ("letter", "a" * 31, "a" * 32, "a" * 33),
        ("symbol", "!" * 4, "!" * 5, "!" * 6),
        ("character_string", "A" * 31, "A" * 32, "A" * 33),
        ("amount", "¥" + "1" * 9, "¥" + "1" * 10 + ".25元", "¥" + "1" * 11),
        ("phone_number", "1" * 16, "1" * 17, "1" * 18),
        ("car_number", "粤A12345", "粤AD12345", "粤AD123456"),
        ("name", "灯" * 9, "灯" * 10, "灯" * 11),
        ("phrase", "灯" * 4, "灯" * 5, "灯" * 6),
    ],
)
def test_a_value_may_be_as_long_as_its_kind_allows(
    kind: str, below: str, at: str, above: str
) -> None:
    assert [fits(kind, value) for value in (below, at, above)] == [True, True, False]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("thing", ""),
        ("thing", "  "),
        ("thing", "two\nlines"),
        ("thing", "🙂" * 11),
        ("number", "12元"),
        ("character_string", "订单1"),
        ("time", "24:00"),
        ("time", "2019年2月29日 15:01"),
        ("date", "2019年13月1日"),
        ("date", "15:01"),
        ("amount", "12.345"),
        ("amount", "¥¥1"),
        ("phrase", "abc"),
        ("name", "灯a"),
        ("enum", ""),
    ],
)
def test_a_value_of_another_form_does_not_fit(kind: str, value: str) -> None:
    assert not fits(kind, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("time", "15:01"),
        ("time", "2019年10月1日 15:01"),
        ("date", "2020年2月29日"),
        ("date", "2019年10月1日 15:01"),
        ("amount", "¥12.50"),
        ("amount", "0.01元"),
        ("enum", "whatever the template lists"),
    ],
)
def test_the_documents_own_examples_fit(kind: str, value: str) -> None:
    assert fits(kind, value)


@given(kind=st.sampled_from(KINDS), value=NEAR | LIKELY | st.text(max_size=25))
def test_what_fits_here_is_not_refused_by_the_stand_in(kind: str, value: str) -> None:
    assert not fits(kind, value) or fault_of(f"{kind}1", value) is None


@given(text=st.text(min_size=1, max_size=60))
def test_any_printable_text_can_be_made_a_thing(text: str) -> None:
    made = as_thing(text)
    assert fits("thing", made) or not made or not made.isprintable()


def test_a_long_store_name_is_cut_with_an_ellipsis() -> None:
    assert as_thing("灯" * 20) == "灯" * 20
    assert as_thing("灯" * 21) == "灯" * 19 + "…"


def test_the_refusal_names_the_keys_and_no_value() -> None:
    with pytest.raises(Refused) as refused:
        check_values({"thing1": "灯" * 21, "amount2": "1.00", "time4": "soon"})
    assert (refused.value.kind, refused.value.code) == ("template", "unfit:thing1,time4")
