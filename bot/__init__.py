"""The Telegram bot: `running` inside a server, `poll` alone."""

import os

# The library warns about each rate limit unless times are asked for as timedelta; it looks at each use.
os.environ.setdefault("PTB_TIMEDELTA", "1")
