"""What the benchmarks share: processes that are measured, servers that are stopped, facts of the machine."""

import contextlib
import os
import platform
import re
import resource
import select
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(os.environ.get("SLUICE_BIN", ROOT / ".build" / "release"))
START_SECONDS = 60


class Failure(Exception):
    """Something that a person has to mend; its text says how."""


@dataclass(frozen=True)
class Usage:
    """What one process used, with the children that it waited for."""

    status: int
    cpu_seconds: float
    wall_seconds: float
    peak_bytes: int


def cores():
    """The cores that may be used: the first for what is measured, the last for the servers beside it."""
    allowed = sorted(os.sched_getaffinity(0))
    return {allowed[0]}, {allowed[-1]}


def processor():
    """Model and flags of the first processor."""
    facts = {}
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if ":" in line:
            name, value = line.split(":", 1)
            facts.setdefault(name.strip(), value.strip())
    return facts


def environment():
    """The environment that every measured process gets: no telemetry, one BLAS kernel, no colours."""
    has_avx2 = "avx2" in processor().get("flags", "").split()
    settings = {
        "OPENBLAS_CORETYPE": os.environ.get("OPENBLAS_CORETYPE", "Haswell" if has_avx2 else "Nehalem"),
        "OPENBLAS_NUM_THREADS": "1",
        "DEEPEVAL_TELEMETRY_OPT_OUT": "YES",
        "DEEPEVAL_DISABLE_DOTENV": "1",
        "NO_COLOR": "1",
    }
    return {**os.environ, **settings}


def run(arguments, pinned=True, folder=None, expect=(0,)):
    """Runs a program to its end.

    The peak is that of the resident set. A process cannot show less than this driver's own peak, since the
    kernel carries it over; that is some 20 MB.
    """
    own, _ = cores()
    with tempfile.TemporaryFile() as output:
        began = time.monotonic()
        process = subprocess.Popen(
            [str(argument) for argument in arguments], stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, env=environment(), cwd=folder,
            preexec_fn=(lambda: os.sched_setaffinity(0, own)) if pinned else None)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in expect:
            output.seek(0)
            words = output.read().decode(errors="replace")[-2000:]
            raise Failure(f"{arguments[0]} ended with {process.returncode}:\n{words}")
    return Usage(
        status=process.returncode, cpu_seconds=used.ru_utime + used.ru_stime, wall_seconds=seconds,
        peak_bytes=used.ru_maxrss * 1024)


@contextlib.contextmanager
def server(arguments, pinned=True):
    """A server that prints `listening on http://127.0.0.1:PORT`; gives its address, and ends it by its number."""
    _, other = cores()
    process = subprocess.Popen(
        [str(argument) for argument in arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        cwd=ROOT, preexec_fn=(lambda: os.sched_setaffinity(0, other)) if pinned else None)
    try:
        yield address(process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def address(process):
    """Waits for the line that says where a server listens."""
    text = b""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        ready, _, _ = select.select([process.stdout], [], [], 0.2)
        if ready:
            piece = os.read(process.stdout.fileno(), 4096)
            if not piece:
                break
            text += piece
        found = re.search(rb"listening on (http://127\.0\.0\.1:\d+)\n", text)
        if found:
            return found.group(1).decode()
    raise Failure(f"{process.args[0]} did not say that it listens")


def program(name):
    """The path of one of the release build's programs."""
    path = PROGRAMS / name
    if not path.exists():
        raise Failure(f"there is no {path}: run 'make build' first")
    return path


def words_of(arguments):
    """The first line that a program prints, or an empty text."""
    try:
        done = subprocess.run(arguments, capture_output=True, text=True, cwd=ROOT, check=False)
    except OSError:
        return ""
    return (done.stdout or done.stderr).strip().split("\n")[0]


def commit():
    """The commit that was measured, with `+` where tracked files differ from it."""
    head = words_of(["git", "rev-parse", "--short=12", "HEAD"])
    changed = words_of(["git", "status", "--porcelain", "--untracked-files=no", "Sources", "examples", "benchmarks"])
    return (head or "unknown") + ("+" if changed else "")


def machine():
    """Facts of the machine that decide speed; no names and no paths."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    system = dict(
        line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    return {
        "processor": processor().get("model name", platform.machine()),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{memory / 2**30:.0f} GiB",
        "system": system.get("PRETTY_NAME", "Linux").strip('"') + f", Linux {platform.release()}",
        "Swift": words_of(["swift", "--version"]).split(" (")[0],
        "load before": f"{os.getloadavg()[0]:.1f}",
    }


def own_peak_bytes():
    """The peak that this driver would pass on to a process that it starts."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def table(head, rows):
    """A table in Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)
