"""Ten modules for each of many people, side by side with what a user would write instead.

Run with ``pytest tests/benchmarks --benchmark-enable --benchmark-only``; read the ratios.
"""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import fagprofil as fp
from fagprofil.catalogue import Catalogue
from fagprofil.ladder import closes, ladder_of, unmet
from fagprofil.ranking import top_k

PEOPLE, K = 500, 10


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return fp.load_catalogue()


@pytest.fixture(scope="module")
def levels(catalogue: Catalogue) -> np.ndarray:
    shape = (PEOPLE, len(catalogue.taxonomy.competences))
    return np.random.default_rng(0).integers(0, 5, size=shape)


@pytest.fixture(scope="module")
def people(catalogue: Catalogue, levels: np.ndarray) -> list[fp.Employee]:
    names = list(catalogue.taxonomy.competences)
    return [
        fp.Employee(
            id=f"p{i:05}",
            profile="virksomhed",
            evidence=[
                fp.Evidence(competence=name, level=int(level), kind="known")
                for name, level in zip(names, row, strict=True)
            ],
        )
        for i, row in enumerate(levels)
    ]


def _required(catalogue: Catalogue) -> dict[str, tuple[float, int]]:
    """Weight and level by competence, the higher of the profile and what it extends."""
    profile = catalogue.profiles["virksomhed"]
    found: dict[str, tuple[float, int]] = {}
    for one in reversed(catalogue.lineage(profile)):
        for row in one.requirements or ():
            found[row.competence] = (row.weight, row.now)
    return found


def test_library_from_people_to_rows(benchmark: Any, catalogue: Catalogue, people: Any) -> None:
    recommender = fp.Recommender(catalogue, horizon=fp.NOW)
    rows = benchmark(recommender.recommend_rows, people, k=K)
    assert len({row["employee"] for row in rows}) == PEOPLE


def test_library_kernel(benchmark: Any, catalogue: Catalogue, people: Any) -> None:
    ladder = ladder_of(catalogue)
    held = ladder.held(people)
    need = ladder.need(catalogue.resolve("virksomhed"), fp.NOW)
    rows = np.flatnonzero(need.any(axis=1))
    picker = ladder.taught.picker(ladder.top, rows)

    def kernel() -> np.ndarray:
        flat = closes(unmet(need, held.steps))[:, rows].reshape(PEOPLE, -1)
        gain = (picker @ np.ascontiguousarray(flat.T)).T
        return top_k(gain.astype(float), gain > 0, K)

    assert benchmark(kernel).shape == (PEOPLE, K)


def test_loop_over_objects(benchmark: Any, catalogue: Catalogue, people: Any) -> None:
    required = _required(catalogue)

    def loop() -> list[list[str]]:
        best = []
        for person in people:
            held = {said.competence: said.level for said in person.evidence}
            scored = []
            for module in catalogue.modules.values():
                score = 0.0
                for name, taught in (module.teaches or {}).items():
                    weight, level = required.get(name, (0.0, 0))
                    score += weight * max(0, min(taught, level) - held[name])
                scored.append((-score, module.id))
            best.append([name for _, name in sorted(scored)[:K]])
        return best

    assert len(benchmark(loop)) == PEOPLE


def test_pandas_merge_and_groupby(benchmark: Any, catalogue: Catalogue, levels: np.ndarray) -> None:
    names = list(catalogue.taxonomy.competences)
    required = pd.DataFrame(
        [(name, *wanted) for name, wanted in _required(catalogue).items()],
        columns=["competence", "weight", "required"],
    )
    taught = pd.DataFrame(
        [
            (module.id, name, level)
            for module in catalogue.modules.values()
            for name, level in (module.teaches or {}).items()
        ],
        columns=["module", "competence", "taught"],
    )
    wide = pd.DataFrame(levels, columns=names).rename_axis("employee").reset_index()
    held = wide.melt("employee", var_name="competence", value_name="held")

    def merge() -> pd.DataFrame:
        table = held.merge(required, on="competence").merge(taught, on="competence")
        reach = np.minimum(table["taught"], table["required"])
        table["gain"] = table["weight"] * (reach - table["held"]).clip(lower=0)
        score = table.groupby(["employee", "module"], as_index=False)["gain"].sum()
        ordered = score.sort_values(["employee", "gain", "module"], ascending=[True, False, True])
        return ordered.groupby("employee").head(K)

    assert benchmark(merge)["employee"].nunique() == PEOPLE
