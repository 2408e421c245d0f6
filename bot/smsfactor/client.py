"""SMSFactor's API as one object: every endpoint of it is a method, grouped in the modules named below."""

from bot.smsfactor.account import Accounts
from bot.smsfactor.contacts import Contacts
from bot.smsfactor.history import History
from bot.smsfactor.invoices import Invoices
from bot.smsfactor.sending import Sends
from bot.smsfactor.tokens import Tokens
from bot.smsfactor.webhooks import Webhooks


class SMSFactor(Sends, History, Contacts, Webhooks, Accounts, Tokens, Invoices):
    """A client for one account: `SMSFactor(session, token, base_url, pace=…, timeout=…, send_timeout=…)`.

    `session` is the caller's to close. `pace` is awaited before every request, so that all processes together
    keep to the provider's pace; what it raises comes through. `timeout` and `send_timeout` are seconds for a
    whole request, the second for those that send. Reads are asked up to three times, `backoff` seconds and
    more apart; everything else exactly once.

    Every method raises the errors of `bot.smsfactor.errors`, and ValueError for arguments that cannot be
    sent.
    """
