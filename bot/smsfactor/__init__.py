"""The provider: SMSFactor's API, what its webhooks say, how a text is billed, and when marketing may go out.

Nothing in here knows Slack or Redis. `client` asks, `events` and `signature` read what the provider posts to
us, `text` and `hours` are rules that need nobody.
"""

from bot.smsfactor.client import SMSFactor
from bot.smsfactor.errors import Declined, SMSFactorError, Unclear, Unreachable
from bot.smsfactor.models import Recipient, Sending, SmsMessage

__all__ = [
    "Declined",
    "Recipient",
    "SMSFactor",
    "SMSFactorError",
    "Sending",
    "SmsMessage",
    "Unclear",
    "Unreachable",
]
