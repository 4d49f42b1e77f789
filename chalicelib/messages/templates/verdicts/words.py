"""The shape of a verdict in words, and the sentences that many of them share."""

from typing import NamedTuple

from chalicelib.kernel.errors import Text


class Words(NamedTuple):
    """What stands in braces comes from what is known; see `diagnosis.py`."""

    says: Text
    then: Text


class Verdicts(NamedTuple):
    member: Words
    staff: Words


INBOX = Text(
    "内容可在小程序“我的消息”里查看。", "You can read it under “My messages” in the mini program."
)
INBOX_TOLD = Text(
    "请告诉会员：小程序“我的消息”里有这条内容。",
    "Tell the member that it is under “My messages” in the mini program.",
)
WAIT = Text(
    "不用操作，请在预计时间后再看；内容已在小程序“我的消息”里。",
    "Nothing to do: look again after that time. It is already under “My messages” in the mini program.",
)
WAIT_TOLD = Text(
    "不用补发，到预计时间后再查一次；急用可请会员看小程序“我的消息”。",
    "Do not send it again; ask once more after that time. The member can read it in the mini program meanwhile.",
)
TELL_OFFICE = Text(
    "请把本页截图给总部运营；会员可先看小程序“我的消息”。",
    "Show this to head office; the member can read the message in the mini program meanwhile.",
)


def of(
    member: Text, staff: Text, *, member_then: Text = INBOX, staff_then: Text = INBOX_TOLD
) -> Verdicts:
    return Verdicts(Words(member, member_then), Words(staff, staff_then))
