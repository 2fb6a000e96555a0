#!/usr/bin/env python3
"""Real clients through the gateway: OpenAI's Python client, httpx, curl, wrk and websockets, with apps under uvicorn that ask
helpdesk v1 (production) and v2-better (candidate).

    .build/client-venv/bin/python benchmarks/clients.py [--programs .build/release] [CHECK...]

`make test-clients` makes the environment first. Each check is a line; the last one says how many there were.
"""
import argparse
import asyncio
import contextlib
import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import traceback

import httpx
import openai
import websockets.sync.client
from websockets.exceptions import ConnectionClosed

from gateway import Bench

HERE = os.path.dirname(os.path.abspath(__file__))
QUESTION = "Who wrote the poem The Mark of Anarchy?"
# A longer answer: words enough to tell a stream from a block.
STREAMED = "what is my balance"
PAUSE = 0.04
ARMS = ("production", "candidate")


class Clients(Bench):
    def begin(self):
        self.apps = {}
        for arm, version in zip(ARMS, ("v1", "v2-better")):
            _, port = self.start([os.path.join(self.options.programs, "helpdesk"), "--port", "0", "--version-of", version])
            chat = os.path.join(HERE, "chat_app.py")
            _, app = self.start([sys.executable, chat, f"http://127.0.0.1:{port}", version, "--pause", str(PAUSE)])
            self.apps[arm] = f"http://127.0.0.1:{app}"
        plan = os.path.join(self.folder, "plan.yaml")
        with open(plan, "w") as file:
            file.write(f"plan: 1\nproduction: {self.apps['production']}\ncandidate: {self.apps['candidate']}\n"
                       "split: { share: 50%, by: [header X-User-ID] }\nannounce: X-Sluice-Arm\n"
                       "fallback: { on: failures }\nfuse: none\n")
        errors = open(os.path.join(self.folder, "stderr"), "w")
        self.stack.callback(errors.close)
        self.process, port = self.start(
            [os.path.join(self.options.programs, "sluice"), "gateway", "--plan", plan, "--listen", "127.0.0.1:0",
             "--admin", "none", "--loops", "2", "--state", os.path.join(self.folder, "state"),
             "--capture", os.path.join(self.folder, "spool")], stderr=errors)
        self.url = f"http://127.0.0.1:{port}"
        # A user for each arm, as the split deals them.
        self.users = {}
        for number in range(64):
            fields = {"X-User-ID": f"user-{number}"}
            arm = httpx.get(self.url + "/echo", headers=fields).headers["x-sluice-arm"]
            self.users.setdefault(arm, fields)
        expect(set(self.users) == set(ARMS), f"the split deals both arms, not {list(self.users)} alone")

    def openai(self, arm="production", kind=openai.OpenAI, **words):
        return kind(base_url=self.url + "/v1", api_key="sk-test-000000000000", default_headers=self.users[arm],
                    **{"max_retries": 0, **words})

    def left(self, arm):
        return httpx.get(self.apps[arm] + "/left").json()["left"]

    def curl(self, *words, data=None):
        run = subprocess.run(["curl", "-sS", "--max-time", "20", *words], input=data, capture_output=True)
        expect(run.returncode == 0, f"curl {' '.join(words)}: {run.returncode} {run.stderr.decode(errors='replace')}")
        return run.stdout

    # OpenAI's client.

    def check_openai_answers(self):
        """whole answers of both arms are those of the apps themselves"""
        texts = []
        for arm in ARMS:
            raw = self.openai(arm).chat.completions.with_raw_response.create(model="m", messages=user(QUESTION))
            reply = raw.parse()
            direct = openai.OpenAI(base_url=self.apps[arm] + "/v1", api_key="x").chat.completions.create(
                model="m", messages=user(QUESTION))
            expect(raw.headers["x-sluice-arm"] == arm, f"{arm} answers, as the field says")
            expect(reply == direct, f"{arm}: {reply} is {direct}")
            expect(reply.model == ("v1" if arm == "production" else "v2-better"), f"{arm} is {reply.model}")
            texts.append(reply.choices[0].message.content)
        return f"{texts[0]!r}"

    def check_openai_streams(self):
        """a stream comes token by token from both arms, not in a block"""
        said = []
        for arm in ARMS:
            began = time.monotonic()
            times, words, usage = [], [], None
            with self.openai(arm).chat.completions.create(
                    model="m", messages=user(STREAMED), stream=True, stream_options={"include_usage": True}) as stream:
                for chunk in stream:
                    usage = chunk.usage or usage
                    if chunk.choices and chunk.choices[0].delta.content:
                        times.append(time.monotonic())
                        words.append(chunk.choices[0].delta.content)
            direct = openai.OpenAI(base_url=self.apps[arm] + "/v1", api_key="x").chat.completions.create(
                model="m", messages=user(STREAMED))
            expect("".join(words) == direct.choices[0].message.content, f"{arm}: {''.join(words)!r}")
            expect(usage == direct.usage, f"{arm}: {usage}")
            expect(len(times) >= 5, f"{arm}: {len(times)} tokens")
            gaps = [later - sooner for sooner, later in zip(times, times[1:])]
            paced = sum(gap > PAUSE / 2 for gap in gaps)
            expect(paced >= 0.8 * len(gaps), f"{arm}: {paced} of {len(gaps)} gaps are the app's {PAUSE} s: {gaps}")
            said.append(f"{arm} {len(times)} tokens, the first after {(times[0] - began) * 1000:.0f} ms, "
                        f"the last {(times[-1] - times[0]) * 1000:.0f} ms later")
        return "; ".join(said)

    def check_openai_many_streams(self):
        """forty streams at once, each paced on its own"""
        async def one(client):
            times = []
            stream = await client.chat.completions.create(model="m", messages=user(STREAMED), stream=True)
            async for chunk in stream:
                times.append(time.monotonic())
            return times[-1] - times[0], len(times)

        async def all():
            clients = [self.openai(arm, openai.AsyncOpenAI) for arm in ARMS]
            runs = await asyncio.gather(*(one(clients[index % 2]) for index in range(40)))
            await asyncio.gather(*(client.close() for client in clients))
            return runs

        runs = asyncio.run(all())
        for took, count in runs:
            expect(took > PAUSE * (count - 3) * 0.8, f"{count} pieces in {took:.2f} s")
        return f"{sum(count for _, count in runs)} pieces"

    def check_openai_errors(self):
        """4xx and 5xx reach the client as the app said them"""
        kinds = {400: openai.BadRequestError, 401: openai.AuthenticationError, 403: openai.PermissionDeniedError,
                 404: openai.NotFoundError, 409: openai.ConflictError, 422: openai.UnprocessableEntityError,
                 429: openai.RateLimitError, 500: openai.InternalServerError, 503: openai.InternalServerError}
        for arm in ARMS:
            for status, kind in kinds.items():
                try:
                    self.openai(arm).chat.completions.create(model="m", messages=user(f"!status {status}"))
                    raise AssertionError(f"{status} was no error")
                except openai.APIStatusError as error:
                    expect(type(error) is kind and error.status_code == status, f"{status}: {error!r}")
                    expect(error.code == "told_so" and error.body["message"] == f"asked for {status}", f"{error.body}")
        return f"{2 * len(kinds)} errors"

    def check_openai_retries(self):
        """two 503 with Retry-After, then an answer: the client's three tries are three requests"""
        reply = self.openai(max_retries=2).chat.completions.create(model="m", messages=user("!twice one"))
        expect(reply.choices[0].message.content == "try 3", f"{reply}")
        try:
            self.openai(max_retries=1).chat.completions.create(model="m", messages=user("!twice two"))
            raise AssertionError("a third try that was not asked for")
        except openai.InternalServerError as error:
            expect("try 2" in str(error), f"{error}")

    def check_openai_timeout(self):
        """a client that gives up is told to the app at once"""
        for arm in ARMS:
            before, began = self.left(arm), time.monotonic()
            try:
                self.openai(arm, timeout=0.4).chat.completions.create(model="m", messages=user("!hang"))
                raise AssertionError("an answer to what hangs")
            except openai.APITimeoutError:
                took = time.monotonic() - began
            expect(took < 2, f"{took:.1f} s")
            expect(eventually(lambda: self.left(arm) == before + 1), f"{arm} never learns that its client is gone")

    def check_openai_leaves_a_stream(self):
        """a client that leaves in the middle of a stream ends it in the app, on both arms"""
        took = []
        for arm in ARMS:
            before = self.left(arm)
            stream = self.openai(arm).chat.completions.create(model="m", messages=user(STREAMED), stream=True)
            for index, _ in enumerate(stream):
                if index == 2:
                    break
            began = time.monotonic()
            stream.close()
            expect(eventually(lambda: self.left(arm) == before + 1, 1), f"{arm} still streams")
            took.append(f"{arm} {(time.monotonic() - began) * 1000:.0f} ms")
        return ", ".join(took)

    # httpx.

    def check_httpx_pool(self):
        """a pool's connection serves two hundred requests; sixteen at once take sixteen at most"""
        with httpx.Client() as client:
            places = set()
            for index in range(200):
                reply = client.get(self.url + "/echo", headers=self.users[ARMS[index % 2]])
                expect(reply.status_code == 200 and reply.headers["x-sluice-arm"] == ARMS[index % 2], f"{reply}")
                places.add(reply.extensions["network_stream"].get_extra_info("client_addr"))
            expect(len(places) == 1, f"{len(places)} connections")

        async def many():
            places = set()
            async with httpx.AsyncClient(limits=httpx.Limits(max_connections=16)) as client:
                async def one(index):
                    reply = await client.post(self.url + "/upload", content=b"x" * index,
                                              headers=self.users[ARMS[index % 2]])
                    expect(reply.json()["bytes"] == index, f"{reply.text}")
                    places.add(reply.extensions["network_stream"].get_extra_info("client_addr"))
                await asyncio.gather(*(one(index) for index in range(400)))
            return places

        expect(len(asyncio.run(many())) <= 16, "more connections than the pool has")

    def check_httpx_streams_up(self):
        """a body that is made while it is sent, in chunks, to both arms"""
        piece = b"0123456789abcdef" * 1024
        for arm in ARMS:
            def pieces():
                for _ in range(64):
                    yield piece
            found = httpx.post(self.url + "/upload", content=pieces(), headers=self.users[arm]).json()
            expect(found["bytes"] == 64 * len(piece), f"{found}")
            expect(found["sha256"] == hashlib.sha256(piece * 64).hexdigest(), f"{found}")

    # curl.

    def check_curl_upload_of_unknown_length(self):
        """curl -T - of 8 MB: chunked, whole, in pieces"""
        data = os.urandom(8 << 20)
        for arm in ARMS:
            found = json.loads(self.curl("-T", "-", "-H", field(self.users[arm]), self.url + "/upload", data=data))
            expect(found["sha256"] == hashlib.sha256(data).hexdigest() and found["pieces"] > 10, f"{found}")

    def check_curl_expect(self):
        """Expect: 100-continue is answered once, here; the app is not asked it"""
        path = os.path.join(self.folder, "megabyte")
        with open(path, "wb") as file:
            file.write(b"y" * (1 << 20))
        words = ["-D", "-", "-H", "Expect: 100-continue", "--expect100-timeout", "15", "--data-binary", "@" + path]
        began = time.monotonic()
        text = self.curl(*words, self.url + "/upload").decode()
        expect(time.monotonic() - began < 10, "curl waited in vain to be asked for the body")
        expect(text.count("HTTP/1.1 100 Continue") == 1 and "HTTP/1.1 200" in text, text)
        expect('"bytes": 1048576' in text, text)
        fields = self.echo("-H", "Expect: 100-continue", "--data-binary", "x")
        expect("expect" not in fields, f"{fields}")

    def echo(self, *words):
        """The fields that the app saw of a request."""
        value = json.loads(self.curl(*words, self.url + "/echo"))
        return {name: text for name, text in value["fields"]}

    def check_curl_http2(self):
        """--http2 asks for h2c; it gets HTTP/1.1, and the app never hears of it"""
        text = self.curl("--http2", "-D", "-", self.url + "/echo").decode()
        expect(text.startswith("HTTP/1.1 200"), text)
        for word in ("upgrade", "http2-settings", "h2c"):
            expect(word not in text.lower(), text)

    def check_curl_head(self):
        """HEAD has the length and no body, and its connection lives on"""
        words = ["-I", self.url + "/packed", "-o", os.devnull, "-w", "%{num_connects} %{http_code} %header{content-length}\\n"]
        lines = self.curl(*words, "--next", "-sS", *words[:0], "-o", os.devnull,
                          "-w", "%{num_connects} %{http_code} %{size_download}\\n", self.url + "/packed").decode().split("\n")
        first, second = lines[0].split(), lines[1].split()
        expect(first[:2] == ["1", "200"] and second[:2] == ["0", "200"], f"{lines}")
        expect(first[2] == second[2] != "0", f"HEAD says {first[2]} bytes, GET has {second[2]}")

    def check_curl_compressed(self):
        """an answer coded with gzip passes byte by byte"""
        direct = self.curl(self.apps["production"] + "/packed")
        expect(self.curl(self.url + "/packed") == direct, "other bytes than the app's")
        expect(json.loads(self.curl("--compressed", self.url + "/packed"))["name"] == "v1", "no JSON inside")

    def check_curl_http10(self):
        """HTTP/1.0, with and without keep-alive, streams too"""
        expect(json.loads(self.curl("--http1.0", self.url + "/echo"))["name"] == "v1", "no answer")
        body = json.dumps({"model": "m", "stream": True, "messages": user(QUESTION)})
        text = self.curl("--http1.0", "-N", "-d", body, self.url + "/v1/chat/completions").decode()
        expect(text.endswith("data: [DONE]\n\n"), text)

    def check_curl_fields_of_the_connection(self):
        """what belongs to a connection ends here: Connection's names, TE, Trailer, Keep-Alive, Upgrade"""
        fields = self.echo(
            "-H", "Connection: X-Private, keep-alive, TE", "-H", "X-Private: 1", "-H", "TE: trailers", "-H", "Trailer: X-Sum",
            "-H", "Keep-Alive: timeout=5", "-H", "Proxy-Connection: keep-alive", "-H", "X-Public: 2")
        expect(fields.get("x-public") == "2", f"{fields}")
        for name in ("x-private", "te", "trailer", "keep-alive", "proxy-connection", "connection"):
            expect(name not in fields, f"{name} reached the app: {fields}")

    def check_request_id(self):
        """X-Request-ID is kept or made, and the same on both sides; so is traceparent"""
        trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        for arm in ARMS:
            words = self.users[arm]
            reply = httpx.get(self.url + "/echo", headers={**words, "X-Request-ID": f"mine-{arm}", "traceparent": trace})
            seen = dict(reply.json()["fields"])
            expect(seen["x-request-id"] == reply.headers["x-request-id"] == f"mine-{arm}", f"{seen} {reply.headers}")
            expect(seen["traceparent"] == trace, f"{seen}")
            reply = httpx.get(self.url + "/echo", headers={**words, "X-Request-ID": "not a good one", "traceparent": "x"})
            seen = dict(reply.json()["fields"])
            expect(re.fullmatch(r"[0-9a-f]{32}", seen["x-request-id"]), f"{seen}")
            expect(seen["x-request-id"] == reply.headers["x-request-id"], f"{reply.headers}")
            expect(re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", seen["traceparent"]), f"{seen}")

    def check_feedback(self):
        """feedback on an answer's id is kept"""
        id = httpx.get(self.url + "/echo").headers["x-request-id"]
        reply = httpx.post(self.url + "/sluice/v1/feedback", json={"request": id, "thumb": "up"})
        expect(reply.status_code == 202 and reply.json() == {"kept": id}, f"{reply.status_code} {reply.text}")

    # Bytes that two servers could read in two ways.

    def check_smuggling(self):
        """none of the known ways brings a request past the gateway that it did not see"""
        hidden = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
        chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(hidden), hidden)
        post = b"POST /upload HTTP/1.1\r\nHost: x\r\n"
        sent = {
            # A length and chunks, in either order and twice.
            "CL.TE": post + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
            "TE.CL": post + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" + chunked,
            "two lengths": post + b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(hidden) + hidden,
            "a list of lengths": post + b"Content-Length: 0, %d\r\n\r\n" % len(hidden) + hidden,
            "two codings": post + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + hidden,
        }
        # What one server takes for chunked and the other for nothing.
        for number, coding in enumerate([
                b" xchunked", b"\tchunked", b" chunked, identity", b" identity, chunked", b" \x0bchunked", b" chunked\x0b",
                b' "chunked"', b" chunKed", b" chunked;q=1", b"chunked\x00", b" chun\xffked"]):
            sent[f"coding {number}"] = post + b"Transfer-Encoding:" + coding + b"\r\n\r\n0\r\n\r\n" + hidden
        for number, line in enumerate([
                b"Transfer-Encoding : chunked", b"Transfer_Encoding: chunked", b" Transfer-Encoding: chunked",
                b"X: y\nTransfer-Encoding: chunked", b"X: y\rTransfer-Encoding: chunked", b"X: y\r\n Transfer-Encoding: chunked",
                b"Transfer-Encoding\x00: chunked", b"Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked",
                b"Connection: Content-Length\r\nContent-Length: 0"]):
            sent[f"line {number}"] = post + line + b"\r\n\r\n0\r\n\r\n" + b"GET /seen"
            sent[f"line {number}, hidden"] = post + b"Content-Length: %d\r\n" % len(chunked) + line + b"\r\n\r\n" + chunked
        for number, length in enumerate([b"+0", b"-1", b"0x0", b"0 0", b"", b"\xb2", b"1_0"]):
            sent[f"length {number}"] = post + b"Content-Length: " + length + b"\r\n\r\n" + b"GET /see"
        head = post + b"Transfer-Encoding: chunked\r\n\r\n"
        for number, size in enumerate([
                b"0\n\n", b"0 \r\n\r\n", b"0x0\r\n\r\n", b"-0\r\n\r\n", b"+0\r\n\r\n", b"\r\n0\r\n\r\n",
                b"0;\n\r\n\r\n", b"0;a=\r\r\n\r\n", b"00000000000000000\r\n\r\n", b"10000000000000000\r\n\r\n",
                b"0\r\nX: y\nZ: a\r\n\r\n", b"1\r\nabc\r\n0\r\n\r\n"]):
            # A body that goes on in what one of the two takes for the next request.
            sent[f"chunk {number}"] = head + size + b"GET /seen"
        # Other protocols, other targets.
        sent["upgrade"] = (b"GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                           b"HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n")
        sent["websocket refused"] = (b"GET /echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                     b"Content-Length: %d\r\n\r\n" % len(hidden) + hidden)
        sent["GET with a body"] = b"GET /echo HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(hidden) + hidden
        sent["HEAD with a body"] = b"HEAD /echo HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(hidden) + hidden
        sent["target"] = b"GET /echo HTTP/1.1\r\nX: y\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
        sent["HTTP/1.0"] = (b"POST /upload HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + chunked)
        sent["absolute"] = b"GET http://y/smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
        port = int(self.url.rsplit(":", 1)[1])
        taken, before = [], 0
        for name, data in sent.items():
            with socket.create_connection(("127.0.0.1", port), 5) as client:
                client.settimeout(0.05)
                text = b""
                with contextlib.suppress(OSError):
                    client.sendall(data)
                    while piece := client.recv(65536):
                        text += piece
            if text.startswith(b"HTTP/1.1 2"):
                taken.append(name)
            count = sum(httpx.get(self.apps[arm] + "/left").json()["smuggled"] for arm in ARMS)
            # A second request that the gateway saw as one, and answered, was hidden from nobody.
            seen = max(0, text.count(b"HTTP/1.1 ") - 1)
            expect(count - before <= seen, f"{name}: an app was asked for /smuggled: {data!r} {text[:300]!r}")
            before = count
        # What was taken had one meaning.
        for name in taken:
            expect(not name.startswith(("coding 0", "CL", "TE", "two", "length")), f"{name} was taken")
        return f"{len(sent)} ways, {len(taken)} of them have one meaning and were taken"

    # WebSocket and wrk.

    def check_websocket(self):
        """a WebSocket is production's for every user: texts, a megabyte, pings, both sides' closing"""
        for arm in ARMS:
            words = {"additional_headers": self.users[arm], "max_size": 1 << 22, "proxy": None}
            place = self.url.replace("http", "ws") + "/ws"
            with websockets.sync.client.connect(place, **words) as socket:
                expect(socket.response.headers["X-Sluice-Arm"] == "production", f"{socket.response.headers}")
                for text in ("hello", "wörld", "x" * (1 << 20)):
                    socket.send(text)
                    expect(socket.recv(5) == text, "another text")
                socket.send(b"\0\xff" * 1000)
                expect(socket.recv(5) == b"\0\xff" * 1000, "other bytes")
                expect(socket.ping().wait(5), "no pong")
            with websockets.sync.client.connect(place, **words) as socket:
                socket.send("close 4001")
                try:
                    socket.recv(5)
                    raise AssertionError("the app did not close")
                except ConnectionClosed as closed:
                    expect(closed.rcvd.code == 4001 and closed.rcvd.reason == "v1", f"{closed}")

    def check_wrk(self):
        """wrk, 64 connections, both arms: every request is answered with 200"""
        script = os.path.join(self.folder, "users.lua")
        with open(script, "w") as file:
            file.write('local n = 0\nrequest = function() n = n + 1; return wrk.format("GET", "/echo", '
                       '{["X-User-ID"] = "user-" .. (n % 1000)}) end')
        text = subprocess.run(["wrk", "-t2", "-c64", "-d3s", "-s", script, self.url], capture_output=True, text=True).stdout
        expect("Socket errors" not in text and "Non-2xx" not in text, text)
        count = int(re.search(r"(\d+) requests in", text).group(1))
        expect(count > 100, text)
        return f"{count} requests"

    def check_end(self):
        """SIGTERM ends it with 0: also what sanitizers count"""
        self.end(self.process)
        expect(self.process.returncode == 0, f"exit status {self.process.returncode}")


def user(text):
    return [{"role": "user", "content": text}]


def field(fields):
    return "\n".join(f"{name}: {value}" for name, value in fields.items())


def expect(holds, otherwise):
    if not holds:
        raise AssertionError(otherwise)


def eventually(holds, seconds=3.0):
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--programs", default=os.path.join(HERE, "..", ".build", "release"))
    parser.add_argument("checks", nargs="*")
    options = parser.parse_args()
    checks = [name for name in vars(Clients) if name.startswith("check_")
              and (not options.checks or name.removeprefix("check_") in options.checks)]
    failed = 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        clients = Clients(options, stack, folder)
        clients.begin()
        for name in checks:
            check = getattr(clients, name)
            # Times are judged: a machine that stalls is given two more tries, and each is said.
            for left in (2, 1, 0):
                try:
                    detail = check()
                    print(f"ok      {name.removeprefix('check_')}: {check.__doc__}{f' ({detail})' if detail else ''}", flush=True)
                    break
                except Exception as error:
                    failed += not left
                    print(f"{'again ' if left else 'FAILED'}  {name.removeprefix('check_')}: {check.__doc__}", flush=True)
                    print("".join(traceback.format_exception(error)), file=sys.stderr)
    print(f"clients: {len(checks)} checks, {failed} failed, {time.monotonic() - began:.0f} s")
    return 1 if failed or not checks else 0


if __name__ == "__main__":
    sys.exit(main())
