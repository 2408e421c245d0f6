"""Reads the phone numbers that callers send, as strictly as the provider's documentation allows."""

import re
from functools import lru_cache

import phonenumbers

# Digits with the country code; third parties also send a leading plus without trouble. The national form
# (06...) is documented nowhere and came back as `invalid` in recorded traffic, so it is invalid here.
_WRITTEN = re.compile(r"\+?([1-9][0-9]{6,14})")


@lru_cache(maxsize=200_000)
def read(written: str) -> tuple[str, str] | None:
    """`(digits, country)` of a number such as `33612345678`, country alpha-2; None when it is malformed."""
    match = _WRITTEN.fullmatch(written.strip())
    if match is None:
        return None
    try:
        number = phonenumbers.parse("+" + match[1])
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    country = phonenumbers.region_code_for_number(number)
    return match[1], country or phonenumbers.region_code_for_country_code(number.country_code or 0)


def typed(written: str) -> str:
    """A number as a person types it, as digits with the country code; ValueError if it is none.

    Spaces, dots and the like do not count; the French national form (`06 12 34 56 78`) and `00` in front are
    taken as well.
    """
    bare = re.sub(r"[\s.()/-]", "", written)
    found = read(re.sub(r"^00", "+", re.sub(r"^0(?=[1-9][0-9]{8}$)", "33", bare)))
    if found is None:
        raise ValueError(f"not a phone number: {written}")
    return found[0]


def digits(number: str) -> str:
    """The bare digits of a number, for look-ups by people who write a plus or spaces."""
    return re.sub(r"[^0-9]", "", number)
