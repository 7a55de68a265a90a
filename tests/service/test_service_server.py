"""`fagprofil serve`, as those who run it do: processes, signals, environment variables."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

import fagprofil as fp
from fagprofil.errors import DataError, FagprofilError
from fagprofil.service import Settings, app_from_env, serve

TOKEN = "0123456789abcdef"
AUTH = {"Authorization": f"Bearer {TOKEN}"}
REMOVED = '[remove]\nmodule = ["mediation"]\n'


class Served:
    """A running `fagprofil serve` and what it logs."""

    def __init__(self, *options: str, **environment: str) -> None:
        names = {name: text for name, text in os.environ.items() if "FAGPROFIL" not in name}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "fagprofil", "serve", "--port", "0", *options],
            env={**names, **environment},
            stderr=subprocess.PIPE,
            text=True,
        )
        self.workers = int(options[options.index("--workers") + 1]) if "--workers" in options else 1
        self.lines: list[dict[str, Any]] = []
        self._reader = Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        self.lines += (json.loads(line) for line in self.process.stderr)

    def wait_for(self, there: Callable[[], Any]) -> Any:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            found = there()
            if found:
                return found
            assert self.process.poll() is None, self.lines
            time.sleep(0.02)
        raise AssertionError(self.lines)

    def logged(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == event]

    def said(self, text: str) -> list[str]:
        return [line["message"] for line in self.logged("log") if text in line["message"]]

    @property
    def url(self) -> str:
        """Its address, once all workers answer."""
        self.wait_for(lambda: len(self.said("startup complete")) == self.workers)
        (said,) = self.wait_for(lambda: self.said("running on"))
        found = re.search(r"http://[0-9.]+:(\d+)", said)
        assert found is not None
        return f"http://127.0.0.1:{found[1]}"

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self._reader.join()
        assert self.process.stderr is not None
        self.process.stderr.close()


@pytest.fixture
def served() -> Iterator[Callable[..., Served]]:
    started: list[Served] = []

    def start(*options: str, **environment: str) -> Served:
        started.append(Served(*options, **environment))
        return started[-1]

    yield start
    for one in started:
        one.end()


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    folder = tmp_path / "local"
    folder.mkdir()
    (folder / "changes.toml").write_text("", encoding="utf-8")
    return folder


def change(overlay: Path, text: str) -> None:
    # Written whole and then moved, as one who deploys would.
    draft = overlay.parent / "draft"
    draft.write_text(text, encoding="utf-8")
    draft.replace(overlay / "changes.toml")


def test_it_answers_and_logs_lines_of_json(served: Callable[..., Served]) -> None:
    one = served("--horizon", "now", "--date", "2026-12-01")
    with httpx.Client(base_url=one.url) as client:
        assert client.get("/version").json()["on"] == "2026-12-01"
        body = {"employee": {"id": "e-1", "profile": "unge"}}
        answer = client.post("/recommend", json=body)
    found = fp.Recommendations.model_validate_json(answer.content)
    recommender = fp.Recommender(fp.load_catalogue(), horizon=fp.NOW, on=found.on)
    assert found == recommender.recommend(fp.Employee(id="e-1", profile="unge"))
    assert "server" not in answer.headers
    one.wait_for(lambda: len(one.logged("request")) == 2)
    assert [line["route"] for line in one.logged("request")] == ["/version", "/recommend"]
    # What uvicorn tells is JSON too, and its own log of addresses is off.
    assert {line["event"] for line in one.lines} == {"log", "request"}
    assert one.said("HTTP/1.1") == []


@pytest.mark.parametrize("workers", [1, 2])
def test_a_signal_swaps_the_data_and_wrong_data_are_refused(
    served: Callable[..., Served], overlay: Path, workers: int
) -> None:
    one = served("--workers", str(workers), "--overlay", str(overlay), FAGPROFIL_TOKEN=TOKEN)
    with httpx.Client(base_url=one.url, headers=AUTH, timeout=30) as client:
        assert client.get("/modules/mediation").status_code == 200
        change(overlay, REMOVED)
        one.process.send_signal(signal.SIGHUP)
        one.wait_for(lambda: len(one.logged("swap")) == workers)
        assert client.get("/modules/mediation").status_code == 404
        change(overlay, REMOVED.replace("mediation", "medition"))
        one.process.send_signal(signal.SIGHUP)
        one.wait_for(lambda: len(one.logged("swap refused")) == workers)
        assert client.get("/modules/mediation").status_code == 404
        page = client.get("/metrics").text
    # Every worker tells the sum of all.
    assert f'fagprofil_swaps_total{{outcome="done"}} {workers}.0' in page
    assert f'fagprofil_swaps_total{{outcome="refused"}} {workers}.0' in page
    assert "did you mean 'mediation'" in one.logged("swap refused")[0]["reason"]
    versions = {line["version"] for line in one.logged("swap")}
    assert len(versions) == 1


def test_workers_lose_nothing_while_the_data_are_swapped(
    served: Callable[..., Served], overlay: Path
) -> None:
    body, right = {"employee": {"id": "e-1", "profile": "unge"}, "k": 20}, {}
    for text in (REMOVED, ""):
        change(overlay, text)
        recommender = fp.Recommender(fp.load_catalogue(overlay=overlay))
        person = fp.Employee(id="e-1", profile="unge")
        right[recommender.version] = recommender.recommend(person, k=20)
    one = served("--workers", "2", "--overlay", str(overlay))
    url, answers = one.url, list[httpx.Response]()

    def swap() -> None:
        for swaps, text in enumerate((REMOVED, "", REMOVED), start=1):
            change(overlay, text)
            one.process.send_signal(signal.SIGHUP)
            one.wait_for(lambda: len(one.logged("swap")) == 2 * swaps)  # noqa: B023 (waited for)

    never = httpx.Limits(max_keepalive_connections=0)
    with (
        ThreadPoolExecutor(1) as pool,
        httpx.Client(base_url=url, timeout=30) as client,
        # A new connection may come to the other worker.
        httpx.Client(base_url=url, timeout=30, limits=never) as strangers,
    ):
        answers.append(client.post("/recommend", json=body))
        swapping = pool.submit(swap)
        while not swapping.done():
            answers += [who.post("/recommend", json=body) for who in (client, strangers)]
        swapping.result()
        answers.append(client.post("/recommend", json=body))
    for answer in answers:
        found = fp.Recommendations.model_validate_json(answer.content)
        assert found == right[found.version]
        assert answer.headers["X-Fagprofil-Version"] == found.version
    versions = [answer.headers["X-Fagprofil-Version"] for answer in answers]
    with_all, without = reversed(right)
    assert (versions[0], versions[-1]) == (with_all, without)


def test_workers_answer_at_once_on_a_kept_connection(served: Callable[..., Served]) -> None:
    def seconds(client: httpx.Client) -> float:
        start = time.perf_counter()
        assert client.get("/version").status_code == 200
        return time.perf_counter() - start

    with httpx.Client(base_url=served("--workers", "2").url, timeout=30) as client:
        seconds(client)
        # With Nagle's algorithm on, all but the first wait for 40 ms; a busy machine delays some.
        assert min(seconds(client) for _ in range(30)) < 0.03


def test_workers_count_together(served: Callable[..., Served]) -> None:
    one = served("--workers", "2")
    never = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(base_url=one.url, limits=never, timeout=30) as client:
        for _ in range(20):
            assert client.get("/health").status_code == 200
        one.wait_for(lambda: len(one.logged("request")) == 20)
        page = client.get("/metrics").text
    assert 'fagprofil_requests_total{method="GET",route="/health",status="200"} 20.0' in page


def refused(*options: str, **environment: str) -> str:
    command = [sys.executable, "-m", "fagprofil", "serve", *options]
    names = {name: text for name, text in os.environ.items() if "FAGPROFIL" not in name}
    done = subprocess.run(
        command, env={**names, **environment}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert done.stdout == ""
    return done.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "nowhere.invalid", ""])
def test_without_a_token_nobody_else_can_reach_it(host: str) -> None:
    with pytest.raises(DataError, match="loopback") as caught:
        # No such port: were the host allowed, this would end with another error, and not serve.
        serve(Settings(), host=host, port=70_000)
    assert caught.value.problems[0].field == "host"


def test_the_command_refuses_another_host_too() -> None:
    assert "host is '0.0.0.0': expected a loopback address" in refused("--host", "0.0.0.0")


@pytest.mark.parametrize("where", ["variable", "file"])
def test_with_a_token_any_host_is_allowed(
    served: Callable[..., Served], tmp_path: Path, where: str
) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n", encoding="utf-8")
    named: dict[str, str] = {"FAGPROFIL_TOKEN": TOKEN} if where == "variable" else {}
    options = [] if named else ["--token-file", str(file)]
    one = served("--host", "0.0.0.0", *options, **named)
    with httpx.Client(base_url=one.url) as client:
        assert client.get("/version").status_code == 401
        assert client.get("/version", headers=AUTH).status_code == 200
    assert TOKEN not in str(one.lines)


@pytest.mark.parametrize(
    ("given", "variables", "said"),
    [
        ({"horizon": "later"}, {}, "now, five, over or a date"),
        ({"date": "5"}, {}, "date is '5': expected a date as"),
        ({"overlay": "nowhere"}, {}, "nowhere"),
        ({"ranker": "coverag"}, {}, "did you mean 'coverage'"),
        ({"token_file": "nowhere"}, {}, "nowhere"),
        ({}, {"FAGPROFIL_MAX_K": "0", "FAGPROFIL_MAX_BODY": "x"}, "2 problems"),
    ],
    ids=str,
)
def test_wrong_settings_are_told_before_anything_is_served(
    given: dict[str, str], variables: dict[str, str], said: str
) -> None:
    with pytest.raises((FagprofilError, OSError)) as caught:
        serve(Settings.read(variables, **given))
    assert said in str(caught.value)


def test_the_command_tells_what_is_wrong_and_ends_with_code_2() -> None:
    said = refused("--horizon", "later", "--date", "5")
    assert "2 problems" in said
    # An empty token is a mistake, not the wish for none.
    assert "token: expected at least 16" in refused(FAGPROFIL_TOKEN="")


def test_environment_variables_make_the_application(
    monkeypatch: pytest.MonkeyPatch, overlay: Path
) -> None:
    change(overlay, REMOVED)
    settings = Settings.read({}, overlay=str(overlay), horizon="2028-01-01", max_batch=5)
    for name, text in settings.variables().items():
        monkeypatch.setenv(name, text)
    monkeypatch.setenv("FAGPROFIL_TOKEN", TOKEN)
    assert Settings.read(os.environ) == settings
    before = signal.getsignal(signal.SIGHUP)
    try:
        app = app_from_env()
    finally:
        signal.signal(signal.SIGHUP, before)
    assert "mediation" not in app.state.holder.current.catalogue.modules
    assert app.state.limits.batch == 5
    assert "securitySchemes" in app.openapi()["components"]


def test_options_come_before_environment_variables() -> None:
    variables = {"FAGPROFIL_RANKER": "popular", "FAGPROFIL_HORIZON": "now"}
    settings = Settings.read(variables, ranker="coverage", horizon=None)
    assert (settings.ranker, settings.horizon) == ("coverage", fp.NOW)


def test_without_its_packages_the_service_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['fastapi'] = None\n"
        "from fagprofil.errors import MissingExtra\n"
        "try:\n    import fagprofil.service\n"
        "except MissingExtra as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'fagprofil[service]'" in done.stdout


def test_importing_the_library_does_not_load_the_service() -> None:
    code = (
        "import sys, fagprofil.cli; fagprofil.load_catalogue()\n"
        "print([name for name in ('fastapi', 'uvicorn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
