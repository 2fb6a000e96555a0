#!/usr/bin/env python3
"""A long run of everything at once, and what the gateway's memory, descriptors and threads do meanwhile.

    benchmarks/soak.py [--programs .build/release] [--seconds 3600] [--rate 150] [--every 5]

helpdesk v1 is production; v2-better meets a tenth of the users, is sent copies of a tenth of the rest, and is shown to
nobody in every other plan: a new plan comes each half minute. Answers are asked as JSON and as streams, by clients that
keep their connections, by some that leave in the middle of a stream, and by some that never end their request. All of it
is captured and logged.

The slope of the memory is that of a straight line through the means of twenty stretches of equal length, from the end of
the first quarter on (ids and keys are remembered for ten minutes), with its 95 % interval. Prints a table of Markdown;
1 where a request failed, where descriptors or threads grew, or where the whole interval lies above 4 MB an hour.
"""
import argparse
import contextlib
import json
import math
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from gateway import Bench, resident

QUESTIONS = [
    "Who wrote the poem The Mark of Anarchy?", "what is my balance", "please cancel my card", "tell me a joke",
    "how far is it to the next station", "When did the war end?"]
# Student's t, 0.975, by degrees of freedom 1 to 18: the interval of a line through up to twenty points.
T = [12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.10]


def slope(samples, stretches=20):
    """Of (seconds, bytes): bytes a second, and the half width of the 95 % interval."""
    size = len(samples) / stretches
    groups = [samples[int(index * size):int((index + 1) * size)] for index in range(stretches)]
    points = [tuple(map(statistics.fmean, zip(*group))) for group in groups if group]
    mean_x, mean_y = (statistics.fmean(values) for values in zip(*points))
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    rise = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    rest = sum((y - mean_y - rise * (x - mean_x)) ** 2 for x, y in points)
    free = len(points) - 2
    return rise, T[min(free, len(T)) - 1] * math.sqrt(rest / free / spread)


