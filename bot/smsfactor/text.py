"""How a text is billed: its alphabet, its segments, what forces the dear one, and the rewrite that avoids it.

An SMS in the GSM-7 alphabet holds 160 characters, 153 in each part of a longer one (SMSFactor docs, about
SMS); with a single character outside of it the whole text goes out as Unicode and holds 70, 67 in parts
(docs, and 3GPP TS 23.038 and 23.040). Everything here is linear in the length of the text.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

SHORT_LINK = "<-short->"
"""Stands in a text for one tracked link (SMSFactor docs, send/short-url)."""
STOP_SUFFIX = 16
"""Characters of the STOP mention that SMSFactor glues to marketing (SMSFactor FAQ)."""
SHORT_LINK_LENGTH = 25
"""Characters planned for a tracked link; the length is not documented, 21 were seen."""

# 3GPP TS 23.038, table 6.2.1 without the escape, and the extension table, whose characters take two septets.
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = "\f^{}\\[~]|€"
_GSM7 = frozenset(_BASIC + _EXTENSION)

_IS_GSM7 = re.compile(f"[{re.escape(_BASIC + _EXTENSION)}]*")
_TWO_SEPTETS = re.compile(f"[{re.escape(_EXTENSION)}]")
_TWO_UTF16_UNITS = re.compile("[\U00010000-\U0010ffff]")

# Enough of grapheme clusters to show an emoji or an accented letter whole: a flag, or any character outside
# GSM-7, or one inside that is modified; with its modifiers (accents, variation selectors, skin tones, tags)
# and what a zero-width joiner ties to it.
_MODIFIER = (
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
    "\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]|\u200d."
)
_FORCING = re.compile(
    f"(?:[\U0001f1e6-\U0001f1ff]{{2}}|[^{re.escape(_BASIC + _EXTENSION)}]|.(?={_MODIFIER}))(?:{_MODIFIER})*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Measure:
    """What a text takes.

    `units` are septets or UTF-16 code units, with the STOP mention and short links counted. `left` are the
    units still free in the last segment, `forcing` the characters because of which it is Unicode, each once,
    in the order of the text.
    """

    alphabet: Literal["GSM-7", "Unicode"]
    units: int
    segments: int
    left: int
    forcing: tuple[str, ...]


def measure(text: str, *, marketing: bool = False) -> Measure:
    """Measure a text before it is sent; an empty one takes nothing, with or without a STOP mention."""
    if not text:
        return Measure("GSM-7", 0, 0, 160, ())
    # Neither the link nor the mention holds a two-unit character, so any filler of their length stands for
    # them.
    whole = text.replace(SHORT_LINK, "x" * SHORT_LINK_LENGTH) + "x" * (STOP_SUFFIX if marketing else 0)
    if _IS_GSM7.fullmatch(whole):
        units, segments, left = _fill(whole, _TWO_SEPTETS, single=160, part=153)
        return Measure("GSM-7", units, segments, left, ())
    units, segments, left = _fill(whole, _TWO_UTF16_UNITS, single=70, part=67)
    return Measure("Unicode", units, segments, left, tuple(dict.fromkeys(_FORCING.findall(text))))


def _fill(text: str, wide: re.Pattern[str], *, single: int, part: int) -> tuple[int, int, int]:
    """Units, segments, room left. A character of two units that does not fit whole begins the next part."""
    wides = [match.start() for match in wide.finditer(text)]
    units = len(text) + len(wides)
    if units <= single:
        return units, 1, single - units
    padding = 0  # units left empty at the end of parts, so far
    for before, place in enumerate(wides):
        if (place + before + padding) % part == part - 1:
            padding += 1
    segments = -(-(units + padding) // part)
    return units, segments, segments * part - units - padding


# What NFKD does not know or would get wrong. A backtick and an acute accent are typed as apostrophes.
_REWRITES = {
    **dict.fromkeys("’‘‚‛′´`ʼ", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‹", "<"),
    **dict.fromkeys("›", ">"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("•·", "-"),
    **dict.fromkeys("\u200b\u2060\ufeff\u00ad", ""),  # widthless spaces and the soft hyphen
    **dict.fromkeys("\u2028\u2029\u0085", "\n"),
    "\t": " ",
    "œ": "oe",
    "Œ": "OE",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ı": "i",
    "×": "x",
    "→": "->",
    "←": "<-",
    "⁄": "/",
    "™": "TM",
}
_ACCENTS_ON_GSM7 = re.compile(f"(?<=[{re.escape(_BASIC + _EXTENSION)}])[\u0300-\u036f]+")
_NUMERO = re.compile("(?<=[nN])[°º]")


def plain(text: str) -> str:
    """The text in GSM-7 as far as nothing that matters is lost; what cannot be rewritten stays as it is.

    Accents that GSM-7 lacks are dropped (ê → e, ç → c), typographic signs become their typewriter forms. A
    superscript digit or a fraction stays: 10² must not become 102.
    """
    composed = unicodedata.normalize("NFC", text)
    rewritten = _NUMERO.sub("o", composed).translate(_TABLE)
    return _ACCENTS_ON_GSM7.sub("", rewritten)


def _rewrite(character: str) -> str:
    if character in _GSM7:
        return character
    if character in _REWRITES:
        return _REWRITES[character]
    tag = unicodedata.decomposition(character).partition(" ")[0]
    if tag == "<fraction>" or (tag in ("<super>", "<sub>") and not character.isalpha()):
        return character
    parts = unicodedata.normalize("NFKD", character)
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    rewritten = "".join(_REWRITES.get(part, part) for part in bare)
    # A spacing accent (¨) decomposes to a space and its mark: then the mark was what mattered.
    if not rewritten or not _GSM7.issuperset(rewritten) or (parts[0] == " " and len(parts) > 1):
        return character
    return rewritten


class _Table(dict[int, str]):
    """For `str.translate`: code point → its rewrite, worked out when a character is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = rewritten = _rewrite(chr(code))
        return rewritten


_TABLE = _Table()
