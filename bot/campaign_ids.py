"""The ids of campaigns and of their messages: made up here, and read out of what the provider gives back."""

import hashlib
import secrets

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_ANSWER = "a"


def new_id() -> str:
    """A campaign's id, e.g. ``c7k2m9q``. It is minted when a form opens, and is that form's send key."""
    return "c" + "".join(secrets.choice(_ALPHABET) for _ in range(8))


def answer_id(*about: str) -> str:
    """The id of a campaign that is an answer in a conversation, e.g. ``a7k2m9q…``: the same for the same words.

    It is the answer's send key, so that one form, one message or one day's automatic reply can send one SMS.
    """
    digest = hashlib.blake2b("\0".join(about).encode(), digest_size=10).digest()
    return _ANSWER + "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest)


def message_of(message_id: str | None) -> tuple[str, int] | None:
    """``c7k2m9q-12`` → campaign and index; None for an id that is not ours."""
    campaign, dash, index = (message_id or "").rpartition("-")
    return (campaign, int(index)) if campaign and dash and index.isdecimal() and len(index) < 7 else None


def is_answer(campaign_id: str) -> bool:
    """Whether it is an answer in a conversation; a thousand receipts are told apart without a look into Redis."""
    return campaign_id.startswith(_ANSWER)
