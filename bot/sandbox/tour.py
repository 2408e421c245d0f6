"""The story that the guide tells: what a team does with the desk in its first hour, step by step."""

from bot.sandbox import story
from bot.sandbox.guide import Step
from bot.sandbox.story import ALICE, BRUNO, CARLA, CARLA_TYPED, DAN, DAN_TYPED, GUEST, HOUR
from bot.sandbox.town import HELD_WORD, LOW

__all__ = ["CARLA", "DAN", "STEPS"]

STEPS = (
    Step(
        "Write an SMS",
        ALICE,
        "The desk lives in Slack. Everything starts with one command, in any channel.",
        "In #sms, type /sms send and press Enter.",
        story.open_form,
        lambda stage: bool(story.stacks(stage)),
    ),
    Step(
        "See the price before you pay",
        ALICE,
        "Before anything leaves, the desk says what it costs, whom it really reaches, and why a text got longer than "
        "it needs to be.",
        f"Write to {CARLA_TYPED}, with a text that has a link in it. Tick “Shorten links”, then press Continue.",
        story.see_the_price,
        lambda stage: bool(story.reviewer(stage)),
    ),
    Step(
        "Send it, once",
        ALICE,
        "Carla's phone has it. In #sms stands one card, which stays up to date: accepted, then delivered. Three "
        "clicks on the same button still send one SMS.",
        "Press “Send to 1 person”. Look at the phone at the right and at the card in #sms.",
        story.send,
        lambda stage: stage.newest("delivered") is not None,
    ),
    Step(
        "Who clicked?",
        ALICE,
        "Links are shortened for each person, so the card counts clicks and people.",
        "On Carla's phone, click the short link.",
        story.click,
        story.was_clicked,
    ),
    Step(
        "Carla writes back",
        ALICE,
        "Her SMS opens a card in #sms, and stands in its thread; what she writes next goes there too. The card says "
        "that she waits, and that nobody has claimed it yet (unassigned). Her number is masked.",
        "On Carla's phone, type an answer and press Enter.",
        story.reply,
        lambda stage: stage.newest("Waiting", "[ Reply ]") is not None,
    ),
    Step(
        "Whose is it?",
        BRUNO,
        "A conversation belongs to somebody. Whoever claims it first has it, and everybody sees that; whoever comes "
        "second is told.",
        "As Bruno, press Claim on her card.",
        story.claim,
        story.was_claimed,
    ),
    Step(
        "Answer her",
        BRUNO,
        "Reply shows her last words, counts characters and credits as you type, and sends one SMS. What became of it "
        "stands in the thread.",
        "Press Reply on her card, write, Send. Then open its thread.",
        story.answer,
        story.was_answered,
    ),
    Step(
        "Between us, and to her",
        ALICE,
        "What you say to each other in the thread stays inside. Only a message that begins with "
        "sms: goes to her phone, and all of it does.",
        "In the thread, write something to Bruno. Then write a message that begins with sms:",
        story.talk_inside,
        story.was_typed,
    ),
    Step(
        "STOP means stop",
        BRUNO,
        "Whoever says STOP is never texted again, whoever tries and wherever in the desk.",
        f"On Carla's phone, press “Say STOP”. Then try to write to {CARLA_TYPED} again.",
        story.stop,
        lambda stage: stage.said("opted out"),
    ),
    Step(
        "Not twice in an hour",
        BRUNO,
        "Networks block senders who repeat themselves. The desk counts what each number gets, and says when it is "
        "free again.",
        f"Send {DAN_TYPED} a text, then the same once more. Move the clock on by an hour and press Continue again.",
        story.not_twice,
        lambda stage: stage.said("free again at") and stage.town.ahead >= HOUR,
    ),
    Step(
        "Held is not failed",
        BRUNO,
        "SMSFactor looks at some texts before they leave. The card says so, the desk waits, and sends nothing twice.",
        f"Send {DAN_TYPED} a text with the word “{HELD_WORD}”. Then, under Provider, press Release or Refuse.",
        story.be_held,
        story.was_decided,
    ),
    Step(
        "Guests look on",
        GUEST,
        "Guests, other companies in a shared channel and other bots cannot send, wherever they click.",
        "At the top left, become Gaston, who is a guest. Type /sms send.",
        story.turn_a_guest_away,
        lambda stage: bool(stage.town.slack.person(GUEST).ephemerals),
    ),
    Step(
        "Before the credits run out",
        ALICE,
        "SMS cost credits. When they run low, the team hears of it in time, once.",
        f"Under Provider, set the credits to a number below {LOW}.",
        story.run_low,
        lambda stage: stage.newest("Low balance") is not None,
    ),
)
