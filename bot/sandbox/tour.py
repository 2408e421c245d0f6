"""The story that the guide tells: what a team does with the desk in its first hour, step by step."""

from bot.sandbox.guide import Step
from bot.sandbox.slack.forms import elements
from bot.sandbox.slack.world import Json
from bot.sandbox.smsfactor import Text
from bot.sandbox.stage import NotSeenError, Stage
from bot.sandbox.town import CHANNEL, HELD_WORD, LOW

ALICE, BRUNO, GUEST = "U0ALICE", "U0BRUNO", "U0GUEST"
CARLA, DAN = "33612345678", "33698765432"
CARLA_TYPED, DAN_TYPED = "06 12 34 56 78", "06 98 76 54 32"
PARCEL = (
    "Bonjour Carla, votre colis est prêt ! Il vous attend jusqu'à samedi, 19 h. Suivi : https://example.com/colis/42"
)
MEETING = "Bonjour Dan, on se voit demain à 9 h ?"
LUCK = f"Dan, ce soir on va au {HELD_WORD} ?"
HOUR = 3_600.0


# What each step does


async def open_form(stage: Stage) -> None:
    """/sms send."""
    await stage.close(ALICE)
    await stage.command(ALICE, "send")


async def see_the_price(stage: Stage) -> None:
    """The review, on top of the form."""
    await open_form(stage)
    await stage.submit(ALICE, "push", to=CARLA_TYPED, text=PARCEL, options=["links"])


async def send(stage: Stage) -> None:
    """Confirmed: the SMS, and its card."""
    if not _reviewer(stage):
        await see_the_price(stage)
    await stage.submit(_reviewer(stage), "clear")
    await stage.text_on(CARLA)
    await stage.message("delivered")


async def click(stage: Stage) -> None:
    """A click is counted on the card."""
    await stage.town.provider.click(_with_link(stage).message_id)
    await stage.message("1 click")


async def reply(stage: Stage) -> None:
    """A reply opens a thread, the next goes into it."""
    await stage.town.provider.reply(CARLA, "Merci ! Jusqu'à quelle heure ?")
    await stage.message("wrote", "quelle heure")
    await stage.town.provider.reply(CARLA, "Je peux venir vers 19 h.")
    await stage.message("vers 19 h")


async def answer(stage: Stage) -> None:
    """The button under her words opens the form with her number in it."""
    opened = await stage.message("wrote")
    action = next(one["action_id"] for _, one in elements(opened["blocks"]) if one["type"] == "button")
    await stage.close(BRUNO)
    await stage.town.slack.person(BRUNO).click((CHANNEL, opened["ts"]), action)
    await stage.submit(BRUNO, "push", text="Jusqu'à 19 h 30, à tout à l'heure !")
    await stage.submit(BRUNO, "clear")
    await stage.text_on(CARLA, "19 h 30")


async def stop(stage: Stage) -> None:
    """Who said STOP is not texted again."""
    if not stage.town.provider.opted_out(CARLA):
        await stage.town.provider.stop(CARLA, "STOP")
    await stage.message("said STOP")
    await stage.close(BRUNO)
    await stage.be_refused(BRUNO, CARLA_TYPED, "Et samedi ?", because="STOP")


async def not_twice(stage: Stage) -> None:
    """The same words within the hour are refused; an hour later they are not."""
    await stage.close(BRUNO)
    await stage.write_sms(BRUNO, DAN_TYPED, MEETING)
    await stage.text_on(DAN, MEETING)
    await stage.be_refused(BRUNO, DAN_TYPED, MEETING, because="free again at")
    await stage.town.jump(HOUR + 60)
    await stage.submit(BRUNO, "push")


async def be_held(stage: Stage) -> None:
    """Held is not failed: nothing is sent twice because of it."""
    await stage.close(BRUNO)
    await stage.write_sms(BRUNO, DAN_TYPED, LUCK)
    await stage.message("Held", LUCK)
    held = [each for each in stage.town.provider.campaigns.values() if each.state == "moderation"]
    await stage.town.provider.release(held[-1].ticket)
    await stage.text_on(DAN, LUCK)
    await stage.message("delivered", LUCK)


async def turn_a_guest_away(stage: Stage) -> None:
    """Guests may read the channel and no more."""
    result = await stage.command(GUEST, "send")
    if result.view:
        raise NotSeenError("a form was opened for a guest")


async def run_low(stage: Stage) -> None:
    """The provider's alert, told in the channel."""
    if stage.town.provider.credits < LOW:
        stage.town.provider.credits = 2 * LOW
    stage.town.provider.credits = LOW - 50
    await stage.message("Low balance")


# How each step is recognised, whoever did it


