"""What menus offer to a person, and what nobody can choose."""

import pytest

from bot.sandbox.slack import NotOnScreenError
from tests.sandbox.slack.small_app import FORM, option, plain, row


async def open_form(slack, client, *blocks, who="U0ALICE"):
    trigger = slack.workspace.modals.new_trigger(who, channel_id="C0SMS")
    await client.views_open(trigger_id=trigger.id, view={**FORM, "blocks": list(blocks)})
    return slack.person(who)


def values(options):
    return [one["value"] for one in options]


async def test_a_menu_is_searched_by_what_its_options_say(slack, client):
    groups = [{"label": plain("G"), "options": [option("now"), option("later")]}]
    alice = await open_form(slack, client, row("kind", {"type": "static_select", "option_groups": groups}))
    assert values(await alice.options("kind", "")) == ["now", "later"]
    assert values(await alice.options("kind", "LAT")) == ["later"]
    assert await alice.options("kind", "never") == []


async def test_people_are_found_by_name_and_chosen_by_id(slack, client, seen):
    alice = await open_form(
        slack, client, row("one", {"type": "users_select"}), row("more", {"type": "multi_users_select"})
    )
    assert values(await alice.options("one", "petit")) == ["U0BRUNO"]
    slack.world.users["U0CHLOE"].deleted = True
    assert "U0CHLOE" not in values(await alice.options("one", ""))
    await alice.submit({"one": "U0BRUNO", "more": ["U0ALICE", "Bruno Petit"]})
    state = seen["submission"]["view"]["state"]["values"]
    assert next(iter(state["one"].values()))["selected_user"] == "U0BRUNO"
    assert next(iter(state["more"].values()))["selected_users"] == ["U0ALICE", "U0BRUNO"]


async def test_a_guest_finds_only_people_and_channels_of_their_own(slack, client):
    slack.world.add_user("U0DAVID", "david")
    slack.world.add_channel("C0DAVID", "davids", ["U0DAVID"])
    blocks = row("who", {"type": "users_select"}), row("where", {"type": "channels_select"})
    for who, finds in (("U0BRUNO", True), ("U0GUEST", False)):
        person = await open_form(slack, client, *blocks, who=who)
        assert ("U0DAVID" in values(await person.options("who", ""))) is finds
        assert ("C0DAVID" in values(await person.options("where", ""))) is finds


@pytest.mark.parametrize(
    ("kept", "found"),
    [
        (None, ["C0SMS", "C0RANDOM", "C0DEN", "direct"]),
        ({"include": ["private"]}, ["C0DEN"]),
        ({"include": ["public"], "exclude_external_shared_channels": True}, ["C0RANDOM"]),
        ({"exclude_bot_users": True}, ["C0SMS", "C0RANDOM", "C0DEN"]),
    ],
)
async def test_conversations_are_filtered_as_the_element_says(slack, client, kept, found):
    slack.world.add_channel("C0DEN", "den", ["U0ALICE"], kind="private")
    slack.world.add_channel("C0OTHERS", "others", ["U0BRUNO"], kind="private")
    slack.world.add_channel("C0OLD", "old", ["U0ALICE"], is_archived=True)
    direct = slack.world.direct_message("U0ALICE").id
    element = {"type": "conversations_select"} | ({"filter": kept} if kept else {})
    alice = await open_form(slack, client, row("where", element))
    assert values(await alice.options("where", "")) == [direct if one == "direct" else one for one in found]
    with pytest.raises(NotOnScreenError, match="no such option"):
        await alice.fill({"where": "C0OTHERS"})


async def test_channels_are_public_ones(slack, client):
    slack.world.add_channel("C0DEN", "den", ["U0ALICE"], kind="private")
    alice = await open_form(slack, client, row("where", {"type": "multi_channels_select"}))
    assert values(await alice.options("where", "")) == ["C0SMS", "C0RANDOM"]
    await alice.fill({"where": ["C0RANDOM"]})
    with pytest.raises(NotOnScreenError):
        await alice.fill({"where": ["C0DEN"]})


async def test_what_was_there_from_the_start_may_stay(slack, client, seen):
    slack.world.users["U0CHLOE"].deleted = True
    element = {"type": "multi_users_select", "initial_users": ["U0CHLOE"]}
    alice = await open_form(slack, client, row("who", element))
    await alice.submit({"who": ["U0CHLOE", "U0BRUNO"]})
    assert "U0CHLOE" in str(seen["submission"]["view"]["state"])


async def test_the_conversation_in_which_a_form_was_opened_may_be_the_first_choice(slack, client):
    element = {"type": "multi_conversations_select", "default_to_current_conversation": True}
    alice = await open_form(slack, client, row("where", element))
    [state] = alice.view["state"]["values"]["where"].values()
    assert state["selected_conversations"] == ["C0SMS"]


async def test_an_option_that_an_external_menu_shows_is_chosen_without_asking_again(slack, client, seen):
    menu = {"type": "multi_external_select", "action_id": "lists", "min_query_length": 1}
    alice = await open_form(slack, client, row("list", menu))
    shown = await alice.options("list", "cl")
    await alice.fill({"list": [shown[0]]})
    await alice.fill({"list": ["clients", shown[1]]})
    assert seen["query"] == "cl"
    seen["options"] = [option("others")]
    await alice.fill({"list": ["clients", "others"]})
    assert seen["query"] == "others"
    with pytest.raises(NotOnScreenError):
        await alice.fill({"list": [option("forged")]})
    await alice.submit()
    assert values(seen["submission"]["view"]["state"]["values"]["list"]["lists"]["selected_options"]) == [
        "clients",
        "others",
    ]


async def test_a_text_field_is_no_menu(slack, client):
    alice = await open_form(slack, client, row("text", {"type": "plain_text_input"}))
    with pytest.raises(NotOnScreenError, match="no menu"):
        await alice.options("text", "x")
