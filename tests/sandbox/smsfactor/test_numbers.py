"""Numbers as callers send them, and as people type them."""

import pytest

from bot.sandbox.smsfactor import numbers

ANA = "33612345601"


@pytest.mark.parametrize(
    "written",
    [
        ANA,
        "+" + ANA,
        "0612345601",
        "06 12 34 56 01",
        "06.12.34.56.01",
        "+33 (6) 12-34-56-01",
        "0033612345601",
        f" {ANA} ",
    ],
)
def test_a_person_may_type_a_number_in_many_ways(written):
    assert numbers.typed(written) == ANA


def test_a_foreign_number_needs_its_country_code():
    assert numbers.typed("+41 79 123 45 67") == "41791234567"


@pytest.mark.parametrize("written", ["", "06 12", "0012", "hello", "36035", "+0612345601", "06 12 34 56 01 02"])
def test_what_is_no_number_is_refused_in_words(written):
    with pytest.raises(ValueError, match="not a phone number"):
        numbers.typed(written)


def test_the_api_does_not_take_the_national_form():
    assert numbers.read("0612345601") is None
