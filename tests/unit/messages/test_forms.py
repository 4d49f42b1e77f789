"""One logical template for each kind: what is registered at each provider follows from it."""

import pytest

from chalicelib.adapters.sms_aliyun.configured import OF_OUTAGE, VARIABLES
from chalicelib.messages import templates
from chalicelib.messages.model.message import Kind
from chalicelib.messages.templates.forms import FORMS
from infra.upstreams.world import Settings
from tests.unit.messages.builders import facts

KINDS: list[Kind] = ["spend", "top_up", "refund", "outage"]


def test_a_spend_has_its_form_at_each_provider() -> None:
    form = FORMS["spend"]
    assert form.positional == "您在{1}消费{2}元，余额{3}元，时间{4}。"
    assert form.named == "您在${store}消费${amount}元，余额${balance}元，时间${time}。"
    assert form.wechat_keys == ["thing1", "amount2", "amount3", "time4"]


def test_the_stand_ins_were_registered_with_just_these_texts() -> None:
    stand_ins = Settings()
    of_messages = slice(len(KINDS))  # behind them come those of notices
    by_tencent, by_aliyun = (
        list(each.values())[of_messages]
        for each in (stand_ins.sms_templates, stand_ins.aliyun_templates)
    )
    assert by_tencent == [FORMS[kind].positional for kind in KINDS]
    assert by_aliyun == [FORMS[kind].named for kind in KINDS]
    assert list(stand_ins.wechat_templates.values()) == [FORMS[kind].wechat_keys for kind in KINDS]


@pytest.mark.parametrize("kind", FORMS)
def test_every_form_gives_the_variables_that_the_adapters_name(kind: Kind) -> None:
    told = facts(kind=kind)
    assert tuple(FORMS[kind].fields) == (OF_OUTAGE if kind == "outage" else VARIABLES)
    assert list(templates.wechat_values(told)) == FORMS[kind].wechat_keys


def test_a_form_is_read_with_its_values() -> None:
    values = templates.sms_params(facts(), "tencent")
    said = "您在南京路店消费68.00元，余额131.50元，时间11月22日14:05。"
    assert FORMS["spend"].filled(values) == said
