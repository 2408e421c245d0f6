"""What the account was billed."""

from pydantic import Field

from bot.smsfactor.connection import Connection
from bot.smsfactor.wire import Moment, Wire, Words


class InvoiceLine(Wire):
    """One product on an invoice; figures as the provider writes them."""

    description: Words = ""
    unit_price: Words = ""
    quantities: Words = ""
    price: Words = ""


class Invoice(Wire):
    """An invoice; amounts are text, in `currency`, as the provider writes them."""

    id: str
    name: Words = ""
    created_at: Moment = Field(None, alias="creation")
    validated_at: Moment = Field(None, alias="validation")
    price: Words = ""
    vat: Words = ""
    total: Words = ""
    currency: Words = ""
    status: Words = ""
    payment_type: Words = ""
    products: tuple[InvoiceLine, ...] = ()


class _Invoices(Wire):
    invoices: tuple[Invoice, ...]


class _OneInvoice(Wire):
    invoice: Invoice


class Invoices(Connection):
    """`/account/invoice`."""

    async def invoices(self) -> tuple[Invoice, ...]:
        """GET /account/invoice."""
        return (await self._read(_Invoices, "/account/invoice")).invoices

    async def invoice(self, invoice_id: str) -> Invoice:
        """GET /account/invoice/:id."""
        return (await self._read(_OneInvoice, "/account/invoice/:id", ident=invoice_id)).invoice

    async def download_invoice(self, invoice_id: str) -> bytes:
        """GET /account/invoice/:id/download: the PDF."""
        return await self._download("/account/invoice/:id/download", ident=invoice_id, first_bytes=b"%PDF-")
