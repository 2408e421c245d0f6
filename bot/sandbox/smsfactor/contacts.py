"""Lists of contacts, the blacklist and the NPAI (unassigned numbers) list.

SMSFactor docs: list/create, contact/add, list/get, list/clear, list/blacklist, list/npai, contact/npai.
"""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.smsfactor import numbers
from bot.sandbox.smsfactor.asking import (
    AnswerError,
    Call,
    Endpoints,
    found,
    info_of,
    objects,
    optional,
    page,
    required,
    section,
)
from bot.sandbox.smsfactor.clock import stamp
from bot.sandbox.smsfactor.records import ContactList, Entry, Json
from bot.sandbox.smsfactor.state import State


class Contacts:
    """Fifteen endpoints over three kinds of lists of numbers."""

    def __init__(self, state: State) -> None:
        self._state = state

    def endpoints(self) -> Endpoints:
        return {
            "POST /list": self._create_or_add,
            "GET /lists": self._lists,
            "GET /list/:id": self._list,
            "DELETE /list/:id": self._delete,
            "PUT /list/deduplicate/:id": self._deduplicate,
            "PUT /list/:id/npai/clear": self._clear_npai,
            "PUT /list/contact/:id": self._change_contact,
            "DELETE /list/contact/:id": self._delete_contact,
            "GET /blacklist": lambda call: self._entries(self._state.blacklist, call),
            "POST /blacklist": lambda call: self._add(self._state.blacklist, "blacklist", call),
            "DELETE /blacklist/contact/:id": self._unblacklist,
            "GET /npai": lambda call: self._entries(self._state.npai, call),
            "POST /npai": lambda call: self._add(self._state.npai, "npai", call),
        }

    # Lists

    def _create_or_add(self, call: Call) -> Json:
        state = self._state
        fields = section(call.body, "list")
        gsm = objects(section(fields, "contacts"), "gsm")
        # A field of any other name (the PHP README writes list_id) is not recognised and makes a new list.
        list_id = optional(fields, "listId")
        if list_id:
            contact_list = found(state.lists, list_id)
        else:
            now = state.clock.now()
            contact_list = ContactList(next(state.object_ids), optional(fields, "name") or stamp(now), now)
        contacts = [self._entry(item) for item in gsm]
        valid = [contact for contact in contacts if contact is not None]
        known = {contact.number for contact in contact_list.contacts}
        fresh = {contact.number for contact in valid} - known
        contact_list.contacts += valid
        state.lists[contact_list.id] = contact_list
        state.changes.notify()
        return {
            "contacts": len(valid),
            "invalid": len(contacts) - len(valid),
            "duplicates": len(valid) - len(fresh),
            "id": contact_list.id,
        }

    def _lists(self, _call: Call) -> Json:
        return {
            "lists": [
                {
                    "id": each.id,
                    "name": each.name,
                    "date": stamp(each.created),
                    "count": str(len(each.contacts)),
                }
                for each in self._state.lists.values()
            ]
        }

    def _list(self, call: Call) -> Json:
        contact_list = found(self._state.lists, call.id)
        search = optional(call.query, "search")
        wanted = [c for c in contact_list.contacts if any(search in part for part in (c.number, *c.info))]
        return {
            "list": [{"id": c.id, "destination": c.number, **_info(c)} for c in page(wanted, call.query)],
            "name": contact_list.name,
            "contacts": str(len(contact_list.contacts)),
            "totalRecords": len(contact_list.contacts),
            "totalDisplayRecords": len(wanted),
        }

    def _delete(self, call: Call) -> Json:
        del self._state.lists[found(self._state.lists, call.id).id]
        self._state.changes.notify()
        return {}

    def _deduplicate(self, call: Call) -> Json:
        contact_list = found(self._state.lists, call.id)
        first = {contact.number: contact for contact in reversed(contact_list.contacts)}
        return self._keep(contact_list, [c for c in contact_list.contacts if first[c.number] is c])

    def _clear_npai(self, call: Call) -> Json:
        state = self._state
        contact_list = found(state.lists, call.id)
        dead = {c.number: c for c in contact_list.contacts if c.number in state.npai or c.number in state.unassigned}
        for number, contact in dead.items():
            entry = Entry(next(state.object_ids), number, state.clock.now(), contact.info)
            state.npai.setdefault(number, entry)
        return self._keep(contact_list, [c for c in contact_list.contacts if c.number not in dead])

    def _keep(self, contact_list: ContactList, kept: list[Entry]) -> Json:
        removed = len(contact_list.contacts) - len(kept)
        contact_list.contacts = kept
        self._state.changes.notify()
        return {"removed": removed}

    def _change_contact(self, call: Call) -> Json:
        _, contact = self._find_contact(call.id)
        # Client libraries disagree on the field's name; both are taken.
        written = optional(call.body, "destination") or required(call.body, "value")
        read = numbers.read(written)
        if read is None:
            raise AnswerError(-7, "Numéro invalide")
        contact.number = read[0]
        contact.info = info_of(call.body)
        self._state.changes.notify()
        return {}

    def _delete_contact(self, call: Call) -> Json:
        contact_list, contact = self._find_contact(call.id)
        contact_list.contacts.remove(contact)
        self._state.changes.notify()
        return {}

    def _find_contact(self, contact_id: str) -> tuple[ContactList, Entry]:
        for contact_list in self._state.lists.values():
            for contact in contact_list.contacts:
                if contact.id == contact_id:
                    return contact_list, contact
        raise AnswerError(-5, "Aucun contact ne correspond à cet identifiant")

    # Blacklist and NPAI

    def _entries(self, shelf: Mapping[str, Entry], call: Call) -> Json:
        entries = list(shelf.values())
        return {
            "list": [_entry_view(entry) for entry in page(entries, call.query)],
            "totalRecords": len(entries),
            "totalDisplayRecords": len(entries),
        }

    def _add(self, shelf: dict[str, Entry], name: str, call: Call) -> Json:
        before = len(shelf)
        for item in objects(section(call.body, name, "contacts"), "gsm"):
            entry = self._entry(item)
            if entry is not None:
                shelf.setdefault(entry.number, entry)
        self._state.changes.notify()
        return {"added_contacts": len(shelf) - before}

    def _unblacklist(self, call: Call) -> Json:
        by_id = {entry.id: number for number, entry in self._state.blacklist.items()}
        del self._state.blacklist[found(by_id, call.id)]
        self._state.changes.notify()
        return {}

    def _entry(self, item: Mapping[str, Any]) -> Entry | None:
        read = numbers.read(required(item, "value"))
        if read is None:
            return None
        return Entry(next(self._state.object_ids), read[0], self._state.clock.now(), info_of(item))


def _info(entry: Entry) -> Json:
    return {f"info{index}": value for index, value in enumerate(entry.info, start=1)}


def _entry_view(entry: Entry) -> Json:
    return {
        "id": entry.id,
        "destination": entry.number,
        "date": stamp(entry.at),
        **_info(entry),
        "user_information": [],
        "campaign_id": int(entry.ticket) if entry.ticket else None,
        "batch_id": None,
    }
