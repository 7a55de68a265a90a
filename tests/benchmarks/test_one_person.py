"""One person, 600 modules: from the bytes of a request to ten explained recommendations.

Run with ``pytest tests/benchmarks/test_one_person.py --benchmark-enable --benchmark-only``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from nation import Nation
from report import Report

import fagprofil as fp
from fagprofil.batch import Order
from fagprofil.model import Horizon

K = 10
HORIZON: Horizon = fp.NOW


@pytest.fixture(scope="module")
def nation() -> Nation:
    return Nation(10)


@pytest.fixture(scope="module")
def recommender(nation: Nation) -> fp.Recommender:
    return fp.Recommender(nation.catalogue, horizon=HORIZON)


def person(nation: Nation, kind: str, every: int) -> fp.Employee:
    """Somebody of whom every so many levels are said."""
    said = [
        fp.Evidence(competence=f"c{k}", level=int(nation.levels[k, 0]), kind=kind)
        for k in range(0, nation.competences, every)
    ]
    return fp.Employee(id="somebody", profile="p1", evidence=said)


@pytest.fixture
def timed(benchmark: Any, report: Report) -> Callable[..., Any]:
    """Times a call, and puts its median under a label."""

    def run(label: str, call: Callable[..., Any], *given: Any) -> Any:
        found = benchmark(call, *given)
        if benchmark.stats is not None:  # timed, not only called
            report.single[label] = benchmark.stats["median"] * 1e6
        return found

    return run


@pytest.mark.parametrize(
    ("kind", "every", "said"), [("known", 1, "60 levels known"), ("self", 3, "20 ratings")]
)
def test_from_json_to_explained_recommendations(
    timed: Any, nation: Nation, recommender: fp.Recommender, kind: str, every: int, said: str
) -> None:
    request = person(nation, kind, every).model_dump_json().encode()

    def answer() -> fp.Recommendations:
        return recommender.recommend(fp.Employee.model_validate_json(request), k=K)

    found = timed(f"JSON bytes to ten explained recommendations, {said}", answer)
    assert len(found) == K
    assert all(one.reasons for one in found)


def test_to_pydantic_alone(timed: Any, nation: Nation) -> None:
    request = person(nation, "known", 1).model_dump_json().encode()
    read = timed("JSON bytes to a validated person", fp.Employee.model_validate_json, request)
    assert len(read.evidence) == nation.competences


def test_score_and_top_k_alone(timed: Any, nation: Nation, recommender: fp.Recommender) -> None:
    somebody, one = person(nation, "known", 1), recommender._one_person
    blend = recommender._engine.profile_of(somebody, None)
    setting = one._setting_of(somebody, blend, Order.checked(K, "list", ()))
    offer, lists = setting.offer, setting.lists
    start, cells = one._cells(setting, somebody)

    def best() -> list[int]:
        sums = lists.keys(start, cells)
        sums.sort()
        return [lists.module_of(key) for key in sums[: -K - 1 : -1].tolist()]

    found = timed("score and top ten", best)
    modules = [nation.catalogue.modules.ids[offer.modules[one]] for one in found]
    assert modules == [one.module for one in recommender.recommend(somebody, k=K)]


def test_loop_over_the_same_objects(timed: Any, nation: Nation) -> None:
    catalogue, somebody = nation.catalogue, person(nation, "known", 1)
    profile = catalogue.profiles["p1"]

    def loop() -> list[str]:
        held = {said.competence: said.level for said in somebody.evidence}
        required = {row.competence: (row.weight, row.now) for row in profile.requirements or ()}
        scored = []
        for module in catalogue.modules.values():
            if any(held[name] < level for name, level in (module.entry or {}).items()):
                continue
            score = 0.0
            for name, taught in (module.teaches or {}).items():
                weight, level = required.get(name, (0.0, 0))
                score += weight * max(0, min(taught, level) - held[name])
            scored.append((-score, module.id))
        return [name for _, name in sorted(scored)[:K]]

    assert len(timed("a loop over the same objects: score and top ten", loop)) == K
