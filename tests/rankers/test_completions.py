"""What people have taken as rows, and people as they stood before their last day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import AS_OF, Crowd, crowds, examples, module, names, profile, small

import fagprofil as fp
from fagprofil.fingerprint import fingerprint
from fagprofil.rankers import History
from fagprofil.rankers.completions import before_last_day

NAN = np.nan
CATALOGUE = small(
    3,
    ["c0"],
    [profile("job", {"c0": (3, 3, 1.0)}), profile("other", {"c0": (1, 1, 1.0)})],
    [module(name, {"c0": 1}) for name in names("m", 4)],
)


def day(number: int) -> dt.date:
    return AS_OF + dt.timedelta(days=number)


def took(name: str, on: int | None = None, **facts: Any) -> fp.Completion:
    return fp.Completion(module=name, date=None if on is None else day(on), **facts)


def person(name: str, *completed: fp.Completion, **facts: Any) -> fp.Employee:
    return fp.Employee(id=name, completed=completed, **facts)


def history(*people: fp.Employee) -> History:
    return History.of(people, CATALOGUE)


def outcomes(known: History, kind: Any) -> list[tuple[str, str, float]]:
    came = known.outcomes(kind)
    return [
        (known.employees[i], known.modules[j], value)
        for i, j, value in zip(came.person, came.module, came.value.tolist(), strict=True)
    ]


# --- as they stood ------------------------------------------------------------------------------


def said(on: int | None) -> fp.Evidence:
    return fp.Evidence(competence="c0", level=1, kind="self", date=None if on is None else day(on))


def test_what_is_of_the_last_day_or_later_is_left_out() -> None:
    words = [said(0), said(9), said(10), said(11), said(None)]
    then = before_last_day(
        person("e", took("m0", 0), took("m1", 10), took("m2"), took("m3", 10), evidence=words)
    )
    assert [one.module for one in then.completed] == ["m0", "m2"]
    assert then.evidence == (words[0], words[1], words[4])


def test_where_no_day_is_known_all_that_was_taken_is_left_out_and_all_that_was_said_stays() -> None:
    words = [said(0), said(None)]
    then = before_last_day(person("e", took("m0"), took("m1", passed=False), evidence=words))
    assert then.completed == ()
    assert then.evidence == tuple(words)


def test_somebody_who_took_nothing_stands_as_they_are() -> None:
    nobody = person("e", evidence=[said(0), said(None)])
    assert before_last_day(nobody) is nobody


@examples(100)
@given(crowds())
def test_what_was_before_and_what_was_last_is_all_that_was_taken(crowd: Crowd) -> None:
    known = History.of(crowd.people, crowd.catalogue)
    before = History.of([before_last_day(one) for one in crowd.people], crowd.catalogue)
    pairs = sorted(zip(before.person, before.module, strict=True))
    last = sorted(zip(known.person[known.last], known.module[known.last], strict=True))
    assert sorted(pairs + last) == list(zip(known.person, known.module, strict=True))
    # Whoever took anything has a last day or took all of it on unknown days.
    for i, one in enumerate(crowd.people):
        assert bool(one.completed) == bool(known.last[known.person == i].any())


# --- rows ---------------------------------------------------------------------------------------


def test_a_history_has_a_row_for_each_completion() -> None:
    known = history(
        person("a", took("m2", 5, useful=0.25), took("m0", 3, passed=False), profile="job"),
        person("b"),
        person("c", took("m1", gap_closed=0.5), took("m1"), profile="other"),
    )
    assert known.employees == ("a", "b", "c")
    assert known.modules == tuple(names("m", 4))
    assert known.profiles == ("job", None, "other")
    assert (known.shape, len(known)) == ((3, 4), 3)
    assert known.person.tolist() == [0, 0, 2, 2]
    assert known.module.tolist() == [0, 2, 1, 1]
    assert known.day.tolist() == [day(3), day(5), None, None]
    assert known.ok.tolist() == [False, True, True, True]
    np.testing.assert_array_equal(known.useful, [NAN, 0.25, NAN, NAN])
    np.testing.assert_array_equal(known.gap_closed, [NAN, NAN, 0.5, NAN])
    assert known.last.tolist() == [False, True, True, True]
    assert known.passed.toarray().tolist() == [[0, 0, 1, 0], [0, 0, 0, 0], [0, 1, 0, 0]]
    assert known.last_days.tolist() == [day(5), None, None]


def test_nobody_has_an_empty_history() -> None:
    known = history()
    assert (known.shape, len(known.person), known.passed.shape) == ((0, 4), 0, (0, 4))
    assert outcomes(known, "taken") == []
    assert known.last_days.tolist() == []
    assert known.rows(np.zeros(0, dtype=np.intp)).employees == ()


def test_a_profile_that_there_is_not_is_told() -> None:
    with pytest.raises(fp.errors.UnknownName, match="did you mean 'job'"):
        history(person("a", profile="jobb"))


def test_a_module_that_there_is_not_is_told() -> None:
    with pytest.raises(fp.errors.DataError, match="m9"):
        history(person("a", took("m0"), took("m9")))


@examples(100)
@given(crowds(), st.data())
def test_the_history_of_some_is_the_same_picked_before_or_after(
    crowd: Crowd, data: st.DataObject
) -> None:
    rows = data.draw(st.permutations(range(len(crowd.people))))
    rows = rows[: data.draw(st.integers(0, len(rows)))]
    whole = History.of(crowd.people, crowd.catalogue)
    some = History.of([crowd.people[i] for i in rows], crowd.catalogue)
    picked = whole.rows(np.array(rows, dtype=np.intp))
    assert fingerprint(picked) == fingerprint(some)
    np.testing.assert_array_equal(picked.passed.toarray(), some.passed.toarray())
    mask = np.isin(np.arange(len(crowd.people)), rows)
    assert fingerprint(whole[mask]) == fingerprint(whole[sorted(rows)])


@pytest.mark.parametrize("rows", [[2, 0], (np.array([2, 0]), ...), slice(2, None, -2)])
def test_rows_are_asked_for_as_scikit_learn_does(rows: Any) -> None:
    known = history(person("a"), person("b"), person("c", took("m0")))
    assert known[rows].employees == ("c", "a")
    assert known[rows].person.tolist() == [0]
    assert known[1].employees == ("b",)


def test_histories_are_told_apart_by_all_that_is_in_them() -> None:
    plain = took("m0", 0)
    variants: Sequence[fp.Completion] = (
        plain,
        took("m1", 0),
        took("m0", 1),
        took("m0"),
        took("m0", 0, passed=False),
        took("m0", 0, useful=0.5),
        took("m0", 0, gap_closed=0.5),
    )
    found = {fingerprint(history(person("a", one))) for one in variants}
    found |= {fingerprint(history(person("b", plain)))}
    found |= {fingerprint(history(person("a", plain, profile="job")))}
    assert len(found) == len(variants) + 2
    assert fingerprint(history(person("a", plain))) in found


# --- what came of it ----------------------------------------------------------------------------

LAST = history(
    person(
        "a",
        took("m0", 0, useful=1.0, gap_closed=1.0),  # not on the last day
        took("m1", 7, useful=0.25),
        took("m1", 7, useful=0.75, passed=False),
        took("m2", 7, passed=False, gap_closed=0.0),
    ),
    person("b", took("m3", passed=False, useful=0.5)),
    person("c"),
)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("taken", [("a", "m1", 1.0), ("a", "m2", 1.0), ("b", "m3", 1.0)]),
        ("passed", [("a", "m1", 1.0), ("a", "m2", 0.0), ("b", "m3", 0.0)]),
        ("useful", [("a", "m1", 0.75), ("b", "m3", 0.5)]),
        ("gap_closed", [("a", "m2", 0.0)]),
    ],
)
def test_outcomes_are_the_best_of_the_last_day_where_they_are_known(
    kind: str, expected: list[tuple[str, str, float]]
) -> None:
    assert outcomes(LAST, kind) == expected


def test_another_outcome_is_told_with_the_nearest() -> None:
    with pytest.raises(fp.errors.DataError, match="did you mean 'useful'") as caught:
        LAST.outcomes("usefull")  # type: ignore[arg-type]
    assert "'taken', 'passed', 'useful', 'gap_closed'" in caught.value.problems[0].expected


@examples(100)
@given(crowds())
def test_each_pair_has_one_outcome_and_rows_keep_theirs(crowd: Crowd) -> None:
    known = History.of(crowd.people, crowd.catalogue)
    came = outcomes(known, "passed")
    assert len({pair[:2] for pair in came}) == len(came)
    alone = [
        one for i in range(len(known)) for one in outcomes(known.rows(np.array([i])), "passed")
    ]
    assert alone == came
    assert [pair[:2] for pair in outcomes(known, "taken")] == [pair[:2] for pair in came]
