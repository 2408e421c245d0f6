"""Saved answers, as people make, find, change and delete them."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.features.templates import About, form, listing, question
from bot.sandbox.slack import Result, show
from bot.slack.forms import values
from bot.store.templates import MOST, Template
from tests.block_kit import validate_view
from tests.conftest import ALICE, BRUNO, GUEST, Town

TEXT = "Nous sommes ouverts de 9 h à 18 h."


def top(town: Town, who: str = ALICE) -> str:
    """What the form on top of somebody's screen says, without its bold marks."""
    view = town.person(who).view
    assert view
    return show(view).replace("*", "")


async def open_list(town: Town, who: str = ALICE, words: str = "") -> str:
    """``/sms templates``, as it opens."""
    if town.person(who).view:
        await town.person(who).close(everything=True)
    opened = await town.person(who).command("/sms", f"templates {words}")
    assert opened.view, opened.answer
    validate_view({name: opened.view[name] for name in ("type", "title", "blocks", "close")})
    return top(town, who)


async def press(town: Town, action: str, value: str | None = None, who: str = ALICE) -> None:
    """A button or a menu of the form on top."""
    view = town.person(who).view
    assert view
    await town.person(who).click(view, action, value)


async def make(town: Town, name: str = "Horaires", text: str = TEXT, who: str = ALICE) -> Result:
    """The list, *New*, its form filled and saved."""
    await open_list(town, who)
    await press(town, "template_new", who=who)
    return await town.person(who).submit({"name": name, "text": text})


async def choose(town: Town, verb: str, name: str = "Horaires", who: str = ALICE) -> None:
    """*Edit…* or *Delete…* at one, in the list."""
    await open_list(town, who)
    found = next(one for one in await town.desk.services.store.templates.all() if one.name == name)
    view = town.person(who).view
    assert view
    menu = next(
        block for block in view["blocks"] if f"{verb} {found.id}" in str(block.get("accessory", {}).get("options", ""))
    )
    await town.person(who).click(view, "template_more", f"{verb} {found.id}", block_id=menu["block_id"])


async def names(town: Town) -> list[str]:
    """The names that there are."""
    return [one.name for one in await town.desk.services.store.templates.all()]


async def test_one_is_made_in_a_form_and_shows_in_the_list_at_once(town: Town) -> None:
    assert "There are no saved answers yet." in await open_list(town)
    await press(town, "template_new")
    saved = await town.person().submit({"name": "  Horaires  d'été ", "text": f"\n{TEXT}\n"})
    assert saved.action == "close"
    listed = top(town)
    assert "Horaires d'été · @U0ALICE" in listed
    assert f"> {TEXT}" in listed
    assert len(town.person().views) == 1
    assert f"> {TEXT}" in await open_list(town, BRUNO)


async def test_what_is_wrong_is_said_under_its_field(town: Town) -> None:
    await make(town)
    taken = await make(town, "HORAIRES ", "Autre", BRUNO)
    assert taken.errors == {"name": "Another saved answer has this name. Nothing was saved. Choose a different one."}
    blank = await town.person(BRUNO).submit({"name": "\u00a0", "text": "x"})
    assert set(blank.errors) == {"name"}
    nothing = await town.person(BRUNO).submit({"name": "Deux", "text": " \n "})
    assert set(nothing.errors) == {"text"}
    mended = await town.person(BRUNO).submit({"name": "Deux", "text": "x"})
    assert mended.action == "close"
    assert await names(town) == ["Deux", "Horaires"]


async def test_names_and_texts_have_a_most(town: Town) -> None:
    long = await make(town, "n" * 61)
    assert set(long.errors) == {"name"}
    long = await town.person().submit({"name": "n" * 60, "text": "t" * 1001})
    assert set(long.errors) == {"text"}
    await town.person().submit({"text": "t" * 1000})
    assert await names(town) == ["n" * 60]


async def test_the_same_form_submitted_three_times_makes_one(town: Town) -> None:
    await open_list(town)
    await press(town, "template_new")
    person = town.person()
    await person.fill({"name": "Horaires", "text": TEXT})
    filled = person.view
    results = await asyncio.gather(*(person.submit({}, filled) for _ in range(3)))
    assert [result.action for result in results] == ["close"] * 3
    await person.submit({}, filled)
    assert await names(town) == ["Horaires"]


