"""What the rooms may ask of the clock: work to do now, or at a time, once per key."""

from datetime import datetime
from typing import Protocol


class Agenda(Protocol):
    """Work that outlives this process. Arguments are ids and words: they are kept in Redis."""

    async def add(self, job: str, *args: str, key: str) -> None:
        """Do ``job`` as soon as a worker is free; a second add of a key that still waits changes nothing."""

    async def add_at(self, when: datetime, job: str, *args: str, key: str) -> None:
        """Do ``job`` at ``when``; a second add of the key changes nothing."""

    async def cancel(self, key: str) -> None:
        """Forget the work under ``key``, unless it has begun."""
