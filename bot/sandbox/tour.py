"""The tour: what a team does with the desk in its first hour, through the real interfaces, told as it happens."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.sandbox.slack import NotOnScreenError, Result
from bot.sandbox.stage import NotSeenError, Stage

ALICE, BRUNO, GUEST = "U0ALICE", "U0BRUNO", "U0GUEST"
CARLA, DAN = "33612345678", "33698765432"
PARCEL = (
    "Bonjour Carla, votre colis est prêt ! Il vous attend jusqu'à samedi, 19 h. Suivi : https://example.com/colis/42"
)
MEETING = "Bonjour Dan, on se voit demain à 9 h ?"
CODE = "Carla, le code de la porte est 2580. A demain !"
SENDS = 3  # requests to send that a whole tour makes


class TourError(Exception):
    """The tour came to a halt: the step, and what was to be seen instead."""


@dataclass(frozen=True, slots=True)
class Step:
    """``play`` does what ``story`` announces, waits for what comes of it, and shows it."""

    title: str
    story: str
    play: Callable[[Stage], Awaitable[None]]


async def take_tour(stage: Stage) -> None:
    """Play every step. Raises ``TourError`` at the first one that does not show what it should."""
    for number, step in enumerate(STEPS, start=1):
        stage.screen.heading(f"{number} of {len(STEPS)} · {step.title}", step.story)
        try:
            await step.play(stage)
        except (NotSeenError, NotOnScreenError, TimeoutError) as error:
            raise TourError(f"Step {number}, {step.title}: {error}") from error
        if stage.slack.refused:
            first = stage.slack.refused[0]
            raise TourError(f"Step {number}, {step.title}: Slack refused {first.where}: {first.error} {first.messages}")


# Writing


async def ask_for_help(stage: Stage) -> None:
    """/sms help."""
    stage.screen.show(stage.private(ALICE, await stage.command(ALICE, "help")))


async def write_a_wrong_number(stage: Stage) -> None:
    """The form, and an error under the field that can mend it."""
    await stage.command(ALICE, "send")
    refused = await stage.submit(ALICE, to="06 12 34 56 78, 06 98 76", text=PARCEL, options=["links"])
    if "to" not in refused.errors:
        raise NotSeenError(f"there is no error under the numbers, but {refused.errors or refused.action}")
    stage.screen.show(stage.form(ALICE, refused.errors))


async def look_before_sending(stage: Stage) -> None:
    """The review: what it costs, whom it reaches."""
    _must_be(await stage.submit(ALICE, to="06 12 34 56 78"), "push")
    stage.screen.show(stage.form(ALICE))


async def send(stage: Stage) -> None:
    """Confirmed: the SMS, and its card."""
    _must_be(await stage.submit(ALICE), "clear")
    arrived = await stage.text_on(CARLA, "votre colis")
    card = await stage.message("Accepted", "votre colis")
    stage.screen.show(stage.posted(card), stage.phone(CARLA, arrived.text))


# What comes back


async def receive_a_receipt(stage: Stage) -> None:
    """A receipt edits the card."""
    await stage.provider.receipt(_last_message(stage, CARLA))
    card = await stage.message("1 delivered", "votre colis")
    stage.screen.show(stage.posted(card, "#sms, the same message, edited"))


async def receive_a_click(stage: Stage) -> None:
    """A click is counted on the card."""
    await stage.provider.click(_last_message(stage, CARLA))
    card = await stage.message("1 click", "votre colis")
    stage.screen.show(stage.posted(card, "#sms, the same message, edited"))


async def receive_replies(stage: Stage) -> None:
    """A reply opens a thread, the next goes into it."""
    first, second = "Merci ! Jusqu'à quelle heure ?", "Je peux venir vers 19 h."
    await stage.provider.reply(CARLA, first)
    opened = await stage.message("wrote", first)
    stage.screen.show(stage.posted(opened), stage.phone(CARLA, first, said=True))
    await stage.provider.reply(CARLA, second)
    added = await stage.message(second)
    if added.get("thread_ts") != opened["ts"]:
        raise NotSeenError("the second reply is not in the thread of the first")
    stage.screen.show(stage.posted(added, "#sms, in that thread"), stage.phone(CARLA, second, said=True))


# What is not sent


async def receive_a_stop(stage: Stage) -> None:
    """Who said STOP is told, and not texted again."""
    await stage.command(BRUNO, f"send 06 98 76 54 32 {MEETING}")
    _must_be(await stage.submit(BRUNO), "push")
    _must_be(await stage.submit(BRUNO), "clear")
    arrived = await stage.text_on(DAN, MEETING)
    stage.screen.show(stage.phone(DAN, arrived.text))
    await stage.provider.stop(DAN, "STOP")
    told = await stage.message("said STOP")
    stage.screen.show(stage.posted(told), stage.phone(DAN, "STOP", said=True))
    await stage.command(BRUNO, "send +33 6 98 76 54 32 Et jeudi ?")
    await _refused(stage, BRUNO, "to", "STOP")


async def meet_the_flood_window(stage: Stage) -> None:
    """The same text again, within the hour."""
    await stage.command(ALICE, "send")
    await _refused(stage, ALICE, "to", "free again at", to="0033 6 12 34 56 78", text=PARCEL, options=["links"])


async def turn_a_guest_away(stage: Stage) -> None:
    """Guests may read the channel and no more."""
    result = await stage.command(GUEST, "send")
    if result.view:
        raise NotSeenError("a form was opened for a guest")
    stage.screen.show(stage.private(GUEST, result))


# Asking


async def run_low(stage: Stage) -> None:
    """The provider's alert, and the balance when somebody asks."""
    stage.provider.credits = 450
    told = await stage.message("Low balance")
    stage.screen.show(stage.posted(told))
    stage.screen.show(stage.private(ALICE, await stage.command(ALICE, "balance")))


