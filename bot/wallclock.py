"""What time it is for the bot: the machine's own, which only a sandbox sets ahead."""

import asyncio
import socket
import time
from datetime import UTC, datetime


class WallClock:
    """Real time plus ``ahead`` seconds. Signatures, leases and the pace towards Slack stay on real time."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def seconds(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.ahead

    def now(self) -> datetime:
        """The same as an aware date."""
        return datetime.fromtimestamp(self.seconds(), UTC)

    async def obey(self, descriptor: int) -> None:
        """Let another process set it through a socket: a line of seconds, which comes back once it holds."""
        reader, writer = await asyncio.open_connection(sock=socket.socket(fileno=descriptor))
        while line := await reader.readline():
            self.ahead = float(line)
            writer.write(line)
            await writer.drain()
        writer.close()
