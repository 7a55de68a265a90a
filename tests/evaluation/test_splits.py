"""Splits: nothing leaks from what came later, and every completion is accounted for."""

from __future__ import annotations

import datetime as dt
import os
import pickle
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import worlds
from hypothesis import given
from hypothesis import strategies as st
from worlds import AS_OF, examples, founded, known, module, profile, small

import fagprofil as fp
from fagprofil.errors import DataError
from fagprofil.evaluation.dataset import Dataset, read_interactions
from fagprofil.evaluation.foreseen import on_offer
from fagprofil.evaluation.splits import (
    Fold,
    Split,
    by_time,
    cold_modules,
    cold_people,
    leave_last,
)
from fagprofil.model import FormalEntry, ModuleRun, Status

SHARED = Path(os.environ.get("FAGPROFIL_SHARED") or Path(__file__).parents[3] / "shared" / "data")
RATINGS = SHARED / "movielens" / "ratings.csv"

MARCH, MAY, JULY = (dt.date(2024, month, 1) for month in (3, 5, 7))
NEEDS = {"c0": (2, 2, 1.0), "c1": (2, 2, 1.0)}


def day(number: int) -> dt.date:
    return dt.date(2024, 1, 1) + dt.timedelta(days=number)


def done(name: str, date: dt.date | None = None, **facts: Any) -> fp.Completion:
    return fp.Completion(module=name, date=date, **facts)


def person(name: str, *completed: fp.Completion, **facts: Any) -> fp.Employee:
    return fp.Employee(id=name, completed=completed, **{"profile": "job", **facts})


def dataset(people: Sequence[fp.Employee], *modules: fp.Module, **others: Any) -> Dataset:
    """People in a catalogue; by default of modules m0..m3 of which nobody said what they teach."""
    listed = modules or [module(f"m{n}") for n in range(4)]
    catalogue = small(2, ["c0", "c1"], [profile("job", NEEDS)], listed, **others)
    return Dataset("made up", catalogue, tuple(people), Status.SYNTHETIC)


def run(name: str, of: str, start: dt.date, deadline: dt.date | None = None) -> ModuleRun:
    return ModuleRun(id=name, module=of, start=start, deadline=deadline, provenance=founded())


def foreseen(fold: Fold) -> dict[str, Mapping[str, float]]:
    return {one.id: own for one, own in zip(fold.test, fold.relevant, strict=True)}


def completions(people: Sequence[fp.Employee]) -> list[str]:
    return [f"{one.id} {taken.module}" for one in people for taken in one.completed]


# --- by time ------------------------------------------------------------------------------------


def test_by_time_sees_people_as_they_stood() -> None:
    said = [
        fp.Evidence(competence="c0", level=1, kind="self", date=date)
        for date in (MARCH, MAY - dt.timedelta(days=1), MAY, None)
    ]
    people = [
        person("a", done("m0", MARCH), done("m1", MAY), done("m2", JULY), evidence=said),
        person("b", done("m1", MARCH)),
        person("c", done("m3", JULY)),
    ]
    (fold,) = by_time(dataset(people), at=MAY).folds
    assert fold.on == MAY
    assert completions(fold.train) == ["a m0", "b m1"]
    assert fold.train[0].evidence == tuple(said[:2])
    assert foreseen(fold) == {"a": {"m1": 1.0, "m2": 1.0}, "c": {"m3": 1.0}}
    assert fold.test == (fold.train[0], fold.train[2])
    assert fold.candidates is None


def test_a_period_may_end() -> None:
    people = [person("a", done("m0", MARCH), done("m1", MAY), done("m2", JULY))]
    split = by_time(dataset(people), at=MARCH, until=JULY)
    assert foreseen(split.folds[0]) == {"a": {"m0": 1.0, "m1": 1.0}}
    assert split.dropped == {"after the period": 1}


