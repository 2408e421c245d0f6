"""Catch-up: what came in while SMSFactor could not reach the desk is shown once, and told in one digest."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.app import open_desk, work
from bot.features.catchup import digest, name_of
from bot.sandbox.slack import show
from bot.smsfactor.history import ReplyRecord
from bot.smsfactor.wire import PARIS
from bot.store.catchup import Found
from tests.block_kit import validate_message
from tests.conftest import ALICE, CHANNEL, NUMBER, OTHER, QUICK, Town, open_town
from tests.rules.killing import eventually
from tests.rules.webhooks import key_of, shown

SOON = replace(QUICK, sweep=0.2, catch_up=0.2, catch_up_grace=0.0)


@pytest.fixture
async def town(redis_url: str) -> AsyncIterator[Town]:
    """A desk that reads the list again and again, and has been told from when on."""
    async with open_town(redis_url, tempo=SOON) as opened:
        await has_begun(opened)
        yield opened


async def has_begun(town: Town) -> None:
    """Until the desk knows from when on it catches up: what came before is history."""

    async def known() -> bool:
        return await town.desk.services.store.catchup.reading() is not None

    await eventually(known)


@asynccontextmanager
async def nobody_told(town: Town, *kinds: str) -> AsyncIterator[None]:
    """SMSFactor cannot reach the desk meanwhile; at the end of it has it everything still only in its list."""
    sms = town.desk.services.sms
    hooks = [hook.id for hook in await sms.webhooks() if hook.kind in (kinds or ("mo", "stop"))]
    for hook in hooks:
        await sms.set_webhook_status(hook, "paused")
    yield
    for hook in hooks:
        await sms.set_webhook_status(hook, "live")


def texts(town: Town) -> list[str]:
    """The SMS that stand in threads, in the order in which they were posted."""
    return [m["text"].rpartition(": ")[2] for m in shown(town) if key_of(m).startswith("text:")]


def digests(town: Town) -> list[str]:
    """What was told of the catch-up."""
    return [show(message).replace("*", "") for message in shown(town) if key_of(message).startswith("catchup:")]


async def told(town: Town, times: int = 1) -> list[str]:
    """Wait for so many digests."""
    return await town.slack.until(lambda: len(found := digests(town)) >= times and found, 30)


async def read_again(town: Town, times: int = 2) -> None:
    """Until the list was read so many times more, and all that came of it is done."""
    asked = lists(town)
    await town.provider.until(lambda: lists(town) >= asked + 2 * times, 30)

    async def at_rest() -> bool:
        store = town.desk.services.store
        waiting = (await store.events.depth()).waiting or await store.posts.waiting()
        return not waiting and not await store.catchup.expected() and not await store.catchup.untold()

    await eventually(at_rest)


def lists(town: Town) -> int:
    """How many pages of the list were asked for."""
    return sum(request.path == "/messages/mo" for request in town.provider.requests)


async def test_sms_that_no_webhook_brought_get_their_cards_and_threads_and_one_digest(town: Town) -> None:
    async with nobody_told(town):
        for number, text in ((NUMBER, "un"), (OTHER, "autre"), (NUMBER, "deux"), (NUMBER, "trois")):
            await town.provider.reply(number, text)
    [words] = await told(town)
    assert "4 SMS from 2 people came in while SMSFactor could not reach the desk" in words
    assert "They are in their threads now." in words
    lines = words.splitlines()
    for begin, end in (
        ("• +33 6 •• •• •• 78 · card (https://", "· 3 SMS"),
        ("• +33 6 •• •• •• 32 · card (https://", ")"),
    ):
        [line] = [line for line in lines if line.startswith(begin)]
        assert line.endswith(end)
    await read_again(town)
    assert sorted(texts(town)) == ["autre", "deux", "trois", "un"]
    cards = [message for message in town.roots() if key_of(message).startswith("conversation:")]
    assert len(cards) == 2
    (thread,) = [thread for card in cards if len(thread := town.slack.thread(CHANNEL, card["ts"])) == 4]
    assert [message["text"].rpartition(": ")[2] for message in thread[1:]] == ["un", "deux", "trois"]
    assert "while SMSFactor could not reach the desk" in show(thread[1])
    assert len(digests(town)) == 1
    assert NUMBER not in str(town.slack.calls)


async def test_nothing_is_told_if_nothing_was_missed(town: Town) -> None:
    await town.provider.reply(NUMBER, "vu")
    await town.channel_says("vu")
    await read_again(town, 3)
    assert texts(town) == ["vu"]
    assert digests(town) == []


async def test_what_came_in_before_the_desk_was_there_is_not_poured_in(redis_url: str) -> None:
    async with open_town(redis_url, tempo=SOON, workers=0) as town:
        async with nobody_told(town):
            await town.provider.reply(NUMBER, "de l'histoire ancienne")
        services = town.desk.services
        town.provider.jump(5)
        services.wall.ahead = 5
        async with work(town.desk):
            await has_begun(town)
            town.provider.jump(5)
            services.wall.ahead = 10
            async with nobody_told(town):
                await town.provider.reply(NUMBER, "du nouveau")
            await told(town)
            await read_again(town)
        assert texts(town) == ["du nouveau"]


async def test_a_young_reply_is_left_for_its_webhook(redis_url: str) -> None:
    async with open_town(redis_url, tempo=replace(SOON, catch_up_grace=120.0)) as town:
        await has_begun(town)

        def jump(seconds: float) -> None:
            town.provider.jump(seconds)
            town.desk.services.wall.ahead += seconds

        async with nobody_told(town):
            await town.provider.reply(NUMBER, "patience")
        jump(100)
        await asyncio.sleep(2 * SOON.sweep)  # nothing can be waited for: it is not to happen
        assert texts(town) == []
        jump(30)
        [words] = await told(town)
        assert "1 SMS from 1 person came in" in words
        assert "It is in its thread now." in words


async def test_a_webhook_that_comes_after_all_shows_nothing_again(town: Town) -> None:
    [delivered] = await town.provider.reply(NUMBER, "une fois")  # a delivery to be repeated with these very words
    await town.channel_says("une fois")
    async with nobody_told(town):
        await town.provider.reply(NUMBER, "en retard")
    await told(town)
    payload = {**delivered.payload, "message": "en retard", "date": f"{town.provider.now():%Y-%m-%dT%H:%M:%S}"}
    late = replace(delivered, payload=payload, body=json.dumps(payload).encode())
    assert (await town.provider.redeliver(late)).http_status == 200
    await read_again(town)
    assert texts(town) == ["une fois", "en retard"]
    assert len(digests(town)) == 1


@pytest.mark.parametrize("date", [None, "yesterday", "{:%Y-%m-%dT%H:%M:%SZ}"], ids=["none", "no date", "another zone"])
async def test_a_webhook_whose_date_says_little_is_not_taken_for_another_sms(redis_url: str, date: str | None) -> None:
    """Whose dates are in which zone, SMSFactor does not say: nothing of it may show everything twice."""
    async with open_town(redis_url, tempo=SOON, workers=0) as town:
        await town.desk.services.store.catchup.start(town.provider.now().timestamp() - 60)
        [first] = await town.provider.reply(OTHER, "une livraison à répéter")
        async with nobody_told(town):
            await town.provider.reply(NUMBER, "Bonjour")
        payload = {**first.payload, "from": NUMBER, "message": "Bonjour", "date": date}
        if date:
            payload["date"] = date.format(town.provider.now())
        await town.provider.redeliver(replace(first, payload=payload, body=json.dumps(payload).encode()))
        async with work(town.desk):
            await read_again(town, 3)
        assert sorted(texts(town)) == ["Bonjour", "une livraison à répéter"]
        assert digests(town) == []


async def test_two_equal_texts_of_one_person_are_two_whichever_way_each_came(town: Town) -> None:
    await town.provider.reply(NUMBER, "Oui")
    await town.channel_says("Oui")
    async with nobody_told(town):
        await town.provider.reply(NUMBER, "Oui")
        await town.provider.reply(NUMBER, "Oui")
    [words] = await told(town)
    assert "2 SMS from 1 person" in words
    await read_again(town)
    assert texts(town) == ["Oui", "Oui", "Oui"]


async def test_a_stop_among_them_opts_out(town: Town) -> None:
    async with nobody_told(town):
        await town.provider.reply(NUMBER, "STOP svp")
    await town.channel_says("will not be texted again")
    [words] = await told(town)
    assert "1 SMS from 1 person" in words
    assert await town.desk.services.store.optouts.among([NUMBER]) == {NUMBER}


async def test_a_stop_that_its_own_webhook_told_of_is_no_news_when_the_list_brings_it(town: Town) -> None:
    """No other webhook comes of it, and yet nothing was missed."""
    async with nobody_told(town, "mo"):
        await town.provider.reply(NUMBER, "STOP")
        await town.provider.stop(NUMBER)
        await town.channel_says("will not be texted again")
        await read_again(town)
        await town.provider.reply(NUMBER, "STOP aux pubs, mais je viens demain")
        await read_again(town)
    [words] = await told(town)
    assert "1 SMS from 1 person" in words
    assert texts(town) == ["STOP aux pubs, mais je viens demain"]


async def test_what_is_caught_up_with_stands_in_its_place_and_waits_since_it_was_written(town: Town) -> None:
    """They wrote twice, and the first one comes late: what the card shows is what they said last."""
    store = town.desk.services.store
    await town.provider.reply(NUMBER, "Finalement non")
    await town.slack.until(lambda: texts(town) == ["Finalement non"])
    written = datetime.now(UTC) - timedelta(minutes=50)
    fields = {"from": NUMBER, "message": "Annulez", "date": written.isoformat(), "caught_up": True}
    await store.events.append("mo", json.dumps(fields).encode(), "late", NUMBER)
    await town.slack.until(lambda: texts(town) == ["Finalement non", "Annulez"])
    about = await store.conversations.of(NUMBER)
    assert about
    assert about.since == pytest.approx(written.timestamp(), abs=1)
    card = next(message for message in town.roots() if key_of(message).startswith("conversation:"))
    assert "> Finalement non" in show(card)
    contact = (await town.person().command("/sms", f"contact {NUMBER}")).answer
    assert contact
    said = show(contact)
    assert said.index("> Annulez") < said.index("> Finalement non")
    await town.person().click(card, "answer_open")
    form = show(town.person().view or {})
    assert form.index("> Annulez") < form.index("> Finalement non")


async def test_it_says_which_campaign_is_answered_and_counts_the_reply(town: Town) -> None:
    await town.send(text="Votre colis est prêt")
    await town.card_says("Accepted")
    async with nobody_told(town):
        await town.provider.reply(NUMBER, "Merci")
    await town.channel_says("Votre colis est prêt")
    await town.card_says("1 reply, 0 STOP")


async def test_the_list_teaches_the_name_of_whom_nobody_named(town: Town) -> None:
    await named(town, NUMBER, "Ana", "Diaz")
    await named(town, OTHER, "+33698765432", "")
    store = town.desk.services.store
    async with nobody_told(town):
        await town.provider.reply(NUMBER, "Bonjour")
        await town.provider.reply(OTHER, "Bonsoir")
    await town.channel_says("Ana Diaz · +33 6 •• •• •• 78")
    await told(town)
    assert await store.contacts.name(OTHER) == "", "a number is no name"
    await store.contacts.rename(NUMBER, "Madame Diaz")
    async with nobody_told(town):
        await town.provider.reply(NUMBER, "C'est encore moi")
    await told(town, 2)
    assert await store.contacts.name(NUMBER) == "Madame Diaz"


async def named(town: Town, number: str, first: str, last: str) -> None:
    """A campaign to somebody whom the provider's lists know by name."""
    await town.send(to=f"+{number}", text=f"Bonjour {first}")
    message = await town.provider.until(lambda: town.provider.phone(number).last)
    assert message
    message.info = (first, last, "", "")


