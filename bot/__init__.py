"""An SMS desk for Slack teams, on the SMSFactor API."""

__version__ = "0.1.0"
