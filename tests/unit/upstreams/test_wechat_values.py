"""The value rules of subscribe messages, at their edges."""

import pytest

from infra.upstreams.wechat_values import fault_of, kind_of


@pytest.mark.parametrize(
    ("key", "longest", "one_more"),
    [
        ("thing1", "店" * 20, "店" * 21),
        ("number1", "1" * 32, "1" * 33),
        ("letter1", "a" * 32, "a" * 33),
        ("symbol1", "#" * 5, "#" * 6),
        ("character_string1", "a-" * 16, "a-" * 16 + "b"),
        ("amount1", "¥1234567890.25元", "¥12345678901.25元"),
        ("phone_number1", "+86-0766-66888866", "+86-0766-668888660"),
        ("car_number1", "粤A8Z888挂", "粤A8Z88888挂"),
        ("name1", "张" * 10, "张" * 11),
        ("name1", "a" * 20, "a" * 21),
        ("phrase1", "配" * 5, "配" * 6),
    ],
)
def test_a_value_may_be_as_long_as_its_kind_allows_and_no_longer(
    key: str, longest: str, one_more: str
) -> None:
    assert fault_of(key, longest[:-1]) is None
    assert fault_of(key, longest) is None
    assert fault_of(key, one_more) == "invalid"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("number1", "-12.5"),
        ("time1", "15:01"),
        ("time1", "2019年10月1日 15:01"),
        ("time1", "15:01~16:30"),
        ("date1", "2019年10月1日"),
        ("date1", "2019年10月1日 15:01"),
        ("date1", "2019-12-25 09:42"),
        ("date1", "2019年10月1日~2019年10月7日"),
        ("amount1", "100"),
        ("amount1", "￥35.00"),
    ],
)
def test_the_documents_own_examples_may_stand(key: str, value: str) -> None:
    assert fault_of(key, value) is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("thing1", "一行\n两行"),
        ("thing1", 5),
        ("number1", "１２"),
        ("number1", "12元"),
        ("letter1", "a1"),
        ("symbol1", "a"),
        ("character_string1", "订单1"),
        ("time1", "24:00"),
        ("time1", "15:60"),
        ("time1", "2019年2月29日 15:01"),
        ("time1", "2019年10月1日"),
        ("time1", "1:00~2:00~3:00"),
        ("date1", "15:01"),
        ("date1", "2019年13月1日"),
        ("amount1", "35.001"),
        ("amount1", "-35"),
        ("amount1", "¥¥35"),
        ("phone_number1", "电话138"),
        ("phrase1", "ok"),
    ],
)
def test_what_breaks_the_rule_of_its_kind_is_invalid(key: str, value: object) -> None:
    assert fault_of(key, value) == "invalid"


@pytest.mark.parametrize("value", ["", "  "])
def test_nothing_is_empty_and_not_invalid(value: str) -> None:
    assert fault_of("thing1", value) == "is empty"


@pytest.mark.parametrize("key", ["thing", "colour1", "1"])
def test_a_key_without_a_kind_or_number_is_no_key(key: str) -> None:
    with pytest.raises(ValueError, match="kind of value"):
        kind_of(key)
