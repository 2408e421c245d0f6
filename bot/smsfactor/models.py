"""The shapes that go into and come out of `SMSFactor`, each defined beside the endpoints that use it."""

from bot.smsfactor.account import (
    Account,
    BalanceAlertSettings,
    CreatedAccount,
    Credits,
    NewAccount,
    Retention,
    SubAccount,
    Transfer,
)
from bot.smsfactor.contacts import (
    BarredNumber,
    BarredPage,
    Contact,
    ContactList,
    ContactPage,
    ListChange,
    ListedContact,
    LookedUp,
    Lookup,
)
from bot.smsfactor.history import (
    CampaignContact,
    CampaignPage,
    CampaignReport,
    MessagePage,
    MessageRecord,
    ReplyPage,
    ReplyRecord,
)
from bot.smsfactor.invoices import Invoice, InvoiceLine
from bot.smsfactor.sending import Cancelled, Recipient, Sending, SmsMessage
from bot.smsfactor.tokens import NewToken, Token
from bot.smsfactor.webhooks import Webhook

__all__ = [
    "Account",
    "BalanceAlertSettings",
    "BarredNumber",
    "BarredPage",
    "CampaignContact",
    "CampaignPage",
    "CampaignReport",
    "Cancelled",
    "Contact",
    "ContactList",
    "ContactPage",
    "CreatedAccount",
    "Credits",
    "Invoice",
    "InvoiceLine",
    "ListChange",
    "ListedContact",
    "LookedUp",
    "Lookup",
    "MessagePage",
    "MessageRecord",
    "NewAccount",
    "NewToken",
    "Recipient",
    "ReplyPage",
    "ReplyRecord",
    "Retention",
    "Sending",
    "SmsMessage",
    "SubAccount",
    "Token",
    "Transfer",
    "Webhook",
]
