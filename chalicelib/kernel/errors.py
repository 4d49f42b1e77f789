"""The families of errors that a caller may see, in the words that the caller reads.

A family says what kind of trouble it is; `adapters/http` alone knows which status that makes.
"""

from typing import Any, ClassVar, NamedTuple


class Text(NamedTuple):
    """One sentence for people, in both languages; `{name}` is filled from the error's own values."""

    zh: str
    en: str


class DomainError(Exception):
    """Something a caller did or met that the rules do not allow.

    `code` is public: it is never renamed and never reused. The texts hold no personal data. The keyword arguments fill
    the texts and become members of the problem document. `replayed` marks the first answer to a name, given again.
    """

    code: ClassVar[str] = "domain_error"
    title: ClassVar[Text] = Text("请求未能完成", "The request could not be completed")
    detail: ClassVar[Text | None] = None
    hint: ClassVar[Text | None] = None

    def __init__(self, **values: Any) -> None:  # noqa: ANN401 - any JSON value
        super().__init__(self.code)
        self.values = values
        self.replayed = False

    def detail_text(self) -> Text:
        return self.detail or self.title


class Malformed(DomainError):
    """What was sent cannot be read at all."""

    code = "malformed_request"
    title = Text("请求无法读取", "The request cannot be read")
    hint = Text("请发送 UTF-8 编码的 JSON。", "Send JSON in UTF-8.")


class InvalidRequest(DomainError):
    """The request was read and its shape is wrong; `errors` is a list of `{pointer, detail}`."""

    code = "invalid_request"
    title = Text("请求内容不合要求", "The request is not in the form asked for")
    hint = Text(
        "请按 errors 指出的位置修改后重发。", "Mend what `errors` points at and send again."
    )


class NotAuthenticated(DomainError):
    """Nobody known is asking."""

    code = "not_authenticated"
    title = Text("身份凭证缺失或无效", "No valid credential was sent")
    hint = Text(
        "请在 Authorization 头里带上 Bearer 凭证；过期请重新登录。",
        "Send a Bearer credential in the Authorization header; log in again if it has expired.",
    )


class NotAllowed(DomainError):
    """Somebody known asks for what they may not have."""

    code = "permission_denied"
    title = Text("没有权限", "Not permitted")


class NotFound(DomainError):
    """There is no such thing, or none that this caller may know of."""

    code = "not_found"
    title = Text("没有找到", "Not found")
    hint = Text("请核对编号。", "Check the id.")


class Conflict(DomainError):
    """It cannot be done with things as they stand."""

    code = "conflict"


class Refused(Conflict):
    """A business refusal: understood, against the rules, and kept under the name that the caller chose."""

    code = "refused"


class Gone(DomainError):
    """A condition that the caller named does not hold any more."""

    code = "precondition_failed"
    title = Text("内容已被他人修改", "It has been changed since you read it")
    hint = Text(
        "请重新读取，用新的 ETag 作为 If-Match 再提交。",
        "Read it again, and send the change with its new ETag as If-Match.",
    )


class ConditionMissing(DomainError):
    """An edit came without the version that it is meant for."""

    code = "precondition_required"
    title = Text("缺少 If-Match 头", "The If-Match header is missing")
    hint = Text("请把读取时得到的 ETag 放进 If-Match。", "Send the ETag that you read as If-Match.")


class TooLarge(DomainError):
    code = "too_large"
    title = Text("请求内容过大", "The request body is too large")
    hint = Text("请求体上限为 256 KB。", "A request body holds 256 KB at the most.")


class TooMany(DomainError):
    """Too often; `retry_after_s` says when it is worth trying again."""

    code = "too_many_requests"
    title = Text("操作过于频繁", "Too many requests")

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(retry_after_s=retry_after_s)
        self.retry_after_s = retry_after_s


class TryAgain(DomainError):
    """Nothing is known to have been decided; the same request may be sent again after `retry_after_s`."""

    code = "try_again"
    title = Text("系统正忙，请稍后再试", "Busy just now")
    hint = Text(
        "请用同一个单号原样重发，不会重复扣款。",
        "Send the same request again under the same name: it cannot take twice.",
    )

    def __init__(self, retry_after_s: int = 1) -> None:
        super().__init__(retry_after_s=retry_after_s)
        self.retry_after_s = retry_after_s


class BadCursor(Malformed):
    """The cursor was not issued to this caller for this list."""

    code = "invalid_cursor"
    title = Text("翻页标记无效", "The cursor is not valid here")
    hint = Text("请从第一页重新开始。", "Start again from the first page.")


def invalid(pointer: str, zh: str, en: str) -> InvalidRequest:
    """One field is wrong; `pointer` is a JSON pointer into the body."""
    return InvalidRequest(errors=[{"pointer": pointer, "detail": Text(zh, en)}])
