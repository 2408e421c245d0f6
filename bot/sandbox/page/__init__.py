"""The browser page of the sandbox: its server, and whom it lets in; the page itself is in `static`."""
