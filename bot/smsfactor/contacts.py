"""Whom one may write to: contact lists, the blacklist, unassigned numbers, and looking a number up."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import Field

from bot.smsfactor.connection import Connection
from bot.smsfactor.errors import Unclear
from bot.smsfactor.wire import Acknowledged, Count, Digits, Flag, Ident, Moment, Page, Private, Wire, Words


@dataclass(frozen=True, slots=True)
class Contact:
    """A number in E.164 digits and four free fields, which list sends put in place of `[info1]`…`[info4]`."""

    number: str = field(repr=False)
    info1: str | None = field(default=None, repr=False)
    info2: str | None = field(default=None, repr=False)
    info3: str | None = field(default=None, repr=False)
    info4: str | None = field(default=None, repr=False)

    def on_wire(self) -> dict[str, str]:
        """One item of a request's `gsm` array."""
        fields = {
            "value": self.number,
            "info1": self.info1,
            "info2": self.info2,
            "info3": self.info3,
            "info4": self.info4,
        }
        return {name: value for name, value in fields.items() if value is not None}


class ListChange(Wire):
    """A list was made or grew: how many contacts were stored, how many were malformed or there already."""

    id: str
    contacts: Count = 0
    invalid: Count = 0
    duplicates: Count = 0


class ContactList(Wire):
    """A contact list, without its contacts."""

    id: str
    name: Words = ""
    made_at: Moment = Field(None, alias="date")
    count: Count = 0


class _Lists(Wire):
    lists: tuple[ContactList, ...]


class ListedContact(Wire):
    """A contact of a list; `id` is what changes and deletes it."""

    id: str
    number: Digits = Field(alias="destination")
    info1: Private = ""
    info2: Private = ""
    info3: Private = ""
    info4: Private = ""


class ContactPage(Page):
    """A page of a list's contacts; `count` is how many the list has."""

    entries: tuple[ListedContact, ...] = Field(alias="list")
    name: Words = ""
    count: Count = Field(0, alias="contacts")


class BarredNumber(Wire):
    """An entry of the blacklist or the NPAI list; `ticket` is the campaign behind it, None if put by hand."""

    id: str
    number: Digits = Field(alias="destination")
    at: Moment = Field(None, alias="date")
    ticket: Ident = Field(None, alias="campaign_id")
    info1: Private = ""
    info2: Private = ""
    info3: Private = ""
    info4: Private = ""


class BarredPage(Page):
    """A page of the blacklist or the NPAI list."""

    entries: tuple[BarredNumber, ...] = Field(alias="list")


class _Added(Wire):
    count: Count = Field(0, alias="added_contacts")


class _Removed(Wire):
    count: Count = Field(0, alias="removed")


class Network(Wire):
    """The network that a number was first assigned to."""

    name: Words = Field("", alias="networkName")
    prefix: Words = Field("", alias="networkPrefix")
    country: Words = Field("", alias="countryName")
    country_prefix: Words = Field("", alias="countryPrefix")


class LookupStatus(Wire):
    """How the look-up itself went, in the provider's words."""

    name: Words = ""
    description: Words = ""
    detailed: Words = ""


class LookupFailure(Wire):
    """Why a number could not be looked up."""

    id: Count = 0
    description: Words = ""
    permanent: Flag = False


class LookedUp(Wire):
    """What the networks say about one number (HLR)."""

    number: Digits = Field(alias="to")
    mcc_mnc: Words = Field("", alias="mccMnc")
    imsi: Ident = Field(None, repr=False)
    network: Network | None = Field(None, alias="originalNetwork")
    ported: Flag = False
    roaming: Flag = False
    status: LookupStatus | None = None
    error: LookupFailure | None = None


class _LookupResponse(Wire):
    lookup: tuple[LookedUp, ...]


class Lookup(Wire):
    """The answer to a look-up; `cost` and `credits` (what is left) in credits."""

    cost: Count = 0
    credits: Count = 0
    response: _LookupResponse

    @property
    def numbers(self) -> tuple[LookedUp, ...]:
        """One entry per number, in the provider's order."""
        return self.response.lookup


