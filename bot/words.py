"""What the desk calls things, the same in every room: how a campaign stands, what became of a message, and why."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.slack.markup import escape, mention
from bot.smsfactor.errors import Declined, SMSFactorError
from bot.smsfactor.text import Measure, measure
from bot.smsfactor.text import plain as without_accents
from bot.store.campaign import Campaign, CampaignState, MessageState
from bot.store.posts import Post, Urgency

NO_CREDITS = -3  # a status of SMSFactor (SMSFactor docs, getting started)
TOP_UP = "there are not enough credits, so nothing was sent or charged. Top up, then send it again."
GIVEN_UP_LOOKING = "given_up_looking"  # stands in ``Campaign.why`` of what nobody looks for any more
LETTERS_NAMED = 8  # of those that make a text dearer


@dataclass(frozen=True, slots=True)
class Headline:
    """How something stands: a sign, the one word for it, and the sentence that the word begins."""

    sign: str
    word: str
    rest: str = ""

    @property
    def words(self) -> str:
        """The sentence, without any dress."""
        return self.word + self.rest

    @property
    def markup(self) -> str:
        """The sentence behind its sign, the word in bold."""
        return f"{self.sign} *{self.word}*{self.rest}"


HEADLINES: Mapping[CampaignState, Headline] = {
    CampaignState.QUEUED: Headline(":hourglass_flowing_sand:", "Queued", ": it goes to SMSFactor in a moment."),
    CampaignState.SENDING: Headline(":hourglass_flowing_sand:", "Being sent", ": SMSFactor has not answered yet."),
    CampaignState.ACCEPTED: Headline(":outbox_tray:", "Accepted", " by SMSFactor."),
    CampaignState.HELD: Headline(
        ":raised_hand:",
        "Held",
        " by SMSFactor's moderation. Somebody there looks at it, and lets it go or refuses it. Do not send it again:"
        " it could go out twice.",
    ),
    CampaignState.REFUSED: Headline(
        ":no_entry:", "Refused", " by SMSFactor's moderation. Nobody was texted, and the credits came back."
    ),
    CampaignState.FILTERED: Headline(":no_entry:", "Filtered", ": nobody was texted, and nothing was charged."),
    CampaignState.FAILED: Headline(":x:", "Not sent", ", and nothing was charged."),
    CampaignState.UNKNOWN: Headline(
        ":grey_question:",
        "Unknown",
        ": SMSFactor's answer was lost, so it may or may not be on its way. It is being looked up; nothing is sent"
        " again by itself.",
    ),
    CampaignState.CANCELLED: Headline(
        ":leftwards_arrow_with_hook:",
        "Cancelled",
        ": it was taken back before it left. Nothing was sent, and nothing was charged.",
    ),
}
RELEASED = Headline(":outbox_tray:", "Accepted", " by SMSFactor, after its moderation had held and released it.")
GIVEN_UP: Mapping[CampaignState, Headline] = {
    CampaignState.HELD: Headline(
        ":raised_hand:",
        "Held",
        " by SMSFactor's moderation for two days now. Ask its support, and name the ticket below. Do not send it"
        " again: it could go out twice.",
    ),
    CampaignState.UNKNOWN: Headline(
        ":grey_question:",
        "Unknown",
        ": SMSFactor's answer was lost, and six hours of looking did not find it there, so it was most likely not"
        " sent. Check on SMSFactor's site before you send it again.",
    ),
}
WORDS: Mapping[MessageState, str] = {
    MessageState.DELIVERED: "delivered",
    MessageState.SENT: "sent",
    MessageState.ACCEPTED: "accepted",
    MessageState.HELD: "held",
    MessageState.UNDELIVERED: "failed",
    MessageState.FAILED: "failed",
    MessageState.EXPIRED: "expired",
    MessageState.UNKNOWN: "unknown",
    MessageState.SENDING: "being sent",
    MessageState.WAITING: "queued",
    MessageState.REFUSED: "refused",
    MessageState.NOT_SENT: "not sent",
    MessageState.OPTED_OUT: "left out: opted out",
    MessageState.FLOODED: "left out: enough texts in the last hour",
}
FAILURES: Mapping[int, str] = {
    2: "it did not reach their phone. The phone may be off, or the number no longer in use",
    4: "their operator does not let it through to them",
    5: "the number does not exist",
    6: "their operator does not take SMS from this sender",
    7: "SMSFactor has no way into their network",
    9: "their operator turned it away",
    11: "their network had a fault and lost it. Try again later",
}
"""Why an SMS did not arrive, by the code of its receipt (SMSFactor docs, webhook/dlr); ``FAILED`` for any other."""
FAILED = "it did not reach their phone"


def headline(campaign: Campaign) -> Headline:
    """How a campaign stands, by its state alone."""
    if campaign.why == GIVEN_UP_LOOKING and campaign.state in GIVEN_UP:
        return GIVEN_UP[campaign.state]
    if campaign.state is CampaignState.ACCEPTED and campaign.was_held:
        return RELEASED
    return HEADLINES[campaign.state]


def why(campaign: Campaign) -> str:
    """The reason that goes with its state, if there is one; no markup."""
    return "" if campaign.why == GIVEN_UP_LOOKING else campaign.why


def why_unicode(text: str, size: Measure, *, marketing: bool = False) -> str:
    """Markup: the characters that make ``text`` dearer, and what it would take without them; "" if there are none."""
    if not size.forcing:
        return ""
    letters = " ".join(f"“{escape(letter)}”" for letter in size.forcing[:LETTERS_NAMED])
    words = f"{letters}: not in the SMS alphabet, so a segment holds 70 characters and not 160."
    without = measure(without_accents(text), marketing=marketing)
    if without.forcing or without.segments >= size.segments:
        return words
    return f"{words} Written without, this text takes {without.segments}, not {size.segments}."


def why_not_sent(error: SMSFactorError) -> str:
    """Why SMSFactor sent nothing, for ``Campaign.why``."""
    if isinstance(error, Declined):
        said = TOP_UP if error.status == NO_CREDITS else f"“{error.details or error.message}”."
        return f"SMSFactor refused it (status {error.status}): {said}"
    return "SMSFactor could not be reached."


def word_of_unknown(campaign: Campaign, thread: str) -> Post | None:
    """For whoever wrote an answer of which nobody knows whether it left. None: nobody wrote it."""
    if not campaign.order.author:
        return None
    who = mention(campaign.order.author)
    text = f":grey_question: {who}, nobody knows what became of this answer: look at its card before you write again."
    return Post(f"unknown:{campaign.id}", Urgency.NOTICE, text=text, thread=thread)


def word_of_held(campaign: Campaign, thread: str) -> Post | None:
    """The same of an answer that SMSFactor's moderation has held for longer than the desk looks."""
    if not campaign.order.author:
        return None
    who = mention(campaign.order.author)
    text = (
        f":raised_hand: {who}, SMSFactor still holds this answer: look at its card, and ask"
        " them before you write again."
    )
    return Post(f"held:{campaign.id}", Urgency.NOTICE, text=text, thread=thread)


def word_of_unsent(campaign: Campaign, thread: str) -> Post | None:
    """For whoever wrote an answer that did not leave: an edit of its card rings nobody. None: nobody has to know."""
    author = campaign.order.author
    if not author or campaign.state is CampaignState.CANCELLED:
        return None
    text = f":x: {mention(author)}, this answer was not sent, and nothing was charged. Its card says why."
    return Post(f"unsent:{campaign.id}", Urgency.NOTICE, text=text, thread=thread)
