"""One browser on the page, used as a person would: things are found by their role and by what is written on them."""

import re
from urllib.parse import urlencode

from playwright.async_api import Locator, Page, expect
from playwright.async_api import TimeoutError as NotInTime

CARLA, DAN = "06 12 34 56 78", "06 98 76 54 32"
AGAIN = 2_000  # milliseconds after which the pointer is brought back to what has moved away
NARROW = 900  # pixels: up to this width page.css shows one side at a time

SCROLLS_SIDEWAYS = """() => [document.scrollingElement, ...document.querySelectorAll("body *")]
    .filter((node) => node.checkVisibility() && node.scrollWidth > node.clientWidth + 1)
    .filter((node) => node === document.scrollingElement
        ? node.scrollWidth > innerWidth
        : ["auto", "scroll"].includes(getComputedStyle(node).overflowX) && node.getAttribute("role") !== "region")
    .map((node) => `${node.tagName.toLowerCase()}.${node.className}: ${node.scrollWidth} > ${node.clientWidth}`)"""


class Desk:
    """What a person does and sees. On a narrow screen it goes to the side where a thing is, as they would."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self._url = url

    async def open(self, **where: str) -> None:
        """Load the page; ``where`` stands in the address, as in a link that somebody sent."""
        await self.page.goto(f"{self._url}#{urlencode(where)}")
        await expect(self.page.get_by_role("banner")).to_be_visible()

    async def fits(self) -> None:
        """Nothing scrolls sideways, but for tables inside themselves."""
        assert await self.page.evaluate(SCROLLS_SIDEWAYS) == []

    # Slack

    @property
    def box(self) -> Locator:
        """Where one writes in a channel."""
        return self.page.get_by_role("textbox", name=re.compile("^Message "))

    @property
    def thread(self) -> Locator:
        """The thread that is open."""
        return self.page.get_by_role("complementary", name=re.compile("^Thread "))

    def message(self, *words: str) -> Locator:
        """The newest message of the channel that says all of these words."""
        return _saying(self.page.get_by_role("log", name="Messages"), words)

    def reply(self, *words: str) -> Locator:
        """The same in the thread that is open."""
        return _saying(self.thread.get_by_role("log", name="Replies"), words)

    def form(self, title: str = "Send an SMS") -> Locator:
        """A form by its title."""
        return self.page.get_by_role("dialog", name=title)

    @property
    def review(self) -> Locator:
        """The form that says what it costs."""
        return self.form("Look before you send")

    def channel(self, name: str) -> Locator:
        """A channel in the list at the left, with its unread mark."""
        return self.page.get_by_role("navigation").get_by_role("button", name=re.compile(f"^{name}\\b"))

    async def say(self, words: str) -> None:
        """Type a line into the channel, and press Enter."""
        await self.slack()
        await self.box.fill(words)
        await self.box.press("Enter")

    async def become(self, name: str) -> None:
        """Be somebody else of the team."""
        await self._drawer()
        await self.page.get_by_role("radio", name=name).click()
        await expect(self.page.get_by_role("radio", name=name)).to_be_checked()
        if self._is_narrow:
            await self.page.get_by_role("button", name="Close the list").click()

    async def at_home(self) -> None:
        """Open the app's Home."""
        await self._drawer()
        await self.page.get_by_role("navigation").get_by_role("button", name="SMS desk").click()

    async def at_channel(self, name: str) -> None:
        """Go into a channel."""
        await self._drawer()
        await self.channel(name).click()

    @property
    def _is_narrow(self) -> bool:
        """Whether one side is shown at a time. Asked of the size, for what is shown follows a click a little later."""
        size = self.page.viewport_size
        return size is not None and size["width"] <= NARROW

    async def _drawer(self) -> None:
        """On a narrow screen channels and people are behind a button."""
        await self.slack()
        if self._is_narrow:
            await self.page.get_by_role("button", name=re.compile("^Channels and people")).click()

    async def fill(self, to: str = "", text: str = "", *, kind: str = "", links: bool = False) -> None:
        """Fill the form that is open, as far as something is given."""
        form = self.form()
        if to:
            await form.get_by_role("textbox", name="To", exact=True).fill(to)
        if text:
            await form.get_by_role("textbox", name="Text", exact=True).fill(text)
        if kind:
            await form.get_by_role("radio", name=kind).check()
        if links:
            await form.get_by_role("checkbox", name="Shorten links").check()

    async def ask(self, to: str, text: str, *, kind: str = "", links: bool = False) -> None:
        """Open the form, fill it, and press Continue."""
        await self.say("/sms send")
        await self.fill(to, text, kind=kind, links=links)
        await self.form().get_by_role("button", name="Continue").click()

    async def confirm(self) -> None:
        """Press Send in the review."""
        await self.review.get_by_role("button", name=re.compile("^Send to ")).click()
        await expect(self.page.get_by_role("dialog")).to_have_count(0)

    async def send(self, to: str, text: str, *, links: bool = False) -> None:
        """Write an SMS, look at its price, and send it."""
        await self.ask(to, text, links=links)
        await self.confirm()

    async def open_thread(self, message: Locator) -> None:
        """Open the thread under a message that has replies."""
        await message.get_by_role("button", name=re.compile(r"^\d+ repl")).click()
        await expect(self.thread).to_be_visible()

    async def reach(self, message: Locator, button: str) -> None:
        """Press a button that a message shows while the pointer is over it; it may move away when others come in."""
        shown = message.get_by_role("button", name=button)
        for left in reversed(range(10)):
            await message.hover()
            try:
                await shown.click(timeout=AGAIN)
            except NotInTime:
                if not left:
                    raise
            else:
                return

    async def remark(self, words: str) -> None:
        """Write a line into the thread that is open."""
        box = self.thread.get_by_role("textbox")
        await box.fill(words)
        await box.press("Enter")

    async def press(self, card: Locator, button: str) -> None:
        """Press a button of a message."""
        await card.get_by_role("button", name=button, exact=True).click()

    async def more(self, card: Locator, item: str) -> None:
        """Choose from the ⋯ menu of a message."""
        await card.get_by_role("button", name="More actions").click()
        await self.page.get_by_role("menuitem", name=item).click()

    # The world around it

    async def phone(self, number: str) -> Locator:
        """Take the phone with this number, which was texted or added, into view."""
        await self.panel("Phones")
        phone = self.page.get_by_role("article", name=f"Phone {number}")
        row = self.page.get_by_role("listbox", name="Phones").get_by_role("option", name=number)
        await expect(phone.or_(row).first).to_be_visible()
        if await row.is_visible():
            await row.click()
        await expect(phone).to_be_visible()
        return phone

    async def answer(self, number: str, words: str) -> None:
        """Write an SMS back."""
        phone = await self.phone(number)
        await phone.get_by_role("textbox").fill(words)
        await phone.get_by_role("textbox").press("Enter")

    async def say_stop(self, number: str) -> None:
        """Press "Say STOP" on a phone."""
        await (await self.phone(number)).get_by_role("button", name="Say STOP").click()

    async def room(self, title: str) -> Locator:
        """A room of the provider's side, opened."""
        await self.panel("Provider")
        room = self.page.get_by_role("group").filter(has=self.page.get_by_role("heading", name=title, exact=True))
        if await room.get_attribute("open") is None:
            await room.get_by_role("heading", name=title, exact=True).click()
        return room

    async def outage(self, how: str) -> None:
        """Break the provider, or mend it."""
        await (await self.room("Outage")).get_by_role("radio", name=how).check()

    async def set_credits(self, number: int) -> None:
        """Set what is left to the account."""
        field = (await self.room("Account")).get_by_role("spinbutton", name="Set the credits to")
        await field.fill(str(number))
        await field.press("Enter")

    async def receipts_after(self, seconds: str) -> None:
        """Have the phones' receipts come so late."""
        field = (await self.room("Limits and receipts")).get_by_role("spinbutton", name="A receipt comes after")
        await field.fill(seconds)
        await field.press("Enter")

    async def panel(self, name: str) -> None:
        """Look at the phones or at the provider."""
        await self._side("Phones & provider")
        await self.page.get_by_role("tab", name=name).click()

    async def slack(self) -> None:
        """Look at Slack."""
        await self._side("Slack")

    async def jump(self, item: str) -> None:
        """Let time pass: an item of the clock's menu."""
        await self.page.get_by_role("button", name=re.compile("^Clock")).click()
        async with self.page.expect_response("**/act/sandbox/jump"):
            await self.page.get_by_role("menuitem", name=item).click()

    # The guide

    @property
    def guide(self) -> Locator:
        """The strip under the bar."""
        return self.page.get_by_role("region", name="Guide")

    async def go_on(self, number: int) -> None:
        """Wait until this step is marked as done, and press Next."""
        await expect(self.guide.get_by_role("heading")).to_have_text(re.compile(rf"Step {number} of .*done$"))
        await self.guide.get_by_role("button", name="Next").click()
        await expect(self.guide.get_by_role("heading")).to_have_text(re.compile(f"Step {number + 1} of"))

    @property
    def _sides(self) -> Locator:
        return self.page.get_by_role("group", name="What to look at")

    async def _side(self, name: str) -> None:
        if self._is_narrow:
            await self._sides.get_by_role("button", name=name).click()


def _saying(log: Locator, words: tuple[str, ...]) -> Locator:
    found = log.get_by_role("listitem")
    for word in words:
        found = found.filter(has_text=word)
    return found.last
