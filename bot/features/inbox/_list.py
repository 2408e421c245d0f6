"""Which conversations somebody sees, in which order, and what is told of those that are shown."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum

from bot import conversation
from bot.services import Services
from bot.store.conversations import Conversation, ConversationState, Text, as_written
from bot.store.inbox import LISTED

WORDS_MAX = 100
RECENT = 5  # SMS of a conversation among which its last one that came in is looked for, and the words of a search


class Show(StrEnum):
    """What is listed. The overview is a little of each."""

    OVERVIEW = "overview"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    WAITING = "waiting"
    SNOOZED = "snoozed"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks to see: of one channel, or ("") of all; with all of these words, or whatever it is.

    It is kept in buttons and forms, so it names conversations by their ids, never by their numbers.
    """

    show: Show = Show.OVERVIEW
    channel: str = ""
    words: str = ""

    @property
    def packed(self) -> str:
        """As it is kept in a button or a view."""
        return json.dumps([self.show, self.channel, self.words[:WORDS_MAX]])

    @classmethod
    def unpack(cls, packed: object) -> "Wanted":
        """From what ``packed`` gave; the overview for what it never gave."""
        try:
            show, channel, words = json.loads(str(packed))
            return cls(Show(show), str(channel), str(words))
        except (ValueError, TypeError):
            return cls()


@dataclass(frozen=True, slots=True)
class Entry:
    """A conversation that is shown. ``last``: the last SMS that came in, ``link``: where its card is ("": nowhere)."""

    about: Conversation
    name: str = ""
    last: Text | None = None
    link: str = ""
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """The first entries of a list that is ``count`` long; ``more`` is how all of it is asked for."""

    title: str
    more: Show
    count: int
    entries: Sequence[Entry] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """All that is shown. ``counts`` know no words, ``longest``: since when the one waits who waits longest (0: nobody),
    ``several``: they stand in more than one channel, ``clipped``: there are more than are looked at, ``zone``: whose
    clock the times follow."""

    wanted: Wanted
    counts: Mapping[Show, int]
    zone: tzinfo
    groups: Sequence[Group] = ()
    longest: float = 0.0
    several: bool = False
    clipped: bool = False


TITLES: Mapping[Show, str] = {
    Show.OVERVIEW: "Overview",
    Show.MINE: "Mine",
    Show.UNASSIGNED: "Unassigned",
    Show.WAITING: "Waiting, the longest first",
    Show.SNOOZED: "Snoozed",
    Show.ALL: "All",
}
OTHERS = "Colleagues', waiting"


async def listing(services: Services, who: str, wanted: Wanted, *, each: int, alone: int) -> Listing:
    """What ``who`` sees: ``alone`` entries of one list, or ``each`` of every one in the overview."""
    found, clipped = await _everybody(services)
    several = len({about.channel for about in found}) > 1
    if wanted.channel:
        found = [about for about in found if about.channel == wanted.channel]
    silent = await services.store.optouts.among([about.number for about in found])
    lists = _arrange(found, who, silent)
    counts = {show: len(those) for show, those in lists.items()}
    longest = lists[Show.WAITING][0].since if lists[Show.WAITING] else 0.0
    if wanted.show is Show.OVERVIEW and not wanted.words:
        others = [about for about in lists[Show.WAITING] if about.owner not in ("", who)]
        chosen = [
            (TITLES[Show.MINE], Show.MINE, lists[Show.MINE]),
            (TITLES[Show.UNASSIGNED], Show.UNASSIGNED, lists[Show.UNASSIGNED]),
            (OTHERS, Show.WAITING, others),
            (TITLES[Show.SNOOZED], Show.SNOOZED, lists[Show.SNOOZED]),
        ]
        most = each
    else:
        show = Show.ALL if wanted.show is Show.OVERVIEW else wanted.show
        chosen = [(TITLES[show], show, await _with_words(services, lists[show], wanted.words))]
        most = alone
    entries = await _entries(services, [about for _, _, those in chosen for about in those[:most]], silent)
    groups = [Group(t, more, len(those), [entries[a.id] for a in those[:most]]) for t, more, those in chosen if those]
    return Listing(wanted, counts, services.settings.timezone, groups, longest, several, clipped)


async def _everybody(services: Services) -> tuple[list[Conversation], bool]:
    """Every conversation that is open or snoozed; and whether there are more than are looked at."""
    store = services.store
    numbers = await store.inbox.numbers()
    found = await store.conversations.sketches(numbers)
    if forgotten := list(set(numbers) - {about.number for about in found}):
        await store.inbox.drop(forgotten)
        for about in await store.conversations.many(forgotten):  # they wrote at this very moment
            await store.inbox.note(about)
    return [about for about in found if about.state is not ConversationState.RESOLVED], len(numbers) >= LISTED


def _arrange(found: Sequence[Conversation], who: str, silent: frozenset[str]) -> dict[Show, list[Conversation]]:
    """Who waits longest first; then where nobody waits, the latest first; then what sleeps, by when it wakes.

    ``silent``: the numbers that opted out; nobody can answer them, so they do not wait.
    """
    waiting = [about for about in found if conversation.waits(about, opted_out=about.number in silent)]
    waiting.sort(key=lambda about: about.since)
    wait = {about.id for about in waiting}
    quiet = [about for about in found if about.state is ConversationState.OPEN and about.id not in wait]
    quiet.sort(key=lambda about: max(about.last_in, about.last_out), reverse=True)
    snoozed = [about for about in found if about.state is ConversationState.SNOOZED]
    snoozed.sort(key=lambda about: (about.owner != who, about.snooze or float("inf")))
    awake = waiting + quiet
    return {
        Show.MINE: [about for about in awake if about.owner == who],
        Show.UNASSIGNED: [about for about in awake if not about.owner],
        Show.WAITING: waiting,
        Show.SNOOZED: snoozed,
        Show.ALL: awake + snoozed,
    }


async def _with_words(services: Services, those: list[Conversation], words: str) -> list[Conversation]:
    """Those with all of these words in their name, masked number or last SMS; or those whose ids they are."""
    if not words or not those:
        return those
    wanted = words.casefold().split()
    if named := [about for about in those if about.id in wanted]:
        return named
    numbers = [about.number for about in those]
    names = await services.store.contacts.names(numbers)
    texts = await services.store.conversations.recent(numbers, RECENT)

    def has_them(about: Conversation) -> bool:
        said = " ".join(text.text for text in texts[about.number])
        where = f"{conversation.called(about, names.get(about.number, ''))} {said}".casefold()
        return all(word in where for word in wanted)

    return [about for about in those if has_them(about)]


async def _entries(services: Services, those: Sequence[Conversation], silent: frozenset[str]) -> dict[str, Entry]:
    """What is told of each, by its id."""
    numbers = [about.number for about in those]
    names = await services.store.contacts.names(numbers)
    texts = await services.store.conversations.recent(numbers, RECENT)
    links = await conversation.links(services, those)
    return {
        about.id: Entry(
            about,
            names.get(about.number, ""),
            _last(texts[about.number]),
            links.get(about.id, ""),
            opted_out=about.number in silent,
        )
        for about in those
    }


def _last(texts: Sequence[Text]) -> Text | None:
    """Their last SMS; what the desk answers by itself must not hide it."""
    theirs = (text for text in reversed(as_written(texts)) if not text.out)
    return next(theirs, texts[-1] if texts else None)
