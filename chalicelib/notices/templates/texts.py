"""A notice as an SMS: the texts that providers are to approve, and the values that go into them.

Providers approve a text once, with places for values; no link may stand in a value. A way to leave is therefore part of
the text itself: the address of the status page, which whoever registers it puts in the place of “我们的状态页”.
"""

from chalicelib.adapters import sms_values
from chalicelib.kernel import clock
from chalicelib.notices.templates.cards import PHRASES, ZONE
from chalicelib.outages.model.notices import Notice
from chalicelib.outages.model.words import say

NOTICE = "{kind}：{what}（{time}）。进展和退订请见我们的状态页。"
CODE = "验证码{code}，用于订阅或退订故障和维护通知，10分钟内有效。不是您本人操作请忽略。"
_WHAT = "部分服务"  # where nothing of a title may stand in an SMS


def notice_values(notice: Notice, provider: str) -> list[str]:
    """By position, each within what that provider takes; in Chinese where there is any."""
    at = notice.at.astimezone(clock.zone(ZONE))
    what = sms_values.plain(say(notice.title, "zh-CN").text, sms_values.most_chars_of(provider))
    return [PHRASES[notice.kind], what or _WHAT, f"{at.month}月{at.day}日{at:%H:%M}"]
