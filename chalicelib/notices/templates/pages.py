"""The pages behind the links of letters: one sentence, at the most one button, no script."""

from html import escape

from chalicelib.kernel.errors import Text

_CONFIRM = Text("确认接收故障和维护通知？", "Receive notices of outages and maintenance?")
_CONFIRM_BUTTON = Text("确认订阅", "Confirm")
_CONFIRMED = Text(
    "订阅已确认。每封通知里都有退订链接。",
    "Your subscription is confirmed. Each notice has a link to end it.",
)
_LEAVE = Text("不再接收故障和维护通知？", "Stop receiving notices of outages and maintenance?")
_LEAVE_BUTTON = Text("退订", "Unsubscribe")
_LEFT = Text("已退订，您的地址已删除。", "You are unsubscribed, and your address is deleted.")
_PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>{said}</title><style>
:root{{color-scheme:light dark;--ink:#1b2430;--card:#fff;--link:#1f5fae}}
@media(prefers-color-scheme:dark){{:root{{--ink:#e8ecf1;--card:#10151b;--link:#8fbdf5}}}}
a{{color:var(--link)}}
body{{background:var(--card);color:var(--ink);font:1.125rem/1.6 system-ui,sans-serif;
max-width:34rem;margin:3rem auto;padding:0 1rem;overflow-wrap:anywhere}}
h1{{font-size:1.6rem;line-height:1.35}}label{{display:block}}
input,button{{font:inherit;min-height:2.75rem;box-sizing:border-box;padding:0 .6rem}}
input{{width:100%;margin:.2rem 0 1rem}}button{{padding:0 1.5rem}}</style></head>
<body><main><h1>{said}</h1>{rest}</main></body></html>
"""
_FORM = '<form method="post"><button>{button}</button></form>'  # to where the page itself lies


def confirm(*, english: bool) -> str:
    return _page(_CONFIRM, _CONFIRM_BUTTON, english=english)


def confirmed(*, english: bool) -> str:
    return _page(_CONFIRMED, None, english=english)


def leave(*, english: bool) -> str:
    return _page(_LEAVE, _LEAVE_BUTTON, english=english)


def left(*, english: bool) -> str:
    return _page(_LEFT, None, english=english)


def _page(said: Text, button: Text | None, *, english: bool) -> str:
    form = _FORM.format(button=_in(button, english=english)) if button else ""
    return document(said, form, english=english)


def document(said: Text, rest: str, *, english: bool) -> str:
    """`rest` is HTML."""
    lang = "en" if english else "zh-CN"
    return _PAGE.format(lang=lang, said=_in(said, english=english), rest=rest)


def _in(text: Text, *, english: bool) -> str:
    return escape(text.en if english else text.zh)
