"""Splitting an amount so that nothing is lost: the method of the largest remainder."""

from collections.abc import Sequence
from fractions import Fraction


def shares(amount: int, weights: Sequence[int]) -> list[int]:
    """Split `amount` in proportion to `weights`; the sum is exact, and of equal remainders the earlier one wins.

    Where `amount` is at most the sum of the weights, no share exceeds its weight. Weights of nothing share evenly.
    """
    if not any(weights):
        weights = [1] * len(weights)
    whole = sum(weights)
    parts = [amount * weight // whole for weight in weights]
    remainders = [amount * weight % whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda at: -remainders[at])
    for at in by_remainder[: amount - sum(parts)]:
        parts[at] += 1
    return parts


def rounded(amount: int, of: int, by: int) -> int:
    """`amount` × `of` ÷ `by`, half a fen up."""
    return (2 * amount * of + by) // (2 * by)


def nearest(amount: Fraction) -> int:
    """An `amount` above zero in whole fen, half a fen up."""
    return int(amount + Fraction(1, 2))
