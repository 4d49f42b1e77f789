"""The chain's own rules: read by everybody at a till, written by head office."""

from datetime import date

from chalicelib.access.edge import Routes, stamp
from chalicelib.adapters.http import Answer, Call, known_version, tagged
from chalicelib.adapters.tables import ConditionFailed
from chalicelib.kernel import clock
from chalicelib.kernel.errors import ConditionMissing, Gone, InvalidRequest, invalid
from chalicelib.ledger import built
from chalicelib.ledger.model.rules import Rules
from chalicelib.ledger.table import rules as table

routes = Routes(__name__)
_FIRST, _LAST = date(2000, 1, 1), date(2200, 12, 31)


@routes.declare("GET", "/v1/rules", needs="rules:read", answers={200: Rules})
def get_rules(_call: Call) -> Answer:
    """The rules as they are kept now, with the ETag that a change names; what is left out is as by default."""
    rules, version = table.rules()
    return Answer(rules, headers=tagged(version))


@routes.declare(
    "PUT",
    "/v1/rules",
    needs="rules:write",
    takes=Rules,
    answers={200: Rules},
    raises=(InvalidRequest, ConditionMissing, Gone),
)
def put_rules(call: Call, body: Rules) -> Answer:
    """Replace the rules; they hold everywhere within a minute, for what is posted from then on."""
    _check(body)
    version = known_version(call)
    try:
        now = table.save_rules(body, version, stamp(call))
    except ConditionFailed as failed:
        raise Gone from failed
    built.forget()
    return Answer(body, headers=tagged(now))


def _check_days(pointer: str, *days: date | None) -> None:
    if any(day and not _FIRST <= day <= _LAST for day in days):
        raise invalid(pointer, "日期应在 2000 到 2200 年之间", "a date lies between 2000 and 2200")


def _check(rules: Rules) -> None:
    """What no type says. Raises InvalidRequest."""
    clock.check_zone(rules.zone)
    named = {
        "/tiers/tiers": [each.tier for each in rules.tiers.tiers],
        "/top_ups": [each.name for each in rules.top_ups],
        "/coupons": [each.coupon for each in rules.coupons],
        "/count_cards": [each.count_card for each in rules.count_cards],
    }
    for number, rule in enumerate(rules.top_ups):
        _check_days(f"/top_ups/{number}", rule.from_date, rule.to_date)
    for pointer, words in named.items():
        if len(set(words)) < len(words):
            raise invalid(pointer, "编号重复", "a word is used twice")
    for number, each in enumerate(rules.coupons):
        _check_days(f"/coupons/{number}", each.starts_on, each.ends_on)
        if bool(each.amount_off_fen) == bool(each.percent_off):
            raise invalid(
                f"/coupons/{number}",
                "amount_off_fen 和 percent_off 必须且只能给一个",
                "give exactly one of amount_off_fen, percent_off",
            )
