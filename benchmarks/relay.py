#!/usr/bin/env python3
"""What relaying costs: CPU microseconds a request of relay-bench and of nginx's plain proxy, before the same origin.

    benchmarks/relay.py .build/release/relay-bench [--seconds 4] [--rounds 3] [--connections 64]

Needs nginx and wrk. Each proxy has one thread and is measured in turn, several times; the least of the rounds counts,
since what disturbs a measurement only adds. CPU time is the proxy's own, user and system, from /proc.
"""
import argparse
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(pid):
    """Of a process and its children that live."""
    total = 0.0
    for task in [pid] + children(pid):
        with open(f"/proc/{task}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        total += (int(fields[11]) + int(fields[12])) / TICK
    return total


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(word) for word in file.read().split()]


def listening(process):
    line = process.stdout.readline()
    return int(re.search(r":(\d+)$", line.strip()).group(1))


def start_relay(program, origin):
    process = subprocess.Popen([program, "relay", origin], stdout=subprocess.PIPE, text=True)
    return process, listening(process)


def start_nginx(folder, origin):
    port = free_port()
    path = os.path.join(folder, "nginx.conf")
    with open(path, "w") as file:
        file.write(f"""
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  keepalive_requests 100000000;
  upstream app {{ server {origin.removeprefix('http://')}; keepalive 128; keepalive_requests 100000000; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host; }}
  }}
}}
""")
    process = subprocess.Popen(["nginx", "-p", folder, "-c", path], stderr=subprocess.DEVNULL)
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process, port
        time.sleep(0.02)
    sys.exit("nginx does not listen")


def load(port, seconds, connections, script):
    words = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s"]
    if script:
        words += ["-s", script]
    text = subprocess.run(words + [f"http://127.0.0.1:{port}/"], capture_output=True, text=True).stdout
    requests = int(re.search(r"(\d+) requests in", text).group(1))
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    if "Non-2xx" in text or "Socket errors" in text:
        print(text, file=sys.stderr)
    return requests, rate


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--post", action="store_true", help="requests with 1 KB of JSON")
    options = parser.parse_args()
    processes = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            script = None
            if options.post:
                script = os.path.join(folder, "post.lua")
                with open(script, "w") as file:
                    file.write('wrk.method="POST" wrk.headers["Content-Type"]="application/json" '
                               'wrk.body=\'{"text":"\' .. string.rep("x", 1010) .. \'"}\'')
            origin = subprocess.Popen([options.program, "origin"], stdout=subprocess.PIPE, text=True)
            processes.append(origin)
            url = f"http://127.0.0.1:{listening(origin)}"
            proxies = {"nginx": start_nginx(folder, url), "relay-bench": start_relay(options.program, url)}
            processes += [process for process, _ in proxies.values()]
            best = {}
            for _ in range(options.rounds):
                for name, (process, port) in proxies.items():
                    load(port, 1, options.connections, script)
                    before = cpu_seconds(process.pid)
                    requests, rate = load(port, options.seconds, options.connections, script)
                    cost = (cpu_seconds(process.pid) - before) / requests * 1e6
                    if name not in best or cost < best[name][0]:
                        best[name] = (cost, rate)
            print(f"{'proxy':<12} {'CPU µs/request':>14} {'requests/s':>11} {'× nginx':>8}")
            for name, (cost, rate) in best.items():
                print(f"{name:<12} {cost:>14.2f} {rate:>11.0f} {cost / best['nginx'][0]:>8.2f}")
        finally:
            for process in processes:
                process.send_signal(signal.SIGTERM)
            for process in processes:
                process.wait()


if __name__ == "__main__":
    main()
