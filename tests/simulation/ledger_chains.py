"""Chains with rules that differ in what matters, for sequences against the plain model."""

from datetime import date

from chalicelib.ledger.model.rules import (
    BalanceRules,
    CountCardKind,
    CouponKind,
    PointsRules,
    RefundRules,
    Rules,
    Tier,
    TierRules,
    TopUpRule,
)

COUPONS = (
    CouponKind("off3", "3 yuan off", amount_off_fen=300, threshold_fen=1000, valid_days=5),
    CouponKind("ten", "10 per cent", percent_off=10, cap_fen=200, stores=("s1",)),
    CouponKind("free", "All of it", percent_off=100),
    CouponKind("soon", "From December", amount_off_fen=50, starts_on=date(2026, 12, 1)),
    CouponKind("over", "Was in summer", amount_off_fen=50, ends_on=date(2026, 8, 1)),
    CouponKind("year", "This year", percent_off=33, ends_on=date(2026, 12, 31), valid_days=60),
)
CARDS = (
    CountCardKind("wash3", "Three washes", "wash", 3, 5_000, valid_days=10),
    CountCardKind("cut5", "Five cuts", "cut", 5, 9_999, stores=("s1",)),
    CountCardKind("one", "One", "wash", 1, 1),
)
TIERS = (Tier("silver", "Silver", 2_000, 150), Tier("gold", "Gold", 10_000, 333))
TOP_UPS = (
    TopUpRule("first", 100, 60, first_only=True),
    TopUpRule("big", 5_000, 800),
    TopUpRule("gold", 1_000, 555, tiers=("gold",)),
    TopUpRule("december", 1_000, 600, from_date=date(2026, 12, 1), to_date=date(2026, 12, 31)),
)
BY_SPEND = TierRules(by="spend", window_months=3, keep_months=2, tiers=TIERS)
BY_POINTS = TierRules(by="points", window_months=3, keep_months=2, tiers=TIERS)
CHAINS = {
    "plain": Rules(),
    "proportional": Rules(
        balance=BalanceRules(None, 30, 1_000_000, 8_000),
        points=PointsRules(7, valid_months=1, redeem_points=10, redeem_fen=3, may_go_below_zero=True),
        tiers=BY_SPEND,
        top_ups=TOP_UPS,
        coupons=COUPONS,
        count_cards=CARDS,
    ),
    "bonus last, midnight": Rules(
        day_cut_hour=0,
        balance=BalanceRules(0),
        points=PointsRules(100, earn_on_balance=False, redeem_points=100, redeem_fen=100),
        tiers=BY_POINTS,
        coupons=COUPONS,
        count_cards=CARDS,
    ),
    "half and half": Rules(
        zone="America/New_York",
        balance=BalanceRules(50, 5, 20_000),
        points=PointsRules(
            1, valid_months=2, redeem_points=1, redeem_fen=1, may_go_below_zero=True
        ),
        tiers=BY_SPEND,
        coupons=COUPONS,
        count_cards=CARDS,
        refunds=RefundRules(reopened_days=1),
    ),
    "bonus first": Rules(
        balance=BalanceRules(100, 2),
        points=PointsRules(3, valid_months=1),
        tiers=BY_POINTS,
        top_ups=TOP_UPS,
        coupons=COUPONS,
        count_cards=CARDS,
        refunds=RefundRules(reopened_days=2),
    ),
}  # fmt: skip
