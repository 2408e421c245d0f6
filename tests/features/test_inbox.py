"""/sms inbox: whose turn it is, in the order in which people wait; and many are resolved at once."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any

import pytest

from bot import conversation
from bot.features.inbox._list import Entry, Group, Listing, Show, Wanted
from bot.features.inbox._view import OFFERED, done_form, message_view, resolve_form
from bot.sandbox.slack import show
from bot.store.conversations import Conversation, ConversationState, Incoming, Text
from bot.store.inbox import Inbox
from tests.block_kit import validate_message, validate_view
from tests.conftest import ALICE, BRUNO, CHANNEL, NUMBER, OTHER, Town
from tests.rules.killing import eventually
from tests.test_views import MESSAGE_TEXT_MAX, PARIS, TEXTS, _texts

THIRD, FOURTH = "33655443322", "33644556677"
ENDS = {NUMBER: "78", OTHER: "32", THIRD: "22", FOURTH: "77"}


async def wrote(town: Town, number: str, text: str = "Bonjour") -> Conversation:
    """An SMS comes in and is shown; its conversation."""
    await town.provider.reply(number, text)
    await town.channel_says(text)
    found = await town.desk.services.store.conversations.of(number)
    assert found
    return found


async def crowd(town: Town, count: int, channel: str = CHANNEL) -> list[Conversation]:
    """So many conversations in which somebody waits, put straight into memory; the first one waits longest."""
    store, made = town.desk.services.store, []
    for index in range(count):
        sms = Incoming(f"mark{index}", f"text number {index}", None, "webhook", None)
        about, _ = await store.conversations.hear(
            f"336{index:08}",
            conversation.new_id(),
            sms,
            channel=channel,
            new_thread_after=-1,
            wants_answer=True,
        )
        await store.inbox.note(about)
        made.append(about)
    return made


async def asked(town: Town, words: str = "", who: str = ALICE) -> dict[str, Any]:
    """The answer to the command, checked against Slack's description."""
    answer = (await town.person(who).command("/sms", f"inbox {words}")).answer
    assert answer
    validate_message(answer["blocks"])
    return answer


def listed(answer: dict[str, Any]) -> list[str]:
    """The last two digits of those that an answer lists, from above."""
    return re.findall(r"•• (\d\d)\*", show(answer))


def said(thing: dict[str, Any]) -> str:
    """A message or form as a person reads it, without bold marks."""
    return show(thing).replace("*", "")


async def pick(town: Town, numbers: Sequence[str], who: str = ALICE) -> list[str]:
    """Open the form that resolves many; the values of those numbers in it."""
    person = town.person(who)
    await person.click(await asked(town, who=who), "inbox_many")
    assert person.view
    validate_view({name: person.view[name] for name in ("type", "title", "blocks", "submit", "close", "callback_id")})
    options = person.view["blocks"][0]["element"]["options"]
    ends = [ENDS[number] for number in numbers]
    return [one["value"] for one in options if one["text"]["text"][-2:] in ends]


async def options(town: Town, answer: dict[str, Any]) -> list[dict[str, Any]]:
    """What the form that resolves many offers."""
    await town.person().click(answer, "inbox_many")
    assert town.person().view
    found: list[dict[str, Any]] = town.person().view["blocks"][0]["element"]["options"]
    return found


# The list


async def test_an_empty_inbox_says_so_and_how_it_is_asked(town: Town) -> None:
    answer = await asked(town)
    assert "Nobody waits, and nothing is open." in said(answer)
    assert "/sms inbox [mine | unassigned" in said(answer)
    assert "Resolve" not in said(answer)


async def test_who_waits_is_listed_with_a_masked_number_a_name_the_last_sms_and_a_way_to_the_card(town: Town) -> None:
    await wrote(town, NUMBER, "Bonjour\nc'est *ouvert* ?")
    await town.desk.services.store.contacts.rename(NUMBER, "Marie")
    answer = await asked(town)
    text = show(answer)
    card = town.roots()[0]
    assert "*Marie · +33 6 •• •• •• 78*" in text
    assert f"/archives/{CHANNEL}/p{card['ts'].replace('.', '')}|its card>" in str(answer["blocks"])
    assert "*Waiting* since" in text
    assert "unassigned  [ Reply ]" in text
    assert "> Bonjour c'est *ouvert* ?\n[ Claim ]" in text
    assert "1 waits for an answer, the longest since" in said(answer)
    assert answer["text"].startswith("Inbox: 1 waits for an answer")
    assert town.roots() == [card]


