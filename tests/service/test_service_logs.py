"""The service tells of itself in logs and metrics, and of nobody else."""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import worlds
from prometheus_client.parser import text_string_to_metric_families

import fagprofil as fp
from fagprofil.errors import RankerError
from fagprofil.rankers import RankingTask
from fagprofil.service import create_app
from fagprofil.service.logs import JsonLines

Serve = Callable[[Any], httpx.Client]
TOKEN = "0123456789abcdef"
#: Each of these words is in a request, and must be in no log and no metric.
MARK = "zq7anna"


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "fagprofil")


def lines(caplog: pytest.LogCaptureFixture, count: int) -> list[dict[str, Any]]:
    """The lines logged; a line is written when the answer has been sent, so it is waited for."""
    end, found = time.monotonic() + 10, []
    while len(found) < count and time.monotonic() < end:
        found = [one for one in caplog.records if one.name == "fagprofil.service"]
        time.sleep(0.01)
    assert len(found) == count
    return [json.loads(one.getMessage()) for one in found]


def counted(client: httpx.Client, **headers: str) -> dict[tuple[str, ...], float]:
    """The number of requests by method, route and status."""
    page = client.get("/metrics", headers=headers)
    assert page.headers["Content-Type"].startswith("text/plain")
    families = {one.name: one for one in text_string_to_metric_families(page.text)}
    return {
        (one.labels["method"], one.labels["route"], one.labels["status"]): one.value
        for one in families["fagprofil_requests"].samples
        if one.name.endswith("_total")
    }


def test_a_request_is_one_line(
    serve: Serve, recommender: fp.Recommender, caplog: pytest.LogCaptureFixture
) -> None:
    client = serve(create_app(recommender))
    response = client.get("/modules/mediation?x=1")
    (line,) = lines(caplog, 1)
    assert set(line) == {
        "time",
        "event",
        "method",
        "route",
        "status",
        "ms",
        "request_id",
        "version",
    }
    assert (line["event"], line["method"], line["status"]) == ("request", "GET", 200)
    assert line["route"] == "/modules/{id}"
    assert line["request_id"] == response.headers["X-Request-ID"]
    assert line["version"] == recommender.version
    assert 0 < line["ms"] < 10_000


def test_a_callers_request_id_is_kept_if_it_tells_of_nobody(
    serve: Serve, recommender: fp.Recommender, caplog: pytest.LogCaptureFixture
) -> None:
    client = serve(create_app(recommender))
    own = str(uuid.uuid4())
    assert client.get("/health", headers={"X-Request-ID": own}).headers["X-Request-ID"] == own
    given = client.get("/health", headers={"X-Request-ID": MARK}).headers["X-Request-ID"]
    assert str(uuid.UUID(given)) == given
    assert [one["request_id"] for one in lines(caplog, 2)] == [own, given]


def broken(task: RankingTask) -> Any:
    raise KeyError(f"{MARK} is not among {task.employees}")


def contrary(task: RankingTask) -> Any:
    raise RankerError(f"about {task.employees}")


