"""What to do next, in a sentence: for those who may not, and for those who may."""

from collections.abc import Mapping, Sequence

from chalicelib.access.model.roles import OPERATOR_ROLES
from chalicelib.kernel.errors import Text

_MOST_NAMES = 3
_CALLED: Mapping[str, Text] = {
    "terminal": Text("收银终端", "the till itself"),
    "cashier": Text("收银员", "a cashier"),
    "store_manager": Text("店长", "a store manager"),
    "support": Text("客服", "support"),
    "operator": Text("总部运营", "an operator"),
    "auditor": Text("审计", "an auditor"),
    "owner": Text("总部负责人", "an owner"),
}
_MAY = Text("可以直接操作。", "You may do it now.")
_ELSEWHERE = Text(
    "你的账号不属于这家门店：请用该门店自己的收银终端或账号操作，",
    "You belong to another store: it is done with a till or an account of that store, ",
)
_MORE = Text("请{by}调高上限。", "have {by} at head office raise the limit.")
_GIVE = Text("请{by}授予该权限。", "have {by} at head office give the permission.")


def advise(
    missing: Sequence[str],
    people: Sequence[tuple[str, str]],
    roles: Sequence[str],
    given_by: Sequence[str],
) -> Text:
    """`people` are names with staff numbers; `roles` have it, `given_by` can give it to staff."""
    if not missing:
        return _MAY
    who = _named(people) if people else _called(roles)
    if "store" in missing:
        return Text(
            f"{_ELSEWHERE.zh}或请{_called(_central(roles)).zh}操作。",
            f"{_ELSEWHERE.en}or by {_called(_central(roles)).en}.",
        )
    asked = Text(f"请{who.zh}操作", f"Ask {who.en} to do it")
    if not given_by:
        return Text(f"{asked.zh}。", f"{asked.en}.")
    wanted = _MORE if "limit" in missing else _GIVE
    by = _called(given_by)
    return Text(
        f"{asked.zh}，或{wanted.zh.format(by=by.zh)}",
        f"{asked.en}, or {wanted.en.format(by=by.en)}",
    )


def _named(people: Sequence[tuple[str, str]]) -> Text:
    told = people[:_MOST_NAMES]
    more = len(people) > _MOST_NAMES
    zh = "、".join(f"{name}（工号 {number}）" for name, number in told)
    en = ", ".join(f"{name} (no. {number})" for name, number in told)
    return Text(zh + "等" * more, en + " or others" * more)


def _called(roles: Sequence[str]) -> Text:
    said = [_CALLED[role] for role in roles]
    *zh, last_zh = [each.zh for each in said]
    *en, last_en = [each.en for each in said]
    return Text(
        "或".join(filter(None, ["、".join(zh), last_zh])),
        " or ".join(filter(None, [", ".join(en), last_en])),
    )


def _central(roles: Sequence[str]) -> list[str]:
    return [role for role in roles if role in OPERATOR_ROLES]
