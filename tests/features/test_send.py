"""From the slash command to the SMS in somebody's pocket: the form, its review, and what leaves."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot.sandbox.slack import Result, show
from bot.slack.forms import values
from tests.block_kit import validate_view
from tests.conftest import ALICE, BRUNO, CHANNEL, NUMBER, OTHER, Town, open_town

TUESDAY_NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def top(town: Town, who: str = ALICE) -> str:
    """What the form on top says, without its bold marks."""
    view = town.person(who).view
    assert view
    return show(view).replace("*", "")


def submit_words(town: Town) -> str | None:
    """The words of the button of the form on top."""
    view = town.person().view
    assert view
    return view["submit"]["text"] if view.get("submit") else None


def recipients(town: Town) -> list[str]:
    """Whom the last POST /send was for."""
    return [one["value"] for one in town.sends[-1].json["sms"]["recipients"]["gsm"]]


def numbers(count: int) -> list[str]:
    """Valid French mobile numbers, all different."""
    return [f"336120{index:05d}" for index in range(count)]


async def test_an_sms_goes_from_the_form_to_the_phone_and_its_card_follows(town: Town) -> None:
    opened = await town.person().command("/sms", "send 06 12 34 56 78 Bonjour à tous")
    assert opened.view
    review = await town.person().submit()
    assert not review.errors
    done = await town.person().submit()
    assert done.action == "clear"
    await town.card_says("Accepted")
    assert [text.text for text in town.provider.texts(NUMBER)] == ["Bonjour à tous"]
    assert len(town.sends) == 1
    message_id = town.sends[0].json["sms"]["recipients"]["gsm"][0]["gsmsmsid"]
    await town.provider.receipt(message_id, 3)
    await town.card_says("1 delivered")
    assert len(town.cards()) == 1


# The form, as it opens


@pytest.mark.parametrize(
    ("typed", "number", "text"),
    [
        ("", "", ""),
        ("send", "", ""),
        ("send 06 12 34 56 78", "06 12 34 56 78", ""),
        ("send 06 12 34 56 78 Bonjour à tous", "06 12 34 56 78", "Bonjour à tous"),
        ("send 0612345678 12 pommes", "0612345678", "12 pommes"),
        ("send +33 6 12 34 56 78 ok", "+33 6 12 34 56 78", "ok"),
        ("send 0033612345678 ok", "0033612345678", "ok"),
        ("send +33612345678\nDeux\nlignes", "+33612345678", "Deux\nlignes"),
        ("send Bonjour 06 12 34 56 78", "", "Bonjour 06 12 34 56 78"),
        ("send 06 12 Bonjour", "", "06 12 Bonjour"),
        ("send 06 12 34 56 78 R&D <3 @bruno", "06 12 34 56 78", "R&D <3 @bruno"),
        ("SEND 06 12 34 56 78 Ok", "06 12 34 56 78", "Ok"),
    ],
)
async def test_what_was_typed_behind_the_command_is_in_the_form(town: Town, typed: str, number: str, text: str) -> None:
    opened = await town.person().command("/sms", typed)
    assert opened.view
    validate_view({name: opened.view[name] for name in ("type", "title", "blocks", "submit", "close")})
    filled = values(opened.view)
    assert ((filled["to"] or ""), (filled["text"] or "")) == (number, text)
    assert (filled["kind"], filled["sender"]) == ("alert", "-")


async def test_the_global_shortcut_opens_an_empty_form(town: Town) -> None:
    opened = await town.person().shortcut("send_sms")
    assert opened.view
    assert values(opened.view)["text"] is None


async def test_the_message_shortcut_takes_over_the_words_as_they_were_typed(town: Town) -> None:
    written = await town.person(BRUNO).write(CHANNEL, "R&D: 3 < 4, see https://example.org/a?b=1&c=2 @alice")
    opened = await town.person().message_shortcut("send_as_sms", written)
    assert opened.view
    assert values(opened.view)["text"] == "R&D: 3 < 4, see https://example.org/a?b=1&c=2 @U0ALICE"


async def test_the_message_shortcut_takes_over_no_marks_of_slack(town: Town) -> None:
    written = await town.person(BRUNO).write(CHANNEL, "*Soldes* 🎉 `-20 %`")
    opened = await town.person().message_shortcut("send_as_sms", written)
    assert opened.view
    assert values(opened.view)["text"] == "Soldes 🎉 -20 %"


async def test_a_message_longer_than_the_field_is_cut_and_not_refused(town: Town) -> None:
    written = await town.person().write(CHANNEL, "é" * 3500)
    opened = await town.person().message_shortcut("send_as_sms", written)
    assert opened.view
    assert len(str(values(opened.view)["text"])) == 3000


async def test_the_form_offers_the_sender_names_of_the_settings(town: Town) -> None:
    opened = await town.person().command("/sms", "send")
    assert opened.view
    menu = next(block for block in opened.view["blocks"] if block.get("block_id") == "sender")
    assert [one["text"]["text"] for one in menu["element"]["options"]] == [
        "A number that can be answered",
        "ACME",
        "Shop",
    ]


async def test_a_chosen_name_is_what_the_phone_shows(town: Town) -> None:
    await town.send(sender="ACME")
    card = await town.card_says("Accepted")
    assert "from ACME" in show(card)
    assert town.provider.texts(NUMBER)[0].sender == "ACME"


# Numbers


@pytest.mark.parametrize(
    "typed",
    [
        "06 12 34 56 78, 06 98 76 54 32",
        "06.12.34.56.78;06.98.76.54.32",
        "+33 6 12 34 56 78 +33 6 98 76 54 32",
        "0033612345678\n0033698765432",
        "0612345678 0698765432",
        "06-12-34-56-78 / 06-98-76-54-32",
        "+33 (0)6 12 34 56 78\r\n33698765432\n\n",
        " 06\u00a012\u00a034\u00a056\u00a078 ,, 06 98 76 54 32 ,",
        "06 12 34 56 78, 0612345678, +33612345678, 06 98 76 54 32",
    ],
)
async def test_numbers_are_read_however_people_write_them_and_each_is_texted_once(town: Town, typed: str) -> None:
    await town.send(typed)
    await town.card_says("2 accepted")
    assert recipients(town) == [NUMBER, OTHER]
    assert [len(town.provider.texts(number)) for number in (NUMBER, OTHER)] == [1, 1]


async def test_what_is_no_number_is_quoted_under_its_field(town: Town) -> None:
    filled = await town.fill("06 12 34 56 78, bruno, 12345 <b>")
    assert filled.errors == {"to": "Not a phone number: “bruno”, “12345 <b>”."}


async def test_of_many_wrong_numbers_some_are_quoted(town: Town) -> None:
    filled = await town.fill(", ".join(f"wrong{index}" for index in range(9)))
    assert filled.errors["to"].count("“") == 5
    assert "and 4 more" in filled.errors["to"]


@pytest.mark.parametrize("typed", [" ", ",;\n", "+", "…"])
async def test_a_field_without_a_number_is_refused_under_it(town: Town, typed: str) -> None:
    assert "to" in (await town.fill(typed)).errors


async def test_a_second_field_takes_more_numbers(town: Town) -> None:
    first, second = numbers(80)[:40], numbers(80)[40:]
    await town.person().command("/sms", "send")
    filled = await town.person().submit({"to": "\n".join(first), "more": "\n".join(second), "text": "Bonjour"})
    assert "80 recipients are above what one person may send alone here (50)" in filled.errors["to"]
    await town.person().submit({"to": "\n".join(first), "more": "\n".join(second[:5])})
    assert "To 45 people" in top(town)


async def test_above_500_recipients_it_is_refused_in_words(redis_url: str) -> None:
    async with open_town(redis_url, approval_over=-1) as town:
        many = [f"0{number[2:]}" for number in numbers(501)]
        await town.person().command("/sms", "send")
        filled = await town.person().submit({"to": ",".join(many[:250]), "more": ",".join(many[250:]), "text": "x"})
        assert filled.errors == {
            "to": "501 recipients are too many at once: 500 is the most. Nothing was sent. Send in parts."
        }


async def test_a_review_of_many_names_some_and_counts_the_rest(town: Town) -> None:
    await town.fill(", ".join(numbers(50)))
    review = top(town)
    assert "To 50 people" in review
    assert "and 40 more" in review
    assert submit_words(town) == "Send to 50 people"
    await town.person().submit()
    await town.card_says("50 accepted")
    assert recipients(town) == numbers(50)


# Texts

GSM_10, UNICODE_10 = "a" * 1530, "ж" * 670


@pytest.mark.parametrize(
    "text",
    [
        "Prix : 10€ [TTC] {ou} ~ ^ \\ |",
        "À demain, ça va ? œuvre",
        "<@U0ALICE> & <!channel> *gras* _x_ `y` :tada: > cité",
        "&amp; &lt;b&gt; %20 <https://example.org|ici>",
        "مرحبا، كيف حالك؟ שלום",
        "👩‍👩‍👧‍👦 🇫🇷 👍🏽 ok",
        "Un\n\nDeux\n   Trois",
        "cloche \x07 tab\tfin",
        "https://example.org/a?b=1&c=2#d",
        '{"json": "oui"} \'guillemets\' "doubles"',
        GSM_10,
        UNICODE_10,
    ],
    ids=lambda text: text[:14],
)
async def test_the_phone_receives_exactly_what_was_typed(town: Town, text: str) -> None:
    """And what Slack shows of it is data and no markup: it neither links nor rings."""
    await town.send(text=text)
    card = await town.card_says("Accepted")
    assert [one.text for one in town.provider.texts(NUMBER)] == [text]
    [quoted] = card["blocks"][1]["elements"][0]["elements"]
    assert quoted["type"] == "text"
    assert text.startswith(quoted["text"].removesuffix("…"))
    first = text.split("\n")[0]
    assert len(text) > 1000 or first in show(card)


async def test_white_space_around_a_text_is_not_sent(town: Town) -> None:
    await town.send(text="\n  Bonjour \n\n")
    await town.card_says("Accepted")
    assert town.provider.texts(NUMBER)[0].text == "Bonjour"


@pytest.mark.parametrize(
    ("text", "kind", "segments"),
    [("a" * 1531, "alert", 11), ("ж" * 671, "alert", 11), ("a" * 1515, "marketing", 11), ("ж" * 3000, "alert", 45)],
    ids=["gsm-7", "unicode", "marketing with its STOP mention", "as long as a field is"],
)
async def test_a_text_of_more_than_ten_segments_is_refused_under_it(
    redis_url: str, text: str, kind: str, segments: int
) -> None:
    async with open_town(redis_url, now=lambda: TUESDAY_NOON) as town:
        filled = await town.fill(text=text, kind=kind)
        assert set(filled.errors) == {"text"}
        assert f"{segments} SMS" in filled.errors["text"] or f"{segments} segments" in filled.errors["text"]


@pytest.mark.parametrize("text", ["   ", "\n\t\n", "\u00a0"])
async def test_a_blank_text_is_refused_under_it(town: Town, text: str) -> None:
    assert (await town.fill(text=text)).errors == {"text": "Write the text of the SMS."}


@pytest.mark.parametrize("text", ["voir <-stop-> ici", "<-short->", "a <- b"])
async def test_a_sign_that_the_provider_would_read_as_its_own_is_refused(town: Town, text: str) -> None:
    assert "“<-” has a meaning for SMSFactor" in (await town.fill(text=text)).errors["text"]


async def test_links_are_shortened_when_asked_for(town: Town) -> None:
    await town.fill(text="Voir https://example.org/a?b=1, merci", options=["links"])
    assert "links are shortened" in top(town)
    await town.person().submit()
    await town.card_says("Accepted")
    message = town.sends[-1].json["sms"]["message"]
    assert message["links"] == ["https://example.org/a?b=1"]
    assert "example.org" not in town.provider.texts(NUMBER)[0].text


# The review


async def test_the_review_says_who_how_much_and_what_is_left(town: Town) -> None:
    filled = await town.fill(f"{NUMBER} {OTHER}", "Bonjour <!channel>")
    assert filled.action == "push"
    review = top(town)
    for words in (
        "To 2 people",
        "+33 6 12 34 56 78",
        "Bonjour <!channel>",
        "2 credits, reaches 2 of 2; the balance is 1000",
        "1 segment each (GSM-7",
        "Information · from a number that can be answered",
    ):
        assert words in review
    assert submit_words(town) == "Send to 2 people"
    assert town.sends == []


async def test_the_review_names_the_characters_that_make_it_dearer(town: Town) -> None:
    await town.fill(text="Fête à 10 h, ça ira ✅ " + "x" * 60)
    review = top(town)
    assert "2 segments each (Unicode" in review
    assert "“ê” “ç” “✅”" in review


async def test_of_our_estimate_and_the_price_the_larger_is_shown(town: Town) -> None:
    """The stand-in, as the provider may, prices a marketing text of 150 characters with its STOP mention: two."""
    assert town.provider.rules.stop_mention
    async with open_town(town.redis_url, now=lambda: TUESDAY_NOON) as noon:
        noon.provider.rules.stop_mention = ""
        await noon.fill(text="a" * 150, kind="marketing")
        assert "2 credits" in top(noon)
        await noon.person().close(everything=True)
        noon.provider.rules.stop_mention = " STOP " + "1" * 160
        await noon.fill(text="a" * 150, kind="marketing")
        assert "3 credits" in top(noon)


async def test_the_review_counts_the_providers_filters(town: Town) -> None:
    british = "+44 7911 123456"
    await town.fill(f"{NUMBER}, {british}")
    review = top(town)
    assert "reaches 1 of 2" in review
    assert "1 in a country that this account may not text" in review
    assert submit_words(town) == "Send to 1 person"


async def test_the_review_says_who_is_left_out_and_why(town: Town) -> None:
    third = "33611111111"
    await town.provider.stop(OTHER)
    await town.channel_says("said STOP")
    await town.send(third, "Bonjour")
    await town.card_says("Accepted")
    await town.fill(f"{NUMBER} {OTHER} {third}", "Bonjour")
    review = top(town)
    assert "To 1 person" in review
    assert "1 opted out and cannot be texted" in review
    assert "1 got enough texts in the last hour; free again from" in review


async def test_if_the_provider_would_reach_nobody_there_is_no_button_to_send(town: Town) -> None:
    await town.fill("+44 7911 123456")
    assert "0 credits, reaches 0 of 1" in top(town)
    assert submit_words(town) is None


async def test_if_the_provider_would_refuse_there_is_no_button_to_send(town: Town) -> None:
    town.provider.fail("/send/simulate", "refuse:-3")
    await town.fill()
    assert "SMSFactor would refuse it: “" in top(town)
    assert submit_words(town) is None
    assert "send_ask_again" not in str(town.person().view)


async def test_a_price_above_the_balance_is_warned_of(redis_url: str) -> None:
    """It may be sent all the same: the balance of an account that is billed monthly says nothing."""
    async with open_town(redis_url, provider={"credits": 1}) as town:
        await town.fill(f"{NUMBER} {OTHER}")
        assert "more than the balance" in top(town)
        assert submit_words(town)
        await town.person().submit()
        card = await town.card_says("Not sent")
        assert "not enough credits, so nothing was sent or charged" in show(card)


@pytest.mark.parametrize(("fault", "times"), [("stall", 1), ("drop", 3), (500, 3), ("garbage", 3)])
async def test_without_a_price_the_form_answers_in_time_and_can_ask_again(
    town: Town, fault: int | str, times: int
) -> None:
    """A question is asked up to three times, as far as the time of the form goes."""
    town.provider.fail("/send/simulate", fault, times=times)
    filled = await town.fill()
    assert filled.action == "push"
    assert filled.elapsed < 3
    assert "About 1 credit" in top(town)
    assert "has not said the price yet" in top(town)
    asked = await town.person().click(town.person().view or {}, "send_ask_again")
    assert asked.elapsed < 3
    assert "1 credit, reaches 1 of 1" in top(town)
    await town.person().submit()
    await town.card_says("Accepted")


async def test_a_send_without_a_price_is_possible(town: Town) -> None:
    town.provider.fail("/send/simulate", "stall", times=1)
    await town.fill()
    assert submit_words(town) == "Send to 1 person"
    await town.person().submit()
    await town.card_says("Accepted")


async def test_back_keeps_the_form_as_it_was_filled(town: Town) -> None:
    await town.fill("06 12 34 56 78", "Bonjor", sender="ACME")
    await town.person().close()
    view = town.person().view
    assert view
    assert values(view) | {"options": None, "more": None} == {
        "to": "06 12 34 56 78",
        "more": None,
        "text": "Bonjor",
        "kind": "alert",
        "sender": "ACME",
        "options": None,
    }
    await town.person().submit({"text": "Bonjour"})
    await town.person().submit()
    await town.card_says("Accepted")
    assert [one.text for one in town.provider.texts(NUMBER)] == ["Bonjour"]
    assert len(town.sends) == 1


# Confirming


async def test_a_review_that_was_left_behind_cannot_send_what_was_changed_since(town: Town) -> None:
    await town.fill(text="Vieux")
    stale = town.person().view
    await town.person().close()
    await town.person().submit({"text": "Neuf"})
    result = await town.person().submit({}, stale)
    assert "changed after this was shown" in str(result.delivery.answer if result.delivery else "")
    assert town.sends == []


async def test_confirming_twice_sends_once_and_says_so(town: Town) -> None:
    await town.fill()
    review = town.person().view
    first, second = await asyncio.gather(town.person().submit({}, review), town.person().submit({}, review))
    answers = [str(result.delivery.answer if result.delivery else "") for result in (first, second)]
    assert sum("not sent twice" in answer for answer in answers) == 1
    await town.card_says("Accepted")
    assert len(town.sends) == 1
    assert len(town.cards()) == 1


async def test_two_forms_of_two_people_are_two_campaigns(town: Town) -> None:
    await asyncio.gather(town.send(NUMBER, "Un"), town.send(OTHER, "Deux", who=BRUNO))
    await town.slack.until(lambda: len(town.cards()) == 2 and all("Accepted" in c["text"] for c in town.cards()), 30)
    assert sorted(send.json["sms"]["message"]["text"] for send in town.sends) == ["Deux", "Un"]


async def test_a_form_that_is_too_old_says_so(town: Town) -> None:
    await town.fill()
    view = town.person().view
    assert view
    await town.desk.services.store.redis.delete(f"draft:{{{view['private_metadata'].partition(':')[0]}}}")
    await town.person().submit()
    assert "too old" in top(town)
    assert town.sends == []


async def test_the_card_names_the_person_who_sent_and_the_form_is_gone(town: Town) -> None:
    result: Result = await town.send(who=BRUNO)
    assert result.action == "clear"
    assert town.person(BRUNO).view is None
    card = await town.card_says("Accepted")
    assert f"<@{BRUNO}>" in str(card["blocks"])


async def test_a_slow_slack_does_not_keep_an_sms_from_leaving(town: Town) -> None:
    """The card comes later; what was confirmed goes out."""
    town.slack.fail("chat.postMessage", 429, times=1_000, retry_after=1)
    await town.send()
    await town.provider.until(lambda: town.provider.texts(NUMBER))
    assert town.cards() == []
    town.slack.heal()
    await town.card_says("Accepted")


def test_the_samples_of_this_file_are_at_the_limit() -> None:
    """Ten segments are the most: these take exactly as many."""
    assert (len(GSM_10), len(UNICODE_10)) == (10 * 153, 10 * 67)
