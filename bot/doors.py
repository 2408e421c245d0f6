"""The doors of every room: what it listens to, in one table, so that each can be found, checked and called."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.access import Right
from bot.poster import Message
from bot.services import Services
from bot.smsfactor.events import BalanceAlert, Click, Receipt, Reply, Stop
from bot.tempo import Tempo

Answer = Mapping[str, Any] | None  # goes back with the ack; None: an empty ack


@dataclass(frozen=True, slots=True)
class Caller:
    """Who acted, and where."""

    user: str
    channel: str | None
    trigger_id: str


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command: ``/sms <word> <words>``; ``words`` is plain text, as it was typed."""

    caller: Caller
    word: str
    words: str


@dataclass(frozen=True, slots=True)
class Press:
    """A click on a button, a choice, or what was typed: ``value`` is the button's value, the chosen one, or the text.

    ``at``: when, in seconds by Slack's clock; of two acts of one person the later one has more.
    """

    caller: Caller
    action_id: str
    value: str
    view: Mapping[str, Any] | None
    message: Mapping[str, Any] | None
    at: float = 0.0

    @property
    def thread(self) -> str | None:
        """The thread in which to answer who clicked. None on its first message, which they clicked in the channel."""
        message = self.message or {}
        thread = message.get("thread_ts")
        return str(thread) if thread and thread != message.get("ts") else None


@dataclass(frozen=True, slots=True)
class Submission:
    """A submitted form: ``values`` by block id, ``about`` is the private metadata that it was opened with."""

    caller: Caller
    values: Mapping[str, Any]
    about: str
    view: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Closing:
    """A form that somebody closed; ``about`` is the private metadata that it was opened with."""

    caller: Caller
    about: str


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A shortcut; ``text`` is the plain text of the message that it was called on, if it was."""

    caller: Caller
    text: str


@dataclass(frozen=True, slots=True)
class Heard:
    """One webhook of the provider, parsed, with the fingerprint that makes it one."""

    event: Any
    fingerprint: str


CommandListener = Callable[[Services, Command], Awaitable[Answer]]
PressListener = Callable[[Services, Press], Awaitable[None]]
SubmissionListener = Callable[[Services, Submission], Awaitable[Answer]]
ClosingListener = Callable[[Services, Closing], Awaitable[None]]
ShortcutListener = Callable[[Services, Shortcut], Awaitable[None]]
EventListener = Callable[[Services, Mapping[str, Any]], Awaitable[None]]
RelayListener = Callable[[Services, Sequence[Heard]], Awaitable[None]]
Check = Callable[[Services], Awaitable[None]]
CardRenderer = Callable[[Services, str], Awaitable[Message | None]]
Webhook = type[Receipt] | type[Reply] | type[Stop] | type[Click] | type[BalanceAlert]
L = TypeVar("L")


@dataclass(frozen=True, slots=True)
class CommandDoor:
    """A word of ``/sms``, with what /sms help says of it."""

    listener: CommandListener
    usage: str
    does: str
    right: Right


@dataclass(slots=True)
class Doors:
    """Every table; a room fills in its own lines in ``register``. Twice the same id is a mistake, and raises."""

    tempo: Tempo
    commands: dict[str, CommandDoor] = field(default_factory=dict)
    presses: dict[str, tuple[PressListener, Right]] = field(default_factory=dict)
    submissions: dict[str, tuple[SubmissionListener, Right]] = field(default_factory=dict)
    closings: dict[str, ClosingListener] = field(default_factory=dict)
    shortcuts: dict[str, tuple[ShortcutListener, Right]] = field(default_factory=dict)
    events: dict[str, EventListener] = field(default_factory=dict)
    relays: dict[Webhook, RelayListener] = field(default_factory=dict)
    checks: dict[str, tuple[Check, float]] = field(default_factory=dict)
    cards: dict[str, CardRenderer] = field(default_factory=dict)

    def command(
        self, word: str, listener: CommandListener, *, usage: str, does: str, right: Right = Right.MEMBER
    ) -> None:
        """``/sms <word>``; ``usage`` and ``does`` are its line in /sms help."""
        _enter(self.commands, word, CommandDoor(listener, usage, does, right))

    def press(self, action_id: str, listener: PressListener, right: Right = Right.MEMBER) -> None:
        """A button or choice with this action id, in a message or a form."""
        _enter(self.presses, action_id, (listener, right))

    def submission(self, callback_id: str, listener: SubmissionListener, right: Right = Right.MEMBER) -> None:
        """A form with this callback id."""
        _enter(self.submissions, callback_id, (listener, right))

    def closing(self, callback_id: str, listener: ClosingListener) -> None:
        """A form with this callback id that was closed without being submitted; it asks for ``notify_on_close``."""
        _enter(self.closings, callback_id, listener)

    def shortcut(self, callback_id: str, listener: ShortcutListener, right: Right = Right.MEMBER) -> None:
        """A global or message shortcut of the manifest."""
        _enter(self.shortcuts, callback_id, (listener, right))

    def event(self, kind: str, listener: EventListener) -> None:
        """An event of Slack's Events API; the first room has it alone."""
        _enter(self.events, kind, listener)

    def relay(self, webhook: Webhook, listener: RelayListener) -> None:
        """Webhooks of one kind: called with some of them, in order. It may be called again with the same ones."""
        _enter(self.relays, webhook, listener)

    def every(self, seconds: float, name: str, check: Check) -> None:
        """A check on one worker at a time, every so many seconds."""
        _enter(self.checks, name, (check, seconds))

    def card(self, name: str, renderer: CardRenderer) -> None:
        """A card that is rendered when its turn to be posted comes; None: there is nothing to show."""
        _enter(self.cards, name, renderer)


def _enter(table: dict[Any, L], key: Any, line: L) -> None:
    if key in table:
        raise ValueError(f"two rooms want the same door: {key}")
    table[key] = line
