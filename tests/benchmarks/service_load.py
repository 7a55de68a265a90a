"""Requests per second and latency of `fagprofil serve`, and whether swaps lose or spoil an answer.

Run with ``python tests/benchmarks/service_load.py``; it prints one table and takes about a minute.
Server and client are processes of this machine and share its cores. The client writes requests that
are made beforehand to plain asyncio streams and compares the bytes that come back; the processor
time that it takes for each request is told, so that one can see that it is not what is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fagprofil as fp

K, PEOPLE = 10, 60
OVERLAYS = ("", '[remove]\nmodule = ["mediation"]\n')


@dataclass
class Load:
    """What came back."""

    seconds: list[float] = field(default_factory=list)
    wrong: int = 0
    lost: int = 0
    versions: Counter[str] = field(default_factory=Counter)


def people() -> list[dict[str, Any]]:
    """Made-up people, each with ratings of 24 competences."""
    names = list(fp.load_catalogue().taxonomy.competences)[:24]
    return [
        {
            "id": f"e-{i}",
            "backgrounds": ["kommunom"],
            "relevant_years": 6,
            "profile": ("virksomhed", "unge", "helhed")[i % 3],
            "evidence": [
                {"competence": name, "level": (i + n) % 5, "kind": "self", "date": "2026-03-01"}
                for n, name in enumerate(names)
            ],
        }
        for i in range(PEOPLE)
    ]


def write(overlay: Path, text: str) -> None:
    draft = overlay.with_name("draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(overlay / "changes.toml")


def right_answers(overlay: Path) -> dict[tuple[str, bool, int], bytes]:
    """The right bytes for each version and person, with what was left out and without."""
    found = {}
    for text in reversed(OVERLAYS):
        write(overlay, text)
        recommender = fp.Recommender(fp.load_catalogue(overlay=overlay))
        for i, one in enumerate(people()):
            result = recommender.recommend(fp.Employee(**one), k=K)
            bare = result.model_copy(update={"ineligible": ()})
            for whole, answer in ((True, result), (False, bare)):
                found[recommender.version, whole, i] = answer.model_dump_json().encode()
    return found


def requests(whole: bool) -> list[bytes]:
    """The bytes of each person's request."""
    asked = [{"employee": one, "k": K, "ineligible": whole} for one in people()]
    bodies = [json.dumps(one).encode() for one in asked]
    head = "POST /recommend HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    return [f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body for body in bodies]


async def caller(port: int, first: int, end: float, load: Load, whole: bool, right: Any) -> None:
    """One connection that sends the next request when the answer is there."""
    sent, i = requests(whole), first
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < end:
        start = time.perf_counter()
        try:
            writer.write(sent[i])
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
            body = await reader.readexactly(int(headers["content-length"]))
        except (OSError, asyncio.IncompleteReadError):
            load.lost += 1
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            continue
        load.seconds.append(time.perf_counter() - start)
        version = headers["x-fagprofil-version"]
        load.versions[version] += 1
        load.wrong += body != right.get((version, whole, i))
        i = (i + 1) % PEOPLE
    writer.close()


async def swapper(server: subprocess.Popen[str], overlay: Path, end: float) -> int:
    """Swaps the catalogue back and forth; the number of swaps."""
    swaps = 0
    while time.perf_counter() < end - 1.5:
        await asyncio.sleep(1)
        swaps += 1
        write(overlay, OVERLAYS[swaps % 2])
        server.send_signal(signal.SIGHUP)
    return swaps


async def loaded(port: int, asked: argparse.Namespace, whole: bool, right: Any, swaps: Any) -> Load:
    load, end = Load(), time.perf_counter() + asked.seconds
    firsts = [i * 7 % PEOPLE for i in range(asked.connections)]
    callers = [caller(port, first, end, load, whole, right) for first in firsts]
    await asyncio.gather(*callers, *([swapper(*swaps, end)] if swaps else []))
    return load


@contextmanager
def served(workers: int, overlay: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A running server, and its port."""
    options = ["--port", "0", "--workers", str(workers), "--overlay", str(overlay)]
    log = overlay.with_name(f"log-{workers}")
    names = {name: text for name, text in os.environ.items() if "FAGPROFIL" not in name}
    with log.open("w") as file:
        command = [sys.executable, "-m", "fagprofil", "serve", *options]
        server = subprocess.Popen(command, stderr=file, text=True, env=names)
        try:
            while log.read_text().count("startup complete") < workers:
                assert server.poll() is None, log.read_text()
                time.sleep(0.1)
            port = int(log.read_text().split("http://127.0.0.1:")[1].split(" ")[0])
            yield server, port
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()


def measured(name: str, workers: int, load: Load, seconds: float, client: float) -> str:
    ordered = sorted(load.seconds)
    p50, p99 = (ordered[int(len(ordered) * share)] * 1000 for share in (0.5, 0.99))
    answers = len(ordered)
    return (
        f"| {workers} | {name} | {answers / seconds:,.0f} | {p50:.1f} | {p99:.1f} | {answers:,} "
        f"| {load.wrong} | {load.lost} | {len(load.versions)} | {client / answers * 1e6:.0f} |"
    )


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="of each measurement")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    asked = parser.parse_args()
    columns = ("workers", "", "requests/s", "p50, ms", "p99, ms", "answers", "wrong", "lost")
    columns += ("versions", "client, us")
    say(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|")
    with tempfile.TemporaryDirectory() as folder:
        overlay = Path(folder, "local")
        overlay.mkdir()
        right = right_answers(overlay)
        for workers in asked.workers:
            write(overlay, OVERLAYS[0])
            with served(workers, overlay) as (server, port):
                for name, whole, swaps in (
                    ("whole answers", True, None),
                    ("without what was left out", False, None),
                    ("the same, data swapped", False, (server, overlay)),
                ):
                    start = time.process_time()
                    load = asyncio.run(loaded(port, asked, whole, right, swaps))
                    client = time.process_time() - start
                    say(measured(name, workers, load, asked.seconds, client))


if __name__ == "__main__":
    main()
