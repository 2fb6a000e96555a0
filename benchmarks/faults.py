#!/usr/bin/env python3
"""What goes wrong around a gateway, one thing after another, beside live traffic that must not notice.

    benchmarks/faults.py [--programs .build/release] [--seconds 5] [--rate 500] [FAULT...]

`full_disk` needs root, or says that it was left out. Prints a table of Markdown; 1 where one of them did not come out as it must.
"""
import argparse
import contextlib
import glob
import http.client
import json
import os
import resource
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

from gateway import Bench, resident
from relay import free_port

CANDIDATES = ["refuse", "reset", "close", "halfclose", "hang", "malformed", "errors"]


class Faults(Bench):
    def begin(self):
        _, self.production = self.origin()
        # A sanitizer keeps what was freed.
        self.most_memory = 1 << 40 if self.options.sanitized else 64 << 20

    def serve(self, *words, environment=None, capture=True):
        """A gateway with its admin port."""
        state = tempfile.mkdtemp(dir=self.folder)
        self.errors = os.path.join(state, "stderr")
        errors = open(self.errors, "w")
        self.stack.callback(errors.close)
        if capture and "--capture" not in words:
            words = (*words, "--capture", os.path.join(state, "spool"))
        process, port = self.start(
            [self.sluice, "gateway", *words, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--loops", "2", "--state",
             state], stderr=errors, env={**os.environ, **(environment or {})})
        self.admin = process.stdout.readline().split()[-1]
        return process, port

    def plan(self, text):
        path = os.path.join(self.folder, "plan.yaml")
        with open(path + ".new", "w") as file:
            file.write(text)
        os.replace(path + ".new", path)
        return path

    def metric(self, start):
        with urllib.request.urlopen(self.admin + "/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith("sluice_gateway_" + start))

    def ready(self):
        with urllib.request.urlopen(self.admin + "/readyz", timeout=5) as answer:
            return json.load(answer)

    def load(self, port, seconds=None, **words):
        words = {"rate": self.options.rate, "users": 1000, "connections": 64, **words}
        return self.timetable(port, seconds=seconds or self.options.seconds, **words)

    def while_loaded(self, port, body, seconds=None, **words):
        """The load's result and what `body` gave."""
        found = {}
        thread = threading.Thread(target=lambda: found.update(run=self.load(port, seconds, **words)))
        thread.start()
        try:
            value = body()
        finally:
            thread.join()
        return found["run"], value

    @staticmethod
    def failed(run):
        return run["sent"] - run["statuses"].get("200", 0)

    def ask(self, port, path="/", data=None, timeout=20):
        """The status, 0 where the answer was broken off."""
        try:
            request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=data)
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                answer.read()
                return answer.status
        except urllib.error.HTTPError as error:
            error.read()
            return error.code
        except (OSError, http.client.IncompleteRead):
            return 0

    def eventually(self, holds, seconds=5.0):
        """The seconds until it held; nil where it never did."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if holds():
                return time.monotonic() - began
            time.sleep(0.01)
        return None

    # The candidate.

    def fault_candidate(self):
        """Half of the users are sent to a candidate that fails before its first byte."""
        for kind in CANDIDATES:
            bad, candidate = self.bad(kind)
            plan = self.plan(f"""plan: 1
