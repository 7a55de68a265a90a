"""Rankers side by side: what is counted, how sure it is, and that no winner is named too early."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from worlds import checkerboard, known, module, names, profile, small

import fagprofil as fp
from fagprofil.evaluation import Comparison, Fold, Split, compare, synthetic
from fagprofil.model import Status
from fagprofil.rankers import BaseRanker, LearnedRanker

ON = dt.date(2026, 11, 22)
NEEDS = dict.fromkeys(names("c", 3), (3, 3, 1.0))
MODULES = [module("m0", {"c0": 3}), module("m1", {"c1": 2}), module("m2", {"c2": 1}), module("m3")]
CATALOGUE = small(3, names("c", 3), [profile("job", NEEDS)], MODULES)


def person(name: str, **levels: int) -> fp.Employee:
    told = {"c0": 0, "c1": 0, "c2": 0} | levels
    return fp.Employee(id=name, profile="job", evidence=known(told))


def split(*folds: Fold, status: Status = Status.DERIVED, **options: Any) -> Split:
    return Split("a test", CATALOGUE, folds, status, **options)


def fold(relevant: dict[str, dict[str, float]], **options: Any) -> Fold:
    people = tuple(person(name) for name in relevant)
    return Fold(ON, options.pop("train", ()), people, tuple(relevant.values()), **options)


def backwards(task: Any) -> Any:
    return -np.nan_to_num(task.gain)


def value(found: Comparison, ranker: str, metric: str) -> list[float]:
    return [round(float(one), 6) for one in found.values[ranker][metric]]


def test_metrics_are_those_of_the_lists_that_the_library_ranks() -> None:
    # Everybody is recommended m0, m1, m2 by what they close (3, 2 and 1 steps), then the unknown.
    one = split(fold({"a": {"m0": 1.0}, "b": {"m2": 1.0}, "c": {"m3": 1.0}}))
    found = compare(["coverage"], one, k=3)
    assert value(found, "coverage", "nDCG") == [1.0, round(1 / math.log2(4), 6), 0.0]
    assert value(found, "coverage", "MRR") == [1.0, round(1 / 3, 6), 0.0]
    assert value(found, "coverage", "hit") == [1.0, 1.0, 0.0]
    # 3 + 2 + 1 of the 9 steps that are missing.
    assert value(found, "coverage", "gap closed") == [round(6 / 9, 6)] * 3
    assert value(found, "coverage", "repetition") == [0.0] * 3
    # m3 is a candidate too.
    assert found.coverage == {"coverage": 3 / 4}
    assert found.people == ("a", "b", "c")


def test_somebody_in_several_folds_has_the_mean_of_them() -> None:
    both = split(fold({"b": {"m1": 1.0}, "a": {"m0": 1.0}}), fold({"a": {"m1": 1.0}}))
    found = compare({"gain": "coverage"}, both, k=1)
    assert found.people == ("b", "a")
    assert value(found, "gain", "hit") == [0.0, (1 + 0) / 2]
    assert found.estimate("gain", "hit").n == 2


def test_nothing_relevant_is_not_averaged_but_counted() -> None:
    found = compare(["coverage"], split(fold({"a": {"m0": 1.0}, "b": {}})), k=1)
    assert np.isnan(found.values["coverage"]["nDCG"]).tolist() == [False, True]
    assert (found.irrelevant, found.estimate("coverage").n) == (1, 1)
    assert "To 1 people nothing was relevant" in str(found)


def test_nothing_recommended_is_counted_as_nothing_found() -> None:
    nobody = Fold(ON, (), (fp.Employee(id="a"), person("b")), ({"m0": 1.0}, {"m0": 1.0}))
    found = compare(["coverage"], split(nobody), k=1)
    assert value(found, "coverage", "hit") == [0.0, 1.0]
    assert found.without == {"coverage": 1}
    assert "coverage: nothing recommended to 1 people." in str(found)


@pytest.mark.parametrize(("candidates", "listed"), [(None, 4), ({"m1", "m3"}, 2), (set(), 0)])
def test_only_candidates_are_recommended(candidates: set[str] | None, listed: int) -> None:
    offered = None if candidates is None else frozenset(candidates)
    found = compare(["coverage"], split(fold({"a": {}}, candidates=offered)), k=4)
    share = found.coverage["coverage"]
    assert (math.isnan(share) and listed == 0) or share == 1.0
    # m1 alone closes two of nine steps.
    closed = {None: 6 / 9, 2: 2 / 9, 0: 0.0}[None if candidates is None else listed]
    assert value(found, "coverage", "gap closed") == [round(closed, 6)]


def test_a_fold_can_hide_what_modules_teach_from_rankers_but_not_from_the_measure() -> None:
    bare = small(3, names("c", 3), [profile("job", NEEDS)], [module(n) for n in names("m", 4)])
    seen: list[bool] = []

    def spy(task: Any) -> Any:
        seen.append(bool(task.mapped.any()))
        return np.zeros(task.shape)

    found = compare({"spy": spy}, split(fold({"a": {}}, catalogue=bare)), k=1)
    assert not any(seen)
    assert value(found, "spy", "gap closed") == [round(3 / 9, 6)]


def test_rankers_are_fitted_on_what_the_fold_lets_them_see() -> None:
    seen: list[tuple[str, ...]] = []

    class Spy(BaseRanker):
        def fit(self, task: Any, history: Any) -> Any:  # noqa: ARG002
            seen.append(history.employees)
            return self

        def score(self, task: Any) -> Any:
            return task.gain

    past = fp.Employee(id="h", profile="job", completed=["m1"])
    folds = [fold({"a": {}}, train=(past,)), fold({"a": {}})]
    compare([Spy()], split(*folds))
    assert seen == [("h",), ()]


def test_people_in_another_order_have_the_same_values() -> None:
    world = synthetic(people=80, new_people=30, seed=2)
    one = world.split()
    (only,) = one.folds
    turned = Fold(only.on, only.train[::-1], only.test[::-1], only.relevant[::-1])
    again = Split(one.name, one.catalogue, (turned,), one.status)
    rankers = ["coverage", "history", "blend"]
    first, second = compare(rankers, one), compare(rankers, again)
    for ranker in rankers:
        for metric, values in first.values[ranker].items():
            np.testing.assert_array_equal(values, second.values[ranker][metric][::-1])
            assert first.estimate(ranker, metric) == second.estimate(ranker, metric)


def test_equal_rankers_are_a_draw_and_no_winner_is_named() -> None:
    found = compare({"one": "coverage", "two": "coverage"}, split(fold({"a": {"m0": 1.0}})))
    assert found.best() == ("one", "two")
    assert "no winner; not told apart are one, two" in str(found)


def test_a_ranker_that_is_better_for_many_is_named() -> None:
    many = split(fold({f"p{n:02}": {"m0": 1.0} for n in range(40)}))
    found = compare({"good": "coverage", "bad": backwards}, many, k=3)
    assert found.best() == ("good",)
    assert "nDCG@3: good is better than every other" in str(found)
    (pair,) = found.differences(baseline="bad")
    # The right module is first of three, or last; the unknown one is in between.
    assert (pair.a, pair.b, round(pair.mean, 6)) == ("good", "bad", round(1 - 0.0, 6))
    assert pair.p_adjusted < 0.01


def test_where_less_is_better_the_lowest_is_best() -> None:
    people = {f"p{n:02}": {"m0": 1.0} for n in range(40)}
    knows = tuple(person(name, c2=0, c1=1) for name in people)
    one = Fold(ON, (), knows, tuple(people.values()))
    found = compare(
        {"new": lambda task: -np.nan_to_num(task.repeats), "old": lambda task: task.repeats},
        split(one),
        k=1,
    )
    assert found.best("repetition") == ("new",)


def test_every_mean_is_printed_with_its_half_width() -> None:
    found = compare(["coverage", "popular", "text"], synthetic(people=60, new_people=30).split())
    (*_, header, _, first, second, third) = [
        line for line in str(found).splitlines() if line.startswith("|")
    ]
    assert header.count("|") == first.count("|")
    for row in (first, second, third):
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert all(re.fullmatch(r"\d*\.\d{3} ± \.\d{3}", cell) for cell in cells[1:-1]), row
    assert "(synthetic data, 30 people)" in str(found)
    assert "synthetic data" not in str(compare(["coverage"], split(fold({"a": {"m0": 1.0}}))))


def test_what_rankers_warn_of_and_what_was_left_out_is_told() -> None:
    one = split(fold({"a": {"m0": 1.0}}), dropped={"without a date": 7})
    text = str(compare(["learned"], one))
    assert "Left out: 7 without a date." in text
    assert re.search(r"learned: LearnedRanker learned from nothing: 0 people", text)


def test_the_table_has_a_row_for_each_ranker_and_metric() -> None:
    found = compare(["coverage", "popular"], split(fold({"a": {"m0": 1.0}})), k=3)
    frame = found.to_frame("polars")
    assert frame.columns == ["ranker", "metric", "mean", "half_width", "n"]
    assert set(frame["metric"]) >= {"nDCG@3", "gap closed"}
    assert len(frame) == len(found.rows()) == 2 * len(set(frame["metric"]))
    assert repr(found) == "<Comparison of coverage, popular on a test: 1 people>"


def test_groups_can_be_compared() -> None:
    many = split(fold({f"p{n:02}": {"m0" if n < 10 else "m2": 1.0} for n in range(20)}))
    found = compare(["coverage"], many, k=1)
    groups = {f"p{n:02}": "first" if n < 10 else "second" for n in range(20)}
    told = found.disparity("coverage", groups, "hit")
    assert (told.ratio, told.means) == (0.0, {"first": 1.0, "second": 0.0})


@pytest.mark.parametrize(
    ("rankers", "options", "message"),
    [
        ([], {}, "rankers is 'none': expected at least one"),
        (["coverage", "coverage"], {}, "expected a name for each, as a mapping"),
        (["coverage"], {"k": 0}, "k is '0': expected a whole number of at least 1"),
    ],
)
def test_what_makes_no_sense_is_told(rankers: Any, options: Any, message: str) -> None:
    with pytest.raises(fp.errors.DataError, match=re.escape(message)):
        compare(rankers, split(fold({"a": {"m0": 1.0}})), **options)


def test_unknown_names_are_told_with_the_nearest() -> None:
    found = compare(["coverage"], split(fold({"a": {"m0": 1.0}})))
    with pytest.raises(fp.errors.UnknownName, match="did you mean 'coverage'"):
        found.estimate("covrage")
    with pytest.raises(fp.errors.UnknownName, match="did you mean 'gap closed'"):
        found.estimate("coverage", "gap close")
    with pytest.raises(fp.errors.UnknownName, match="no ranker 'covrage'"):
        compare(["covrage"], split(fold({"a": {"m0": 1.0}})))


def test_all_built_in_rankers_run_on_a_checkerboard() -> None:
    board = checkerboard(4)
    relevant = tuple({f"m{i}": 1.0} for i in range(4))
    one = Split("board", board.catalogue, (Fold(ON, (), board.people, relevant),), Status.SYNTHETIC)
    found = compare(fp.rankers.ranker_names(), one)
    for ranker in found.rankers:
        assert found.estimate(ranker, "hit").mean == 1.0


def test_a_winner_is_named_only_after_correction_for_all_pairs() -> None:
    # Better than each of nine others by a p-value of about .02, which ten rankers must not take.
    rng = np.random.default_rng(0)
    base = rng.normal(0.5, 0.1, 40)
    values = {"first": base + rng.normal(0.01, 0.08, 40)} | {f"r{n}": base for n in range(9)}
    one = compare(["coverage"], split(fold({f"p{n:02}": {"m0": 1.0} for n in range(40)})))
    found = replace(
        one,
        rankers=tuple(values),
        values={
            name: dict.fromkeys(one.values["coverage"], value) for name, value in values.items()
        },
    )
    (pair,) = [one for one in found.differences() if {one.a, one.b} == {"first", "r0"}]
    assert pair.p < 0.05 < pair.p_adjusted
    assert len(found.best()) == len(values)


def test_the_day_of_the_fold_decides_what_is_valid() -> None:
    over = [module("m0", {"c0": 3}, valid_to=dt.date(2026, 1, 1)), module("m1", {"c1": 2})]
    catalogue = small(3, names("c", 3), [profile("job", NEEDS)], over)

    def closed(on: dt.date) -> list[float]:
        one = Fold(on, (), (person("a"),), ({},))
        found = compare(["coverage"], Split("days", catalogue, (one,), Status.DERIVED), k=1)
        return value(found, "coverage", "gap closed")

    assert closed(dt.date(2025, 6, 1)) == [round(3 / 9, 6)]
    assert closed(ON) == [round(2 / 9, 6)]


def test_the_horizon_decides_what_is_needed() -> None:
    later = {"c0": (0, 3, 1.0), "c1": (3, 3, 1.0)}
    catalogue = small(3, names("c", 3), [profile("job", later)], MODULES)
    one = Split("horizons", catalogue, (fold({"a": {}}),), Status.DERIVED)
    now, five = (
        compare(["coverage"], one, k=1, horizon=horizon) for horizon in (fp.NOW, fp.IN_FIVE_YEARS)
    )
    # m1 closes two of three steps now; m0 closes three of six then.
    assert value(now, "coverage", "gap closed") == [round(2 / 3, 6)]
    assert value(five, "coverage", "gap closed") == [round(3 / 6, 6)]


def test_repetition_and_novelty_are_means_over_the_list() -> None:
    knows = person("a", c0=1, c1=1)
    past = [fp.Employee(id=f"h{n}", profile="job", completed=["m0"]) for n in range(2)]
    one = split(Fold(ON, tuple(past), (knows,), ({},)))
    found = compare(["coverage"], one, k=3)
    # m0 repeats one of three steps, m1 one of two, m2 none; 3 of 4 took m0 (with one more who did
    # and one who did not), and 1 of 4 each of the others.
    assert value(found, "coverage", "repetition") == [round((1 / 3 + 1 / 2 + 0) / 3, 6)]
    bits = -(math.log2(3 / 4) + 2 * math.log2(1 / 4)) / 3
    assert value(found, "coverage", "novelty") == [round(bits, 6)]


def test_no_opinion_is_told_apart_from_an_order() -> None:
    found = compare({"silent": lambda task: np.nan * task.gain}, split(fold({"a": {"m0": 1.0}})))
    assert found.silent == {"silent": 1}
    assert "silent: no opinion on anything recommended to 1 people" in str(found)
    assert compare(["coverage"], split(fold({"a": {"m0": 1.0}}))).silent == {"coverage": 0}


def test_what_unmapped_modules_close_is_unknown() -> None:
    bare = small(3, names("c", 3), [profile("job", NEEDS)], [module(n) for n in names("m", 4)])
    one = Split("bare", bare, (fold({"a": {"m0": 1.0}}),), Status.DERIVED)
    found = compare(["text"], one)
    assert np.isnan(found.values["text"]["gap closed"]).all()
    assert "gap closed: no ranker has a value." in str(found)


def test_a_ranker_that_fails_is_named() -> None:
    def broken(task: Any) -> Any:  # noqa: ARG001
        raise ZeroDivisionError("by nought")

    with pytest.raises(fp.errors.RankerError, match="mine failed on the fold of 2026-11-22: Zero"):
        compare({"mine": broken}, split(fold({"a": {"m0": 1.0}})))


def test_a_dataset_must_be_split_first() -> None:
    with pytest.raises(fp.errors.DataError, match="made of a dataset by by_time"):
        compare(["coverage"], synthetic(people=20).dataset)  # type: ignore[arg-type]
    with pytest.raises(fp.errors.DataError, match="seed is '-1'"):
        compare(["coverage"], split(fold({"a": {"m0": 1.0}})), seed=-1)
    with pytest.raises(fp.errors.DataError, match="level is '3'"):
        compare(["coverage"], split(fold({"a": {"m0": 1.0}}))).best(level=3)


# --- what is promised of `learned`, where the truth is known ------------------------------------


def test_learned_is_better_where_there_is_something_to_learn() -> None:
    world = synthetic(people=400, new_people=200, signal=2.0, seed=1)
    (found,) = compare(["coverage", "learned"], world.split()).differences(baseline="coverage")
    assert found.mean > 0.05
    assert found.p < 0.001


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("people", [60, 400])
def test_learned_is_not_worse_where_there_is_nothing_to_learn(people: int, seed: int) -> None:
    world = synthetic(people=people, new_people=200, signal=0.0, seed=seed)
    (found,) = compare(["coverage", "learned"], world.split()).differences(baseline="coverage")
    assert found.mean >= 0 or found.p >= 0.05


def test_outcomes_that_are_noise_teach_nothing() -> None:
    world = synthetic(people=400, signal=0.0, gain_effect=0.0, seed=1)
    recommender = fp.Recommender(world.dataset.catalogue)
    task, history = recommender.to_learn_from(world.dataset.people)
    with pytest.warns(fp.errors.RankerWarning, match="leans on the formula"):
        ranker = LearnedRanker().fit(task, history)
    assert ranker.weight_ == 0
