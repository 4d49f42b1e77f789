"""The page where anybody asks for notices: one form, which a browser sends to the API without any script."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from chalicelib.outages.model.components import Component
from chalicelib.outages.model.words import Language, Words
from chalicelib.outages.templates.shell import FORM_CSP, MOST_BYTES, document, foot
from chalicelib.outages.templates.writer import Writer, size

ACTION = "api/v1/subscriptions/form"
KEY = "subscribe.html"
_MOST_AT_ONCE = 50  # components that one asking may name
_RESERVED_BYTES = 1_500
Option = tuple[str, str]


class Said(NamedTuple):
    """`address` by the ways that there are: e-mail alone, or text messages too."""

    title: str
    hint: str
    by_mail: str
    by_either: str
    about: str
    everything: str
    send: str
    leave: str
    left_out: str


_SAID: Mapping[Language, Said] = {
    "zh-CN": Said(
        "订阅故障和维护通知",
        "先向您填写的地址确认，确认后才发通知；随时可以一键退订，退订后地址即删除。",
        "邮箱",
        "邮箱或手机号",
        "订阅范围",
        "全部",
        "订阅",
        "退订短信",
        "篇幅所限，另有 {count} 项未列出；可选“全部”。",
    ),
    "en": Said(
        "Get notices of outages and maintenance",
        "The address you give is asked first, and told nothing before it confirms. One tap ends it, and deletes the"
        " address.",
        "E-mail address",
        "E-mail address or mobile number",
        "What about",
        "Everything",
        "Subscribe",
        "Stop text messages",
        "{count} more are not listed here for length; choose everything instead.",
    ),
}


def subscribe(writer: Writer) -> str:
    said, below = _SAID[writer.language], foot(writer)
    top = f'<h1>{said.title}</h1><p class="soft">{said.hint}</p>'
    title = f"{said.title} · {writer.said.title.format(name=writer.site_name)}"
    empty = document(writer.site, writer.where, title, "", "operational", FORM_CSP)
    room = MOST_BYTES - _RESERVED_BYTES - size(empty, top, below)
    content = f'<main id="m">{top}{_form(writer, said, room)}</main>{below}'
    return document(writer.site, writer.where, title, content, "operational", FORM_CSP)


def _form(writer: Writer, said: Said, room: int) -> str:
    both = "sms" in writer.site.asks
    kind = 'type="text"' if both else 'type="email"'
    options, left_out = _options(writer, room)
    leave = f' <button name="wish" value="leave">{said.leave}</button>' if both else ""
    note = f'<p class="soft">{said.left_out.format(count=left_out)}</p>' if left_out else ""
    return (
        f'<form class="card ask" method="post" action="{writer.root}{ACTION}">'
        f'<input type="hidden" name="language" value="{writer.language}">'
        f'<label for="a">{said.by_either if both else said.by_mail}</label>'
        f'<input id="a" name="address" {kind} autocomplete="email" required maxlength="254">'
        f'<label for="s">{said.about}</label><select id="s" name="scope">'
        f'<option value="all">{said.everything}</option>{options}</select>{note}'
        f"<button>{said.send}</button>{leave}</form>"
    )


def _options(writer: Writer, room: int) -> tuple[str, int]:
    """Stores and components, as many as there is room for, and how many there is none for."""
    made, left_out = "", 0
    groups = ((writer.said.stores, _stores(writer)), (writer.said.components, _components(writer)))
    for name, options in groups:
        rows = []
        for value, label in options:
            row = f'<option value="{value}">{label}</option>'
            room -= size(row)
            rows += [row] if room >= 0 else []
            left_out += room < 0
        made += f'<optgroup label="{name}">{"".join(rows)}</optgroup>' if rows else ""
    return made, left_out


def _stores(writer: Writer) -> Iterator[Option]:
    for store in writer.shown.page.stores:
        yield f"stores:{store.store_id}", writer.plain(store.name)


def _components(writer: Writer) -> Iterator[Option]:
    """A group is all that is in it; what is in one bears its name."""
    page = writer.shown.page
    for each in page.components:
        if each.group_id:
            continue
        members = page.children(each.id)
        if not each.group:
            yield f"components:{each.id}", writer.plain(each.name)
        elif members and len(members) <= _MOST_AT_ONCE:
            yield _all_of(members), writer.plain(each.name)
        for one in members:
            yield f"components:{one.id}", _named(writer, each.name, one.name)


def _all_of(members: Sequence[Component]) -> str:
    return f"components:{','.join(each.id for each in members)}"


def _named(writer: Writer, group: Words, name: Words) -> str:
    return f"{writer.plain(group)} · {writer.plain(name)}"