production: {self.production}
candidate: {{ url: "{candidate}", first_byte: 200ms }}
split: {{ share: 50%, by: [header X-User-ID] }}
fallback: {{ on: errors }}
fuse: {{ errors: 5% }}
""")
            process, port = self.serve("--plan", plan)
            run = self.load(port, 2)
            blown = self.ready()["fuse"]
            self.row(f"candidate: {kind}, met by half of the users", f"{self.failed(run)} of {run['sent']} failed; fuse "
                     f"{blown.split(':')[0]}", "0 failed, fuse blown", self.failed(run) == 0 and blown.startswith("blown"))
            self.end(process)
            self.end(bad)

    def fault_endless(self):
        """Copies go to a candidate that floods, or streams without end."""
        for kind in ["flood", "stream", "half"]:
            bad, candidate = self.bad(kind)
            process, port = self.serve("--production", self.production, "--candidate", candidate, "--mirror", "100%")
            before = resident(process.pid)
            run = self.load(port, 3)
            self.row(f"candidate: {kind}, copies of everything",
                     f"{self.failed(run)} of {run['sent']} failed; {resident(process.pid) >> 20} MB, {before >> 20} before",
                     "0 failed, 64 MB", self.failed(run) == 0 and resident(process.pid) < self.most_memory)
            self.end(process)
            self.end(bad)

    # Production.

    def fault_production(self):
        """What clients get where production itself fails; and that it is well again with it."""
        for kind, status, most in [("refuse", 502, 1), ("reset", 502, 1), ("close", 502, 1), ("halfclose", 502, 1), ("malformed", 502, 1),
                                   ("hang", 504, 2), ("half", 0, 1)]:
            bad, production = self.bad(kind)
            plan = self.plan(f'plan: 1\nproduction: {{ url: "{production}", first_byte: 300ms, connect: 500ms }}\n')
            process, port = self.serve("--plan", plan)
            began = time.monotonic()
            statuses = {self.ask(port) for _ in range(5)} | {self.ask(port, data=b"{}")}
            took = (time.monotonic() - began) / 6
            seen = ", ".join(str(status or "cut off") for status in sorted(statuses))
            self.row(f"production: {kind}", f"{seen} after {took * 1000:.0f} ms",
                     f"{status or 'never taken for whole'}, {most} s", statuses == {status} and took < most)
            self.end(process)
            self.end(bad)

    def fault_restart(self):
        """Production is killed and started again on its port under load."""
        port = free_port()
        origin, _ = self.origin("origin", str(port))
        process, front = self.serve("--production", f"http://127.0.0.1:{port}")

        def restart():
            time.sleep(1)
            origin.kill()
            origin.wait()
            time.sleep(0.3)
            began = time.monotonic()
            again, _ = self.origin("origin", str(port))
            up = time.monotonic()
            good = self.eventually(lambda: self.ask(front) == 200)
            return again, up - began, good

        run, (again, took, good) = self.while_loaded(front, restart, 4, rate=200)
        other = {status: count for status, count in run["statuses"].items() if status not in ("200", "502")}
        most = int(200 * (0.3 + took + 0.5)) + 64
        self.row("production killed, back after 0.3 s",
                 f"{run['statuses'].get('502', 0)} × 502 while it was away, {sum(run['failures'].values())} broken off, "
                 f"answered {good * 1000 if good is not None else -1:.0f} ms after it was back",
                 "502 alone, and only meanwhile",
                 not other and run["statuses"].get("502", 0) <= most and sum(run["failures"].values()) <= 64
                 and good is not None and good < 0.5)
        self.end(process)
        self.end(again)

    # The control plane.

    def fault_control(self):
        """The control plane dies in the middle of a canary: the lease ends it."""
        _, candidate = self.origin()
        plan = json.dumps({"plan": 1, "production": self.production, "candidate": candidate, "lease": "1s",
                           "split": {"share": "50%", "by": ["header X-User-ID"]}, "announce": "X-Arm"})
        port = free_port()

        def control():
            return self.start([sys.executable, "-c", CONTROL, str(port), plan], stderr=subprocess.DEVNULL)[0]

        server = control()
        process, front = self.serve("--from", f"http://127.0.0.1:{port}/plan", "--production", self.production)

        def kill():
            opened = self.eventually(lambda: self.ready()["share_now"] != "0%")
            time.sleep(0.5)
            server.kill()
            closed = self.eventually(lambda: self.ready()["lease"].startswith("expired"), 8)
            time.sleep(0.5)
            control()
            renewed = self.eventually(lambda: self.ready()["lease"] == "held", 8)
            return opened, closed, renewed

        run, (opened, closed, renewed) = self.while_loaded(front, kill, 14)
        held = None not in (opened, closed, renewed)
        self.row("control plane gone, lease of 1 s", f"{self.failed(run)} of {run['sent']} failed; production alone after "
                 f"{closed or -1:.1f} s, the plan again {renewed or -1:.1f} s after it spoke",
                 "0 failed, within 2.5 s and 6 s", held and self.failed(run) == 0 and closed < 2.5 and renewed < 6)
        self.end(process)

    def fault_plans(self):
        """Plans change ten times a second, bad ones among them."""
        _, candidate = self.origin()
        text = "plan: {}\nproduction: {}\ncandidate: {}\nsplit: {{ share: {}, by: [header X-User-ID] }}\nfuse: none\n"
        path = self.plan(text.format(1, self.production, candidate, "0%"))
        process, front = self.serve("--plan", path)

        def change():
            for number in range(2, 42):
                share = "nonsense" if number % 5 == 0 else f"{number * 13 % 101}%"
                self.plan(text.format(number, self.production, candidate, share))
                process.send_signal(1)
                time.sleep(0.1)
            return self.eventually(lambda: self.metric("plan_number") == 41)

        run, last = self.while_loaded(front, change, 5)
        self.row("forty plans in four seconds, every fifth of them bad, SIGHUP with each",
                 f"{self.failed(run)} of {run['sent']} failed, {self.metric('plans_applied_total'):.0f} applied, "
                 f"{self.metric('plans_refused_total'):.0f} refused", "0 failed, the last one holds",
                 self.failed(run) == 0 and last is not None and self.metric("plans_refused_total") >= 8)
        self.end(process)

    # Clients.

    def fault_half_closing(self):
        """Clients that close their side behind the request: an answer whole, or none, and soon."""
        process, port = self.serve("--production", self.production)
        whole = part = 0
        began = time.monotonic()
        for _ in range(200):
            with socket.create_connection(("127.0.0.1", port), 5) as client:
                client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
                client.shutdown(socket.SHUT_WR)
                text = b""
                with contextlib.suppress(ConnectionResetError):
                    while piece := client.recv(65536):
                        text += piece
                whole += text.startswith(b"HTTP/1.1 200") and text.endswith(b"x" * 1024)
                part += text != b"" and not text.endswith(b"x" * 1024)
        took = (time.monotonic() - began) / 200
        self.row("200 clients that close their side behind the request, which is taken for leaving",
                 f"{whole} answered, {200 - whole - part} let go, {part} given a part; {took * 1000:.1f} ms each",
                 "none a part, none hangs", part == 0 and took < 0.5)
        self.end(process)

    def fault_slowloris(self):
        """Five hundred clients each that send their head, their body, or take their answer by drops."""
        big = subprocess.Popen([sys.executable, "-c", BIG], stdout=subprocess.PIPE, text=True)
        self.stack.callback(self.end, big)
        large = f"http://127.0.0.1:{big.stdout.readline().strip()}"
        _, alone_port = self.serve("--production", self.production, capture=False)
        for what, first, drop in [
                ("heads", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"a"),
                ("bodies", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n", b"b"),
                ("readers", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", None)]:
            process, port = self.serve("--production", large if what == "readers" else self.production)
            process_live, live = process, port
            idle = resident(process.pid)
            clients = []
            for _ in range(500):
                client = socket.create_connection(("127.0.0.1", port), 5)
                if what == "readers":
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                client.sendall(first)
                clients.append(client)

            def drip():
                until = time.monotonic() + self.options.seconds
                while time.monotonic() < until:
                    for client in clients:
                        with contextlib.suppress(OSError):
                            if drop:
                                client.send(drop)
                            else:
                                client.recv(64)
                    time.sleep(0.5)

            alone = self.load(alone_port)
            run, _ = self.while_loaded(live, drip, path="/small") if what == "readers" else self.while_loaded(live, drip)
            held = resident(process_live.pid) - idle
            p99, without = run["last_byte_us"]["p99"], alone["last_byte_us"]["p99"]
            self.row(f"500 slow {what}", f"{self.failed(run)} of {run['sent']} others failed, their p99 {p99 / 1000:.2f} ms, "
                     f"{without / 1000:.2f} without; {held / 2**20:.0f} MB above idle",
                     "0 failed, p99 at most 2 ms more, 64 MB",
                     self.failed(run) == 0 and p99 < without + 2000 and held < 64 << 20)
            if what == "heads":
                # A head has thirty seconds.
                time.sleep(max(0, 32 - 2 * self.options.seconds))
                ended = 0
                for client in clients:
                    client.settimeout(2)
                    with contextlib.suppress(OSError):
                        ended += client.recv(100).startswith(b"HTTP/1.1 408")
                self.row("slow heads after thirty seconds", f"{ended} of 500 ended with 408", "all", ended == 500)
            for client in clients:
                client.close()
            self.end(process)

    def fault_connections(self):
        """Ten thousand connections, each of which asks twice."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        count = 10_000
        if hard < count + 200:
            return self.row("10,000 connections", f"left out: {hard} descriptors are allowed here")
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        process, port = self.serve("--production", self.production)
        self.load(port, 1)
        idle = resident(process.pid)
        request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        good, sockets = 0, []

        def answered(client):
            text = b""
            while b"\r\n\r\n" not in text or len(text) < text.index(b"\r\n\r\n") + 4 + 1024:
                piece = client.recv(8192)
                if not piece:
                    return False
                text += piece
            return text.startswith(b"HTTP/1.1 200")

        began = time.monotonic()
        for _ in range(count // 100):
            fresh = [socket.create_connection(("127.0.0.1", port), 10) for _ in range(100)]
            for client in fresh:
                client.sendall(request)
            good += sum(map(answered, fresh))
            sockets += fresh
        took = time.monotonic() - began
        held = resident(process.pid)
        run = self.load(port)
        for start in range(0, count, 500):
            # All of a batch at once.
            for client in sockets[start:start + 500]:
                client.sendall(request)
            good += sum(map(answered, sockets[start:start + 500]))
        for client in sockets:
            client.close()
        self.row("10,000 connections, each asks twice, beside other traffic",
                 f"{2 * count - good} of {2 * count} failed, {self.failed(run)} of the others' {run['sent']}; "
                 f"{held / 2**20:.0f} MB with all of them, {idle / 2**20:.0f} without; opened in {took:.1f} s",
                 "0 failed", good == 2 * count and self.failed(run) == 0)
        self.end(process)

    # The machine.

    def fault_full_disk(self):
        """The spool's file system is full, then has room again."""
        place = os.path.join(self.folder, "tmpfs")
        os.mkdir(place)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], capture_output=True)
        if mounted.returncode:
            return self.row("a full file system", "left out: only root may mount one here")
        self.stack.callback(subprocess.run, ["umount", "-l", place])
        process, port = self.serve("--production", self.production, "--capture", os.path.join(place, "spool"))
        feedback = json.dumps({"request": "some", "thumb": "up"}).encode()

        def fill():
            full = self.eventually(lambda: self.metric("capture_unwritten_total") > 0, self.options.seconds)
            # What little room is left, so that nothing more fits.
            with contextlib.suppress(OSError), open(os.path.join(place, "rest"), "wb", buffering=0) as file:
                while file.write(b"x" * 512):
                    pass
            refused = self.eventually(lambda: self.ask(port, "/sluice/v1/feedback", feedback) == 503, 3)
            os.unlink(os.path.join(place, "rest"))
            for segment in glob.glob(os.path.join(place, "spool", "*.seg")):
                os.unlink(segment)
            subprocess.run(["mount", "-o", "remount,size=64m", place], check=True)
            again = self.eventually(lambda: self.ask(port, "/sluice/v1/feedback", feedback) == 202, 5)
            return full, refused, again

        run, (full, refused, again) = self.while_loaded(port, fill, 2 * self.options.seconds, rate=1000)
        self.row("a full file system (tmpfs of 2 MB), then room again", f"{self.failed(run)} of {run['sent']} failed, "
                 f"{self.metric('capture_unwritten_total'):.0f} exchanges dropped and counted; feedback "
                 f"{'503' if refused is not None else 'taken'}, then 202 after {again if again is not None else -1:.1f} s",
                 "0 failed, counted, 503, recovers", self.failed(run) == 0 and None not in (full, refused, again))
        self.end(process)

    def fault_clock(self):
        """The clock of the day jumps by an hour, both ways, while a lease runs."""
        stamp, shim = os.path.join(self.folder, "clock"), os.path.join(self.folder, "clock.so")
        compiler = shutil.which("clang") or shutil.which("cc")
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "clock.c")
        subprocess.run([compiler, "-O1", "-shared", "-fPIC", source, "-o", shim, "-ldl"], check=True)

        def jump(offset):
            with open(stamp, "r+b" if os.path.exists(stamp) else "wb", buffering=0) as file:
                file.write(struct.pack("q", offset))

        jump(0)
        _, candidate = self.origin()
        plan = self.plan(f"plan: 1\nproduction: {self.production}\ncandidate: {candidate}\n"
                         "split: { share: 50%, by: [header X-User-ID] }\nfuse: { errors: 5%, latency: { above: 2s, share: 10% } }\n")
        process, port = self.serve("--plan", plan, environment={
            "LD_PRELOAD": shim, "CLOCK_OFFSET_FILE": stamp})
        shown = []

        def jumps():
            for offset in [3600, -3600, 0, 3600, 0]:
                jump(offset)
                time.sleep(1)
                with socket.create_connection(("127.0.0.1", port), 5) as client:
                    client.sendall(b"GET /sluice/v1/nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    text = client.recv(4096).decode()
                    shown.append(text.split("Date: ")[1].split("\r\n")[0])
            return self.ready()

        run, ready = self.while_loaded(port, jumps, 6)
        hours = {text.split()[4].split(":")[0] for text in shown}
        kept = self.metric("capture_spooled_total")
        self.row("the clock jumps by an hour, five times",
                 f"{self.failed(run)} of {run['sent']} failed, p99 {run['last_byte_us']['p99'] / 1000:.1f} ms, fuse "
                 f"{ready['fuse']}, {kept:.0f} spooled; it showed {len(hours)} hours", "0 failed, fuse whole, all spooled",
                 self.failed(run) == 0 and ready["fuse"] == "whole" and len(hours) >= 3 and kept > 0.9 * run["sent"])
        self.end(process)

    def fault_ending(self):
        """SIGTERM in the middle: what is under way is answered."""
        slow, production = self.origin("stream", "10", "100")
        process, port = self.serve("--production", production)
        whole = []

        def one():
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
                whole.append(answer.read().count(b"token") == 10)

        threads = [threading.Thread(target=one) for _ in range(50)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        process.terminate()
        for thread in threads:
            thread.join()
        process.wait(20)
        self.row("SIGTERM while 50 answers stream", f"{sum(whole)} of 50 whole, exit status {process.returncode}",
                 "all, 0", sum(whole) == 50 and process.returncode == 0)
        self.end(slow)


# Gives its plan once, and a word ten times a second from then on.
CONTROL = """
import http.server, sys, time
class Control(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        known = self.headers.get("If-None-Match")
        if known:
            time.sleep(0.1)
        body = b"" if known else sys.argv[2].encode()
        self.send_response(304 if known else 200)
        self.send_header("ETag", '"1"')
        if not known:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *words):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Control)
server.daemon_threads = True
print(f"listening on http://127.0.0.1:{sys.argv[1]}", flush=True)
server.serve_forever()
"""

# A megabyte for each, but `/small`.
BIG = """
import asyncio
async def serve(reader, writer):
    try:
        while head := await reader.readuntil(b"\\r\\n\\r\\n"):
            size = 1024 if head.startswith(b"GET /small") else 1 << 20
            writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % size + b"x" * size)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--programs", default=os.path.join(os.path.dirname(__file__), "..", ".build", "release"))
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rate", type=float, default=500)
    parser.add_argument("--sanitized", action="store_true", help="memory is told, and not judged")
    parser.add_argument("faults", nargs="*", help="candidate, production, clock, …; all of them where none is named")
    options = parser.parse_args()
    names = [name.removeprefix("fault_") for name in vars(Faults) if name.startswith("fault_")]
    if unknown := [name for name in options.faults if name not in names]:
        sys.exit(f"faults.py: there is no {unknown[0]}; there are {', '.join(names)}")
    print("| fault | seen | must |  |\n|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        faults = Faults(options, stack, folder)
        faults.begin()
        for name in options.faults or names:
            with contextlib.ExitStack() as faults.stack:
                getattr(faults, "fault_" + name)()
        return 0 if not any(row[3] == "**missed**" for row in faults.rows) else 1


if __name__ == "__main__":
    sys.exit(main())