def _stacks(stage: Stage) -> dict[str, list[Json]]:
    """Who has forms open, the one on top last."""
    return {user: stack for user, stack in stage.town.slack.workspace.modals.stacks.items() if stack}


def _reviewer(stage: Stage) -> str:
    """Somebody who sees the price, on top of the form; empty for nobody."""
    return next((user for user, stack in _stacks(stage).items() if len(stack) > 1), "")


def _texts(stage: Stage) -> list[Text]:
    return [text for phone in stage.town.provider.phones for text in phone.texts]


def _with_link(stage: Stage) -> Text:
    found = next((text for text in reversed(_texts(stage)) if text.links), None)
    if found is None:
        raise NotSeenError("no SMS with a short link was sent yet, so go back one step")
    return found


def _was_clicked(stage: Stage) -> bool:
    messages = [message for one in stage.town.provider.campaigns.values() for message in one.messages]
    return any(link.clicks for message in messages for link in message.links)


def _was_answered(stage: Stage) -> bool:
    """Whether a phone got an SMS after its owner had written one."""
    phones = stage.town.provider.phones
    return any(one.texts and one.replies and one.texts[-1].at > one.replies[0].at for one in phones)


def _was_decided(stage: Stage) -> bool:
    """Whether a campaign that was held has come to its end."""
    held = [one for one in stage.town.provider.campaigns.values() if HELD_WORD in one.text]
    return any(one.state in ("sent", "denied") for one in held)


STEPS = (
    Step(
        "Write an SMS",
        ALICE,
        "The desk lives in Slack. Everything starts with one command, in any channel that the desk is in.",
        "In #sms, type /sms send and press Enter.",
        open_form,
        lambda stage: bool(_stacks(stage)),
    ),
    Step(
        "See the price before you pay",
        ALICE,
        "Before anything leaves, the desk says what it costs, whom it really reaches, and why a text got longer than "
        "it needs to be.",
        f"Write to {CARLA_TYPED}, with a text that has a link in it. Tick “Shorten links”, then press Continue.",
        see_the_price,
        lambda stage: bool(_reviewer(stage)),
    ),
    Step(
        "Send it, once",
        ALICE,
        "Carla's phone has it. In #sms stands one card, which stays up to date: accepted, then delivered. Three "
        "clicks on the same button still send one SMS.",
        "Press Send. Look at the phone at the right and at the card in #sms.",
        send,
        lambda stage: stage.newest("delivered") is not None,
    ),
    Step(
        "Who clicked?",
        ALICE,
        "Links are shortened for each person, so the card counts clicks and people.",
        "On Carla's phone, click the short link.",
        click,
        _was_clicked,
    ),
    Step(
        "Carla writes back",
        ALICE,
        "Her answer opens a thread in #sms; what she writes next goes into it. Her number is masked.",
        "On Carla's phone, type an answer and press Enter.",
        reply,
        lambda stage: stage.newest("wrote") is not None,
    ),
    Step(
        "Answer her",
        BRUNO,
        "Anybody in the team can answer. What people say to each other in the thread stays inside: only this button "
        "writes to Carla.",
        "Press Answer under her words, write, Continue, Send.",
        answer,
        _was_answered,
    ),
    Step(
        "STOP means stop",
        BRUNO,
        "Who said STOP is never texted again, by nobody and from nowhere in the desk.",
        f"On Carla's phone, press “Say STOP”. Then try to write to {CARLA_TYPED} again.",
        stop,
        lambda stage: stage.said("STOP"),
    ),
    Step(
        "Not twice in an hour",
        BRUNO,
        "Networks block who repeats himself. The desk keeps count for each number, and says when it is free again.",
        f"Send {DAN_TYPED} a text, then the same once more. Move the clock on by an hour and press Continue again.",
        not_twice,
        lambda stage: stage.said("free again at") and stage.town.ahead >= HOUR,
    ),
    Step(
        "Held is not failed",
        BRUNO,
        "SMSFactor looks at some texts before they leave. The card says so, the desk waits, and sends nothing twice.",
        f"Send {DAN_TYPED} a text with the word “{HELD_WORD}”. Then, under Provider, let it go or refuse it.",
        be_held,
        _was_decided,
    ),
    Step(
        "Guests look on",
        GUEST,
        "Guests, other companies in a shared channel and other bots cannot send, wherever they click.",
        "At the top left, become Gaston, who is a guest. Type /sms send.",
        turn_a_guest_away,
        lambda stage: bool(stage.town.slack.person(GUEST).ephemerals),
    ),
    Step(
        "Before the credits run out",
        ALICE,
        "SMS cost credits. When they run low, the team hears of it in time, once.",
        f"Under Provider, set the credits to a number below {LOW}.",
        run_low,
        lambda stage: stage.newest("Low balance") is not None,
    ),
)
