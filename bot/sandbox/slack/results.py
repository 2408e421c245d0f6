"""What a person sees after having done something."""

from dataclasses import dataclass, field

from bot.sandbox.slack.courier import Delivery
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.modals import Modals, Trigger
from bot.sandbox.slack.world import Json


@dataclass
class Result:
    """The outcome of a command, click, submission or shortcut.

    `status`: HTTP status of the app's answer, None if nothing was sent or no answer came. `elapsed`: seconds.
    `problem`: what Slack shows when the app failed. `answer`: the message in the answer to a command.
    `errors`: words under the inputs, block_id -> text. `action`: close, update, push, clear, errors.
    """

    status: int | None = None
    elapsed: float = 0.0
    problem: str | None = None
    answer: Json | None = None
    errors: dict[str, str] = field(default_factory=dict)
    action: str | None = None
    delivery: Delivery | None = None
    _trigger: Trigger | None = None
    _modals: Modals | None = None

    @classmethod
    def of(cls, delivery: Delivery, trigger: Trigger | None = None, modals: Modals | None = None) -> "Result":
        """The plain outcome of one delivery."""
        problem = None
        if not delivery.ok:
            problem = "operation_timeout" if delivery.reason == "timeout" else "dispatch_failed"
        return cls(
            delivery.status,
            delivery.elapsed,
            problem,
            delivery=delivery,
            _trigger=trigger,
            _modals=modals,
        )

    @property
    def view(self) -> Json | None:
        """The view that the app opened for this act, as it is now; None if it opened none or it is closed."""
        if self._trigger is None or self._modals is None or self._trigger.opened is None:
            return None
        try:
            return self._modals.find(view_id=self._trigger.opened)
        except SlackError:
            return None
