"""What a fresh chain's page shows in the demo: its components, and one incident that is over."""

from datetime import datetime, timedelta

from chalicelib.kernel.stamp import Stamp
from chalicelib.outages.model.asked import (
    Body,
    ComponentChange,
    Name,
    Naming,
    NewComponent,
    NewIncident,
    NewUpdate,
    Note,
)
from chalicelib.outages.model.components import Part
from chalicelib.outages.model.errors import NameTaken
from chalicelib.outages.service import Desk

_PARTS = {
    "members": (
        Name("会员查询", "Member look-up"),
        Note("按手机号、卡号或会员码查询", "By phone, card number or code"),
    ),
    "spends": (Name("储值与消费", "Top-ups and spends"), Note("门店收银与余额", "Tills, balances")),
    "messages": (
        Name("消费通知", "Spend messages"),
        Note("短信与微信订阅消息", "SMS and WeChat subscribe messages"),
    ),
    "wechat": (
        Name("微信小程序", "WeChat mini program"),
        Note("会员卡与消费记录", "Card, history"),
    ),
}
# Which probes move it, and which messages an incident of it explains
_STANDS_FOR: dict[str, Part] = {
    "members": "api",
    "spends": "database",
    "messages": "sms",
    "wechat": "wechat",
}
_BEGAN = Body(
    "部分消费短信迟迟未到，我们正在与短信服务商核实。消费和余额不受影响。",
    "Some spend messages are late. We are checking with the SMS provider; spends and balances are not affected.",
)
_FOUND = Body(
    "短信服务商的一条线路拥塞，已切换到备用线路，积压的短信正在补发。",
    "One of the provider's lines was congested. We switched to another; what was held up is being sent.",
)
_OVER = Body(
    "积压的短信已全部补发，一小时内没有再出现延迟。给您带来不便，非常抱歉。",
    "Everything that was held up has been sent, and nothing was late for an hour. We are sorry for the trouble.",
)


def publish(desk: Desk, began_at: datetime, by: Stamp) -> None:
    """An incident of 95 minutes from `began_at` on. Done again, it changes nothing: each request has its own name."""
    ids = {key: _component(desk, key, by) for key in _PARTS}
    began = NewIncident(
        name=Name("部分消费短信延迟", "Some spend messages were late"),
        body=_BEGAN,
        components=[Naming(ids["messages"], "degraded_performance")],
        started_at=began_at,
        deliver_notifications=False,
    )
    watched = NewUpdate(
        status="monitoring",
        body=_FOUND,
        components=[Naming(ids["messages"], "operational")],
        display_at=began_at + timedelta(minutes=35),
        deliver_notifications=False,
    )
    over = NewUpdate(
        status="resolved",
        body=_OVER,
        display_at=began_at + timedelta(minutes=95),
        deliver_notifications=False,
    )
    try:
        incident, _ = desk.report(began, "demo-incident", by)
    except NameTaken:
        return  # an earlier demo told it, and let it begin at another time
    desk.post_update(incident.id, watched, "demo-watched", by)
    desk.post_update(incident.id, over, "demo-over", by)


def _component(desk: Desk, key: str, by: Stamp) -> str:
    """Its id. The part is said afterwards: an earlier demo made the component without one."""
    name, note = _PARTS[key]
    asked = NewComponent(name=name, description=note)
    made, _ = desk.add_component(asked, f"demo-{key}", by)
    if made.part is None:
        desk.change_component(made.id, None, ComponentChange(part=_STANDS_FOR[key]), by)
    return made.id