@pytest.mark.parametrize(
    ("grade", "relevant", "dropped"),
    [
        ("passed", {"m0": 1, "m1": 1, "m2": 1}, {"not passed": 1}),
        ("useful", {"m0": 0.8}, {"not passed": 1, "outcome not known": 1, "outcome of 0": 1}),
        ("gap_closed", {"m1": 0.5}, {"not passed": 1, "outcome not known": 2}),
    ],
)
def test_what_came_of_a_module_is_its_grade(
    grade: Any, relevant: Mapping[str, float], dropped: Mapping[str, int]
) -> None:
    taken = [
        done("m0", MAY, useful=0.8),
        done("m1", MAY, useful=0.0, gap_closed=0.5),
        done("m2", MAY),
        done("m3", MAY, passed=False, useful=1.0, gap_closed=1.0),
    ]
    split = by_time(dataset([person("a", *taken)]), at=MAY, grade=grade)
    assert foreseen(split.folds[0]) == {"a": relevant}
    assert split.dropped == dropped


def test_of_several_completions_of_a_module_the_best_counts() -> None:
    taken = [done("m0", MAY, useful=0.2), done("m0", JULY, useful=0.9), done("m0", MAY, useful=0.5)]
    split = by_time(dataset([person("a", *taken)]), at=MAY, grade="useful")
    assert foreseen(split.folds[0]) == {"a": {"m0": 0.9}}
    assert split.dropped == {"the same module once more": 2}


def test_what_has_no_date_is_left_out_unless_it_is_said_to_be_from_before() -> None:
    said = known({"c0": 1})
    data = dataset([person("a", done("m0"), done("m1", MAY), evidence=said)])
    out, before = by_time(data, at=MAY), by_time(data, at=MAY, undated="before")
    assert (out.folds[0].test[0].completed, out.folds[0].test[0].evidence) == ((), ())
    assert out.dropped == {"statements without a date": 1, "without a date": 1}
    assert completions(before.folds[0].test) == ["a m0"]
    assert before.folds[0].test[0].evidence == said
    assert before.dropped == {}


def test_people_hired_later_were_not_there() -> None:
    people = [
        person("early", done("m0", MARCH), done("m1", JULY), hired=MARCH),
        person("late", done("m0", MARCH), done("m1", JULY), done("m2"), hired=MAY),
    ]
    split = by_time(dataset(people), at=MAY)
    assert completions(split.folds[0].train) == ["early m0"]
    assert foreseen(split.folds[0]) == {"early": {"m1": 1.0}}
    assert split.dropped == {"person not yet hired": 2, "without a date": 1}
    before = by_time(dataset(people), at=MAY, undated="before")
    assert before.dropped == {"person not yet hired": 3}


# --- what can be foreseen -----------------------------------------------------------------------


def test_what_the_library_would_not_recommend_cannot_be_foreseen() -> None:
    levels = known({"c0": 0, "c1": 2})
    modules = [
        module("again", {"c0": 1}),
        module("entry", {"c0": 2}, entry={"c0": 1}),
        module(
            "formal", {"c0": 1}, formal_entry=FormalEntry(education_level=6, provenance=founded())
        ),
        module("good", {"c0": 1}),
        module("held", {"c1": 2}),
        module("old", {"c0": 1}, valid_to=MARCH),
        module("past", {"c0": 1}),
        module("project", {"c0": 1}, project=True),
    ]
    taken = [done(one.id, JULY) for one in modules]
    people = [
        # Not evidence of a level: it was not passed.
        person("a", done("again", MARCH), *taken, evidence=levels, education_level=5),
        person("b", *taken, profile=None),
    ]
    # What "again" taught is said on the day that "a" is known to hold nothing.
    data = dataset(people, *modules, runs=[run("r0", "past", MARCH)])
    split = by_time(data, at=MAY, undated="before")
    assert foreseen(split.folds[0]) == {"a": {"good": 1.0}}
    assert split.dropped == {
        "person without a profile": 7,
        "not on offer": 2,
        "already passed": 1,
        "closes nothing of the gap": 1,
        "final project before its time": 1,
        "formal entry requirements not met": 1,
        "levels expected on entry not reached": 1,
        "not valid on the day": 1,
    }


def test_somebody_without_a_gap_can_be_foreseen_to_take_nothing() -> None:
    people = [person("a", done("m0", MAY), evidence=known({"c0": 2, "c1": 2}))]
    split = by_time(dataset(people), at=MAY, undated="before")
    assert (split.folds[0].test, split.dropped) == ((), {"closes nothing of the gap": 1})


