#!/usr/bin/env python3
"""A candidate that does what a candidate must not: `misbehave.py KIND [PORT]`; says where it listens, runs until ended.

    hang      takes the request and never answers          reset    resets the connection after the request
    slow      answers after two seconds                    flood    a head, then bytes without end, as fast as they go
    half      a whole answer's first half, then the end    malformed  bytes that are no HTTP
    stream    server-sent events without end, ten a second  errors   503 at once
    halfclose ends its own side at once, and hears the request   close    closes without a byte
    refuse   takes no connection: the port is free again
"""
import asyncio
import socket
import struct
import sys

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


async def request(reader):
    """Reads one request; False at the connection's end."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError):
        return False
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            await reader.readexactly(int(line.split(b":")[1]))
        if line.startswith(b"transfer-encoding:"):
            while int((await reader.readline()).split(b";")[0], 16):
                await reader.readline()
            await reader.readline()
    return True


async def serve(kind, reader, writer):
    try:
        if kind == "halfclose":
            writer.write_eof()
            while await reader.read(65536):
                pass
            return
        while await request(reader):
            if kind == "hang":
                await asyncio.sleep(3600)
            elif kind == "reset":
                writer.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return writer.transport.abort()
            elif kind == "close":
                return
            elif kind == "slow":
                await asyncio.sleep(2)
                writer.write(HEAD + b"Content-Length: 2\r\n\r\n{}")
            elif kind == "half":
                writer.write(HEAD + b"Content-Length: 1000\r\n\r\n" + b"x" * 500)
                return
            elif kind == "malformed":
                writer.write(b"\x16\x03\x01 200 whatever\n\n")
                return
            elif kind == "errors":
                writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\n{}")
            elif kind in ("flood", "stream"):
                writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
                piece = b"x" * 65536 if kind == "flood" else b'data: {"token": 1}\n\n'
                while True:
                    writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                    await writer.drain()
                    await asyncio.sleep(0.1 if kind == "stream" else 0)
            await writer.drain()
    except (ConnectionError, OSError, asyncio.IncompleteReadError, ValueError):
        pass
    finally:
        writer.close()


async def main(kind, port):
    server = await asyncio.start_server(lambda r, w: serve(kind, r, w), "127.0.0.1", port)
    print(f"listening on http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    if kind == "refuse":
        server.close()
        await asyncio.sleep(1e9)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0))
    except KeyboardInterrupt:
        pass
