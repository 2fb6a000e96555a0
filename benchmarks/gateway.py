#!/usr/bin/env python3
"""What the gateway costs and withstands, beside nginx's plain proxy before the same backend in the same run.

    benchmarks/gateway.py [--programs .build/release] [--seconds 5] [--rounds 3] [--only cost,latency,...]

Needs nginx and wrk. Every proxy serves from one thread. CPU time is the proxy's own, user and system, from /proc; the
least of the rounds counts, since what disturbs a measurement only adds. Latencies come from `relay-bench load`, which
asks by a timetable; they are given as medians of the rounds. Prints a table of Markdown.
"""
import argparse
import contextlib
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from relay import cpu_seconds, load, start_nginx

HERE = os.path.dirname(os.path.abspath(__file__))
BAD = ["hang", "reset", "flood", "slow", "half", "malformed", "stream", "errors", "refuse"]


def resident(pid):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) * 1024


class Bench:
    def __init__(self, options, stack, folder):
        self.options, self.stack, self.folder = options, stack, folder
        self.rows = []
        self.relay = os.path.join(options.programs, "relay-bench")
        self.sluice = os.path.join(options.programs, "sluice")

    def row(self, what, figure, target="", verdict=None):
        self.rows.append((what, figure, target, "" if verdict is None else "met" if verdict else "**missed**"))
        print(f"| {what} | {figure} | {target} | {self.rows[-1][3]} |", flush=True)

    # What runs.

    def start(self, words, **more):
        process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, **more)
        self.stack.callback(self.end, process)
        line = process.stdout.readline()
        found = re.search(r":(\d+)/?$", line.strip())
        if not found:
            why = getattr(more.get("stderr"), "name", None)
            said = open(why).read() if isinstance(why, str) else ""
            sys.exit(f"{' '.join(words)}: does not say where it listens: {line!r} {said}")
        return process, int(found.group(1))

    def end(self, process):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def origin(self, *words):
        process, port = self.start([self.relay, *(words or ("origin",))])
        return process, f"http://127.0.0.1:{port}"

    def gateway(self, production, *words):
        state = tempfile.mkdtemp(dir=self.folder)
        errors = open(os.path.join(state, "stderr"), "w")
        self.stack.callback(errors.close)
        return self.start(
            [self.sluice, "gateway", "--production", production, "--listen", "127.0.0.1:0", "--admin", "none",
             "--loops", "1", "--state", state, *words], stderr=errors)

    def nginx(self, production):
        folder = tempfile.mkdtemp(dir=self.folder)
        process, port = start_nginx(folder, production)
        self.stack.callback(self.end, process)
        return process, port

    def candidate(self, *words):
        """A candidate that takes only the time that others leave: it would run on a machine of its own."""
        process, port = self.start(
            list(words), preexec_fn=lambda: os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0)))
        return process, f"http://127.0.0.1:{port}"

    def bad(self, kind):
        if kind == "well":
            return self.candidate(self.relay, "origin")
        return self.candidate(sys.executable, os.path.join(HERE, "misbehave.py"), kind)

    def capture(self):
        return ["--capture", tempfile.mkdtemp(dir=self.folder)]

    def timetable(self, port, **words):
        words = {"seconds": self.options.seconds, **words}
        text = subprocess.run(
            [self.relay, "load", f"http://127.0.0.1:{port}", *(f"{key}={value}" for key, value in words.items())],
            capture_output=True, text=True, check=True).stdout
        return json.loads(text)

    # What is measured.

    def cost(self):
        """CPU a request at full load, 1 KB, 64 connections."""
        _, production = self.origin()
        _, candidate = self.origin()
        script = os.path.join(self.folder, "users.lua")
        with open(script, "w") as file:
            # The same requests for all: a user each, as the split wants them.
            file.write('local n = 0\nrequest = function() n = n + 1; return wrk.format("GET", "/", '
                       '{["X-User-ID"] = "user-" .. (n % 10000)}) end')
        by = ["--by", "header X-User-ID"]
        proxies = {
            "nginx": self.nginx(production),
            "relay": self.gateway(production),
            "split at 1 %": self.gateway(production, "--candidate", candidate, "--share", "1%", *by),
            "capture": self.gateway(production, *by, *self.capture()),
            "mirror": self.gateway(
                production, "--candidate", candidate, "--mirror", "10%", *by, *self.capture()),
        }
        best = {}
        for _ in range(self.options.rounds):
            for name, (process, port) in proxies.items():
                load(port, 1, 64, script)
                before = sum(cpu_seconds(process.pid))
                requests, rate = load(port, self.options.seconds, 64, script)
                cost = (sum(cpu_seconds(process.pid)) - before) / requests * 1e6
                if name not in best or cost < best[name][0]:
                    best[name] = (cost, rate)
        base = best["nginx"][0]
        self.row("nginx plain proxy, CPU a request", f"{base:.1f} µs ({best['nginx'][1]:,.0f}/s)")
        for name, words, limit in [
            ("relay", "relay, 1 KB, 64 connections, capture off", 1.1), ("split at 1 %", "the same, 1 % split off", None),
            ("capture", "relay with capture and statistics", 1.5),
            ("mirror", "relay with 10 % mirror and capture, the candidate's request included", 1.8)]:
            cost, rate = best[name]
            self.row(words, f"{cost:.1f} µs = {cost / base:.2f} × nginx ({rate:,.0f}/s)",
                     f"≤ {limit} ×" if limit else "", cost / base <= limit if limit else None)

    def latency(self):
        """What is added at 2,000 requests a second."""
        _, production = self.origin()
        ports = {"direct": int(production.rsplit(":", 1)[1]), "nginx": self.nginx(production)[1],
                 "gateway": self.gateway(production, *self.capture())[1]}
        found = {name: [] for name in ports}
        for _ in range(self.options.rounds):
            for name, port in ports.items():
                found[name].append(self.timetable(port, rate=2000, users=1000)["last_byte_us"])
        for quantile, limit in [("p50", 150), ("p99", 1000)]:
            value = {name: statistics.median(run[quantile] for run in runs) for name, runs in found.items()}
            added = value["gateway"] - value["direct"]
            self.row(f"added {quantile} at 2,000 requests/s, capture on",
                     f"{added / 1000:.3f} ms (nginx {(value['nginx'] - value['direct']) / 1000:.3f})",
                     f"≤ {limit / 1000:g} ms", added <= limit)

    def faults(self):
        """Production's p99 with a candidate that misbehaves, all copied to it, against without one.

        Asked in turn, a second each, so that what else the machine does falls on both alike; the median of the
        rounds' ratios counts. A candidate that behaves well is among them: what its copies cost is no misbehaviour's.
        """
        _, production = self.origin()
        alone = self.gateway(production)[1]
        for kind in ["well", *BAD]:
            bad, candidate = self.bad(kind)
            process, port = self.gateway(
                production, "--candidate", candidate, "--mirror", "100%", "--by", "header X-User-ID")
            ratios, times, failed = [], {"alone": [], "beside": []}, 0
            for _ in range(max(5, 3 * self.options.rounds)):
                found = {}
                for name, place in [("alone", alone), ("beside", port)]:
                    run = self.timetable(place, rate=1000, users=1000, seconds=1)
                    found[name] = run["last_byte_us"]["p99"]
                    times[name].append(found[name])
                    failed += run["sent"] - run["statuses"].get("200", 0)
                ratios.append(found["beside"] / found["alone"])
            without, beside = (statistics.median(times[name]) for name in ("alone", "beside"))
            ratio = statistics.median(ratios)
            self.row(f"production's p99 with a candidate: {kind}",
                     f"{beside / 1000:.2f} ms against {without / 1000:.2f} without = {ratio:.2f} ×, "
                     f"{failed} failed, {resident(process.pid) >> 20} MB", "≤ 1.1 ×, 0 failed",
                     ratio <= 1.1 and failed == 0)
            self.end(process)
            self.end(bad)

    def memory(self):
        _, production = self.origin()
        process, port = self.gateway(production)
        self.timetable(port, rate=500, seconds=1)
        idle = resident(process.pid)
        sockets = []
        for _ in range(5000):
            client = socket.create_connection(("127.0.0.1", port))
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            sockets.append(client)
            client.recv(4096)
        held = resident(process.pid)
        for client in sockets:
            client.close()
        self.row("5,000 idle connections", f"{held / 2**20:.0f} MB ({idle / 2**20:.0f} MB without)", "≤ 64 MB",
                 held <= 64 << 20)

        big = subprocess.Popen([sys.executable, "-c", BIG], stdout=subprocess.PIPE, text=True)
        self.stack.callback(self.end, big)
        process, port = self.gateway(f"http://127.0.0.1:{big.stdout.readline().strip()}")
        time.sleep(0.5)
        idle, most, got = resident(process.pid), 0, 0
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            while piece := client.recv(1 << 20):
                got += len(piece)
                most = max(most, resident(process.pid))
                time.sleep(0.005)
        self.row(f"{got / 1e6:.0f} MB downloaded by a slow reader", f"{(most - idle) / 2**20:.1f} MB above idle",
                 "≤ 16 MB", most - idle <= 16 << 20 and got >= 200_000_000)

    def streams(self):
        """Time to the first token of 500 streams at once."""
        _, production = self.origin("stream", "20", "100")
        ports = {"nginx": self.nginx(production)[1], "gateway": self.gateway(production)[1]}
        found = {name: [] for name in ports}
        for _ in range(self.options.rounds):
            for name, port in ports.items():
                # Each lasts two seconds, so that 250 a second are 500 at once.
                run = self.timetable(port, rate=250, connections=700, seconds=max(4, self.options.seconds))
                found[name].append(run["first_byte_us"]["p50"])
        nginx, ours = (statistics.median(found[name]) for name in ("nginx", "gateway"))
        self.row("first token of 500 streams at once, p50",
                 f"{ours / 1000:.2f} ms, nginx {nginx / 1000:.2f}", "≤ nginx + 2 ms", ours - nginx <= 2000)


BIG = """
import socket
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    client, _ = server.accept()
    client.recv(65536)
    client.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 200000000\\r\\n\\r\\n")
    piece = b"x" * (1 << 20)
    for start in range(0, 200000000, 1 << 20):
        client.sendall(piece[:min(1 << 20, 200000000 - start)])
    client.close()
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--programs", default=os.path.join(HERE, "..", ".build", "release"))
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="cost,latency,streams,memory,faults")
    options = parser.parse_args()
    print("| what | measured | target |  |\n|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        bench = Bench(options, stack, folder)
        for part in options.only.split(","):
            with contextlib.ExitStack() as bench.stack:
                getattr(bench, part)()
        return 0 if not any(row[3] == "**missed**" for row in bench.rows) else 1


if __name__ == "__main__":
    sys.exit(main())
