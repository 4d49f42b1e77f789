"""The parts of a sentence that depend on what happened, in both languages."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from chalicelib.kernel import clock
from chalicelib.kernel.errors import Text
from chalicelib.kernel.money import yuan
from chalicelib.messages.model.message import OF_NO_STORE, Facts

ZONE = "Asia/Shanghai"  # mainland China keeps one time
STORE_UNNAMED = Text("门店", "the store")
_DAY_CUT_AT_NOON = timedelta(hours=12, microseconds=1)  # the latest at which a day may be cut
_NOTHING = Text("", "")


def local(moment: datetime) -> datetime:
    return moment.astimezone(clock.zone(ZONE))


def told_at(facts: Facts) -> datetime:
    """When it happened, where the member is: of a late sale its own time, not that of the booking."""
    return local(facts.happened_at or facts.booked_at)


def time(facts: Facts) -> Text:
    at = told_at(facts)
    return Text(f"{at.month}月{at.day}日{at:%H:%M}", f"{at:%Y-%m-%d %H:%M} (UTC+8)")


def store(facts: Facts) -> Text:
    return Text(facts.store_name, facts.store_name) if facts.store_name else STORE_UNNAMED


def what(facts: Facts) -> Text:
    """An incident is called what its page calls it."""
    return _same(facts.title or "")


def amount(facts: Facts) -> Text:
    return _same(yuan(facts.amount_fen))


def balance(facts: Facts) -> Text:
    said = yuan(facts.balance_after_fen)
    if facts.balance_after_fen < 0:
        return Text(
            f"储值余额{said}元，下次充值时抵扣",
            f"Your balance is {said} yuan; your next top-up settles it.",
        )
    return Text(f"储值余额{said}元", f"Your balance is {said} yuan.")


def bonus(facts: Facts) -> Text:
    if not facts.bonus_fen:
        return _NOTHING
    given, ends = yuan(facts.bonus_fen), until(facts)
    return Text(f"（另赠{given}元{ends.zh}）", f" (plus {given} as a gift{ends.en})")


def back(facts: Facts) -> Text:
    """Where a refund went."""
    to_card = facts.delta_fen
    if to_card <= 0:
        return Text("按原支付方式退回", "back the way it was paid")
    if to_card >= facts.amount_fen:
        return Text("已退回储值", "back to your balance")
    part = yuan(to_card)
    return Text(
        f"其中{part}元退回储值，其余按原支付方式退回",
        f"{part} of it back to your balance and the rest the way it was paid",
    )


def given_up(facts: Facts) -> Text:
    """What a member no longer has after a top-up, or a count card, was paid back."""
    if facts.delta_fen >= 0:
        gone = things(facts)
        return Text(f"退回{gone.zh}", f"{gone.en} went back")
    gone_fen = yuan(-facts.delta_fen)
    gift = yuan(facts.bonus_fen)
    return Text(
        f"储值减少{gone_fen}元" + (f"（含赠送{gift}元）" if facts.bonus_fen else ""),
        f"{gone_fen} yuan of stored value went back"
        + (f" ({gift} of it was a gift)" if facts.bonus_fen else ""),
    )


def things(facts: Facts) -> Text:
    """Coupons, times and points; and the stored value of what ends."""
    return _joined(_things(facts))


def used(facts: Facts) -> Text:
    """What a spend took of coupons and count cards."""
    these = _joined(_coupons_and_times(facts))
    return Text(f"（用了{these.zh}）", f" (with {these.en})") if these.zh else _NOTHING


def returned(facts: Facts) -> Text:
    """What a refund gave back beside money."""
    these = _joined(_coupons_and_times(facts))
    return Text(f"已退还{these.zh}。", f" You have {these.en} back.") if these.zh else _NOTHING


def until(facts: Facts) -> Text:
    if facts.ends_at is None:
        return _NOTHING
    day = last_day(facts)
    return Text(f"，有效期至{day.zh}", f", valid through {day.en}")


def ended(facts: Facts) -> Text:
    if facts.ends_at is None:
        return _NOTHING
    day = last_day(facts)
    return Text(f"于{day.zh}", f" after {day.en}")


def last_day(facts: Facts) -> Text:
    """The last whole day before the end, which is at a day cut: at noon at the latest."""
    day = local(facts.ends_at or facts.booked_at) - _DAY_CUT_AT_NOON
    return Text(f"{day.year}年{day.month}月{day.day}日", f"{day:%Y-%m-%d}")


def changes(facts: Facts) -> Text:
    """What a correction did; at least one of money and points."""
    parts = []
    if facts.delta_fen:
        parts.append(_change("储值", f"{yuan(abs(facts.delta_fen))}元", facts.delta_fen))
    if facts.points:
        parts.append(_change("积分", f"{abs(facts.points)}", facts.points))
    en = [
        f"{_signed(facts.delta_fen)} yuan of stored value" if facts.delta_fen else "",
        f"{facts.points:+} points" if facts.points else "",
    ]
    return Text(
        "，".join(parts) or "余额与积分未变", _listed([one for one in en if one]) or "no change"
    )


def points(facts: Facts) -> Text:
    if not facts.points:
        return _NOTHING
    change = _change("积分", f"{abs(facts.points)}", facts.points)
    return Text(
        f"{change}，现有{facts.points_after}。",
        f" Points: {facts.points:+}, now {facts.points_after}.",
    )


def points_left(facts: Facts) -> Text:
    if not facts.points:
        return _NOTHING
    return Text(f"现有积分{facts.points_after}。", f" You have {facts.points_after} points.")


def points_now(facts: Facts) -> Text:
    return _same(f"{facts.points_after}")


PHRASES: Mapping[str, Callable[[Facts], Text]] = {
    each.__name__: each
    for each in (
        amount, back, balance, bonus, changes, ended, given_up, last_day, points, points_left,
        points_now, returned, store, things, time, until, used, what,
    )
}  # fmt: skip


def _things(facts: Facts) -> Iterator[Text]:
    if facts.kind in OF_NO_STORE and facts.amount_fen:
        money = yuan(facts.amount_fen)
        yield Text(f"储值{money}元", f"{money} yuan of stored value")
    if facts.points and facts.kind != "card_sale":
        count = abs(facts.points)
        yield Text(f"{count}积分", _count(count, "point"))
    yield from _coupons_and_times(facts)


def _coupons_and_times(facts: Facts) -> Iterator[Text]:
    return filter(None, (_coupons(facts), _times(facts)))


def _coupons(facts: Facts) -> Text | None:
    if not facts.coupons:
        return None
    named = _named(facts) if not facts.times else _NOTHING
    return Text(
        f"优惠券{named.zh}{facts.coupons}张", f"{_count(facts.coupons, 'coupon')}{named.en}"
    )


def _times(facts: Facts) -> Text | None:
    if not facts.times:
        return None
    named = _named(facts) if not facts.coupons else _NOTHING
    return Text(
        f"次卡{named.zh}{facts.times}次",
        f"{_count(facts.times, 'use')} of the count card{named.en}",
    )


def _named(facts: Facts) -> Text:
    return Text(f"「{facts.title}」", f" “{facts.title}”") if facts.title else _NOTHING


def _change(what: str, how_much: str, sign: int) -> str:
    return f"{what}{'增加' if sign > 0 else '减少'}{how_much}"


def _signed(amount_fen: int) -> str:
    return f"{'+' if amount_fen > 0 else ''}{yuan(amount_fen)}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _joined(parts: Iterable[Text]) -> Text:
    listed = list(parts)
    return Text("、".join(part.zh for part in listed), _listed([part.en for part in listed]))


def _listed(parts: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def _same(text: str) -> Text:
    return Text(text, text)
