"""How a call to SMSFactor can fail, told apart by what is known to have happened.

    SMSFactorError
    ├── Declined       SMSFactor answered, and its answer was no: nothing was done
    ├── Unreachable    the request certainly never left: nothing was done
    └── Unclear        it may or may not have been carried out

`retryable` says whether the same call may be made again without the risk of doing something twice;
`retry_after` is what the server wished for in its Retry-After header, in seconds, or None. No error text
contains a phone number, an SMS or the token; what the provider wrote stands in `Declined.message` and
`Declined.details`, in French, to be shown as it is (escaped) and never parsed.
"""

_MEANINGS = {
    0: "an error without a status",
    -1: "authentication failed",
    -2: "the request was not valid XML",
    -3: "not enough credits",
    -4: "the delay date is not accepted",
    -5: "not found",
    -6: "the request was not valid JSON",
    -7: "a field is missing or invalid",
    -99: "unknown error",
}


class SMSFactorError(Exception):
    """Anything that went wrong between the bot and SMSFactor."""

    retryable: bool = False
    retry_after: float | None = None


class Declined(SMSFactorError):  # noqa: N818 - what happened, in a word
    """SMSFactor answered with a status that is neither OK nor under moderation.

    The statuses are those of the SMSFactor docs, getting started. `status` is negative; 0 when the answer
    named an error but no status. Asking again gives the same answer.
    """

    def __init__(self, status: int, message: str, details: str) -> None:
        meaning = _MEANINGS.get(status, "a status that is not documented")
        super().__init__(f"SMSFactor declined with status {status}: {meaning}")
        self.status = status
        self.message = message
        self.details = details


class Unreachable(SMSFactorError):  # noqa: N818
    """No connection came about (name not found, connection refused, TLS failed), so nothing was asked."""

    retryable = True


class Unclear(SMSFactorError):  # noqa: N818
    """The answer never came or made no sense; only a read may simply be asked again."""

    def __init__(self, what: str, *, retryable: bool, retry_after: float | None = None) -> None:
        super().__init__(what)
        self.retryable = retryable
        self.retry_after = retry_after
