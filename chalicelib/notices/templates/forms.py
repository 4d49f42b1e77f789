"""What the form of the status page is answered: what to do next, or what was wrong and the field once more."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from chalicelib.kernel.errors import Text
from chalicelib.notices.templates import pages

_MAILED = Text("请到邮箱里确认", "Look into your mailbox")
_MAILED_MORE = Text(
    "如果这个邮箱还没有订阅这些通知，确认信几分钟内就到。点开信里的链接并确认后才会收到通知，链接七天内有效。"
    "没有收到请看垃圾邮件箱；已经订阅过的不会再收到确认信。",
    "Unless this address has these notices already, a letter comes within minutes. Open its link within seven days and"
    " confirm: nothing else is sent before. If no letter comes, look among the spam; who has subscribed gets none.",
)
_TEXTED = Text("请输入短信验证码", "Type in the code from the text message")
_TEXTED_MORE = Text(
    "六位验证码一两分钟内就到，十分钟内有效。已经订阅过又来订阅的、没有订阅过却来退订的，不会收到验证码。",
    "A code of six digits comes within minutes and holds for ten. None comes where there is nothing to confirm: who has"
    " these notices already gets none for subscribing, who has none gets none for leaving.",
)
_DONE = Text("已确认", "Confirmed")
_DONE_MORE = Text(
    "订阅的：有故障或维护时会发短信通知。退订的：不再发送，您的手机号已删除。",
    "If you subscribed, a text message tells you of outages and maintenance. If you left, nothing more is sent, and"
    " your number is deleted.",
)
_BY_LINK = Text("请用通知信里的退订链接", "Use the link in any letter")
_BY_LINK_MORE = Text(
    "每封通知信的末尾都有退订链接，点开即可退订。",
    "At the end of each letter is a link to leave: one tap.",
)
_CODE, _CONFIRM = Text("六位验证码", "Code of six digits"), Text("确认", "Confirm")
_ADDRESS, _AGAIN = (
    Text("邮箱或手机号", "E-mail address or mobile number"),
    Text("重新提交", "Send again"),
)
_BACK = Text("返回状态页", "Back to the status page")
_FIELD = """<form method="post" action="{action}">{hidden}<label for="f">{label}</label>
<input id="f" name="{name}" value="{value}" required {more}><button>{button}</button></form>"""
_KEPT = {"form": {"scope", "language", "wish"}, "code-form": {"address", "language"}}
_DIGITS = 'inputmode="numeric" autocomplete="one-time-code" pattern="[0-9]{6}" maxlength="6"'
_WRONG = ' aria-invalid="true" aria-describedby="e"'
_TYPED = 'autocomplete="email" maxlength="254"'


@dataclass(frozen=True)
class Forms:
    """`home` is the status page, empty where it is not known; `typed` goes along, so that nothing is typed twice."""

    home: str
    english: bool
    typed: Mapping[str, str]

    def mailed(self) -> str:
        return self._page(_MAILED, f"<p>{self._in(_MAILED_MORE)}</p>")

    def texted(self) -> str:
        return self._page(_TEXTED, f"<p>{self._in(_TEXTED_MORE)}</p>{self._code()}")

    def by_link(self) -> str:
        return self._page(_BY_LINK, f"<p>{self._in(_BY_LINK_MORE)}</p>")

    def done(self) -> str:
        return self._page(_DONE, f"<p>{self._in(_DONE_MORE)}</p>")

    def refused(self, title: Text, hint: Text) -> str:
        """And the field that was wrong, with what was typed."""
        said = f'<p id="e" role="alert">{self._in(hint)}</p>'
        if not self.typed:
            return self._page(title, said)
        again = self._code(_WRONG) if "code" in self.typed else self._address()
        return self._page(title, said + again)

    def _code(self, more: str = "") -> str:
        return self._field("code-form", "code", (_CODE, _CONFIRM), _DIGITS + more)

    def _address(self) -> str:
        return self._field("form", "address", (_ADDRESS, _AGAIN), _TYPED + _WRONG)

    def _field(self, action: str, name: str, words: tuple[Text, Text], more: str) -> str:
        hidden = "".join(
            f'<input type="hidden" name="{escape(key)}" value="{escape(value)}">'
            for key, value in self.typed.items()
            if key != name and key in _KEPT[action]
        )
        label, button = map(self._in, words)
        value = escape(self.typed.get(name, "")) if name == "address" else ""
        return _FIELD.format(
            action=action,
            hidden=hidden,
            label=label,
            name=name,
            value=value,
            more=more,
            button=button,
        )

    def _page(self, title: Text, rest: str) -> str:
        back = f'<p><a href="{escape(self.home)}">{self._in(_BACK)}</a></p>' if self.home else ""
        return pages.document(title, rest + back, english=self.english)

    def _in(self, text: Text) -> str:
        return escape(text.en if self.english else text.zh)
