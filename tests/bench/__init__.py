"""`make bench`: how fast the bot is, each figure as a ratio against a case measured beside it in the same run."""
