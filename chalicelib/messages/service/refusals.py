"""Templates and texts that a provider refused: told to staff at once, and seen beside the template."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from chalicelib.messages import staff
from chalicelib.messages.model.breaker import NAMES
from chalicelib.messages.model.choice import Offer
from chalicelib.messages.model.course import Outcome
from chalicelib.messages.model.message import Kind, Message
from chalicelib.messages.templates.words import SUBJECT

_TEMPLATES = "template:"


class Refusal(NamedTuple):
    code: str
    at: datetime


def heard(
    offer: Offer, message: Message, outcome: Outcome, ids: Mapping[Kind, str], now: datetime
) -> None:
    """`ids` are the provider's templates by kind. Refusals of account and origin are the breaker's to tell."""
    if outcome.state != "refused" or outcome.kind not in {"template", "content"}:
        return
    kind, store_id = message.facts.kind, message.facts.store_id
    provider, code = NAMES.get(offer.provider, offer.provider), outcome.code or "?"
    if outcome.kind == "content":
        text = f"{provider}拒绝了门店 {store_id or '（无）'} 的消息内容（{code}），请核对店名等是否含敏感词。"
        staff.note(f"content:{offer.provider}:{store_id}:{code}", text, now)
        return
    template_id, named = ids.get(kind, ""), SUBJECT[kind].zh
    text = f"{provider}拒绝了「{named}」的模板 {template_id}（{code}），请到其控制台核对模板、签名与变量。"
    staff.note(f"{_TEMPLATES}{offer.provider}:{template_id}:{code}", text, now)


def refused_templates() -> dict[tuple[str, str], Refusal]:
    """The last refusal of each template in a month, by provider and template id; one request."""
    found: dict[tuple[str, str], Refusal] = {}
    for note in sorted(staff.noted(_TEMPLATES), key=lambda note: note.noted_at):
        provider, template_id, code = note.key.removeprefix(_TEMPLATES).split(":", 2)
        found[provider, template_id] = Refusal(code, note.noted_at)
    return found