async def test_lists_are_of_mine_of_nobody_s_of_who_waits_and_of_what_sleeps(town: Town) -> None:
    mine, nobodys, brunos, asleep = [await wrote(town, number, number[-4:]) for number in ENDS]
    store = town.desk.services.store.conversations
    await store.claim(mine.number, ALICE)
    await store.claim(brunos.number, BRUNO)
    await store.snooze(asleep.number, 0)
    assert listed(await asked(town)) == ["78", "32", "22", "77"]
    assert listed(await asked(town, "mine")) == ["78"]
    assert listed(await asked(town, "Mine", BRUNO)) == ["22"]
    assert listed(await asked(town, "unassigned")) == ["32"]
    assert listed(await asked(town, "waiting")) == ["78", "32", "22"]
    assert listed(await asked(town, "snoozed")) == ["77"]
    assert listed(await asked(town, "all")) == ["78", "32", "22", "77"]
    counts = said(await asked(town)).splitlines()[1]
    assert re.fullmatch(r"3 wait for .* · 1 mine · 1 unassigned · 1 snoozed · 4 in all", counts)
    assert await store.of(nobodys.number) == nobodys, "to list changes nothing"


async def test_who_waits_longest_stands_first_and_who_was_answered_stands_below(town: Town) -> None:
    for number in (OTHER, NUMBER, THIRD):
        await wrote(town, number, number)
    await wrote(town, OTHER, "encore moi")
    assert listed(await asked(town, "all")) == ["32", "78", "22"], "by their first SMS that nobody answered"
    await town.desk.services.store.conversations.say(OTHER, "a1", BRUNO, "Oui")
    assert listed(await asked(town, "all")) == ["78", "22", "32"]
    assert "Open, nobody waits" in said(await asked(town, "all"))


async def test_who_opted_out_while_they_waited_waits_no_more_and_cannot_be_answered(town: Town) -> None:
    await wrote(town, NUMBER, "Une question")
    since = (await wrote(town, OTHER, "Moi aussi")).since
    await wrote(town, THIRD, "Et moi")
    store = town.desk.services.store
    await store.conversations.snooze(THIRD, 0)
    for number in (NUMBER, THIRD):
        await store.optouts.record(number, "provider")
    answer = await asked(town)
    text = said(answer)
    assert "1 waits for an answer, the longest since" in text
    assert f"<!date^{int(since)}^" in str(answer["blocks"][1]), "the one who waits"
    assert listed(await asked(town, "waiting")) == ["32"]
    assert listed(answer) == ["32", "78", "22"]
    assert text.count("Opted out: they cannot be texted any more") == 2
    assert text.count("[ Reply ]") == 1
    assert "Opted out: they cannot be texted any more · unassigned" in text
    assert "Waiting since" in next(line for line in text.splitlines() if "[ Reply ]" in line)
    assert "open, opted out · Une question" in str(await options(town, answer))


async def test_nobody_waits_behind_a_short_code_or_a_senders_name(town: Town) -> None:
    services = town.desk.services
    for number in ("36035", "Chronopost"):
        sms = Incoming(f"mark of {number}", "Votre code : 1234", None, "webhook", None)
        about, _ = await services.store.conversations.hear(
            number, conversation.new_id(), sms, channel=CHANNEL, new_thread_after=-1, wants_answer=True
        )
        await services.store.inbox.note(about)
    text = said(await asked(town))
    assert "Nobody waits · 0 mine · 2 unassigned" in text
    assert text.count("Open, nobody waits · unassigned") == 2
    assert "Reply" not in text


async def test_what_the_desk_answered_by_itself_does_not_hide_their_last_sms(town: Town) -> None:
    await wrote(town, NUMBER, "Une urgence")
    await town.desk.services.store.conversations.say(NUMBER, "a1", "", "Nous sommes fermés")
    answer = said(await asked(town))
    assert "> Une urgence" in answer
    assert "fermés" not in answer


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("dupont", ["78"]),
        ("MARIE dupont", ["78"]),
        ("all colis", ["78", "32"]),
        ("colis marie", ["78"]),
        ("unassigned colis", ["32"]),
        ("78", ["78"]),
        ("06 98 76 54 32", ["32"]),
        ("+33 6 98 76 54 32", ["32"]),
    ],
)
async def test_words_find_names_texts_and_numbers(town: Town, words: str, found: list[str]) -> None:
    await wrote(town, NUMBER, "Où est mon colis ?")
    await wrote(town, OTHER, "Mon colis est là")
    await town.desk.services.store.contacts.rename(NUMBER, "Marie Dupont")
    await town.desk.services.store.conversations.claim(NUMBER, ALICE)
    assert listed(await asked(town, words)) == found


