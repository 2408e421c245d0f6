"""Slack's vocabulary: blocks, forms, markup, signatures, and the line to the Web API. No SMS, no Redis."""
