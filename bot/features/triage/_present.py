"""The conversation that a click or a form is about, as it is now, and what every act on it leaves behind."""

from bot import conversation
from bot.errors import Refused
from bot.services import Services
from bot.store.conversations import Conversation, Done

GONE = "This conversation is too old; the desk has forgotten it. Nothing was changed."
ELSEWHERE = "This conversation goes on in a newer thread. Nothing was changed; use the card there."
RESOLVED = "This conversation is resolved, so it cannot be snoozed. Nothing was changed; reopen it first."
NEWS = "They wrote again after what this showed you. Nothing was changed; look at what they wrote first."


async def present(services: Services, subject: str) -> Conversation:
    """``subject`` is its id, or that of one of its cards. Raises ``Refused`` for a card that is not the present one."""
    about = await services.store.conversations.get(subject)
    if about is None:
        raise Refused(GONE)
    if "." in subject and subject != about.subject:
        raise Refused(ELSEWHERE)
    return about


async def finish(
    services: Services, user: str, what: str, outcome: tuple[Done, Conversation | None]
) -> tuple[Done, Conversation]:
    """Somebody did ``what``: it is on record if it changed something, and the card says how it stands in any case."""
    done, about = outcome
    if about is None:
        raise Refused(GONE)
    if done == "done":
        await services.store.audit.record(user, what, about.id)
    await conversation.show(services, about)
    return done, about
