"""Redis's answers as Python's types: redis-py cannot say that ours are bytes, since a client may be set to decode."""

from collections.abc import Iterable


def as_bytes(answer: object) -> bytes:
    """Raises TypeError for anything else, which would be a client that decodes."""
    if not isinstance(answer, bytes):
        raise TypeError(f"Redis answered {type(answer).__name__} where bytes were due")
    return answer


def as_text(answer: object) -> str:
    """Bytes, decoded."""
    return as_bytes(answer).decode()


def as_texts(answers: Iterable[object]) -> list[str]:
    """Each, decoded."""
    return [as_text(answer) for answer in answers]
