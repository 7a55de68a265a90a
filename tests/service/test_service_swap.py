"""The recommender is swapped while requests are answered: nothing is wrong, nothing is lost."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

import fagprofil as fp
from fagprofil.errors import DataError
from fagprofil.service import Holder, create_app

Serve = Callable[[Any], httpx.Client]


@pytest.fixture(scope="module")
def both(catalogue: fp.Catalogue) -> tuple[fp.Recommender, fp.Recommender]:
    """Two recommenders that disagree."""
    return fp.Recommender(catalogue), fp.Recommender(catalogue, horizon=fp.NOW)


def people(count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"e-{i}",
            "profile": ("virksomhed", "unge", "helhed")[i % 3],
            "evidence": [{"competence": "jobmatch", "level": i % 6, "kind": "known"}],
        }
        for i in range(count)
    ]


def test_every_answer_under_load_is_of_one_recommender(
    serve: Serve, both: tuple[fp.Recommender, fp.Recommender]
) -> None:
    app = create_app(both[0])
    client, sent = serve(app), people(9)
    right = {by.version: [by.recommend(fp.Employee(**one), k=5) for one in sent] for by in both}
    first, second = right.values()
    assert all(one.items != other.items for one, other in zip(first, second, strict=True))
    done, answered = threading.Event(), Counter[str]()

    def ask(worker: int) -> Counter[str]:
        found = Counter[str]()
        with httpx.Client(base_url=client.base_url, timeout=60) as own:
            for turn in range(40):
                i = (worker + turn) % len(sent)
                alone = own.post("/recommend", json={"employee": sent[i]})
                assert alone.status_code == 200
                result = fp.Recommendations.model_validate_json(alone.content)
                assert result == right[result.version][i]
                assert alone.headers["X-Fagprofil-Version"] == result.version
                found[result.version] += 1
                if turn % 8 == 0:
                    batch = own.post("/recommend/batch", json={"employees": sent})
                    results = [fp.Recommendations.model_validate(one) for one in batch.json()]
                    (version,) = {one.version for one in results}
                    assert results == right[version]
                    assert batch.headers["X-Fagprofil-Version"] == version
        return found

    def swap() -> int:
        swaps = 0
        while not done.wait(0.01):
            app.state.holder.swap(both[(swaps + 1) % 2])
            swaps += 1
        return swaps

    with ThreadPoolExecutor(5) as pool:
        swapping = pool.submit(swap)
        try:
            for one in [pool.submit(ask, worker) for worker in range(4)]:
                answered += one.result()
        finally:
            done.set()
        swaps = swapping.result()
    assert answered.total() == 4 * 40
    assert len(answered) == 2
    assert swaps > 10
    assert f'fagprofil_swaps_total{{outcome="done"}} {float(swaps)}' in client.get("/metrics").text


def test_a_request_that_has_begun_is_answered_by_the_recommender_it_came_to(
    serve: Serve, both: tuple[fp.Recommender, fp.Recommender]
) -> None:
    app = create_app(both[0])
    client, old, new = serve(app), *both

    def slow() -> Any:
        """A body that is swapped upon half-way."""
        yield b'{"employee": {"id": "a", '
        client.get("/health")
        app.state.holder.swap(new)
        yield b'"profile": "unge"}}'

    response = client.post(
        "/recommend", content=slow(), headers={"Content-Type": "application/json"}
    )
    expected = old.recommend(fp.Employee(id="a", profile="unge"))
    assert fp.Recommendations.model_validate_json(response.content) == expected
    assert response.headers["X-Fagprofil-Version"] == old.version
    assert client.get("/version").json()["recommender"] == new.version


def test_a_swap_is_logged(
    both: tuple[fp.Recommender, fp.Recommender], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "fagprofil.service")
    app = create_app(both[0])
    assert app.state.holder.swap(both[1]) is both[0]
    (record,) = caplog.records
    assert both[0].version in record.message
    assert both[1].version in record.message


def test_only_a_recommender_can_be_swapped_in(
    both: tuple[fp.Recommender, fp.Recommender], catalogue: fp.Catalogue
) -> None:
    holder = Holder(both[0])
    with pytest.raises(DataError, match="a Recommender"):
        holder.swap(catalogue)  # type: ignore[arg-type]
    assert holder.current is both[0]