async def ask_about_campaigns(stage: Stage) -> None:
    """The last campaigns, one in full, the desk's state, and a word that does not exist."""
    parcel = _last_message(stage, CARLA).rpartition("-")[0]
    for words in ("campaigns", f"campaign {parcel}", "status", "blance"):
        stage.screen.say(f"\n/sms {words}", "bold")
        stage.screen.show(stage.private(ALICE, await stage.command(ALICE, words)))


async def be_held(stage: Stage) -> None:
    """Held is not failed: nothing is sent twice because of it."""
    stage.provider.moderate_next = "release"
    await stage.command(ALICE, f"send 06.12.34.56.78 {CODE}")
    _must_be(await stage.submit(ALICE), "push")
    _must_be(await stage.submit(ALICE), "clear")
    held = await stage.message("Held", CODE)
    stage.screen.show(stage.posted(held))
    ticket = list(stage.provider.campaigns)[-1]
    await stage.provider.release(ticket)
    arrived = await stage.text_on(CARLA, CODE)
    await stage.provider.receipt(arrived.message_id)
    card = await stage.message("1 delivered", CODE)
    stage.screen.say("\nSomebody at SMSFactor lets it go. The receipt says that it arrived:")
    stage.screen.show(stage.posted(card, "#sms, the same message, edited"), stage.phone(CARLA, arrived.text))


STEPS = (
    Step("Help", "Alice types `/sms help`.", ask_for_help),
    Step(
        "A form, and a wrong number",
        "Alice types `/sms send`, fills the form and presses Continue. One of the two numbers is too short.",
        write_a_wrong_number,
    ),
    Step(
        "What it will cost",
        "Alice takes it out and presses Continue again. Nothing is sent yet.",
        look_before_sending,
    ),
    Step("It goes out", "Alice confirms. The SMS reaches Carla, and everybody in #sms sees its card.", send),
    Step("It arrived", "The operator reports that Carla's phone has it.", receive_a_receipt),
    Step("A click", "Carla opens the short link.", receive_a_click),
    Step("Replies", "Carla answers, and answers again.", receive_replies),
    Step("STOP", "Bruno texts Dan. Dan does not want that. Later, Bruno tries again.", receive_a_stop),
    Step("Not twice", "Alice does not remember that she did, and writes the same to Carla.", meet_the_flood_window),
    Step("Guests", "Gaston is a guest in this workspace, and types `/sms send`.", turn_a_guest_away),
    Step("Credits", "The credits run low, and SMSFactor says so. Alice asks how many are left.", run_low),
    Step("Campaigns and status", "Alice looks around.", ask_about_campaigns),
    Step("Held", "Alice sends a code, and SMSFactor's moderation wants to see it first.", be_held),
)


def _must_be(result: Result, action: str) -> None:
    if result.action != action:
        words = "; ".join(result.errors.values())
        raise NotSeenError(f"the form was answered with {result.action} ({words}), where {action} was due")


async def _refused(stage: Stage, user: str, field: str, words: str, **values: object) -> None:
    """Submit a form that must be refused under ``field``, show it, and close it."""
    result = await stage.submit(user, **values)
    if words not in result.errors.get(field, ""):
        raise NotSeenError(f"“{words}” does not stand under {field}; the answer was {result.errors or result.action}")
    stage.screen.show(stage.form(user, result.errors))
    await stage.slack.person(user).close(everything=True)


def _last_message(stage: Stage, number: str) -> str:
    """The id of the SMS that this phone got last."""
    return stage.provider.texts(number)[-1].message_id
