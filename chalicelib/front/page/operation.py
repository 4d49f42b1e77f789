"""One operation: what it does, who may call it, how to call it, what comes back."""

import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from chalicelib.front.page.fields import fields, kind, row
from chalicelib.front.page.words import anchor, element, inline, link, listed

Document = Mapping[str, Any]
Operation = Mapping[str, Any]
_NEXT_LINE = " \\\n  "


def article(method: str, path: str, spoken: Operation, document: Document) -> str:
    verb = f'<span class="verb {method}">{method.upper()}</span>'
    address = element("code", escape(path).replace("/", "<wbr>/"))
    parts = (
        f"<h3>{verb} {address}</h3>",
        f'<p class="does">{inline(spoken["description"].partition(chr(10) * 2)[0])}</p>',
        _who(spoken),
        _parameters(spoken),
        _body(spoken, document),
        _curl(method, path, spoken),
        _answers(spoken, document),
    )
    return element("article", "".join(parts), id=anchor("op", spoken["operationId"]))


def _who(spoken: Operation) -> str:
    if not spoken["security"]:
        return '<p class="who"><span class="open">public</span> no proof asked</p>'
    holders = ", ".join(each.replace("_", " ") for each in spoken["x-granted-to"])
    permission = escape(spoken["x-permission"])
    return f'<p class="who"><span class="held">{permission}</span> {escape(holders)}</p>'


def _parameters(spoken: Operation) -> str:
    rows = [
        row(
            each["name"],
            each["schema"],
            required=each["required"] and each["in"] != "path",
            said=each.get("description", ""),
            place=each["in"],
        )
        for each in spoken["parameters"]
    ]
    return f"<h4>Parameters</h4>{listed(rows, class_='fields')}" if rows else ""


def _body(spoken: Operation, document: Document) -> str:
    if "requestBody" not in spoken:
        return ""
    (content,) = spoken["requestBody"]["content"].values()
    schema = content["schema"]
    named = document["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], schema)
    said = f"<p>{inline(named['description'])}</p>" if "description" in named else ""
    return f"<h4>Body</h4>{said}{fields(named)}"


def _sent(content: Mapping[str, Any]) -> list[str]:
    ((media, told),) = content.items()
    if media != "application/json":
        return [f"--data-urlencode '{name}={value}'" for name, value in told["example"].items()]
    body = json.dumps(told["example"], ensure_ascii=False)
    return [f"-H 'Content-Type: {media}'", f"-d '{body}'"]


def _curl(method: str, path: str, spoken: Operation) -> str:
    """The address and the values of its path are shell variables, so that it can be pasted."""
    address = re.sub(r"\{(\w+)\}", lambda name: f"${name[1].upper()}", path)
    flags = (
        [f'curl "$API{address}"']
        if method == "get"
        else [f'curl -X {method.upper()} "$API{address}"']
    )
    flags += ['-H "Authorization: Bearer $KEY"'] if spoken["security"] else []
    flags += [
        f"-H '{each['name']}: \"1\"'"
        for each in spoken["parameters"]
        if each["in"] == "header" and each["required"]
    ]
    if "requestBody" in spoken:
        flags += _sent(spoken["requestBody"]["content"])
    command = escape(_NEXT_LINE.join(flags), quote=False)
    return f'<h4>Call</h4><pre tabindex="0"><code>{command}</code></pre>'


def _answers(spoken: Operation, document: Document) -> str:
    """What was asked for line by line, then the problems in a row."""
    rows = [
        (problem, f'<b class="status s{status[0]}">{status}</b> {said}')
        for status, answer in spoken["responses"].items()
        for problem, said in _said(answer, document)
    ]
    good = "".join(f'<li class="good">{said}</li>' for problem, said in rows if not problem)
    bad = "".join(f"<li>{said}</li>" for problem, said in rows if problem)
    return f'<h4>Answers</h4><ul class="answers">{good}{bad}</ul>'


def _said(answer: Mapping[str, Any], document: Document) -> Iterator[tuple[bool, str]]:
    """What comes under one status: a thing, or problems by code; and which of the two."""
    if "$ref" in answer:
        answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    elif "content" not in answer:
        yield False, inline(answer["description"])
    for media, content in answer.get("content", {}).items():
        if "allOf" in content["schema"]:
            codes = content["schema"]["allOf"][1]["properties"]["code"]["enum"]
            yield True, " ".join(link("problem", code, element("code", code)) for code in codes)
        else:
            yield False, f"{_shape(media, content['schema'])}{_told_by(answer)}"


def _shape(media: str, schema: Mapping[str, Any]) -> str:
    return "HTML" if media.startswith("text/html") else kind(schema)


def _told_by(answer: Mapping[str, Any]) -> str:
    """The headers that are worth a word."""
    named = [name for name in answer["headers"] if name in {"Idempotent-Replay", "ETag"}]
    return "".join(f' <span class="header">{name}</span>' for name in named)
