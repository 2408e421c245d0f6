"""The one error that people get to read."""


class Refused(Exception):  # noqa: N818 - it is an answer to somebody, not a fault of the program
    """Somebody asked for what cannot be done, and can mend it. The text is shown to them as it is.

    `field` names the form field (Slack's `block_id`) under which the text belongs, when there is one.
    """

    def __init__(self, text: str, *, field: str | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.field = field