async def test_beyond_the_most_it_is_refused_in_words(town: Town) -> None:
    for index in range(MOST):
        await town.desk.services.store.templates.save(Template(f"t{index}", f"Nom {index:03}", TEXT, ALICE))
    listed = await open_list(town)
    assert "52 more" in listed
    assert "Nom 099" in listed
    refused = await make(town)
    assert "There are 100 saved answers" in refused.errors["name"]
    assert len(await names(town)) == MOST


async def test_words_narrow_the_list_down_wherever_they_stand(town: Town) -> None:
    await make(town, "Horaires", TEXT)
    await make(town, "Retard", "Votre colis est en retard.")
    listed = await open_list(town, words="COLIS retard")
    assert "Retard" in listed
    assert "Horaires" not in listed
    assert "No saved answer has these words." in await open_list(town, words="zèbre")


async def test_a_list_that_was_searched_stays_so_after_a_change(town: Town) -> None:
    await make(town, "Horaires", TEXT)
    await make(town, "Retard", "Votre colis est en retard.")
    await open_list(town, words="colis")
    await press(town, "template_new")
    await town.person().submit({"name": "Colis prêt", "text": "Votre colis est prêt."})
    listed = top(town)
    assert "Colis prêt" in listed
    assert "Horaires" not in listed


async def test_a_change_comes_from_the_text_as_it_was(town: Town) -> None:
    await make(town)
    await choose(town, "edit")
    view = town.person().view
    assert view
    assert values(view) == {"name": "Horaires", "text": TEXT}
    await town.person().submit({"text": "Fermé."})
    assert "> Fermé." in top(town)
    assert TEXT not in top(town)


async def test_of_two_who_change_one_the_second_is_told_and_loses_nothing(town: Town) -> None:
    await make(town, who=BRUNO)
    await choose(town, "edit", who=BRUNO)
    await choose(town, "edit", who=ALICE)  # an admin
    await town.person(ALICE).submit({"text": "D'Alice"})
    await town.person(BRUNO).submit({"text": "De Bruno, bien plus long"})
    assert "Somebody changed this saved answer" in top(town, BRUNO)
    await town.person(BRUNO).close()
    typed = town.person(BRUNO).view
    assert typed
    assert values(typed)["text"] == "De Bruno, bien plus long"
    [kept] = await town.desk.services.store.templates.all()
    assert (kept.text, kept.owner) == ("D'Alice", BRUNO)


async def test_a_change_submitted_three_times_is_one_and_no_quarrel_with_itself(town: Town) -> None:
    await make(town)
    await choose(town, "edit")
    person = town.person()
    await person.fill({"text": "Fermé."})
    filled = person.view
    results = await asyncio.gather(*(person.submit({}, filled) for _ in range(3)))
    assert [result.action for result in results] == ["close"] * 3
    [kept] = await town.desk.services.store.templates.all()
    assert (kept.text, kept.revision) == ("Fermé.", 2)


async def test_a_change_of_one_that_was_deleted_meanwhile_is_refused_and_what_was_typed_stays(town: Town) -> None:
    await make(town, who=BRUNO)
    await choose(town, "edit", who=BRUNO)
    await choose(town, "delete", who=ALICE)
    await town.person(ALICE).submit({})
    await town.person(BRUNO).submit({"text": "Trop tard"})
    assert "was deleted meanwhile. Nothing was saved" in top(town, BRUNO)
    await town.person(BRUNO).close()
    typed = town.person(BRUNO).view
    assert typed
    assert values(typed)["text"] == "Trop tard"
    assert await names(town) == []


async def test_deleting_asks_first(town: Town) -> None:
    await make(town)
    await choose(town, "delete")
    assert "will not be offered to anybody any more" in top(town)
    await town.person().close()
    assert await names(town) == ["Horaires"]
    await choose(town, "delete")
    question_view = town.person().view
    for _ in range(3):
        assert (await town.person().submit({}, question_view)).action == "close"
    assert await names(town) == []
    assert "There are no saved answers yet." in top(town)


