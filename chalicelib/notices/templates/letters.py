"""Letters: a notice, and the question whether an address wants them; each in its reader's language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.kernel.errors import Text
from chalicelib.notices.model.subscribers import Asked
from chalicelib.outages.model.notices import Kind, Notice
from chalicelib.outages.model.words import Language, Said, say

_KINDS: Mapping[Kind, Text] = {
    "incident": Text("故障", "Incident"),
    "update": Text("故障进展", "Incident update"),
    "resolved": Text("故障已恢复", "Incident resolved"),
    "maintenance_scheduled": Text("维护预告", "Maintenance planned"),
    "maintenance_changed": Text("维护变更", "Maintenance changed"),
    "maintenance_soon": Text("维护即将开始", "Maintenance starts soon"),
    "maintenance_started": Text("维护已开始", "Maintenance has started"),
    "maintenance_ended": Text("维护已结束", "Maintenance has ended"),
}
_NOTICE = Text(
    "{body}\n\n状态页：{page}\n不想再收到：{leave}",
    "{body}\n\nStatus page: {page}\nTo stop these notices: {leave}",
)
_OTHER_LANGUAGE = {
    "zh-CN": "（以下内容暂时只有英文。）\n",
    "en": "(So far this is in Chinese only.)\n",
}
_ASK_SUBJECT = Text(
    "请确认订阅{chain}的状态通知", "Confirm your subscription to status notices of {chain}"
)
_ASK = Text(
    "有人用这个地址订阅了{chain}的故障和维护通知。\n\n如果是您，请在七天内打开这个链接并确认：\n{confirm}\n\n"
    "如果不是您，什么也不用做：没有确认，我们不会再写信。",
    "Somebody asked that notices of outages and maintenance of {chain} be sent to this address.\n\n"
    "If it was you, open this link within seven days and confirm:\n{confirm}\n\n"
    "If it was not you, do nothing: without your word nothing more is sent.",
)


class Letter(NamedTuple):
    subject: str
    text: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Letters:
    """`confirm` and `leave` make the links of those whom they are for; `page` is the status page."""

    chain: str
    page: str
    confirm: Callable[[Asked], str]
    leave: Callable[[str], str]

    def notice(self, notice: Notice, language: Language, subscriber_id: str) -> Letter:
        leave = self.leave(subscriber_id)
        text = _in(_NOTICE, language).format(
            body=body(notice, language), page=self.page, leave=leave
        )
        headers = {
            "List-Unsubscribe": f"<{leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
        }
        return Letter(subject(notice, language, self.chain), text, headers)

    def short(self, notice: Notice, language: Language) -> str:
        """For a group: what a letter says, without a way out."""
        said = f"{subject(notice, language, self.chain)}\n{body(notice, language)}"
        return f"{said}\n{self.page}" if self.page else said

    def confirmation(self, asked: Asked) -> Letter:
        given = {"chain": self.chain, "confirm": self.confirm(asked)}
        return Letter(
            _in(_ASK_SUBJECT, asked.language).format_map(given),
            _in(_ASK, asked.language).format_map(given),
            {},
        )


def subject(notice: Notice, language: Language, chain: str) -> str:
    kind, said = _in(_KINDS[notice.kind], language), say(notice.title, language)
    return (
        f"【{chain}】{kind}：{said.text}"
        if language == "zh-CN"
        else f"[{chain}] {kind}: {said.text}"
    )


def body(notice: Notice, language: Language) -> str:
    """What is there in the other language only says so."""
    return marked(say(notice.body, language), language)


def marked(said: Said, language: Language) -> str:
    return said.text if said.language == language else _OTHER_LANGUAGE[language] + said.text


def _in(text: Text, language: Language) -> str:
    return text.en if language == "en" else text.zh