@pytest.mark.parametrize("words", ["introuvable", "mine introuvable", "06 55 44 33 22", "<!channel>", "x" * 3000, "🦜"])
async def test_words_that_nobody_said_find_nothing_and_the_answer_says_so(town: Town, words: str) -> None:
    await wrote(town, NUMBER)
    answer = await asked(town, words)
    assert listed(answer) == []
    assert "There is nothing like that in the inbox." in said(answer)
    assert "1 waits" in said(answer)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("", "Nothing is yours, unassigned or snoozed, and nobody waits."),
        ("mine", "Nothing is assigned to you."),
        ("unassigned", "Nothing is unassigned."),
        ("waiting", "Nobody waits for an answer."),
        ("snoozed", "Nothing is snoozed."),
    ],
)
async def test_a_list_that_is_empty_says_what_there_is_not(town: Town, words: str, says: str) -> None:
    """There is one conversation: Bruno's, and he has answered."""
    await wrote(town, NUMBER)
    await town.desk.services.store.conversations.say(NUMBER, "a1", BRUNO, "Oui")
    text = said(await asked(town, words))
    assert says in text
    assert "There is nothing like that" not in text


async def test_names_and_texts_are_no_markup(town: Town) -> None:
    await wrote(town, NUMBER, "<!here> & <https://evil.example|click>")
    await town.desk.services.store.contacts.rename(NUMBER, "<!channel> & <@U0BRUNO>")
    answer = await asked(town)
    marked = str([block["text"]["text"] for block in answer["blocks"] if block["type"] == "section"])
    assert "&lt;!channel&gt; &amp; &lt;@U0BRUNO&gt;" in marked
    assert "<!" not in marked.replace("<!date", "")
    assert "> <!here> & <https://evil.example|click>" in show(answer)


async def test_resolved_and_blocked_conversations_are_not_listed(town: Town) -> None:
    for number in (NUMBER, OTHER, THIRD):
        await wrote(town, number, number)
    store = town.desk.services.store.conversations
    for _, about in (await store.resolve(NUMBER), await store.block(OTHER, ALICE)):
        assert about
        await conversation.show(town.desk.services, about)
    assert listed(await asked(town, "all")) == ["22"]


async def test_forgotten_conversations_leave_the_inbox(town: Town) -> None:
    await wrote(town, NUMBER, "un")
    await wrote(town, OTHER, "deux")
    store = town.desk.services.store
    await store.redis.delete(f"conversation:{{{NUMBER}}}")
    assert listed(await asked(town)) == ["32"]
    assert await store.inbox.numbers() == [OTHER]


