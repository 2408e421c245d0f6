"""Threads: what people type under a conversation's card. It stays inside, unless it is marked as an answer.

What goes out is a message that a member writes in the thread of a conversation's card (also of an earlier card of the
same conversation), and that begins with ``sms:``. In a channel with free typing all of them do, but for those that
begin with ``note:``. It leaves as ``slack.typed`` reads it, through every guard, once per message. Told means: to its
author alone, and with what was not sent.

=============================================  ===========================================================
what happens in Slack                          what the desk does
=============================================  ===========================================================
``sms: …`` in a conversation's thread          sends it; its card stands in the present thread; if refused, told
``sms:`` and nothing else                      nothing, told
``note: …``                                    nothing, wherever it is
anything else in such a thread                 nothing; with free typing as if ``sms:`` stood before it
… typed before free typing was chosen          nothing, for it was a remark then
the mark in a quotation, a list or code        nothing: it is somebody else's, or an example
``sms: …`` in the channel or another thread    nothing, told once an hour
a mention, a custom emoji, struck-through      nothing, told: the customer would see an id, or a name in colons
words, a table
also sent to the channel                       nothing, told: it is a remark to the team
with a file or a shared message                nothing, told: an SMS carries none
``/me``                                        nothing, told
other kinds of message, hidden ones            nothing
bots, Slackbot, apps in a person's name        nothing
guests, other teams, those who left            nothing; told if they wrote ``sms:``, else once an hour
older than ``LATE`` when it comes              nothing, told: the customer would get it out of time
in a conversation that is forgotten            nothing, told
with a number that is blocked as a nuisance    nothing, told: what they write back is not shown
the same message again, by whatever event      nothing again; what was refused is not sent later
an edit of what was sent                       nothing; told that it cannot be unsent, and what they got
an edit of what was not, which is marked now   nothing, told: write it anew
an edit by Slack (links that are unfolded)     nothing
an edit or deletion before it could be sent    it stays inside
a deletion of what was sent in the last day    nothing; its author is told, for Slack does not say who deleted it
a deletion of a message of the desk            its next post opens a new one
=============================================  ===========================================================

A fault of ours, or of Slack while something is told, is answered with 503: Slack brings the event again (at once, after
one and after five minutes), and everything above can be repeated without being done or told twice.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from bot.doors import Doors
from bot.features.threads._changes import deleted, edited
from bot.features.threads._written import written
from bot.services import Services

PATIENCE = 2.5  # seconds of the 3 that Slack waits; what is cut off is done when the event comes again


def register(doors: Doors) -> None:
    """The event message: new ones, edits and deletions."""
    doors.event("message", hear)


async def hear(services: Services, event: Mapping[str, Any]) -> None:
    """One event, told apart by its subtype."""
    async with asyncio.timeout(PATIENCE):
        match event.get("subtype"):
            case "message_changed":
                await edited(services, event)
            case "message_deleted":
                await deleted(services, event)
            case _:
                await written(services, event)
