"""Card numbers and rotating codes."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.members import codes
from chalicelib.members.model import Consent, Member, card_slip, joined_of, luhn, new_card_no

KEY = b"k" * 32
START = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
cards = st.from_regex(r"\A6[0-9]{10}\Z").map(lambda body: body + luhn(body))


def test_a_new_card_number_checks() -> None:
    assert {card_slip(new_card_no()) for _ in range(200)} == {None}


@given(cards, st.integers(0, 11), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_caught(card: str, at: int, digit: str) -> None:
    wrong = card[:at] + digit + card[at + 1 :]
    assert card_slip(wrong) == (None if wrong == card else "mistyped")


@given(cards, st.integers(0, 10))
def test_neighbours_that_changed_places_are_caught_but_for_0_and_9(card: str, at: int) -> None:
    one, other = card[at], card[at + 1]
    swapped = card[:at] + other + one + card[at + 2 :]
    unseen = one == other or {one, other} == {"0", "9"}
    assert card_slip(swapped) == (None if unseen else "mistyped")


@given(cards, st.integers(1, 12))
def test_a_digit_too_few_or_too_many_is_told(card: str, at: int) -> None:
    assert card_slip(card[:at] + card[at + 1 :]) == ("length" if at < 12 else None)
    assert card_slip(card[:at] + "0" + card[at:]) == "length"


@given(cards, st.integers(0, 10**6))
def test_a_code_leads_to_its_card_for_its_half_minute_and_the_next(card: str, second: int) -> None:
    made_at = START + timedelta(seconds=second)
    code = codes.code(KEY, card, made_at)
    good_for = codes.expires_in_s(made_at)
    assert len(code) == 18
    assert 30 < good_for <= 60
    assert codes.card_prefix(KEY, code, made_at + timedelta(seconds=good_for - 1)) == card[:11]
    assert codes.card_prefix(KEY, code, made_at + timedelta(seconds=good_for)) is None


@given(cards)
def test_a_code_of_another_key_leads_nowhere(card: str) -> None:
    assert codes.card_prefix(b"o" * 32, codes.code(KEY, card, START), START) is None


def test_codes_of_one_card_have_nothing_in_common() -> None:
    made = {codes.code(KEY, "600000000004", START + timedelta(seconds=30 * n)) for n in range(50)}
    assert len({code[:6] for code in made}) > 40


def test_a_card_reported_lost_stays_so_in_whoever_the_member_becomes() -> None:
    lost, other = Member("S", "6", START, card_lost_at=START), Member("T", "6", START)
    assert joined_of(lost, other).card_lost_at == START
    assert joined_of(other, lost).card_lost_at == START
    assert joined_of(other, other).card_lost_at is None


def test_of_two_members_who_become_one_the_later_word_on_a_consent_holds() -> None:
    counter = Member("T", "6", START, consents={"sms": Consent(given=True, at="2025", how="till")})
    app = Member(
        "S",
        "6",
        START,
        language="en",
        absorbed=("R",),
        consents={"sms": Consent(given=False, at="2026", how="app")},
    )
    joined = joined_of(app, counter)
    assert joined.consented() == frozenset()
    assert joined_of(counter, app).consented() == frozenset()
    assert (joined.member_id, joined.language, joined.absorbed) == ("T", "en", ("R", "S"))
