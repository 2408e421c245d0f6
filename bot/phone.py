"""What people type as phone numbers → E.164 digits; and how a number is shown: masked, or whole in private.

Inside the bot a number is its E.164 digits without ``+``, e.g. ``33612345678``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    NumberParseException,
    PhoneMetadata,
    PhoneNumberFormat,
    country_code_for_region,
    format_number,
    is_possible_number,
    is_valid_number,
    parse,
)

# Slack turns a typed number into <tel:+33612345678|06 12 34 56 78> (Slack docs, "Formatting message text").
_TEL_LINK = re.compile(r"<tel:([^|<>]*)(?:\|([^<>]*))?>")
# Always between two numbers, never inside one: commas, quotes of spreadsheet files, tabs, ends of lines.
_SEPARATORS = re.compile(r'[,;|"\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+')
# Inside a number or between two: spaces of all kinds, dashes, slashes, bullets, and the invisible marks (soft
# hyphen, joiners, direction marks, byte order mark) that come along when a number is copied.
_SPACES = "".join(character for character in map(chr, range(0x3001)) if character.isspace())
_MARKS = "-‐‑‒–—―−/·•"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_TRIM = _SPACES + _MARKS + _INVISIBLE
_FILLING = _TRIM + ".()"
_STRANGE = re.compile(rf"[^\d+{re.escape(_FILLING)}]")
_DIGITS_OR_PLUS = re.compile(r"\d+|\+")

DIGITS_OF_A_NAME = 5
_WRITTEN_MIN, _WRITTEN_MAX = (
    7,
    18,
)  # characters that matter; ITU-T E.164 has 15 digits at most, some write 00 and (0)
_DOT = "•"
_NATIONAL_MIN_TO_MASK = 6  # digits; of fewer, the first and the last two would give the number away


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a text holds: valid numbers in the order typed, what is none, as typed, and how many repeats."""

    valid: tuple[str, ...]
    wrong: tuple[str, ...]
    repeated: int


@dataclass(frozen=True, slots=True)
class _Token:
    """A group of digits, a plus sign, or ("") a word that cannot be part of a number; and where it stands."""

    written: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Habits:
    """How a region writes its numbers in several groups: the characters they begin with, and how many digits.

    Where national numbers begin with 0, groups that do not are not put together: with a digit missing in one
    number, the rest of it and the beginning of the next could make a third that nobody typed.
    """

    first_characters: str
    lengths: frozenset[int]


def read(text: str, region: str = "FR") -> Numbers:
    """Find every number in ``text``, whatever stands between and inside them.

    Numbers may be separated by commas, semicolons, lines or plain spaces; each is national to ``region``
    (ISO 3166) or international (``+33…``, ``0033…``, ``33…``). All that is typed, save separators, ends in
    ``valid`` or in ``wrong``. Raises ValueError for an unknown region.
    """
    if PhoneMetadata.metadata_for_region(region) is None:
        raise ValueError(f"there is no region {region!r}")
    valid: dict[str, None] = {}
    wrong: list[str] = []
    repeated = 0
    unlinked = _TEL_LINK.sub(lambda link: f"\n{link[2] or link[1]}\n", text)
    for piece in _SEPARATORS.split(unlinked):
        for number, typed in _read_piece(piece, region):
            if number is None:
                wrong.append(typed)
            elif number in valid:
                repeated += 1
            else:
                valid[number] = None
    return Numbers(tuple(valid), tuple(wrong), repeated)


def holds_number(name: str) -> bool:
    """Whether a name holds so many digits that it may be a number, which nobody shall read in a channel."""
    return sum(map(str.isdecimal, name)) > DIGITS_OF_A_NAME


def mask(number: str) -> str:
    """``33612345678`` → ``+33 6 •• •• •• 78``: country, first digit, last two. Never raises.

    Of what is no number (a short code, a sender's name) only the last two characters are shown.
    """
    plain = number.strip().removeprefix("+")
    code = _country_code(plain)
    national = plain[len(code) :]
    if not code or len(national) < _NATIONAL_MIN_TO_MASK:
        hidden = len(plain) - 2 if len(plain) > 2 else len(plain)
        return _DOT * hidden + plain[hidden:]
    dots = _DOT * (len(national) - 3)
    pairs = " ".join(dots[at : at + 2] for at in range(0, len(dots), 2))
    return f"+{code} {national[0]} {pairs} {national[-2:]}"


def show(number: str) -> str:
    """``33612345678`` → ``+33 6 12 34 56 78``, in private. What is no number comes back as it is."""
    if not _country_code(number):
        return number
    try:
        parsed = parse(f"+{number}")
    except NumberParseException:
        return number
    return format_number(parsed, PhoneNumberFormat.INTERNATIONAL) if is_possible_number(parsed) else number


def digits(number: str | int, region: str = "FR") -> str:
    """The canonical form of a number from the provider: ``"336…"``, ``336…``, ``"+336…"``, ``"06…"``.

    A short code or a sender's name is no such number and comes back as it is, trimmed.
    """
    written = str(number).strip()
    if _country_code(written):
        return written
    return _valid_number(written, region) or written.removeprefix("+")