def test_what_closes_nothing_depends_on_the_horizon() -> None:
    later = profile("job", {"c0": (0, 2, 1.0)})
    catalogue = small(2, ["c0"], [later], [module("m0", {"c0": 2})])
    data = Dataset("later", catalogue, (person("a", done("m0", MAY)),), Status.SYNTHETIC)
    assert foreseen(by_time(data, at=MAY).folds[0]) == {"a": {"m0": 1.0}}
    assert by_time(data, at=MAY, horizon=fp.NOW).dropped == {"closes nothing of the gap": 1}


def test_what_is_on_offer() -> None:
    before, after = MAY - dt.timedelta(days=1), MAY + dt.timedelta(days=1)
    runs = [
        run("r0", "m0", before),
        run("r1", "m0", MAY),
        run("r2", "m1", before),
        run("r3", "m2", after, deadline=before),
        run("r4", "m2", after, deadline=before),
    ]
    # m0 begins on the day, m1 has begun, m2's deadlines are past, and of m3 nothing is known.
    assert on_offer(dataset([], runs=runs).catalogue, MAY) == {"m0", "m3"}
    still = [*runs, run("r5", "m2", after, deadline=MAY)]
    assert on_offer(dataset([], runs=still).catalogue, MAY) == {"m0", "m2", "m3"}
    assert on_offer(dataset([]).catalogue, MAY) is None


# --- the last day of each person ----------------------------------------------------------------


def test_the_last_days_are_cut_into_windows() -> None:
    # Last days 10, 20, 30, 40, 50 of five people: with four windows one begins on each but the
    # first, in places 1, 2, 3, 4 of 5.
    people = [
        person(f"e{n}", done("m0", day(5)), done("m1", day(10 * n)), done("m2", day(10 * n)))
        for n in range(1, 6)
    ]
    split = leave_last(dataset(people))
    assert [one.on for one in split.folds] == [day(20), day(30), day(40), day(50)]
    assert [foreseen(one) for one in split.folds] == [
        {f"e{n}": {"m1": 1.0, "m2": 1.0}} for n in range(2, 6)
    ]
    assert [completions(one.test) for one in split.folds] == [[f"e{n} m0"] for n in range(2, 6)]
    # Before day 30 the first two had taken all of theirs.
    assert completions(split.folds[1].train) == [
        *("e1 m0", "e1 m1", "e1 m2", "e2 m0", "e2 m1", "e2 m2", "e3 m0", "e4 m0", "e5 m0")
    ]
    assert split.dropped == {"before the first window": 2}


def test_a_person_stands_with_what_they_took_within_the_window() -> None:
    people = [
        person("a", done("m0", day(1))),
        person("b", done("m0", day(10))),
        person("c", done("m0", day(11)), done("m1", day(12)), done("m2", day(13))),
    ]
    (fold,) = leave_last(dataset(people), windows=1).folds
    # The window begins on day 10, the last day in place 1 * 3 // 2 of three.
    assert fold.on == day(10)
    assert completions(fold.train) == ["a m0"]
    assert completions(fold.test) == ["c m0", "c m1"]
    assert foreseen(fold) == {"b": {"m0": 1.0}, "c": {"m2": 1.0}}


def test_windows_that_begin_on_one_day_are_one() -> None:
    people = [person(f"e{n}", done("m0", day(3)), done("m1", day(7))) for n in range(9)]
    (fold,) = leave_last(dataset(people)).folds
    assert (fold.on, len(fold.test), completions(fold.train)) == (
        day(7),
        9,
        [f"e{n} m0" for n in range(9)],
    )


def test_people_without_a_known_day_and_those_hired_later_have_no_last_day() -> None:
    people = [
        person("a", done("m0")),
        person("b"),
        person("c", done("m0", MAY), done("m1", MAY), hired=JULY),
    ]
    split = leave_last(dataset(people))
    assert split.folds == ()
    assert split.dropped == {"person not yet hired": 2, "without a date": 1}


# --- who and what is new ------------------------------------------------------------------------