class Soak(Bench):
    def plan(self, number, production, candidate):
        share = "10%" if number % 2 else "0%"
        text = f"""plan: {number}
release: better
stage: {"canary" if number % 2 else "shadow"}
production: {production}
candidate: {candidate}
split: {{ share: {share}, by: [header X-User-ID] }}
mirror: {{ share: 10%, methods: [POST], paths: [/v1/*] }}
announce: X-Sluice-Arm
fallback: {{ on: errors }}
fuse: {{ errors: 20% }}
"""
        path = os.path.join(self.folder, "plan.yaml")
        with open(path + ".new", "w") as file:
            file.write(text)
        os.replace(path + ".new", path)
        return path

    def load(self, port, path, rate, found):
        """Loads of half a minute, one after another, until the time is over."""
        while (rest := self.until - time.monotonic()) > 1:
            run = self.timetable(port, rate=rate, users=5000, connections=32, seconds=min(30, int(rest)),
                                 path=path, bodies=self.bodies)
            found.append((run["sent"], run["statuses"], run["failures"], run["last_byte_us"]["p99"]))

    def rude(self, port):
        """Clients that leave: in the middle of a stream, before the end of a body, at once."""
        words = random.Random(1)
        body = json.dumps({"query": QUESTIONS[0]}).encode()
        head = b"POST /v1/stream HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        while time.monotonic() < self.until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as client:
                manner = words.randrange(3)
                if manner == 0:
                    client.sendall(head % len(body) + body)
                    client.recv(200)
                elif manner == 1:
                    client.sendall(head % (len(body) + 100) + body)
                else:
                    client.sendall(head[:40])
            self.left += 1
            time.sleep(0.2)

    def run(self):
        programs = self.options.programs
        _, production = self.origin_of("v1")
        _, candidate = self.origin_of("v2-better")
        self.bodies = os.path.join(self.folder, "bodies.jsonl")
        with open(self.bodies, "w") as file:
            file.writelines(json.dumps({"query": text}) + "\n" for text in QUESTIONS)
        plan = self.plan(1, production, candidate)
        state = os.path.join(self.folder, "state")
        errors = open(os.path.join(self.folder, "stderr"), "w")
        self.stack.callback(errors.close)
        process, port = self.start(
            [os.path.join(programs, "sluice"), "gateway", "--plan", plan, "--listen", "127.0.0.1:0", "--admin", "none",
             "--loops", "2", "--state", state, "--capture", os.path.join(self.folder, "spool"), "--capture-share", "20%",
             "--access-log", os.path.join(self.folder, "access.jsonl"), "--access-share", "10%"], stderr=errors)
        self.until = time.monotonic() + self.options.seconds
        self.left = 0
        found = []
        threads = [
            threading.Thread(target=self.load, args=(port, "/v1/answer", self.options.rate * 2 / 3, found)),
            threading.Thread(target=self.load, args=(port, "/v1/stream", self.options.rate / 3, found)),
            threading.Thread(target=self.rude, args=(port,))]
        for thread in threads:
            thread.start()
        began, samples, number = time.monotonic(), [], 1
        while time.monotonic() < self.until - 1:
            time.sleep(self.options.every)
            if process.poll() is not None:
                sys.exit(f"the gateway ended with {process.returncode}")
            at = time.monotonic() - began
            samples.append((at, resident(process.pid), len(os.listdir(f"/proc/{process.pid}/fd")),
                            len(os.listdir(f"/proc/{process.pid}/task"))))
            if at > number * 30:
                number += 1
                self.plan(number, production, candidate)
            if len(samples) % 60 == 0:
                print(f"{at:.0f} s: {samples[-1][1] / 2**20:.1f} MB, {samples[-1][2]} descriptors", file=sys.stderr)
        for thread in threads:
            thread.join()
        time.sleep(3)
        last = (resident(process.pid), len(os.listdir(f"/proc/{process.pid}/fd")))
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        self.tell(samples, found, number, last, process.returncode)

    def origin_of(self, version):
        program = os.path.join(self.options.programs, "helpdesk")
        process, port = self.start([program, "--port", "0", "--version-of", version])
        return process, f"http://127.0.0.1:{port}"

    def tell(self, samples, found, plans, last, status):
        sent = sum(run[0] for run in found)
        good = sum(run[1].get("200", 0) for run in found)
        self.row(f"{sent:,} requests in {samples[-1][0] / 60:.0f} minutes, {self.left:,} clients that left, {plans} plans",
                 f"{sent - good} failed; p99 of the half minutes {statistics.median(run[3] for run in found) / 1000:.1f} ms "
                 f"in the middle, {max(run[3] for run in found) / 1000:.1f} at most", "0 failed", sent == good)
        late = [sample for sample in samples if sample[0] >= samples[-1][0] / 4]
        rise, half = slope([(at, size) for at, size, *_ in late])
        hour = 3600 / 2**20
        self.row("memory", f"{late[0][1] / 2**20:.1f} MB after a quarter, {late[-1][1] / 2**20:.1f} at the end; "
                 f"{rise * hour:+.2f} MB an hour ({(rise - half) * hour:+.2f} to {(rise + half) * hour:+.2f})",
                 "the interval begins below 4 MB an hour", (rise - half) * hour < 4)
        kept = [statistics.median(sample[index] for sample in part)
                for index in (2, 3) for part in (late[:len(late) // 4], late[-(len(late) // 4):])]
        self.row("descriptors", f"{kept[0]:.0f} after a quarter, {kept[1]:.0f} at the end, {last[1]} with the load gone",
                 "no growth", kept[1] <= kept[0] + 16)
        self.row("threads", f"{kept[2]:.0f}, {kept[3]:.0f} at the end", "no growth", kept[3] <= kept[2])
        self.row("SIGTERM", f"exit status {status}", "0", status == 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--programs", default=os.path.join(os.path.dirname(__file__), "..", ".build", "release"))
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--rate", type=float, default=150)
    parser.add_argument("--every", type=float, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        soak = Soak(options, stack, folder)
        print("| what | seen | target |  |\n|---|---|---|---|", flush=True)
        soak.run()
        return 0 if not any(row[3] == "**missed**" for row in soak.rows) else 1


if __name__ == "__main__":
    sys.exit(main())
