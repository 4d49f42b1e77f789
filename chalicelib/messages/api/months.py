"""The providers' month, for the office: figures side by side, and the same as a page with plots for people."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import msgspec

from chalicelib import config
from chalicelib.access.edge import Routes
from chalicelib.adapters.http import Answer, Call, named
from chalicelib.kernel import slip
from chalicelib.kernel.errors import NotFound
from chalicelib.messages import built

if TYPE_CHECKING:
    from chalicelib.messages.model.score import Counts
    from chalicelib.messages.service.months import Sheet

routes = Routes(__name__)
MonthName = Annotated[str, msgspec.Meta(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$(?!\n)")]
_ROUNDED = 4


class MonthFigures(msgspec.Struct):
    """`arrived`: of what carriers reported, the share delivered; null: they reported nothing. A receipt counts when it
    comes, so a day may have more of them than it had messages.

    Median and p95 are the seconds within which that share of what arrived was there, in steps; null: longer, or nothing
    arrived. `spent_milliyuan` is of the accepted SMS parts at the price that the message rules stated then; null: no
    price was stated. It leaves out `parts_unpriced`.
    """

    accepted: int
    delivered: int
    undelivered: int
    refused: int
    unreachable: int
    unknown: int
    arrived: float | None
    median_s: int | None
    p95_s: int | None
    parts: int
    parts_unpriced: int
    spent_milliyuan: int | None


class DayFigures(msgspec.Struct):
    """`figures` is null where nothing was counted."""

    date: str
    figures: MonthFigures | None


class ProviderMonth(msgspec.Struct):
    """`days` are those that have begun."""

    provider: str
    channel: str
    total: MonthFigures | None
    days: list[DayFigures]


class ProviderMonths(msgspec.Struct):
    """`zone` is the one whose days they are."""

    month: str
    zone: str
    items: list[ProviderMonth]


@routes.declare(
    "GET",
    "/v1/provider-months/{month}",
    needs="provider:read",
    answers={200: ProviderMonths},
    raises=(NotFound,),
)
def get_provider_month(_call: Call, month: str) -> ProviderMonths:
    """Every provider's month (`2026-11`), day by day; until thirteen months after its end."""
    shown = built.months().shown(_first(month))
    return ProviderMonths(month, shown.month.zone, [_view(one) for one in shown.sheets])


@routes.declare(
    "GET",
    "/v1/provider-months/{month}/page",
    needs="provider:read",
    answers={200: str},
    raises=(NotFound,),
    content_type=slip.CONTENT_TYPE,
)
def get_provider_month_page(call: Call, month: str) -> Answer:
    """The same as a page with plots, in Chinese or, by Accept-Language, in English."""
    from chalicelib.messages.templates.months import page  # noqa: PLC0415 - seldom asked for

    shown = built.months().shown(_first(month))
    providers = [
        page.Of(one.provider.channel, one.provider.name, one.total, one.days)
        for one in shown.sheets
    ]
    chain = config.settings().chain_name
    text = page.render(chain, shown.month, providers, english=call.english)
    language = {"Content-Language": "en" if call.english else "zh-CN"}
    return Answer(text, content_type=slip.CONTENT_TYPE, headers={**slip.HEADERS, **language})


def _first(month: str) -> date:
    return date.fromisoformat(f"{named(month, MonthName)}-01")


def _view(sheet: "Sheet") -> ProviderMonth:
    return ProviderMonth(
        sheet.provider.name,
        sheet.provider.channel,
        _figures(sheet.total),
        [DayFigures(one.date.isoformat(), _figures(one.card)) for one in sheet.days],
    )


def _figures(card: "Counts | None") -> MonthFigures | None:
    from chalicelib.messages.model import month, score  # noqa: PLC0415 - seldom asked for

    if card is None:
        return None
    spent, arrived = month.spent(card), month.arrived(card)
    return MonthFigures(
        accepted=card.get("accepted", 0),
        delivered=card.get("delivered", 0),
        undelivered=card.get("undelivered", 0),
        refused=month.refused(card),
        unreachable=card.get("unreachable", 0),
        unknown=card.get("unknown", 0),
        arrived=None if arrived is None else round(arrived, _ROUNDED),
        median_s=score.took_s(card, 0.5),
        p95_s=score.took_s(card, 0.95),
        parts=spent.parts,
        parts_unpriced=spent.unpriced,
        spent_milliyuan=spent.milliyuan,
    )