def test_nothing_of_people_is_logged_or_counted(
    serve: Serve,
    catalogue: fp.Catalogue,
    anna: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    token, auth = f"{TOKEN}-{MARK}", {"Authorization": f"Bearer {TOKEN}-{MARK}"}
    anna |= {"id": f"e-{MARK}", "unit": MARK.upper()}
    client = serve(create_app(fp.Recommender(catalogue), token=token))
    bodies: list[Any] = [
        {"employee": anna},
        {"employee": {**anna, "backgrounds": [MARK]}},
        {"employee": {**anna, MARK: 1}},
        {"employee": {**anna, "hired": MARK}},
        {"employee": anna, "profile": MARK},
        {"employees": [anna, {**anna, "evidence": [{"competence": MARK}]}]},
        {"employees": [anna, anna]},
    ]
    asked = [
        client.post(path, json=body, headers=auth)
        for path in ("/gap", "/match", "/recommend", "/recommend/batch")
        for body in bodies
    ]
    asked += [
        client.get(f"/modules/{MARK}", headers=auth),
        client.get("/modules", params={"teaches": MARK}, headers=auth),
        client.get(f"/{MARK}", headers=auth),
        client.get("/version", headers={"Authorization": f"Bearer {MARK}-{TOKEN}"}),
        client.request(MARK.upper(), "/version", headers=auth),
    ]
    assert {one.status_code for one in asked} == {200, 401, 404, 405, 422}
    logged = [json.dumps(one, ensure_ascii=False) for one in lines(caplog, len(asked))]
    logged += [one.getMessage() for one in caplog.records if one.name != "httpx"]
    metrics = client.get("/metrics", headers=auth).text
    assert MARK in asked[0].text
    for told in (*logged, metrics, *capfd.readouterr()):
        assert MARK not in told.lower()
        assert TOKEN not in told


@pytest.mark.parametrize(("ranker", "name"), [(broken, "KeyError"), (contrary, "RankerError")])
def test_a_failure_is_told_of_without_its_words(
    serve: Serve,
    board: worlds.Board,
    caplog: pytest.LogCaptureFixture,
    ranker: Any,
    name: str,
) -> None:
    client = serve(create_app(fp.Recommender(board.catalogue, ranker)))
    person = {"id": f"e-{MARK}", "profile": "job"}
    response = client.post("/recommend", json={"employee": person})
    assert response.status_code == 500
    assert response.headers["Content-Type"] == "application/problem+json"
    (line,) = lines(caplog, 1)
    assert (line["status"], line["error"]) == (500, name)
    assert any(ranker.__name__ in call for call in line["at"])
    assert MARK not in json.dumps(line)
    # What breaks the contract of rankers is told to the caller, as in Python; other errors are not.
    assert (response.json()["error"] == "RankerError") == (name == "RankerError")
    assert ("about" in response.json()["detail"]) == (name == "RankerError")
    # One failure does not end the service.
    assert client.post("/gap", json={"employee": person}).status_code == 200


def test_requests_are_counted_by_the_template_of_their_address(
    serve: Serve, recommender: fp.Recommender, anna: dict[str, Any]
) -> None:
    client = serve(create_app(recommender))
    for name in ("mediation", "nowhere", "adult-guidance"):
        client.get(f"/modules/{name}")
    client.post("/recommend", json={"employee": anna})
    client.get("/nowhere")
    client.delete("/recommend")
    client.request("PURGE", "/recommend")
    found = counted(client)
    assert found == {
        ("GET", "/modules/{id}", "200"): 2,
        ("GET", "/modules/{id}", "404"): 1,
        ("POST", "/recommend", "200"): 1,
        ("GET", "none", "404"): 1,
        ("DELETE", "/recommend", "405"): 1,
        ("other", "/recommend", "405"): 1,
    }
    page = client.get("/metrics").text
    assert 'fagprofil_request_seconds_count{route="/modules/{id}"} 3.0' in page


def test_two_applications_count_on_their_own(serve: Serve, recommender: fp.Recommender) -> None:
    first, second = serve(create_app(recommender)), serve(create_app(recommender))
    first.get("/health")
    assert counted(first)[("GET", "/health", "200")] == 1
    assert ("GET", "/health", "200") not in counted(second)


def test_other_packages_log_in_the_same_form() -> None:
    def record(name: str, text: str, error: Any = None) -> logging.LogRecord:
        return logging.LogRecord(name, logging.INFO, "file.py", 1, text, (), error)

    shown = JsonLines().format
    assert shown(record("fagprofil.service", '{"event": "request"}')) == '{"event": "request"}'
    other = json.loads(shown(record("uvicorn.error", "started\nup")))
    assert (other["event"], other["logger"], other["message"]) == (
        "log",
        "uvicorn.error",
        "started\nup",
    )
    try:
        raise ValueError(MARK)
    except ValueError as error:
        told = shown(record("uvicorn.error", "failed", (type(error), error, error.__traceback__)))
    assert json.loads(told)["error"] == "ValueError"
    assert MARK not in told


def test_importing_the_service_configures_no_logging() -> None:
    assert logging.getLogger("fagprofil.service").handlers == []
    assert logging.getLogger("fagprofil").handlers == []
