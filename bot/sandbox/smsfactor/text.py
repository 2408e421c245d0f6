"""What a text costs and how it arrives: alphabet, parts, STOP mention, short links.

Counted here by a few lines of our own, so that the bot's own counting is checked against another hand.
"""

from collections.abc import Sequence
from functools import lru_cache

PLACEHOLDER = "<-short->"  # SMSFactor docs, send/short-url
SHORT_HOST = "https://smsf.st/"  # with five characters behind it: 21, as seen in production
CODE_LENGTH = 5

_EXTENDED = frozenset("^{}\\[~]|€\f")
_GSM = _EXTENDED | frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


@lru_cache(maxsize=1024)
def gsm(text: str) -> str:
    """The text in GSM-7: what does not fit arrives as a question mark.

    What the provider does with such characters when `unicode` is 0 is not published; the stand-in takes the
    outcome that a person would notice.
    """
    return "".join(ch if ch in _GSM else "?" for ch in text)


@lru_cache(maxsize=1024)
def segments(text: str, *, unicode: bool) -> int:
    """Billed parts: 160/153 septets, or 70/67 UTF-16 units (SMSFactor docs, about-sms; 67: GSM 03.40).

    A character of two units is never cut in two, so a part may end one unit early.
    """
    if unicode:
        alone, joined, widths = 70, 67, [2 if ord(ch) > 0xFFFF else 1 for ch in text]
    else:
        alone, joined, widths = 160, 153, [2 if ch in _EXTENDED else 1 for ch in text]
    if sum(widths) <= alone:
        return 1
    parts, used = 1, 0
    for width in widths:
        if used + width > joined:
            parts, used = parts + 1, 0
        used += width
    return parts


def short_code(number: int) -> str:
    """The code of the n-th short link ever made, five characters, each one different."""
    code = ""
    for _ in range(CODE_LENGTH):
        number, digit = divmod(number, len(_CODE_ALPHABET))
        code = _CODE_ALPHABET[digit] + code
    return code


def with_links(text: str, codes: Sequence[str]) -> str:
    """The text with its placeholders replaced in order by short addresses."""
    for code in codes:
        text = text.replace(PLACEHOLDER, SHORT_HOST + code, 1)
    return text
