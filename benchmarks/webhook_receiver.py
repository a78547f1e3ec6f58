"""A receiver of webhooks that answers each message with 200 at once."""

import asyncio
import time
from multiprocessing.connection import Connection

import orjson

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"


def serve(outlet: Connection) -> None:
    """Serve until the process ends. Send the port, then the id and the time of each object."""
    asyncio.run(_serve(outlet))


async def _serve(outlet: Connection) -> None:
    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                size = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
                message = orjson.loads(await reader.readexactly(size))
                if "id" in message["data"]:
                    outlet.send((message["data"]["id"], time.time()))
                writer.write(ANSWER)
        except asyncio.IncompleteReadError:
            writer.close()

    server = await asyncio.start_server(receive, "127.0.0.1", 0)
    outlet.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()
