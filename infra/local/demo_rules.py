"""The rules of the demo chain: a coffee chain with points, tiers, top-ups with a bonus, coupons and count cards."""

from chalicelib.kernel.stamp import Stamp
from chalicelib.ledger import built
from chalicelib.ledger.model.rules import (
    BalanceRules,
    CountCardKind,
    CouponKind,
    PointsRules,
    Rules,
    Tier,
    TierRules,
    TopUpRule,
)
from chalicelib.ledger.table.rules import rules, save_rules

RULES = Rules(
    balance=BalanceRules(bonus_valid_days=365, most_fen=500_000, most_without_phone_fen=100_000),
    points=PointsRules(earn_fen=100, valid_months=12, redeem_points=100, redeem_fen=100),
    tiers=TierRules(
        tiers=(
            Tier("silver", "银卡", 50_000, 120),
            Tier("gold", "金卡", 200_000, 150),
            Tier("black", "黑卡", 500_000, 200),
        )
    ),
    top_ups=(
        TopUpRule("first-100", 10_000, 2_000, first_only=True),
        TopUpRule("pay-200", 20_000, 2_000),
        TopUpRule("pay-500", 50_000, 8_000),
        TopUpRule("gold-500", 50_000, 10_000, tiers=("gold", "black")),
    ),
    coupons=(
        CouponKind("ten-off", "满50减10", amount_off_fen=1_000, threshold_fen=5_000, valid_days=30),
        CouponKind("birthday", "生日八折", percent_off=20, cap_fen=2_000, valid_days=14),
    ),
    count_cards=(
        CountCardKind("latte-10", "拿铁10杯", "latte", 10, 25_000, valid_days=365),
        CountCardKind("roast-3", "手冲体验3次", "hand-brew", 3, 9_900),
    ),
)


def set_up(by: Stamp) -> None:
    """Where head office has set rules already, those stand."""
    if rules()[1] == 0:
        save_rules(RULES, None, by)
        built.forget()
