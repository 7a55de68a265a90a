"""The batch finds what the definition says, for any cut, order, width of numbers and threads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import worlds
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from oracle import Oracle, Scored
from worlds import Crowd, crowds, examples

import fagprofil as fp
from fagprofil.blocks import groups_of
from fagprofil.ladder import ladder_of
from fagprofil.offer import OVER, Offer
from fagprofil.ranking import top_keys
from fagprofil.shortlist import ranked, shortlists
from fagprofil.standing import Standing

# --- the largest keys ---------------------------------------------------------------------------

#: Around the sizes at which keys are compared in groups.
MANY = (0, 1, 2, 7, 63, 64, 128, 129, 192, 200, 256, 320)


def keys_of(seed: int, shape: tuple[int, int], kind: str, floor: int, open_to: float) -> Any:
    """Keys that differ, some of them negative, and at the end as many rows of the lowest number."""
    random = np.random.default_rng(seed)
    m, n = shape
    columns = [floor + random.permutation(2 * m + 1)[:m] for _ in range(n)]
    keys = np.array(columns, dtype=np.int64).reshape(n, m).T
    if kind == "int64":
        keys = np.where(keys > floor, keys + (1 << 40), keys)
    lowest = np.iinfo(kind).min
    keys = np.where(random.random(shape) < open_to, keys, keys | lowest).astype(kind)
    keys[m - random.integers(0, m // 2 + 1) :] = lowest
    return keys


@examples(400)
@given(
    seed=st.integers(0, 2**32 - 1),
    m=st.sampled_from(MANY),
    n=st.integers(1, 5),
    k=st.sampled_from([1, 2, 3, 10, 24, 25, 48, 49, 60, 400]),
    kind=st.sampled_from(["int32", "int64"]),
    floor=st.sampled_from([1, 2, 1024]),
    open_to=st.sampled_from([0.0, 0.02, 0.5, 1.0]),
)
def test_the_largest_keys_are_those_of_a_sort(
    seed: int, m: int, n: int, k: int, kind: str, floor: int, open_to: float
) -> None:
    keys = keys_of(seed, (m, n), kind, floor, open_to)
    found = top_keys(keys.copy(), k, floor)
    assert found.shape == (n, min(k, m))
    assert found.dtype == keys.dtype
    for i in range(n):
        expected = sorted((x for x in keys[:, i].tolist() if x >= floor), reverse=True)[:k]
        assert found[i].tolist() == expected + [-1] * (min(k, m) - len(expected))


@pytest.mark.parametrize("m", [3, 300])
def test_a_key_at_the_floor_counts_and_one_below_does_not(m: int) -> None:
    keys = np.full((m, 2), 7)
    keys[m // 2] = 8, 9
    assert top_keys(keys, k=2, floor=8).tolist() == [[8, -1], [9, -1]]


# --- the shortlist ------------------------------------------------------------------------------

Lists = Mapping[str, list[Scored]]


def shortlist_of(crowd: Crowd, k: int, exclude: Sequence[str] = ()) -> Lists:
    """The modules picked for each person who has a profile."""
    catalogue, people = crowd.catalogue, crowd.people
    ladder, names = ladder_of(catalogue), list(catalogue.modules)
    found: dict[str, list[Scored]] = {}
    for offer, standing, rows in offered(crowd):
        for part in shortlists(offer, standing, ranked(offer, standing, rows, k, tuple(exclude))):
            for i, place in enumerate(part.rows):
                module, sums = part.module[i], part.worth.sums[OVER, i] * part.worth.unit
                picks = np.flatnonzero(module >= 0) if part.known[i] else []
                assert people[place].id not in found
                found[people[place].id] = [
                    scored(ladder.catalogue, names[offer.modules[module[rank]]], sums[rank])
                    for rank in picks
                ]
    return found


def offered(crowd: Crowd) -> Iterator[tuple[Offer, Standing, np.ndarray]]:
    """What is offered to whom: the people of one profile after the other."""
    ladder = ladder_of(crowd.catalogue)
    roster = ladder.roster(crowd.people)
    own = [one.profile for one in roster.facts]
    blends = [None if one is None else crowd.catalogue.resolve(one) for one in own]
    for blend, rows in groups_of(roster, blends):
        yield Offer(ladder, blend, crowd.horizon), ladder.standing(roster), rows


def scored(catalogue: fp.Catalogue, name: str, gain: float) -> Scored:
    unknown = catalogue.modules[name].teaches is None
    return Scored(name, None if unknown else Fraction(float(gain)))


def definition_of(crowd: Crowd, k: int, exclude: Sequence[str] = ()) -> Lists:
    """The same by the definition; none where nothing is known to close anything."""
    found: dict[str, list[Scored]] = {}
    for one in crowd.people:
        if one.profile is not None:
            oracle = Oracle(crowd.catalogue, one, one.profile, crowd.horizon)
            assume(not oracle.doubtful)
            best = oracle.best_list(k, exclude)
            found[one.id] = best if best and best[0].score else []
    return found


@contextmanager
def cut_to(chunk: int) -> Iterator[None]:
    """So many people at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fagprofil.shortlist.CHUNK", chunk)
        yield


@examples(400)
@given(crowds(), st.integers(1, 4), st.integers(1, 7), st.randoms(use_true_random=False), st.data())
def test_a_shortlist_is_that_of_the_definition(
    crowd: Crowd, chunk: int, k: int, random: Any, data: st.DataObject
) -> None:
    modules = list(crowd.catalogue.modules)
    exclude = data.draw(st.lists(st.sampled_from(modules), max_size=2)) if modules else []
    people = random.sample(crowd.people, len(crowd.people))
    with cut_to(chunk):
        found = shortlist_of(replace(crowd, people=tuple(people)), k, exclude)
    assert found == definition_of(crowd, k, exclude)


