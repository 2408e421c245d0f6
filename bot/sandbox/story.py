"""What is done in each step of the tour, and how it is recognised, whoever did it."""

import re

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
    if not reviewer(stage):
        await see_the_price(stage)
    await stage.submit(reviewer(stage), "clear")
    await stage.text_on(CARLA)
    await stage.message("delivered")


async def click(stage: Stage) -> None:
    """A click is counted on the card."""
    await stage.town.provider.click(_with_link(stage).message_id)
    await stage.message("1 click")


async def reply(stage: Stage) -> None:
    """An SMS opens a card, and stands in its thread; the next goes into it."""
    await stage.town.provider.reply(CARLA, "Merci ! Jusqu'à quelle heure ?")
    await stage.message("Waiting", "quelle heure")
    await stage.town.provider.reply(CARLA, "Je peux venir vers 19 h.")
    await stage.message("vers 19 h")


async def claim(stage: Stage) -> None:
    """The card says whose it is."""
    opened = await stage.message("unassigned")
    await stage.town.slack.person(BRUNO).click((CHANNEL, opened["ts"]), _button(opened, "Claim"))
    await stage.message("assigned to @bruno")


async def answer(stage: Stage) -> None:
    """Reply opens a form with her last words, a counter and the price."""
    opened = await stage.message("[ Reply ]")
    await stage.close(BRUNO)
    await stage.town.slack.person(BRUNO).click((CHANNEL, opened["ts"]), _button(opened, "Reply"))
    await stage.type(BRUNO, "answer_text", "Jusqu'à 19 h 30, à tout à l'heure !")
    await stage.submit(BRUNO, "close")
    await stage.text_on(CARLA, "19 h 30")
    await stage.message("sent as SMS", "19 h 30")


async def talk_inside(stage: Stage) -> None:
    """A remark stays inside; a line that begins with sms: goes out."""
    thread = (await stage.message("[ Reply ]"))["ts"]
    alice = stage.town.slack.person(ALICE)
    await alice.write(CHANNEL, "Elle est sympa, elle vient souvent.", thread)
    await alice.write(CHANNEL, "sms: Sonnez à la porte de gauche.", thread)
    await stage.text_on(CARLA, "porte de gauche")
    await stage.message("sent as SMS", "porte de gauche")


async def stop(stage: Stage) -> None:
    """Who said STOP is not texted again."""
    if not stage.town.provider.opted_out(CARLA):
        await stage.town.provider.stop(CARLA, "STOP")
    await stage.message("said STOP")
    await stage.close(BRUNO)
    await stage.be_refused(BRUNO, CARLA_TYPED, "Et samedi ?", because="opted out")


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


def _button(message: Json, words: str) -> str:
    """The action id of the button of a message that says ``words``."""
    found = [one["action_id"] for _, one in elements(message["blocks"]) if one["type"] == "button"]
    named = [one["text"]["text"] for _, one in elements(message["blocks"]) if one["type"] == "button"]
    if words not in named:
        raise NotSeenError(f"there is no button {words} any more, so somebody was quicker")
    return str(found[named.index(words)])


def was_claimed(stage: Stage) -> bool:
    """Whether a conversation's card says whose it is."""
    shown = (stage.town.slack.show(message) for message in stage.town.slack.messages(CHANNEL))
    return any(re.search(r"assigned to @\w+", words) for words in shown)


def stacks(stage: Stage) -> dict[str, list[Json]]:
    """Who has forms open, the one on top last."""
    return {user: stack for user, stack in stage.town.slack.workspace.modals.stacks.items() if stack}


def reviewer(stage: Stage) -> str:
    """Somebody who sees the price, on top of the form; empty for nobody."""
    return next((user for user, stack in stacks(stage).items() if len(stack) > 1), "")


def _texts(stage: Stage) -> list[Text]:
    return [text for phone in stage.town.provider.phones for text in phone.texts]


def _with_link(stage: Stage) -> Text:
    found = next((text for text in reversed(_texts(stage)) if text.links), None)
    if found is None:
        raise NotSeenError("no SMS with a short link was sent yet, so go back one step")
    return found


def was_clicked(stage: Stage) -> bool:
    """Whether somebody opened a short link."""
    messages = [message for one in stage.town.provider.campaigns.values() for message in one.messages]
    return any(link.clicks for message in messages for link in message.links)


def was_answered(stage: Stage) -> bool:
    """Whether a phone got an SMS after its owner had written one."""
    phones = stage.town.provider.phones
    return any(one.texts and one.replies and one.texts[-1].at > one.replies[0].at for one in phones)


def was_typed(stage: Stage) -> bool:
    """Whether somebody wrote an SMS in a thread."""
    said = [message["text"] for message in stage.town.slack.world.channels[CHANNEL].messages]
    typed = [text.partition(":")[2].strip() for text in said if text.casefold().startswith("sms:")]
    return any(text.text in typed for text in _texts(stage))


def was_decided(stage: Stage) -> bool:
    """Whether a campaign that was held has come to its end."""
    held = [one for one in stage.town.provider.campaigns.values() if HELD_WORD in one.text]
    return any(one.state in ("sent", "denied") for one in held)
