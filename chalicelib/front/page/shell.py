"""The page as a whole: head, what there is, operations by group, problems, schemas."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from chalicelib.front.page.fields import described
from chalicelib.front.page.operation import article
from chalicelib.front.page.style import CSS
from chalicelib.front.page.words import anchor, element, inline, link, listed, paragraphs

Document = Mapping[str, Any]
Spoken = tuple[str, str, Mapping[str, Any]]


def render(document: Document) -> str:
    info = document["info"]
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(info['title'])}</title><style>{CSS}</style>"
    )
    body = (
        '<a class="skip" href="#main">Skip to the content</a>'
        f'<div class="page">{_contents(document)}'
        f'<main id="main">{_opening(document)}{"".join(_groups(document))}'
        f"{_problems(document)}{_schemas(document)}</main></div>"
    )
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'


def _opening(document: Document) -> str:
    info = document["info"]
    return (
        f'<header><p class="mark">灯塔 Dengta</p><h1>{escape(info["title"])}</h1>'
        f'<p class="lead">{escape(info["summary"])}. Version {escape(info["version"])}, '
        f'<a href="openapi.json">openapi.json</a>.</p>'
        f'<div class="about">{paragraphs(info["description"])}</div></header>'
    )


def _contents(document: Document) -> str:
    """Folded on a phone, beside the text where there is room; both without script."""
    entries = [
        f"<p>{link('group', group, escape(group))}</p>"
        + listed(
            link("op", spoken["operationId"], _entry(method, path)) for method, path, spoken in ops
        )
        for group, ops in _by_group(document).items()
    ]
    ends = (
        f"<p>{link('part', 'problems', 'Problems')}</p><p>{link('part', 'schemas', 'Schemas')}</p>"
    )
    inner = f"{''.join(entries)}{ends}"
    return (
        f'<nav class="wide" aria-label="Contents">{inner}</nav>'
        f'<details class="narrow"><summary>Contents</summary><nav aria-label="Contents">{inner}</nav></details>'
    )


def _entry(method: str, path: str) -> str:
    short = escape(path.removeprefix("/v1")).replace("/", "<wbr>/")
    return f'<span class="verb {method}">{method.upper()}</span><span>{short}</span>'


def _by_group(document: Document) -> dict[str, list[Spoken]]:
    groups: dict[str, list[Spoken]] = {each["name"]: [] for each in document["tags"]}
    for path, methods in document["paths"].items():
        for method, spoken in methods.items():
            groups[spoken["tags"][0]].append((method, path, spoken))
    return groups


def _groups(document: Document) -> Iterator[str]:
    for group, ops in _by_group(document).items():
        articles = "".join(article(*each, document) for each in ops)
        yield element("section", f"<h2>{escape(group)}</h2>{articles}", id=anchor("group", group))


def _problems(document: Document) -> str:
    said = "<p>What the <code>type</code> of an error leads to. Decide by <code>code</code>: it never changes.</p>"
    each = "".join(
        element(
            "section",
            f"<h3><code>{escape(code)}</code></h3>{''.join(map(_meaning, meanings))}",
            id=anchor("problem", code),
            class_="problem",
        )
        for code, meanings in document["x-problems"].items()
    )
    return f'<section id="part-problems"><h2>Problems</h2>{said}{each}</section>'


def _meaning(problem: Mapping[str, Any]) -> str:
    status = str(problem["status"])
    lines = "".join(
        f'<p><span lang="en">{inline(problem[part]["en"])}</span> '
        f'<span lang="zh-CN">{inline(problem[part]["zh-CN"])}</span></p>'
        for part in ("title", "detail", "hint")
        if part in problem
    )
    return (
        f'<div class="meaning"><b class="status s{status[0]}">{status}</b><div>{lines}</div></div>'
    )


def _schemas(document: Document) -> str:
    each = "".join(
        described(name, schema) for name, schema in document["components"]["schemas"].items()
    )
    return f'<section id="part-schemas"><h2>Schemas</h2>{each}</section>'
