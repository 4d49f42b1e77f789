"""Sending a message again because somebody asks for it: when that may be, and over which channels."""

from datetime import datetime

from msgspec.structs import replace

from chalicelib.kernel.errors import Conflict, Text
from chalicelib.messages.model.course import changed
from chalicelib.messages.model.message import CHANNELS, Message, Resend

MOST_RESENDS = 3
_AT_REST = frozenset({"sent", "delivered", "failed", "inbox"})
_IN_DOUBT = frozenset({"calling", "unknown", "unresolved"})


class MessageUnderWay(Conflict):
    """It is still being sent, waits for its hour, or is asked after."""

    code = "message_under_way"
    title = Text("消息仍在发送中", "The message is still under way")
    hint = Text(
        "请等到有结果后再决定是否重发；due_at 是下一次处理的时间。",
        "Wait for its outcome before it is sent again; `due_at` says when it is looked at next.",
    )


class ResentEnough(Conflict):
    code = "resent_enough"
    title = Text("这条消息已重发多次", "The message was sent again often enough")
    hint = Text(
        "会员可在小程序的消息列表中查看；请用诊断查找原因。",
        "The member finds it in the app; ask the diagnosis why it does not arrive.",
    )


class OutcomeInDoubt(Conflict):
    """Each channel may have brought it already, which nobody can tell."""

    code = "outcome_in_doubt"
    title = Text(
        "无法确认此前是否已送达，不能重发",
        "It may have arrived already: nobody can tell, so it is not sent again",
    )
    hint = Text("会员可在小程序的消息列表中查看。", "The member finds it in the app.")


def resent(message: Message, who: str, role: str, reason: str, now: datetime) -> Message:
    """Due at once, over every channel but those where an attempt is in doubt.

    Raises MessageUnderWay, ResentEnough, OutcomeInDoubt.
    """
    given_up_in_doubt = message.state == "unknown" and message.due_at is None
    if message.state not in _AT_REST and not given_up_in_doubt:
        raise MessageUnderWay
    if len(message.resends) >= MOST_RESENDS:
        raise ResentEnough
    doubtful = {one.channel for one in message.attempts if one.state in _IN_DOUBT}
    channels = tuple(channel for channel in CHANNELS if channel not in doubtful)
    if not channels:
        raise OutcomeInDoubt
    resend = Resend(now, who, role, reason, channels, len(message.attempts), len(message.decisions))
    return changed(replace(message, resends=(*message.resends, resend)), now, "retrying", now)
