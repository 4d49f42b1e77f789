"""The page: all providers side by side, then each with its plots and, folded, its numbers day by day."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from chalicelib.messages.model.month import Day, Month, arrived, spent
from chalicelib.messages.model.score import WITHIN_S, Counts, took_s
from chalicelib.messages.templates.months import plot
from chalicelib.messages.templates.months.style import CSS
from chalicelib.messages.templates.months.words import EN, ZH, Words, lasting

_NONE = "—"
_CONTROLS = dict.fromkeys((*range(32), 127), "\N{REPLACEMENT CHARACTER}")


class Of(NamedTuple):
    """One provider's month; `total` is None where nothing was counted."""

    channel: str
    provider: str
    total: Counts | None
    days: Sequence[Day]


def render(chain: str, month: Month, providers: Sequence[Of], *, english: bool) -> str:
    said = EN if english else ZH
    title = said.title.format(month=f"{month.first:%Y-%m}")
    sections = "".join(_section(one, month, said) for one in providers)
    return (
        f'<!doctype html><html lang="{said.lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{_safe(f'{title} · {chain}')}</title><style>{CSS}</style></head><body><main>"
        f'<h1>{_safe(title)}</h1><p class="soft">{_safe(chain)} · '
        f"{_safe(said.zone.format(zone=month.zone))}</p>{_side_by_side(providers, said)}"
        f'<div class="all">{sections}</div><p class="soft">{_safe(said.note)}</p>'
        "</main></body></html>"
    )


def _side_by_side(providers: Sequence[Of], said: Words) -> str:
    rows = [(_name(one, said), *_figures(one.total, said)) for one in providers]
    table = _table((said.provider, *_heads(said)), rows)
    return f"<section><h2>{_safe(said.side_by_side)}</h2>{table}</section>"


def _section(one: Of, month: Month, said: Words) -> str:
    heading = f"<h2>{_safe(_name(one, said))}</h2>"
    if one.total is None:
        return f"<section>{heading}{_note(said.nothing_counted)}</section>"
    rows = [(f"{day.date:%m-%d}", *_figures(day.card, said)) for day in one.days]
    by_day = _table((said.date, *_heads(said)), rows)
    return (
        f"<section>{heading}{_counts(one, month, said)}{_times(one, month, said)}"
        f"{_spent(one, one.total, month, said)}<details><summary>{_safe(said.each_day)}</summary>"
        f"{by_day}</details></section>"
    )


def _counts(one: Of, month: Month, said: Words) -> str:
    """Without receipts nobody knows what was delivered, and that is no zero."""
    series = [("accepted", "bar2", said.accepted)]
    if arrived(one.total or {}) is not None:
        series.append(("delivered", "bar1", said.delivered))
    what = said.a_day.format(what=" · ".join(text for _, _, text in series))
    values = [
        [None if day.card is None else day.card.get(name, 0) for day in one.days]
        for name, _, _ in series
    ]
    drawn = plot.bars(_label(one, what, said), month.last.day, *values)
    return _figure(what, [("bar", kind, text) for _, kind, text in series], drawn, said)


def _times(one: Of, month: Month, said: Words) -> str:
    """By step: the last is for what took longer than all of them."""
    if arrived(one.total or {}) is None:
        return f"<h3>{_safe(said.time_to_receipt)}</h3>{_note(said.no_receipt)}"
    levels = [lasting(most_s, said) for most_s in WITHIN_S]
    levels.append(f"> {levels[-1]}")
    below, above = ([_step(day.card, share) for day in one.days] for share in (0.5, 0.95))
    return _figure(
        said.time_to_receipt,
        [("1", "", said.median), ("2", "", said.p95)],
        plot.lines(_label(one, said.time_to_receipt, said), month.last.day, levels, below, above),
        said,
    )


def _spent(one: Of, total: Counts, month: Month, said: Words) -> str:
    """Nothing at all where the channel has no parts."""
    paid = spent(total)
    if not paid.parts:
        return ""
    if paid.milliyuan is None:
        return f"<h3>{_safe(said.spent)}</h3>{_note(said.no_price)}"
    what = said.a_day.format(what=said.spent)
    values = [None if day.card is None else _yuan(day.card) for day in one.days]
    drawn = plot.bars(_label(one, what, said), month.last.day, values)
    left_out = _note(said.unpriced.format(n=f"{paid.unpriced:,}")) if paid.unpriced else ""
    return _figure(what, [("bar", "bar2", said.spent)], drawn, said) + left_out


def _figure(heading: str, keys: Sequence[tuple[str, str, str]], drawn: str, said: Words) -> str:
    legend = "".join(
        f"<span>{plot.key(shape, kind)}{_safe(text)}</span>"
        for shape, kind, text in (*keys, ("dash", "", said.no_data))
    )
    return f'<h3>{_safe(heading)}</h3><p class="key">{legend}</p>{drawn}'


def _heads(said: Words) -> tuple[str, ...]:
    return (said.accepted, said.delivered, said.arrived, said.median, said.p95, said.spent)


def _figures(card: Counts | None, said: Words) -> tuple[str, ...]:
    if card is None:
        return (_NONE,) * len(_heads(said))
    share, paid = arrived(card), spent(card)
    return (
        f"{card.get('accepted', 0):,}",
        _NONE if share is None else f"{card.get('delivered', 0):,}",
        _NONE if share is None else f"{share:.1%}",
        _within(card, 0.5, said),
        _within(card, 0.95, said),
        _NONE if paid.milliyuan is None else f"{paid.milliyuan / 1000:,.2f}",
    )


def _within(card: Counts, share: float, said: Words) -> str:
    if not card.get("delivered"):
        return _NONE
    most_s = took_s(card, share)
    if most_s is None:
        return said.longer.format(time=lasting(WITHIN_S[-1], said))
    return said.within.format(time=lasting(most_s, said))


def _step(card: Counts | None, share: float) -> int | None:
    if not card or not card.get("delivered"):
        return None
    most_s = took_s(card, share)
    return len(WITHIN_S) if most_s is None else WITHIN_S.index(most_s)


def _yuan(card: Counts) -> float | None:
    """None where something went out and nothing of it had a price."""
    paid = spent(card)
    if paid.milliyuan is None:
        return None if paid.parts else 0.0
    return paid.milliyuan / 1000


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """To be moved sideways where a phone is too narrow for it, also by keyboard."""
    head = "".join(f'<th scope="col">{_safe(text)}</th>' for text in heads)
    body = "".join(
        f'<tr><th scope="row">{_safe(first)}</th>'
        + "".join(f"<td>{_safe(text)}</td>" for text in others)
        + "</tr>"
        for first, *others in rows
    )
    return (
        f'<div class="wide" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _label(one: Of, what: str, said: Words) -> str:
    return f"{_name(one, said)}: {what}"


def _name(one: Of, said: Words) -> str:
    return said.names.get(one.provider, one.provider)


def _note(text: str) -> str:
    return f'<p class="soft">{_safe(text)}</p>'


def _safe(text: str) -> str:
    return escape(text.translate(_CONTROLS))