def test_new_people_stand_without_what_they_took_but_with_what_was_said() -> None:
    said = [
        fp.Evidence(competence="c0", level=1, kind=kind, date=MARCH)
        for kind in ("manager", "module", "known")
    ]
    taken = [done("m0", MARCH), done("m1", JULY), done("m0", JULY), done("m2", MARCH, passed=False)]
    people = [person("a", *taken, evidence=said, unit="Vejle")]
    split = cold_people(dataset(people), at=MAY)
    (fold,) = split.folds
    assert fold.train == ()
    assert fold.test == (person("a", evidence=[said[0], said[2]], unit="Vejle"),)
    assert foreseen(fold) == {"a": {"m1": 1.0}}
    assert split.dropped == {"history of a cold person": 2, "already passed": 1}


def test_nothing_is_learned_from_new_people() -> None:
    people = [person(f"e{n}", done("m0", MARCH), done("m1", JULY)) for n in range(10)]
    split = cold_people(dataset(people), at=MAY, share=0.3, seed=1)
    (fold,) = split.folds
    assert (len(fold.test), len(fold.train)) == (3, 7)
    assert split.dropped == {"person who is not cold": 7, "history of a cold person": 3}


def test_new_modules_are_the_only_candidates_and_nobody_is_known_to_have_taken_them() -> None:
    modules = [module(f"m{n}") for n in range(10)]
    people = [
        person(
            "a",
            *(done(one.id, MARCH) for one in modules[:5]),
            *(done(one.id, JULY) for one in modules),
        )
    ]
    split = cold_modules(dataset(people, *modules), at=MAY, share=0.5)
    (fold,) = split.folds
    cold = fold.candidates
    assert cold is not None
    assert len(cold) == 5
    held = {f"m{n}" for n in range(5)}
    assert {one.module for one in fold.train[0].completed} == held - cold
    assert {one.module for one in fold.test[0].completed} == held
    assert set(fold.relevant[0]) == cold - held
    assert split.dropped == {
        "module that is not cold": 5,
        "history of a cold module": len(cold & held),
        "already passed": len(cold & held),
    }


def test_new_modules_must_be_on_offer() -> None:
    data = dataset([], *(module(f"m{n}") for n in range(4)), runs=[run("r0", "m0", MARCH)])
    found = [cold_modules(data, at=MAY, share=0.5, seed=n).folds[0].candidates for n in range(20)]
    assert {len(one or ()) for one in found} == {1, 2}
    assert not any("m0" in (one or ()) for one in found)


def cold_ids(data: Dataset, seed: int) -> frozenset[str]:
    return frozenset(one.id for one in cold_people(data, at=MARCH, seed=seed).folds[0].test)


def test_who_is_new_depends_on_the_seed_and_not_on_the_order() -> None:
    people = [person(f"e{n}", done("m0", MAY)) for n in range(40)]
    shuffled = random.Random(1).sample(people, len(people))
    chosen = [cold_ids(dataset(people), seed) for seed in range(5)]
    assert chosen == [cold_ids(dataset(shuffled), seed) for seed in range(5)]
    assert len(set(chosen)) == 5
    assert {len(one) for one in chosen} == {8}


# --- folds and splits ---------------------------------------------------------------------------


def test_folds_and_splits_tell_their_sizes_and_no_more() -> None:
    people = [person("secret", done("m0", MARCH), done("m1", MAY), done("m2"))]
    split = by_time(dataset(people, runs=[run("r0", "m3", MARCH)]), at=MAY)
    assert repr(split) == (
        "<Split 'made up: from 2024-05-01': 1 fold, 1 person to recommend to, 1 module to foresee, "
        "1 left out, synthetic>"
    )
    assert repr(split.folds[0]) == (
        "<Fold 2024-05-01: 1 person to learn from, 1 to recommend to, 1 module to foresee, "
        "3 on offer>"
    )
    assert pickle.loads(pickle.dumps(split)).folds == split.folds
    with pytest.raises(TypeError, match="cannot be changed"):
        split.folds[0].relevant[0]["m0"] = 1.0


def test_a_split_is_named_by_what_was_done() -> None:
    data = dataset([person("a", done("m0", MARCH), done("m1", MAY))])
    names = [
        by_time(data, at=MARCH, until=MAY).name,
        leave_last(data).name,
        cold_people(data, at=MAY, seed=3).name,
        cold_modules(data, at=MAY, seed=3).name,
    ]
    assert names == [
        "made up: from 2024-03-01 until 2024-05-01",
        "made up: last day of each person, 1 window",
        "made up: new people from 2024-05-01, seed 3",
        "made up: new modules from 2024-05-01, seed 3",
    ]


