"""What may stand in the way of an operator or a reader."""

from chalicelib.kernel.errors import Conflict, Text, TryAgain


class NameTaken(Conflict):
    """The same Idempotency-Key came with another body."""

    code = "name_taken"
    title = Text(
        "这个 Idempotency-Key 已用于另一个请求", "The Idempotency-Key was used for another request"
    )
    hint = Text("请换一个新的 Idempotency-Key。", "Choose a new Idempotency-Key.")


class IncidentFull(Conflict):
    """An incident is one record and holds so many updates, and no more."""

    code = "incident_full"
    title = Text("该事件的更新已达上限", "The incident holds no more updates")
    hint = Text(
        "请结束此事件，另开一个新事件继续通报。",
        "Resolve this incident and go on in a new one.",
    )


class LastUpdate(Conflict):
    """An incident is what its updates say, so there is one at least."""

    code = "last_update"
    title = Text("事件至少要有一条更新", "An incident has one update at least")
    hint = Text(
        "可以修改这条更新，或将事件设为不公开。", "Change it, or take the incident off the page."
    )


class MaintenanceOver(Conflict):
    """What is over stays as it was."""

    code = "maintenance_over"
    title = Text("维护已结束", "The maintenance is over")


class PageFull(Conflict):
    """The page holds so many components, stores and templates, and no more."""

    code = "page_full"
    title = Text("数量已达上限", "The page holds no more of these")


class StatusUnknown(TryAgain):
    """Nothing is known: no page record, or one that says nothing. That must never read as all being well."""

    code = "status_unknown"
    title = Text("目前无法得知系统状态", "The status is not known")
    hint = Text(
        "这不表示一切正常。请稍后再看，或询问门店。",
        "This does not mean that all is well. Look again later, or ask a store.",
    )

    def __init__(self) -> None:
        super().__init__(retry_after_s=30)
