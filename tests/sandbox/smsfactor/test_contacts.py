"""Lists of contacts, blacklist and NPAI list."""

import pytest

ANA, BEN, CLO = "33612345601", "33612345602", "33612345603"


def contacts(*numbers):
    return {"contacts": {"gsm": [{"value": number, "info1": f"n{number[-1]}"} for number in numbers]}}


async def test_a_list_keeps_valid_numbers_and_counts_the_rest(api):
    answer = await api("POST", "/list", {"list": {"name": "Equipe", **contacts(ANA, BEN, ANA, "06")}})
    list_id = answer.pop("id")
    assert answer == {"status": 1, "message": "OK", "contacts": 3, "invalid": 1, "duplicates": 1}
    assert len(list_id) == 24
    more = await api("POST", "/list", {"list": {"listId": list_id, **contacts(CLO, ANA)}})
    assert (more["id"], more["contacts"], more["duplicates"]) == (list_id, 2, 1)
    (shown,) = (await api("GET", "/lists"))["lists"]
    assert (shown["id"], shown["name"], shown["count"]) == (list_id, "Equipe", "5")
    assert (await api("PUT", f"/list/deduplicate/{list_id}"))["removed"] == 2
    page = await api("GET", f"/list/{list_id}", start=1, length=1)
    assert (page["name"], page["contacts"], page["totalRecords"]) == ("Equipe", "3", 3)
    assert [contact["destination"] for contact in page["list"]] == [BEN]
    assert page["list"][0]["info1"] == "n2"


async def test_a_wrongly_named_list_id_makes_a_new_list(api):
    first = (await api("POST", "/list", {"list": contacts(ANA)}))["id"]
    second = (await api("POST", "/list", {"list": {"list_id": first, **contacts(BEN)}}))["id"]
    assert first != second
    assert (await api("POST", "/list", {"list": {"listId": "nope", **contacts(BEN)}}))["status"] == -5


async def test_contacts_are_found_changed_and_removed(api):
    list_id = (await api("POST", "/list", {"list": contacts(ANA, BEN)}))["id"]
    found = await api("GET", f"/list/{list_id}", search=BEN)
    (contact,) = found["list"]
    assert found["totalDisplayRecords"] == 1
    path = f"/list/contact/{contact['id']}"
    assert (await api("PUT", path, {"destination": CLO, "info2": "x"}))["status"] == 1
    (changed,) = (await api("GET", f"/list/{list_id}", search=CLO))["list"]
    assert (changed["id"], changed["info1"], changed["info2"]) == (contact["id"], "", "x")
    assert (await api("PUT", path, {"value": BEN}))["status"] == 1
    assert (await api("PUT", path, {"value": "06"}))["status"] == -7
    assert (await api("DELETE", path))["status"] == 1
    assert (await api("DELETE", path))["status"] == -5
    assert (await api("GET", f"/list/{list_id}"))["totalRecords"] == 1


async def test_a_deleted_list_is_gone(api):
    list_id = (await api("POST", "/list", {"list": contacts(ANA)}))["id"]
    assert (await api("DELETE", f"/list/{list_id}")) == {"status": 1, "message": "OK"}
    assert (await api("GET", f"/list/{list_id}"))["status"] == -5


async def test_clearing_a_list_moves_its_dead_numbers(api, provider):
    list_id = (await api("POST", "/list", {"list": contacts(ANA, BEN, CLO)}))["id"]
    await api("POST", "/npai", {"npai": contacts(ANA)})
    await api.send("Bonjour", f"{BEN}=m-1")
    await provider.receipt("m-1", 5)
    assert (await api("PUT", f"/list/{list_id}/npai/clear"))["removed"] == 2
    assert {entry["destination"] for entry in (await api("GET", "/npai"))["list"]} == {ANA, BEN}


@pytest.mark.parametrize("name", ["blacklist", "npai"])
async def test_both_account_lists_take_numbers_once(api, name):
    assert (await api("POST", f"/{name}", {name: contacts(ANA, BEN, "06")}))["added_contacts"] == 2
    assert (await api("POST", f"/{name}", {name: contacts(ANA)}))["added_contacts"] == 0
    page = await api("GET", f"/{name}", start=1, length=5)
    (entry,) = page["list"]
    assert (entry["destination"], entry["campaign_id"], page["totalRecords"]) == (BEN, None, 2)
    assert (await api("POST", f"/{name}", {name: {}}))["status"] == -7


async def test_a_number_leaves_the_blacklist(api):
    await api("POST", "/blacklist", {"blacklist": contacts(ANA)})
    (entry,) = (await api("GET", "/blacklist"))["list"]
    assert (await api("DELETE", f"/blacklist/contact/{entry['id']}"))["status"] == 1
    assert (await api("DELETE", f"/blacklist/contact/{entry['id']}"))["status"] == -5
    assert (await api.send("Bonjour", ANA))["sent"] == 1