async def test_what_was_changed_after_the_question_is_not_deleted(town: Town) -> None:
    await make(town, who=BRUNO)
    await choose(town, "delete", who=ALICE)
    await choose(town, "edit", who=BRUNO)
    await town.person(BRUNO).submit({"text": "Neuf"})
    await town.person(ALICE).submit({})
    assert "so it was not deleted" in top(town)
    assert await names(town) == ["Horaires"]


async def test_only_the_owner_or_an_admin_is_offered_to_change_one(town: Town) -> None:
    await make(town, who=ALICE)
    assert "Edit…" not in await open_list(town, BRUNO)
    assert "Edit…" in await open_list(town, ALICE)
    await make(town, "De Bruno", who=BRUNO)
    assert (await open_list(town, BRUNO)).count("Edit…") == 1
    assert (await open_list(town, ALICE)).count("Edit…") == 2


@pytest.mark.parametrize("verb", ["edit", "delete"])
async def test_who_is_no_admin_any_more_is_refused_where_the_act_happens(town: Town, verb: str) -> None:
    """The menu and the form of an admin stand on the screen; the right is asked again at each."""
    await make(town, who=BRUNO)
    await choose(town, verb)
    await town.slack.change_user(ALICE, is_admin=False)
    await town.person().submit({"text": "Détourné"} if verb == "edit" else {})
    assert "Only whoever made this saved answer, or an admin" in top(town)
    await town.person().close()
    if verb == "edit":
        await town.person().close()
    stale = town.person().views[0]
    menu = next(block for block in stale["blocks"] if "accessory" in block)
    option = menu["accessory"]["options"][verb == "delete"]["value"]
    await town.person().click(stale, "template_more", option, block_id=menu["block_id"])
    assert "Only whoever made this saved answer, or an admin" in top(town)
    [kept] = await town.desk.services.store.templates.all()
    assert kept.text == TEXT


async def test_a_guest_sees_none(town: Town) -> None:
    await make(town)
    refused = await town.person(GUEST).command("/sms", "templates")
    assert refused.view is None
    assert refused.answer
    assert "Only full members" in refused.answer["text"]


async def test_a_list_that_slack_does_not_draw_again_does_not_undo_what_was_saved(town: Town) -> None:
    town.slack.fail("views.update", "drop")
    saved = await make(town)
    assert saved.action == "close"
    assert await names(town) == ["Horaires"]


async def test_a_slack_that_does_not_answer_does_not_hold_up_the_form(town: Town) -> None:
    town.slack.fail("views.update", "timeout")
    saved = await make(town)
    assert saved.elapsed < 2.3
    assert saved.action == "close"
    assert await names(town) == ["Horaires"]


async def test_an_old_menu_of_a_deleted_one_says_so(town: Town) -> None:
    await make(town)
    await open_list(town)
    view = town.person().view
    [kept] = await town.desk.services.store.templates.all()
    await town.desk.services.store.templates.delete(kept.id, kept.revision)
    await press(town, "template_more", f"edit {kept.id}")
    assert view
    assert "was deleted meanwhile" in top(town)


# Every view, against Slack's own description

TEMPLATES: Any = st.builds(
    Template,
    id=st.text("0123456789abcdef", min_size=11, max_size=11),
    name=st.text(min_size=1, max_size=60),
    text=st.text(min_size=1, max_size=1000),
    owner=st.sampled_from([ALICE, BRUNO]),
    revision=st.integers(1, 9999),
)


@settings(deadline=None, max_examples=40)
@given(st.lists(TEMPLATES, max_size=100), st.text(max_size=200), st.booleans())
def test_every_list_is_one_that_slack_takes(found: list[Template], words: str, admin: bool) -> None:
    validate_view(listing(found, words, ALICE, admin=admin))


@settings(deadline=None)
@given(TEMPLATES, st.text(max_size=200))
def test_every_form_and_question_is_one_that_slack_takes(template: Template, words: str) -> None:
    about = About(template.id, template.revision, words)
    for view in (form(about, template), form(about, None), question(about, template)):
        validate_view(view)