class Contacts(Connection):
    """`/list`, `/lists`, `/blacklist`, `/npai` and `/lookup`."""

    async def create_list(self, name: str | None, contacts: Sequence[Contact]) -> ListChange:
        """POST /list: a new list; without a name it gets its creation date."""
        named = {} if name is None else {"name": name}
        return await self._write(ListChange, "POST", "/list", body={"list": {**named, **_gsm(contacts)}})

    async def add_contacts(self, list_id: str, contacts: Sequence[Contact]) -> ListChange:
        """POST /list with `listId`: add to a list.

        If the provider does not recognise the id it may make a new list of the contacts: then `Unclear` is
        raised.
        """
        body = {"list": {"listId": list_id, **_gsm(contacts)}}
        change = await self._write(ListChange, "POST", "/list", body=body)
        if change.id != list_id:
            raise Unclear("POST /list: the contacts went to another list than the one named", retryable=False)
        return change

    async def lists(self) -> tuple[ContactList, ...]:
        """GET /lists."""
        return (await self._read(_Lists, "/lists")).lists

    async def list_contacts(
        self, list_id: str, *, search: str | None = None, start: int = 0, length: int = 100
    ) -> ContactPage:
        """GET /list/:id."""
        query = {"search": search, "start": start, "length": length}
        return await self._read(ContactPage, "/list/:id", ident=list_id, query=query)

    async def delete_list(self, list_id: str) -> None:
        """DELETE /list/:id."""
        await self._write(Acknowledged, "DELETE", "/list/:id", ident=list_id)

    async def deduplicate_list(self, list_id: str) -> int:
        """PUT /list/deduplicate/:id; returns how many contacts were removed."""
        return (await self._write(_Removed, "PUT", "/list/deduplicate/:id", ident=list_id)).count

    async def clear_list_npais(self, list_id: str) -> int:
        """PUT /list/:id/npai/clear: move the list's unassigned numbers to the NPAI list; returns how many."""
        return (await self._write(_Removed, "PUT", "/list/:id/npai/clear", ident=list_id)).count

    async def update_contact(self, contact_id: str, contact: Contact) -> None:
        """PUT /list/contact/:id. Read it back, or delete and add instead, when it matters.

        The clients that know this endpoint disagree about the number's field: `destination` or `value`. Both
        are sent.
        """
        body = {"destination": contact.number, **contact.on_wire()}
        await self._write(Acknowledged, "PUT", "/list/contact/:id", ident=contact_id, body=body)

    async def delete_contact(self, contact_id: str) -> None:
        """DELETE /list/contact/:id; the id is the entry's in `list_contacts`."""
        await self._write(Acknowledged, "DELETE", "/list/contact/:id", ident=contact_id)

    async def blacklist(self, *, start: int = 0, length: int = 1000) -> BarredPage:
        """GET /blacklist: who must not be written to.

        Paging is not documented for it: compare `total` with what came.
        """
        return await self._read(BarredPage, "/blacklist", query={"start": start, "length": length})

    async def add_to_blacklist(self, contacts: Sequence[Contact]) -> int:
        """POST /blacklist; returns how many were added."""
        body = {"blacklist": {"contacts": {"gsm": [contact.on_wire() for contact in contacts]}}}
        return (await self._write(_Added, "POST", "/blacklist", body=body)).count

    async def remove_from_blacklist(self, entry_id: str) -> None:
        """DELETE /blacklist/contact/:id. A STOP is a legal objection: only a person may decide this."""
        await self._write(Acknowledged, "DELETE", "/blacklist/contact/:id", ident=entry_id)

    async def npai(self, *, start: int = 0, length: int = 1000) -> BarredPage:
        """GET /npai: numbers known to be unassigned. Paging as in `blacklist`."""
        return await self._read(BarredPage, "/npai", query={"start": start, "length": length})

    async def add_to_npai(self, contacts: Sequence[Contact]) -> int:
        """POST /npai; returns how many were added. There is no way to take one off."""
        body = {"npai": {"contacts": {"gsm": [contact.on_wire() for contact in contacts]}}}
        return (await self._write(_Added, "POST", "/npai", body=body)).count

    async def look_up(self, numbers: Sequence[str]) -> Lookup:
        """POST /lookup: ask the networks about numbers (E.164 digits), at one credit each."""
        return await self._write(Lookup, "POST", "/lookup", body={"lookup": {"to": list(numbers)}})


def _gsm(contacts: Sequence[Contact]) -> dict[str, object]:
    return {"contacts": {"gsm": [contact.on_wire() for contact in contacts]}}
