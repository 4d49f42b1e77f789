"""A status page on a bad day, for screenshots and for tests that look at it: every kind of thing that it shows."""

from datetime import UTC, datetime, timedelta

from chalicelib.outages.model.changes import BaselineChange
from chalicelib.outages.model.components import Component, Page, Status, StoreShown
from chalicelib.outages.model.incidents import Affected, Incident, Promise, Stage, Update
from chalicelib.outages.model.maintenances import Maintenance, Report
from chalicelib.outages.model.whole import Whole
from chalicelib.outages.model.words import Words, floor_id

NOW = datetime(2026, 11, 22, 8, 20, tzinfo=UTC)
TILL, MEMBERS, MESSAGES, SMS, WECHAT, MINI = (f"part0000000{n}" for n in range(6))
_BEGAN = NOW - timedelta(days=80)


def ago(**length: float) -> datetime:
    return NOW - timedelta(**length)


def whole() -> Whole:
    return Whole(_page(), (_late_messages(), _one_store(), *_over()), _planned(), _changes())


def _page() -> Page:
    parts = (
        _part(TILL, "储值与消费", "Top-ups and spends", "门店收银与余额", "Tills and balances"),
        _part(
            MEMBERS,
            "会员查询",
            "Member look-up",
            "按手机号、卡号或会员码",
            "By phone, card or code",
        ),
        _part(MESSAGES, "消费通知", "Spend messages", "", "", group=True),
        _part(SMS, "短信", "SMS", "", "", group_id=MESSAGES),
        _part(WECHAT, "微信订阅消息", "WeChat messages", "", "", group_id=MESSAGES),
        _part(MINI, "微信小程序", "WeChat mini program", "会员卡与消费记录", "Card and history"),
    )
    stores = tuple(
        StoreShown(f"s{number}", Words(zh, en))
        for number, (zh, en) in enumerate(
            (
                ("南京路店", "Nanjing Road"),
                ("人民广场店", "People's Square"),
                ("徐家汇店", "Xujiahui"),
            )
        )
    )
    return Page(
        id="page00000000", created_at=_BEGAN, updated_at=_BEGAN, components=parts, stores=stores
    )


def _part(
    component_id: str, zh: str, en: str, note_zh: str, note_en: str, **more: object
) -> Component:
    fields = {
        "id": component_id,
        "name": Words(zh, en),
        "created_at": _BEGAN,
        "updated_at": _BEGAN,
        "position": int(component_id[-1]) + 1,
        "description": Words(note_zh, note_en) if note_zh else None,
        "start_date": _BEGAN.date(),
    }
    return Component(**{**fields, **more})  # type: ignore[arg-type]


def _update(  # noqa: PLR0917 - when, in two languages, and of what
    at: datetime,
    status: Stage,
    zh: str,
    en: str | None,
    named: dict[str, Status] | None = None,
    store_ids: tuple[str, ...] = (),
) -> Update:
    affected = tuple(
        Affected(each, "operational", new, store_ids) for each, new in (named or {}).items()
    )
    return Update(
        id=floor_id(at),
        status=status,
        body=Words(zh, en),
        display_at=at,
        created_at=at,
        updated_at=at,
        affected=affected,
    )


def _incident(name: Words, *updates: Update, **more: object) -> Incident:
    began_at = updates[0].display_at
    fields = {
        "id": floor_id(began_at),
        "name": name,
        "created_at": began_at,
        "updated_at": updates[-1].display_at,
        "started_at": began_at,
        "published_at": began_at,
        "updates": updates,
    }
    return Incident(**{**fields, **more})  # type: ignore[arg-type]


def _late_messages() -> Incident:
    """With an end that was put off twice, and an update that nobody has translated yet."""
    told = [
        _update(
            ago(minutes=95),
            "investigating",
            "部分消费短信迟迟未到，正在与短信服务商核实。消费和余额不受影响。",
            "Some spend messages are late. We are checking with the provider; balances are not affected.",
            {SMS: "partial_outage"},
        ),
        _update(
            ago(minutes=70),
            "identified",
            "短信服务商的一条线路拥塞，已切换到备用线路。",
            "One of the provider's lines is congested. We switched to another.",
        ),
        _update(
            ago(minutes=20),
            "identified",
            "备用线路已恢复一半，积压的短信正在补发。",
            None,
            {SMS: "degraded_performance"},
        ),
    ]
    etas = [(95, 60), (70, -10), (20, -40)]
    promises = tuple(Promise(ago(minutes=said), ago(minutes=end)) for said, end in etas)
    return _incident(
        Words("部分消费短信延迟", "Some spend messages are late"),
        *told,
        etas=promises,
        eta_at=promises[-1].eta_at,
        next_update_due_at=ago(minutes=-10),
    )


def _one_store() -> Incident:
    said = _update(
        ago(minutes=40),
        "identified",
        "南京路店的网络中断，收银机正在离线记账，恢复后自动补记。",
        "The line of one store is down. Its tills go on off line and hand in later.",
        {TILL: "major_outage"},
        ("s0",),
    )
    return _incident(Words("南京路店收银离线", "Tills off line at Nanjing Road"), said)


def _over() -> list[Incident]:
    found = []
    fares: list[tuple[float, float, str, Status]] = [
        (3, 50, MINI, "degraded_performance"),
        (9, 25, TILL, "major_outage"),
        (31, 180, WECHAT, "partial_outage"),
        (58, 12, MEMBERS, "major_outage"),
    ]
    for days, lasted, part, status in fares:
        began_at = ago(days=days)
        over_at = began_at + timedelta(minutes=lasted)
        told = [
            _update(began_at, "investigating", "正在核实。", "We are looking.", {part: status}),
            _update(
                over_at, "resolved", "已恢复，给您带来不便，非常抱歉。", "It is over. We are sorry."
            ),
        ]
        found.append(_incident(Words("服务异常", "A service was disturbed"), *told))
    return found


def _planned() -> tuple[Maintenance, ...]:
    return (
        _window("数据库升级", "Database upgrade", -60 * 26, -60 * 28, (TILL, MEMBERS)),
        _window("小程序发布", "Mini program release", 15, -30, (MINI,)),
        _window("专线割接", "Line change-over", 60 * 24 * 12, 60 * 24 * 12 - 90, (TILL,)),
    )


def _window(
    zh: str, en: str, begins_ago: int, ends_ago: int, parts: tuple[str, ...]
) -> Maintenance:
    begins, said_at = ago(minutes=begins_ago), ago(minutes=begins_ago, days=3)
    said = Report(
        id=floor_id(said_at),
        status="scheduled",
        display_at=said_at,
        created_at=said_at,
        body=Words("期间可能短暂变慢。", "It may be slow for a short while."),
        updated_at=said_at,
    )
    return Maintenance(
        id=floor_id(begins),
        name=Words(zh, en),
        created_at=said_at,
        updated_at=said_at,
        component_ids=parts,
        scheduled_for=begins,
        scheduled_until=ago(minutes=ends_ago),
        updates=(said,),
    )


def _changes() -> tuple[BaselineChange, ...]:
    """Two days of slowness that a probe saw."""
    return (
        _change(ago(days=20), "operational", "degraded_performance"),
        _change(ago(days=18, hours=3), "degraded_performance", "operational"),
    )


def _change(at: datetime, old: Status, new: Status) -> BaselineChange:
    return BaselineChange(
        id=floor_id(at),
        component_id=MEMBERS,
        old=old,
        new=new,
        at=at,
        source="probe",
        who="probe",
        reason="latency",
    )
