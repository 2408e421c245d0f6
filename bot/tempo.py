"""How often and how long: every interval of the bot in one place, so that tests and the sandbox can run quicker."""

from dataclasses import dataclass

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0


@dataclass(frozen=True, slots=True)
class Tempo:
    """All figures in seconds."""

    post_pace: float = 1.0  # Slack docs, rate-limits: about one message a second and channel
    post_retry: tuple[float, ...] = (1, 2, 5, 15, 60)  # waits after failures; the last one repeats
    provider_pace: float = 0.2  # at most five requests a second and token
    price_patience: float = 1.6  # of the 3 s that Slack gives a form submission
    send_patience: float = 30.0  # that a send may take to be answered
    settle_grace: float = 45.0  # a send that was begun and not answered for this long is looked up
    looks: tuple[float, ...] = (2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE)  # then every hour
    looks_for: float = 48 * HOUR
    unknown_looks: tuple[float, ...] = (15, MINUTE, 5 * MINUTE, 15 * MINUTE)  # then every hour
    unknown_looks_for: float = 6 * HOUR
    triage: float = 5.0  # how soon who waits, sleeps or rests is looked at once their time has come
    triage_again: float = 30.0  # a look that was not brought to its end for this long is taken up by another worker
    sweep: float = 5.0  # how soon work that lost its worker is picked up again
    balance: float = 10 * MINUTE
    optouts: float = 10 * MINUTE
    channels: float = 10 * MINUTE  # between two looks whether a lost channel has been mended
    catch_up: float = 10 * MINUTE  # between two readings of the provider's list of replies
    catch_up_grace: float = 2 * MINUTE  # that a reply is left for its webhook
    lease: float = 10.0  # a worker that is silent for this long has lost its partition
    read_wait: float = 1.0  # that a worker waits for webhooks at a time; also how soon it notices a stop
    relay_retry: tuple[float, ...] = (0.2, 0.5, 1, 2)  # waits before an event is tried again
    job_lease: float = 15.0  # a job of a worker that is silent for this long is given to another
    first_checks: float = 0.0  # after a start, until each of the checks is made for the first time
    drain: float = 5.0  # of the 10 s that a clean shutdown has

    def next_look(self, tried: int) -> float:
        """How long to wait before look number ``tried`` + 1 at a held campaign."""
        return self.looks[tried] if tried < len(self.looks) else HOUR

    def next_unknown_look(self, tried: int) -> float:
        """How long to wait before look number ``tried`` + 1 for the outcome of a send."""
        return self.unknown_looks[tried] if tried < len(self.unknown_looks) else HOUR