#: What is said of a competence: a level that is known, nothing, or ratings.
SAID = (("known",), (), ("self",), ("self", "manager"))


@dataclass(frozen=True)
class Town:
    """What a crowd of more people and modules is drawn from."""

    seed: int
    modules: int
    weights: Sequence[float]
    demands: int = 2
    certain: bool = False
    people: int = 12

    def crowd(self, times: float = 1) -> Crowd:
        """The town; `times` is what all weights are multiplied by."""
        random, top, names = np.random.default_rng(self.seed), 4, worlds.names("c", 7)

        def some(least: int, most: int) -> dict[str, int]:
            count = random.integers(least, most + 1)
            chosen = random.choice(names, count, replace=False).tolist()
            return dict(zip(chosen, random.integers(1, top + 1, count).tolist(), strict=True))

        def needs() -> dict[str, tuple[int, int, float]]:
            weight = random.choice(self.weights, len(names)) * times
            levels = random.integers(0, top + 1, (2, len(names))).tolist()
            return dict(zip(names, zip(*levels, weight.tolist(), strict=True), strict=True))

        def module(j: int) -> fp.Module:
            teaches = None if random.random() < 0.02 else some(0, 5)
            entry = some(0, self.demands) if random.random() < 0.5 else {}
            return worlds.module(f"m{j:03}", teaches, entry=entry)

        def said(name: str) -> list[fp.Evidence]:
            chosen = 0 if self.certain else random.integers(len(SAID))
            return [
                fp.Evidence(competence=name, level=int(random.integers(top + 1)), kind=kind)
                for kind in SAID[chosen]
            ]

        def person(i: int) -> fp.Employee:
            passed = random.choice(self.modules, random.integers(3), replace=False)
            return fp.Employee(
                id=f"e{i:02}",
                profile=f"p{random.integers(2)}",
                evidence=[one for name in names for one in said(name)],
                completed=[fp.Completion(module=f"m{j:03}") for j in passed],
            )

        profiles = [worlds.profile(name, needs()) for name in ("p0", "p1")]
        modules = [module(j) for j in range(self.modules)]
        people = tuple(person(i) for i in range(self.people))
        return Crowd(worlds.small(top, names, profiles, modules), people, fp.NOW)


# What is wrong with so many modules is not easier to see in a few less.
@settings(examples(12), phases=[Phase.generate])
@given(
    town=st.builds(
        Town,
        seed=st.integers(0, 2**32 - 1),
        modules=st.sampled_from([90, 110, 150, 240]),
        weights=st.sampled_from([worlds.QUARTERS, worlds.WEIGHTS, (100.0,)]),
        demands=st.sampled_from([2, 7]),
        certain=st.booleans(),
    ),
    chunk=st.sampled_from([1, 5, 1000]),
    k=st.sampled_from([1, 10, 60]),
)
def test_a_shortlist_of_many_modules_is_that_of_the_definition(
    town: Town, chunk: int, k: int
) -> None:
    crowd = town.crowd()
    with cut_to(chunk):
        found = shortlist_of(crowd, k)
    assert found == definition_of(crowd, k)


def widths(crowd: Crowd) -> set[str]:
    """The kinds of numbers that keys are."""
    return {
        str(found.best.dtype)
        for offer, standing, rows in offered(crowd)
        for found in ranked(offer, standing, rows, 3)
    }


@settings(examples(30), phases=[Phase.generate])
@given(st.integers(0, 2**32 - 1))
def test_narrow_and_wide_keys_pick_the_same(seed: int) -> None:
    town = Town(seed, 240, (2.0, 2.5, 3.0), certain=True)
    light, heavy = town.crowd(), town.crowd(times=32)
    assert widths(light) == {"int32"}
    assert "int64" in widths(heavy)
    times = {
        name: [one._replace(score=None if one.score is None else 32 * one.score) for one in rows]
        for name, rows in shortlist_of(light, 10).items()
    }
    assert shortlist_of(heavy, 10) == times


@examples(60)
@given(crowds(), st.integers(1, 3), st.integers(2, 5), st.integers(1, 7))
def test_rows_are_the_same_for_any_number_of_threads(
    crowd: Crowd, block: int, workers: int, k: int
) -> None:
    def rows(workers: int, block: int) -> list[dict[str, Any]]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("fagprofil.blocks.BLOCK", block)
            patch.setattr("fagprofil.blocks.processors", lambda: workers)
            return fp.Recommender(crowd.catalogue, horizon=crowd.horizon).recommend_rows(
                crowd.people, k=k
            )

    assert rows(workers, block) == rows(1, 1000)


@pytest.mark.parametrize("demands", [1, 31, 32, 63, 64, 65, 128, 129, 400])
def test_a_module_that_expects_much_is_barred_all_the_same(demands: int) -> None:
    expected = worlds.names("c", demands + 1)
    needed, *others = expected
    modules = [
        worlds.module("m0", {needed: 3}, entry=dict.fromkeys(others, 1)),
        worlds.module("m1", {needed: 2}),
    ]
    profiles = [worlds.profile("p0", {needed: (3, 3, 1.0)})]
    catalogue = worlds.small(3, expected, profiles, modules)
    person = fp.Employee(id="e", profile="p0", evidence=worlds.known(dict.fromkeys(expected, 0)))
    recommender = fp.Recommender(catalogue)
    assert [row["module"] for row in recommender.recommend_rows([person])] == ["m1"]
    assert [one.module for one in recommender.recommend(person, k=1)] == ["m1"]


def test_the_best_keys_of_nobody() -> None:
    assert top_keys(np.zeros((97, 0), dtype=np.int64), k=1, floor=1).shape == (0, 1)
