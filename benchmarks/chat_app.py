#!/usr/bin/env python3
"""A chat API over a helpdesk, run by uvicorn: what an app behind the gateway looks like to real clients.

    benchmarks/chat_app.py HELPDESK_URL NAME [--pause 0.04]

    POST /v1/chat/completions   the answer to the last message, whole or (`stream`) a word each `pause` seconds; words
                                that begin with `!` do what a client must withstand: `!status 429`, `!twice KEY` (503
                                twice, then an answer), `!hang`
    POST, PUT /upload           how long the body was, in how many pieces it came, its SHA-256
    GET /echo                   the request's fields as the app saw them
    GET /packed                 an answer that is coded with gzip
    GET /left                   how many clients went before their answer's end, and how often /smuggled was asked for
    WebSocket /ws               says what it hears; `close CODE` closes so
"""
import argparse
import asyncio
import gzip
import hashlib
import json

import httpx
import uvicorn


class ChatApp:
    def __init__(self, helpdesk, name, pause):
        self.helpdesk, self.name, self.pause = httpx.AsyncClient(base_url=helpdesk), name, pause
        self.left, self.tries, self.smuggled = 0, {}, 0

    async def __call__(self, scope, receive, send):
        if scope["type"] == "websocket":
            return await self.talk(receive, send)
        if scope["type"] == "lifespan":
            return await self.live(receive, send)
        path = scope["path"]
        self.smuggled += "smuggled" in path
        if path == "/v1/chat/completions":
            await self.complete(receive, send)
        elif path == "/upload":
            await self.answer(send, 200, await self.digest(receive))
        elif path == "/echo":
            fields = [[name.decode(), value.decode("latin-1")] for name, value in scope["headers"]]
            await self.answer(send, 200, {"method": scope["method"], "fields": fields, "name": self.name})
        elif path == "/packed":
            body = gzip.compress(json.dumps({"name": self.name, "text": "packed " * 500}).encode(), mtime=0)
            await self.whole(send, 200, body, [(b"content-encoding", b"gzip")])
        elif path == "/left":
            await self.answer(send, 200, {"left": self.left, "smuggled": self.smuggled})
        else:
            await self.answer(send, 404, {"error": {"message": f"no {path} here", "type": "not_found"}})

    async def live(self, receive, send):
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": message["type"] + ".complete"})
        await self.helpdesk.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    async def whole(self, send, status, body, fields=()):
        fields = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *fields]
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": body})

    async def answer(self, send, status, value, fields=()):
        await self.whole(send, status, json.dumps(value).encode(), fields)

    async def digest(self, receive):
        hash, count, pieces, more = hashlib.sha256(), 0, 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            body, more = message.get("body", b""), message.get("more_body", False)
            hash.update(body)
            count, pieces = count + len(body), pieces + (1 if body else 0)
        return {"bytes": count, "pieces": pieces, "sha256": hash.hexdigest()}

    async def body(self, receive):
        parts, more = [], True
        while more:
            message = await receive()
            parts.append(message.get("body", b""))
            more = message.get("more_body", False)
        return b"".join(parts)

    async def complete(self, receive, send):
        request = json.loads(await self.body(receive))
        text = request["messages"][-1]["content"]
        words = text.split()
        if words[0] == "!status":
            return await self.answer(send, int(words[1]), {
                "error": {"message": f"asked for {words[1]}", "type": "told", "code": "told_so", "from": self.name}})
        if words[0] == "!twice":
            tries = self.tries[words[1]] = self.tries.get(words[1], 0) + 1
            if tries < 3:
                return await self.answer(send, 503, {"error": {"message": f"try {tries}"}}, [(b"retry-after-ms", b"20")])
            text = f"try {tries}"
        elif words[0] == "!hang":
            if (await receive())["type"] == "http.disconnect":
                self.left += 1
            return
        else:
            text = (await self.helpdesk.post("/v1/answer", json={"query": text})).json()["answer"]
        usage = {"prompt_tokens": len(words), "completion_tokens": len(text.split())}
        usage["total_tokens"] = sum(usage.values())
        head = {"id": "chatcmpl-1", "created": 1, "model": self.name}
        if not request.get("stream"):
            message = {"role": "assistant", "content": text}
            choices = [{"index": 0, "finish_reason": "stop", "message": message}]
            return await self.answer(send, 200, {**head, "object": "chat.completion", "choices": choices, "usage": usage})
        await self.stream(receive, send, {**head, "object": "chat.completion.chunk"}, text, usage)

    async def stream(self, receive, send, head, text, usage):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        gone = asyncio.ensure_future(receive())
        pieces = text.split(" ")
        for index, piece in enumerate(pieces):
            if gone.done():
                self.left += 1
                return
            delta = {"content": piece if index == 0 else " " + piece}
            choice = {"index": 0, "delta": delta, "finish_reason": None}
            await self.event(send, {**head, "choices": [choice]})
            await asyncio.sleep(self.pause)
        await self.event(send, {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        await self.event(send, {**head, "choices": [], "usage": usage})
        await send({"type": "http.response.body", "body": b"data: [DONE]\n\n"})
        gone.cancel()

    async def event(self, send, value):
        body = b"data: " + json.dumps(value).encode() + b"\n\n"
        await send({"type": "http.response.body", "body": body, "more_body": True})

    async def talk(self, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            text = message.get("text")
            if text and text.startswith("close "):
                return await send({"type": "websocket.close", "code": int(text.split()[1]), "reason": self.name})
            await send({"type": "websocket.send", **{key: value for key, value in message.items()
                                                     if key in ("text", "bytes") and value is not None}})


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("helpdesk")
    parser.add_argument("name")
    parser.add_argument("--pause", type=float, default=0.04)
    options = parser.parse_args()
    app = ChatApp(options.helpdesk, options.name, options.pause)
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="on", ws="websockets-sansio")
    server = uvicorn.Server(config)

    async def run():
        task = asyncio.ensure_future(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
            if task.done():
                return await task
        port = server.servers[0].sockets[0].getsockname()[1]
        print(f"listening on http://127.0.0.1:{port}", flush=True)
        await task

    asyncio.run(run())


if __name__ == "__main__":
    main()
