"""Templates and texts that a provider refused: told to staff at once, and seen beside the template."""

from datetime import datetime
from typing import NamedTuple

from chalicelib.messages import staff
from chalicelib.messages.model.breaker import NAMES
from chalicelib.messages.model.choice import Offer
from chalicelib.messages.model.course import Outcome
from chalicelib.messages.model.message import Message
from chalicelib.messages.templates.words import SUBJECT

_TEMPLATES = "template:"


class Refusal(NamedTuple):
    """`version` is of our words: None where the note does not have it."""

    code: str
    at: datetime
    version: int | None = None


def heard(offer: Offer, message: Message, outcome: Outcome, now: datetime) -> None:
    """Of the message's last attempt. Refusals of account and origin are the breaker's to tell."""
    if outcome.state != "refused" or outcome.kind not in {"template", "content"}:
        return
    kind, store_id = message.facts.kind, message.facts.store_id
    provider, code = NAMES.get(offer.provider, offer.provider), outcome.code or "?"
    if outcome.kind == "content":
        text = f"{provider}拒绝了门店 {store_id or '（无）'} 的消息内容（{code}），请核对店名等是否含敏感词。"
        staff.note(f"content:{offer.provider}:{store_id}:{code}", text, now)
        return
    used, named = message.last.template, SUBJECT[kind].zh
    if used is None:
        return
    text = (
        f"{provider}拒绝了「{named}」第 {used.version} 版的模板 {used.template_id}（{code}），"
        "请到其控制台核对模板、签名与变量。"
    )
    key = f"{_TEMPLATES}{offer.provider}:{used.template_id}:v{used.version}:{code}"
    staff.note(key, text, now)


def refused_templates() -> dict[tuple[str, str], Refusal]:
    """The last refusal of each template in a month, by provider and template id; one request."""
    found: dict[tuple[str, str], Refusal] = {}
    for note in sorted(staff.noted(_TEMPLATES), key=lambda note: note.noted_at):
        provider, template_id, rest = note.key.removeprefix(_TEMPLATES).split(":", 2)
        version, code = _versioned(rest)
        found[provider, template_id] = Refusal(code, note.noted_at, version)
    return found


def _versioned(text: str) -> tuple[int | None, str]:
    version, _, code = text.partition(":")
    known = code and version.startswith("v") and version[1:].isdecimal()
    return (int(version[1:]), code) if known else (None, text)
