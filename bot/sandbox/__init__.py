"""The stand-ins of Slack and SMSFactor, and what is played on them; nothing imports this but ``__main__``."""
