"""Text into HTML: escaped first, then the little Markdown that our own texts use."""

import re
from collections.abc import Iterable
from html import escape

_CODE = re.compile(r"`([^`]+)`")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")


def inline(text: str) -> str:
    return _BOLD.sub(r"<strong>\1</strong>", _CODE.sub(r"<code>\1</code>", escape(text)))


def paragraphs(text: str) -> str:
    return "".join(f"<p>{inline(each)}</p>" for each in text.split("\n\n") if each.strip())


def element(tag: str, inner: str, **attributes: str) -> str:
    """`class_` is written `class`."""
    written = "".join(
        f' {name.rstrip("_")}="{escape(value)}"' for name, value in attributes.items()
    )
    return f"<{tag}{written}>{inner}</{tag}>"


def listed(items: Iterable[str], **attributes: str) -> str:
    return element("ul", "".join(f"<li>{item}</li>" for item in items), **attributes)


def anchor(prefix: str, name: str) -> str:
    """An id of which links can be made."""
    return f"{prefix}-{re.sub(r'[^A-Za-z0-9_.]+', '-', name).strip('-')}"


def link(prefix: str, name: str, shown: str) -> str:
    return f'<a href="#{anchor(prefix, name)}">{shown}</a>'