async def test_who_writes_again_while_a_forgotten_conversation_leaves_stays_listed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look that finds it gone, and its leaving."""
    [about] = await crowd(town, 1)
    forgotten = f"conversation:{{{about.number}}}"
    await town.desk.services.store.redis.delete(forgotten, f"{forgotten}:heard")
    drop = Inbox.drop

    async def late(inbox: Inbox, numbers: list[str]) -> None:
        await crowd(town, 1)
        await drop(inbox, numbers)

    monkeypatch.setattr(Inbox, "drop", late)
    await asked(town)
    monkeypatch.undo()

    async def is_listed() -> bool:
        return listed(await asked(town)) == ["00"]

    await eventually(is_listed)  # at the latest by the look that follows each change


async def test_no_whole_number_is_in_the_answer(town: Town) -> None:
    await wrote(town, NUMBER)
    person = town.person()
    answer = await asked(town, "06 12 34 56 78")
    await person.click(answer, "inbox_many")
    assert NUMBER[-8:] not in re.sub(r"\s", "", str(answer) + str(person.view))


# Claim


async def test_claim_in_the_answer_makes_it_mine_and_tells_a_second_one_whose_it_is(town: Town) -> None:
    about = await wrote(town, NUMBER)
    answers = {who: await asked(town, who=who) for who in (ALICE, BRUNO)}
    await town.person(ALICE).click(answers[ALICE], "inbox_claim")
    await town.person(BRUNO).click(answers[BRUNO], "inbox_claim")
    await town.channel_says(f"assigned to <@{ALICE}>")
    assert town.person(ALICE).ephemerals[-1]["text"] == "It is yours now."
    assert f"<@{ALICE}> was quicker" in town.person(BRUNO).ephemerals[-1]["text"]
    claims = [entry for entry in await town.desk.services.store.audit.last(10) if entry["what"] == "claim"]
    assert claims == [{"who": ALICE, "what": "claim", "subject": about.id}]


async def test_who_claims_where_the_desk_is_not_is_told_in_a_form(town: Town) -> None:
    """The answer to a command stands anywhere; nothing else of the desk does."""
    await wrote(town, NUMBER)
    told = {ALICE: "It is yours now.", BRUNO: "@U0ALICE was quicker"}
    for who in told:
        await town.person(who).command("/sms", "inbox", "C0RANDOM")
    for who, words in told.items():
        result = await town.person(who).click(town.person(who).ephemerals[-1], "inbox_claim")
        assert result.view
        assert words in said(result.view)


async def test_claim_of_a_forgotten_conversation_says_so(town: Town) -> None:
    await wrote(town, NUMBER)
    answer = await asked(town)
    await town.desk.services.store.redis.delete(f"conversation:{{{NUMBER}}}")
    await town.person().click(answer, "inbox_claim")
    assert "the desk has forgotten it" in town.person().ephemerals[-1]["text"]


# Many at once


async def test_those_that_are_picked_are_resolved_and_no_other(town: Town) -> None:
    for number in (NUMBER, OTHER, THIRD):
        await wrote(town, number, number)
    picked = await pick(town, [NUMBER, THIRD])
    assert len(picked) == 2
    assert "Nobody is texted" in said(town.person().view or {})
    done = await town.person().submit({"which": picked})
    assert done.action == "update"
    assert "2 resolved." in said(town.person().view or {})
    await town.slack.until(lambda: str(town.roots()).count(f"*Resolved* by <@{ALICE}>") == 2)
    assert listed(await asked(town, "all")) == ["32"]
    trail = [entry for entry in await town.desk.services.store.audit.last(10) if entry["what"] == "resolve"]
    assert [entry["who"] for entry in trail] == [ALICE, ALICE]
    assert town.sends == []


async def test_the_form_says_what_was_resolved_already_and_what_is_forgotten(town: Town) -> None:
    for number in (NUMBER, OTHER, THIRD):
        await wrote(town, number, number)
    store = town.desk.services.store
    picked = await pick(town, [NUMBER, OTHER, THIRD])
    await store.conversations.resolve(NUMBER, who=BRUNO)
    await store.redis.delete(f"conversation:{{{OTHER}}}")
    await town.person().submit({"which": picked})
    text = said(town.person().view or {})
    assert "1 resolved." in text
    assert "1 resolved already." in text
    assert "1 forgotten by the desk" in text
    resolved = await store.conversations.of(NUMBER)
    assert resolved
    assert resolved.ended_by == BRUNO


async def test_an_sms_that_came_while_the_form_was_open_is_not_resolved_unread(town: Town) -> None:
    for number in (NUMBER, OTHER):
        await wrote(town, number, number)
    picked = await pick(town, [NUMBER, OTHER])
    await wrote(town, OTHER, "Et c'est urgent")
    await town.person().submit({"which": picked})
    text = said(town.person().view or {})
    assert "1 resolved." in text
    assert "1 not resolved: they wrote again while the form was open." in text
    assert listed(await asked(town, "waiting")) == ["32"]


async def test_the_form_twice_resolves_once(town: Town) -> None:
    await wrote(town, NUMBER)
    picked = await pick(town, [NUMBER])
    person = town.person()
    form = person.view
    await asyncio.gather(*(person.submit({"which": picked}, view=form) for _ in range(2)))
    assert "resolved" in said(person.view or {})
    trail = await town.desk.services.store.audit.last(10)
    assert [entry["what"] for entry in trail] == ["resolve"]


async def test_none_is_picked_at_first_and_none_is_no_answer(town: Town) -> None:
    await wrote(town, NUMBER)
    await pick(town, [])
    refused = await town.person().submit()
    assert "which" in refused.errors
    assert listed(await asked(town)) == ["78"]


async def test_a_form_of_what_is_resolved_by_now_says_that_there_is_nothing(town: Town) -> None:
    about = await wrote(town, NUMBER)
    answer = await asked(town)
    await town.desk.services.store.conversations.resolve(about.number)
    await town.person().click(answer, "inbox_many")
    assert town.person().view is None
    assert "There is nothing to resolve" in town.person().ephemerals[-1]["text"]


# Many


async def test_a_thousand_conversations_are_listed_at_once_and_a_hundred_resolved(town: Town) -> None:
    """Figures with ``pytest -s``."""
    await crowd(town, 1_000)
    person = town.person()
    first = await person.command("/sms", "inbox")
    assert first.answer
    searched = await person.command("/sms", "inbox number 77")
    assert searched.answer
    opened = await person.click(first.answer, "inbox_many")
    assert opened.view
    form = str(opened.view)
    options = [one["value"] for one in opened.view["blocks"][0]["element"]["options"]]
    resolved = await person.submit({"which": options})
    times = {"list": first.elapsed, "words": searched.elapsed, "form": opened.elapsed, "resolve": resolved.elapsed}
    print({name: round(seconds, 2) for name, seconds in times.items()})  # noqa: T201
    assert "1000 wait for an answer" in said(first.answer)
    assert "996 more: /sms inbox unassigned words narrows it down" in said(first.answer).replace("`", "")
    assert "Only the 1,000 conversations" in said(first.answer)
    assert "All · 19, 9 more" in said(searched.answer)
    assert "The first 100 of 1000" in form
    became = [int(count) for count in re.findall(r"(\d+) (?:resolved|not reached)", said(person.view or {}))]
    assert sum(became) == 100
    assert max(times.values()) < 2.5, times  # of the 3 s that Slack waits; on a machine at leisure a tenth of it


# Views


def hostile(owner: str = "", state: ConversationState = ConversationState.OPEN) -> list[Entry]:
    """Conversations with the worst of names and texts."""
    return [
        Entry(
            Conversation(
                f"k{index:010}", NUMBER, channel=CHANNEL, state=state, owner=owner, since=1_763_817_600.0, last_in=1.5
            ),
            name=text[:60],
            last=Text("mark", text, 1_763_817_600.0, out=index % 2 == 1),
            link=f"https://a-workspace-with-a-long-name.slack.com/archives/{CHANNEL}/p1763817600000100",
        )
        for index, text in enumerate(TEXTS)
    ]


def overview(each: int) -> Listing:
    """All lists at their longest."""
    lists = {Show.MINE: ALICE, Show.UNASSIGNED: "", Show.WAITING: BRUNO, Show.SNOOZED: BRUNO}
    groups = [
        Group(
            show_.value,
            show_,
            999,
            (hostile(owner, ConversationState.SNOOZED if show_ is Show.SNOOZED else ConversationState.OPEN) * 4)[:each],
        )
        for show_, owner in lists.items()
    ]
    return Listing(
        Wanted(words="<" * 100), dict.fromkeys(Show, 999), PARIS, groups, 1_763_817_600.0, several=True, clipped=True
    )


def test_the_longest_answer_fits_into_a_message() -> None:
    shown = message_view(overview(4))
    validate_message(shown["blocks"])
    assert len(shown["blocks"]) <= 50
    assert sum(map(len, _texts(shown["blocks"]))) <= MESSAGE_TEXT_MAX


@pytest.mark.parametrize("owner", ["", ALICE])
def test_one_list_at_its_longest_fits_into_a_message(owner: str) -> None:
    group = Group("All", Show.ALL, 999, (hostile(owner) * 2)[:10])
    counts = dict.fromkeys(Show, 999)
    shown = message_view(Listing(Wanted(Show.ALL), counts, PARIS, [group], 1.0, several=True, clipped=True))
    validate_message(shown["blocks"])
    assert sum(map(len, _texts(shown["blocks"]))) <= MESSAGE_TEXT_MAX


def test_the_form_takes_a_hundred_of_the_worst_names_and_texts() -> None:
    entries = (hostile() * 13)[:OFFERED]
    form = resolve_form(entries, 1_000, PARIS, "home " + Wanted(Show.ALL, CHANNEL, "😀" * 100).packed)
    validate_view(form)
    labels = [one["text"]["text"] for one in form["blocks"][0]["element"]["options"]]
    assert all(label.startswith("+33 6 •• •• •• 78") for label in labels)


def test_what_became_of_them_is_told_in_a_line_each() -> None:
    form = done_form({"done": 3, "same": 2, "no": 1, "gone": 1, "left": 4})
    validate_view(form)
    assert len(said(form).splitlines()) == 7
    validate_view(done_form({}))


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(Show.MINE, CHANNEL, 'a "b" \\ 😀\ud83d')])
def test_what_is_wanted_survives_a_button(wanted: Wanted) -> None:
    assert Wanted.unpack(wanted.packed) == wanted


@pytest.mark.parametrize("packed", [None, "", "c0000000:x", "[]", '["other", "", ""]', "{}", '[["mine"], "", ""]'])
def test_what_no_button_of_ours_holds_is_the_overview(packed: str | None) -> None:
    assert Wanted.unpack(packed) == Wanted()