def _read_piece(piece: str, region: str) -> Iterator[tuple[str | None, str]]:
    """Yield (number or None, as typed) for what stands between two separators."""
    tokens = list(_tokens(piece))
    typed_from = 0
    for first, end, number in _spans(tokens, region):
        yield from _wrong(piece[typed_from : tokens[first].start])
        typed_from = tokens[end - 1].end
        yield number, piece[tokens[first].start : typed_from]
    yield from _wrong(piece[typed_from:])


def _wrong(typed: str) -> Iterator[tuple[None, str]]:
    if typed.strip(_FILLING):
        yield None, typed.strip(_TRIM)


def _tokens(piece: str) -> Iterator[_Token]:
    for word in re.finditer(r"\S+", piece):
        if _STRANGE.search(word[0]):
            yield _Token("", word.start(), word.end())
            continue
        for part in _DIGITS_OR_PLUS.finditer(word[0]):
            yield _Token(part[0], word.start() + part.start(), word.start() + part.end())


def _spans(tokens: list[_Token], region: str) -> list[tuple[int, int, str]]:
    """Cut tokens into (first, end, number) so that as few characters as possible belong to no number.

    Reading from the left fails where numbers have no fixed length: in ``+49 30 123456 06 12 34 56 78`` the
    first could swallow the ``06``. So the best reading of what follows a token is worked out from the right.
    """
    written = "".join(token.written for token in tokens)
    if all(token.written for token in tokens) and written.rfind("+") <= 0 and len(written) <= _WRITTEN_MAX:
        whole = _valid_number(written, region)
        if whole:
            return [(0, len(tokens), whole)]
    cost = [0] * (len(tokens) + 1)
    choice: list[tuple[int, str | None]] = []
    for first in reversed(range(len(tokens))):
        token = tokens[first]
        cost[first] = cost[first + 1] + token.end - token.start
        best: tuple[int, str | None] = (first + 1, None)
        for end, number in _numbers_from(tokens, first, region):
            if cost[end] < cost[first]:
                cost[first], best = cost[end], (end, number)
        choice.append(best)
    choice.reverse()
    spans = []
    at = 0
    while at < len(tokens):
        end, found = choice[at]
        if found:
            spans.append((at, end, found))
        at = end
    return spans


def _numbers_from(tokens: list[_Token], first: int, region: str) -> Iterator[tuple[int, str]]:
    """Yield (end, number) for every valid number that can be read from ``first`` on."""
    habits = _habits(region)
    written = ""
    for end in range(first + 1, len(tokens) + 1):
        part = tokens[end - 1].written
        if not part or (part == "+" and written) or len(written) + len(part) > _WRITTEN_MAX:
            return
        written += part
        alone = end == first + 1
        if len(written) >= _WRITTEN_MIN and (alone or _could_be_number(written, habits)):
            number = _valid_number(written, region)
            if number:
                yield end, number
        if written[0] not in habits.first_characters:
            return


def _could_be_number(written: str, habits: _Habits) -> bool:
    """Whether groups of digits, put together, have a number's length: much cheaper than the full check."""
    if not written.startswith(("+", "00")):
        return len(written) in habits.lengths
    international = written[1:] if written[0] == "+" else written[2:]
    code = _country_code(international)
    if not code:
        return False
    national = international[len(code) :]
    lengths = _national_lengths(code)
    return len(national) in lengths or (national.startswith("0") and len(national) - 1 in lengths)


@cache
def _habits(region: str) -> _Habits:
    metadata = PhoneMetadata.metadata_for_region(region)
    prefix = (metadata.national_prefix if metadata else None) or ""
    lengths = _national_lengths(str(country_code_for_region(region)))
    with_prefix = frozenset(length + len(prefix) for length in lengths)
    if prefix == "0":
        return _Habits("+0", with_prefix)
    return _Habits("+0123456789", lengths | with_prefix)


@cache
def _national_lengths(country_code: str) -> frozenset[int]:
    """How many digits may follow this country code."""
    code = int(country_code)
    regions = COUNTRY_CODE_TO_REGION_CODE[code]
    found = [PhoneMetadata.metadata_for_region_or_calling_code(code, region) for region in regions]
    descriptions = [metadata.general_desc for metadata in found if metadata]
    return frozenset(length for description in descriptions if description for length in description.possible_length)


def _country_code(international: str) -> str:
    """The country code that E.164 digits begin with ("" if they do not). No country code begins another."""
    if international.isascii() and international.isdigit() and not international.startswith("0"):
        for length in (1, 2, 3):
            if int(international[:length]) in COUNTRY_CODE_TO_REGION_CODE:
                return international[:length]
    return ""


def _valid_number(written: str, region: str) -> str | None:
    try:
        number = parse(written, region)
    except NumberParseException:
        return None
    if not is_valid_number(number):
        return None
    return format_number(number, PhoneNumberFormat.E164).removeprefix("+")
