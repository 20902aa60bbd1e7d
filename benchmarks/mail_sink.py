"""The benchmark's mail server: `python -m benchmarks.mail_sink` says its port and ends with its input."""

import asyncio
import sys

from aiosmtpd.smtp import SMTP, Envelope, Session

_MAX_BYTES = 30_000_000


class _Taking:
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take it and forget it. The name is aiosmtpd's."""
        del server, session, envelope
        return "250 OK"


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(_Taking(), data_size_limit=_MAX_BYTES), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve())