async def test_what_a_blocked_nuisance_wrote_is_neither_shown_nor_told(town: Town) -> None:
    await town.provider.reply(NUMBER, "Spam")
    await town.channel_says("Spam")
    await town.desk.services.store.conversations.block(NUMBER, ALICE)
    async with nobody_told(town):
        await town.provider.reply(NUMBER, "Encore du spam")
        await town.provider.reply(OTHER, "Bonjour")
    [words] = await told(town)
    assert "1 SMS from 1 person" in words
    assert texts(town) == ["Spam", "Bonjour"]


async def test_many_pages_are_read_to_the_end_and_shown_in_order(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.features.catchup.PAGE_MAX", 7)
    async with nobody_told(town):
        for index in range(20):
            await town.provider.reply(NUMBER, f"numéro {index:02d}")
        await town.provider.reply(OTHER, "la fin")
    [words] = await told(town)
    assert "21 SMS from 2 people" in words
    assert [text for text in texts(town) if text != "la fin"] == [f"numéro {index:02d}" for index in range(20)]


@pytest.mark.parametrize("how", [500, 503, "drop", "garbage", "refuse:-1"])
async def test_a_list_that_cannot_be_had_is_read_later(town: Town, how: int | str) -> None:
    town.provider.fail("/messages/mo", how, 6)
    async with nobody_told(town):
        await town.provider.reply(NUMBER, "Bonjour")
    await told(town)
    assert texts(town) == ["Bonjour"]


async def test_a_desk_that_was_away_catches_up_as_soon_as_it_is_back(redis_url: str) -> None:
    """However seldom it reads otherwise."""
    tempo = replace(SOON, catch_up=3600.0)
    async with open_town(redis_url, tempo=tempo, workers=0) as town:
        async with open_desk(town.settings, redis_url, tempo) as first, work(first):
            await has_begun(town)
        town.provider.jump(60)
        async with nobody_told(town):
            await town.provider.reply(NUMBER, "Il y a quelqu'un ?")
        async with open_desk(town.settings, redis_url, tempo) as second:
            second.services.wall.ahead = 61
            async with work(second):
                await told(town)
    assert texts(town) == ["Il y a quelqu'un ?"]


async def test_webhooks_that_wait_in_the_stream_are_not_told_as_missed(redis_url: str) -> None:
    """The web process took them; only the worker was away."""
    async with open_town(redis_url, tempo=SOON, workers=0) as town:
        await town.desk.services.store.catchup.start(town.provider.now().timestamp() - 60)
        await town.provider.reply(NUMBER, "dans la file")
        async with work(town.desk):
            await town.channel_says("dans la file")
            await read_again(town)
    assert texts(town) == ["dans la file"]
    assert digests(town) == []


async def test_nothing_is_lost_in_the_night_that_has_an_hour_twice(redis_url: str) -> None:
    """The list has no zone: 02:40 may be of summer or of winter."""
    async with open_town(redis_url, tempo=SOON, workers=0) as town:
        clock = town.desk.services.wall

        def jump(hour: int, minute: int, fold: int) -> None:
            ahead = datetime(2027, 10, 31, hour, minute, tzinfo=PARIS, fold=fold).timestamp() - clock.seconds()
            town.provider.jump(ahead)
            clock.ahead += ahead

        jump(2, 30, fold=0)
        async with work(town.desk), nobody_told(town):
            await has_begun(town)
            jump(2, 55, fold=0)
            await town.provider.reply(NUMBER, "en été")
            jump(2, 40, fold=1)
            await read_again(town)
            await town.provider.reply(OTHER, "en hiver")
            jump(3, 30, fold=0)
            await read_again(town)
            assert sorted(texts(town)) == ["en hiver", "en été"]


@pytest.mark.parametrize("hours", [0.8, 2], ids=["late", "of another zone"])
async def test_a_reply_that_the_list_dates_before_what_is_covered_is_found(redis_url: str, hours: float) -> None:
    async with open_town(redis_url, tempo=SOON, workers=0) as town:
        catchup, now = town.desk.services.store.catchup, town.provider.now().timestamp()
        town.desk.services.wall.ahead = hours * 3600
        await catchup.start(now - 60)
        for act in (catchup.begin, catchup.end):
            await act(now + hours * 3600 - 5)
        async with nobody_told(town):
            await town.provider.reply(NUMBER, "Bonjour")
        async with work(town.desk):
            await told(town)
        assert texts(town) == ["Bonjour"]


async def test_two_workers_tell_it_once(redis_url: str) -> None:
    async with open_town(redis_url, tempo=SOON, workers=2) as town:
        await has_begun(town)
        async with nobody_told(town):
            for index in range(10):
                await town.provider.reply(f"3361234000{index}", f"numéro {index}")
        [words] = await told(town)
        await read_again(town, 4)
        assert "10 SMS from 10 people" in words
        assert sorted(texts(town)) == [f"numéro {index}" for index in range(10)]
        assert len(digests(town)) == 1


# Views


def found(people: int, at: float = 1_763_817_600.0) -> list[Found]:
    """One SMS of each, a minute apart."""
    return [Found(f"336123{index:05d}", at + 60 * index) for index in range(people)]


def test_the_digest_names_as_many_people_as_fit_and_says_how_many_more() -> None:
    everybody = found(100)
    people = {
        one.number: f"{'Ana &amp; Diaz ' * 5}{one.number[-2:]} · <https://x.slack.com/{index}|card>"
        for index, one in enumerate(everybody)
    }
    shown = digest(everybody, PARIS, people)
    validate_message(list(shown["blocks"]))
    words = show(dict(shown))
    named = words.count("• Ana & Diaz")
    assert 20 < named < 100
    assert words.endswith(f"and {100 - named} more")
    assert "100 SMS from 100 people" in shown["text"]
    few = show(dict(digest(everybody[:10], PARIS, people)))
    assert (few.count("• Ana"), "more" in few) == (10, False)


def test_one_person_is_one_person_and_is_named_by_the_masked_number_if_nothing_else_is_known() -> None:
    shown = digest(found(1), PARIS, {})
    assert "1 SMS from 1 person came in" in shown["text"]
    assert "• +33 6 •• •• •• 00" in show(dict(shown))


def test_the_digest_says_from_when_to_when() -> None:
    words = str(digest(found(3), PARIS, {})["blocks"])
    assert "from <!date^1763817600^" in words
    assert "to <!date^1763817720^" in words
    assert "at <!date^1763817600^" in str(digest(found(1), PARIS, {})["blocks"])


@pytest.mark.parametrize(
    ("info", "name"),
    [
        (("Ana", "Diaz"), "Ana Diaz"),
        (("  Ana\n", ""), "Ana"),
        (("", ""), ""),
        (("06 12 34 56 78", ""), ""),
        (("Client", "12345"), "Client 12345"),
        (("x" * 100, "y"), "x" * 80),
    ],
)
def test_a_name_is_what_looks_like_one(info: tuple[str, str], name: str) -> None:
    fields: dict[str, Any] = {"destination": 33612345678, "message": "Oui", "info1": info[0], "info2": info[1]}
    assert name_of(ReplyRecord.model_validate(fields)) == name