def test_folds_that_make_no_sense() -> None:
    people = (person("a"), person("b"))
    with pytest.raises(DataError) as caught:
        Fold(
            MAY, (), people, ({"m0": 0.0, "m1": float("nan"), "m2": 1.0},), frozenset({"m0", "m1"})
        )
    assert [(one.field, one.value) for one in caught.value.problems] == [
        ("relevant", "1"),
        ("relevant.m0", "0.0"),
        ("relevant.m1", "nan"),
        ("relevant", "m2"),
    ]


@pytest.mark.parametrize(
    ("split", "options", "fields"),
    [
        (by_time, {"at": "2024-03-01", "until": 3}, ["at", "until"]),
        (by_time, {"at": dt.datetime(2024, 3, 1), "grade": "pased"}, ["grade", "at"]),
        (by_time, {"at": MAY, "until": MAY}, ["until"]),
        (by_time, {"at": None, "undated": "after"}, ["undated", "at"]),
        (leave_last, {"windows": 0}, ["windows"]),
        (leave_last, {"windows": True}, ["windows"]),
        (leave_last, {"windows": 2.0, "grade": None}, ["grade", "windows"]),
        (cold_people, {"at": MAY, "share": 0, "seed": -1}, ["share", "seed"]),
        (cold_people, {"at": MAY, "share": 1.0}, ["share"]),
        (cold_modules, {"at": MAY, "share": float("nan"), "seed": 0.5}, ["share", "seed"]),
        (cold_modules, {"at": MAY, "share": True, "seed": None}, ["share", "seed"]),
    ],
)
def test_wrong_options_are_told_at_once(
    split: Callable[..., Split], options: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(DataError) as caught:
        split(dataset([]), **options)
    assert [one.field for one in caught.value.problems] == fields


def test_a_wrong_grade_is_told_with_the_nearest_and_a_dataset_is_needed() -> None:
    with pytest.raises(DataError) as caught:
        by_time([], at=MAY, grade="pased")
    assert [(one.field, one.suggestion) for one in caught.value.problems] == [
        ("grade", "passed"),
        ("dataset", None),
    ]


# --- laws ---------------------------------------------------------------------------------------

DAYS = tuple(AS_OF + dt.timedelta(days=n) for n in (0, -400, 1, 30, 200, 400, -30, -1))
#: Days on which there is a before and an after.
MIDDLE = tuple(AS_OF + dt.timedelta(days=n) for n in (-30, -1, 0, 1))
OUTCOMES = (0.3, 1.0, 0.6, None, 0.0)


@st.composite
def datasets(draw: st.DrawFn) -> Dataset:
    """Up to five people with up to five completions each, mostly dated, and perhaps runs."""
    catalogue = draw(worlds.catalogues(max_modules=5))
    names = list(catalogue.modules)
    row = (names, (*DAYS, *DAYS, None), (True, True, True, False), OUTCOMES, OUTCOMES)
    facts = worlds.together((*(True,) * 7, False), (*(None,) * 20, *MIDDLE), (4, 5, 3, 2, 1, 0))
    people = []
    for name in worlds.names("e", draw(st.sampled_from((3, 4, 5, 2, 1, 0)))):
        with_profile, hired, count = draw(facts)
        taken = [draw(worlds.together(*row)) for _ in range(count if names else 0)]
        update = {
            "profile": draw(worlds.profile_likes(catalogue)) if with_profile else None,
            "hired": hired,
            "completed": tuple(
                done(module, date, passed=passed, useful=useful, gap_closed=closed)
                for module, date, passed, useful, closed in taken
            ),
        }
        people.append(draw(worlds.employees(catalogue, name=name)).model_copy(update=update))
    count = draw(st.sampled_from((0, 0, 1, 2, 3))) if names else 0
    held = [draw(worlds.together(names, DAYS)) for _ in range(count)]
    runs = [run(f"r{n}", of, start) for n, (of, start) in enumerate(held)]
    catalogue = catalogue.model_copy(update={"runs": type(catalogue.runs)(runs, "module run")})
    return Dataset("drawn", catalogue, tuple(people), Status.SYNTHETIC)


options = st.fixed_dictionaries(
    {
        "grade": st.sampled_from(("passed", "passed", "useful", "gap_closed")),
        "undated": st.sampled_from(("out", "out", "before")),
    }
)


@st.composite
def splits(draw: st.DrawFn, *ways: Callable[..., Split]) -> tuple[Callable[[Dataset], Split], Any]:
    """One of some ways with its options drawn, and the day given where there is one."""
    way = draw(st.sampled_from(ways))
    given = dict(draw(options))
    if way is leave_last:
        given["windows"] = draw(st.integers(1, 4))
    else:
        given["at"] = draw(st.sampled_from(MIDDLE))
    if way is by_time:
        ends = [None, None, None, *(one for one in DAYS if one > given["at"])]
        given["until"] = draw(st.sampled_from(ends))
    elif way is not leave_last:
        given |= {"share": draw(st.sampled_from((0.5, 0.2))), "seed": draw(st.integers(0, 3))}
    return lambda data: way(data, **given), given


ALL = (by_time, leave_last, cold_people, cold_modules)


def dates(people: Sequence[fp.Employee]) -> Iterator[dt.date | None]:
    for one in people:
        yield from (taken.date for taken in one.completed)
        yield from (said.date for said in one.evidence)


def may_take(data: Dataset, on: dt.date, stood: fp.Employee) -> set[str]:
    """The modules that the library's public face does not leave out."""
    if stood.profile is None:
        return set()
    found = fp.Recommender(data.catalogue, on=on).recommend(stood, k=1)
    return set(data.catalogue.modules) - {one.module for one in found.ineligible}


@examples(150)
@given(datasets(), splits(*ALL))
def test_nothing_is_known_that_is_dated_later(data: Dataset, chosen: Any) -> None:
    split, given_options = chosen
    whole = {one.id: one for one in data.people}
    for fold in split(data).folds:
        assert "at" not in given_options or fold.on == given_options["at"]
        for one in fold.train:
            assert all(d is None or d < fold.on for d in dates([one]))
            assert one.hired is None or one.hired < fold.on
        for one, own in zip(fold.test, fold.relevant, strict=True):
            stated = [d for d in dates([one]) if d is not None]
            then = [t.date for t in whole[one.id].completed if t.module in own and t.date]
            if "at" in given_options:
                assert all(d < fold.on for d in stated)
            else:
                last = max(t.date for t in whole[one.id].completed if t.date)
                assert fold.on <= last in then
                assert all(d < last for d in stated)
        if given_options["undated"] == "out":
            assert None not in [*dates(fold.train), *dates(fold.test)]


@examples(150)
@given(datasets(), splits(*ALL))
def test_what_is_to_be_foreseen_could_be_recommended(data: Dataset, chosen: Any) -> None:
    for fold in chosen[0](data).folds:
        assert len({one.id for one in fold.test}) == len(fold.test)
        for one, own in zip(fold.test, fold.relevant, strict=True):
            assert own
            assert set(own) <= may_take(data, fold.on, one)
            assert fold.candidates is None or set(own) <= fold.candidates
            assert all(0 < grade <= 1 for grade in own.values())


@examples(150)
@given(datasets(), splits(by_time))
def test_by_time_agrees_with_looking_at_each_person_alone(data: Dataset, chosen: Any) -> None:
    split, given_options = chosen
    at, until, grade = (given_options[name] for name in ("at", "until", "grade"))
    offered = {
        name
        for name in data.catalogue.modules
        if all(one.module != name for one in data.catalogue.runs.values())
        or any(one.module == name and one.start >= at for one in data.catalogue.runs.values())
    }
    before = given_options["undated"] == "before"
    expected = {}
    for one in data.people:
        if one.hired is not None and one.hired >= at:
            continue
        update = {
            name: tuple(x for x in getattr(one, name) if (x.date < at if x.date else before))
            for name in ("completed", "evidence")
        }
        stood = one.model_copy(update=update)
        grades: dict[str, float] = {}
        for taken in one.completed:
            if taken.date and at <= taken.date and (until is None or taken.date < until):
                grade_now = float(
                    taken.passed and (grade == "passed" or getattr(taken, grade) or 0)
                )
                grades[taken.module] = max(grade_now, grades.get(taken.module, 0))
        may = may_take(data, at, stood) & offered
        own = {name: value for name, value in grades.items() if value and name in may}
        if own:
            expected[one.id] = (stood, own)
    (fold,) = split(data).folds
    assert {
        one.id: (one, dict(own)) for one, own in zip(fold.test, fold.relevant, strict=True)
    } == expected


@examples(150)
@given(datasets(), splits(by_time, cold_people, cold_modules))
def test_every_completion_is_learned_from_foreseen_or_counted(data: Dataset, chosen: Any) -> None:
    split = chosen[0](data)
    (fold,) = split.folds
    learned, ahead = len(completions(fold.train)), sum(map(len, fold.relevant))
    counted = dict(split.dropped)
    assert all(counted.values())
    counted.pop("statements without a date", None)
    assert learned + ahead + sum(counted.values()) == len(completions(data.people))


@examples(150)
@given(datasets(), splits(leave_last))
def test_every_completion_of_a_last_day_is_foreseen_or_counted(data: Dataset, chosen: Any) -> None:
    split, given_options = chosen
    ends = undated = 0
    for one in data.people:
        days = [taken.date for taken in one.completed]
        dated = [date for date in days if date]
        ends += days.count(max(dated)) if dated else 0
        undated += days.count(None) if given_options["undated"] == "out" else 0
    counted = dict(split(data).dropped)
    counted.pop("statements without a date", None)
    ahead = sum(len(own) for fold in split(data).folds for own in fold.relevant)
    assert ahead + sum(counted.values()) == ends + undated
    assert counted.get("without a date", 0) == undated


@examples(100)
@given(datasets(), splits(*ALL), st.randoms(use_true_random=False))
def test_the_order_of_people_does_not_matter(
    data: Dataset, chosen: Any, dice: random.Random
) -> None:
    people = dice.sample(data.people, len(data.people))
    one, other = (
        chosen[0](Dataset(data.name, data.catalogue, tuple(some), data.status))
        for some in (data.people, people)
    )
    assert one.dropped == other.dropped
    for fold, permuted in zip(one.folds, other.folds, strict=True):
        assert (fold.on, fold.candidates) == (permuted.on, permuted.candidates)
        assert foreseen(fold) == foreseen(permuted)
        for left, right in ((fold.train, permuted.train), (fold.test, permuted.test)):
            assert {x.id: x for x in left} == {x.id: x for x in right}
            there = {x.id for x in right}
            assert [x.id for x in right] == [x.id for x in people if x.id in there]


@examples(100)
@given(datasets(), splits(cold_people))
def test_nothing_is_learned_from_or_known_of_new_people(data: Dataset, chosen: Any) -> None:
    (fold,) = chosen[0](data).folds
    assert not {one.id for one in fold.test} & {one.id for one in fold.train}
    for one in fold.test:
        assert one.completed == ()
        assert all(said.kind != "module" for said in one.evidence)


@examples(100)
@given(datasets(), splits(cold_modules))
def test_nothing_is_learned_of_new_modules(data: Dataset, chosen: Any) -> None:
    (fold,) = chosen[0](data).folds
    assert fold.candidates is not None
    assert not {taken.module for one in fold.train for taken in one.completed} & fold.candidates


@pytest.mark.skipif(not RATINGS.exists(), reason="MovieLens is not here")
def test_movielens() -> None:
    names = {"employee": "userId", "module": "movieId", "date": "timestamp"}
    data = read_interactions(RATINGS, columns=names, fewest=20)
    (fold,) = by_time(data, at=dt.date(2010, 1, 1)).folds
    learned, ahead = len(completions(fold.train)), sum(map(len, fold.relevant))
    assert learned + ahead == len(completions(data.people))
    split = leave_last(data)
    assert len(split.folds) == 4
    # A fifth of the people took their last film before the first window.
    tested = sum(len(one.test) for one in split.folds)
    assert tested == len(data.people) - len(data.people) // 5
