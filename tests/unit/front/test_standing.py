"""The site and the notices do not keep each other waiting."""

import pytest

from chalicelib.front.publishing import each_alone


def test_no_failure_of_one_step_keeps_the_others_and_the_first_is_told() -> None:
    done: list[str] = []

    def first() -> None:
        raise LookupError

    def second() -> None:
        done.append("second")
        raise OSError

    with pytest.raises(LookupError):
        each_alone(first, second, lambda: done.append("third"))
    assert done == ["second", "third"]
