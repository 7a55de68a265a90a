"""What a class changed: against the definition, and what is told of whom."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import examples, module, profile, small

import fagprofil as fp
from fagprofil.errors import DataError
from fagprofil.insight import Attendance, FollowedClass, Verdict, follow_up

BEFORE, END, AFTER = dt.date(2027, 6, 1), dt.date(2027, 10, 11), dt.date(2027, 11, 1)
TEACHES = {"c0": 3, "c1": 2}
COMPETENCES = ("c0", "c1", "c2")
NEEDS = {"c0": (3, 1.0), "c1": (2, 0.5)}
WORLD = small(
    3,
    COMPETENCES,
    [profile("p0", {name: (level, level, weight) for name, (level, weight) in NEEDS.items()})],
    [module("m0", TEACHES), module("m1", {"c2": 2})],
)
LEVELS = st.fixed_dictionaries({}, optional={name: st.integers(0, 3) for name in COMPETENCES})


def said(name: str, levels: dict[str, int], day: dt.date, kind: str = "known") -> fp.Employee:
    evidence = [
        {"competence": competence, "level": level, "kind": kind, "date": day}
        for competence, level in levels.items()
    ]
    return fp.Employee.model_validate(
        {"id": name, "unit": "u0", "profile": "p0", "evidence": evidence}
    )


def attended(*names: str, group: str = "1", end: dt.date = END) -> list[Attendance]:
    return [Attendance(employee=one, group=group, module="m0", end=end) for one in names]


def steps(level: int, until: int, competence: str) -> float:
    """What is needed of a competence above a level, up to another."""
    required, weight = NEEDS.get(competence, (0, 0.0))
    return weight * max(0, min(until, required) - level)


@examples(80)
@given(st.lists(st.tuples(LEVELS.filter(lambda x: len(x) == 3), LEVELS), min_size=1, max_size=4))
def test_it_is_what_the_definition_says(
    people: list[tuple[dict[str, int], dict[str, int]]],
) -> None:
    names = [f"e{n}" for n in range(len(people))]
    old = [said(name, levels, BEFORE) for name, (levels, _) in zip(names, people, strict=True)]
    new = [said(name, levels, AFTER) for name, (_, levels) in zip(names, people, strict=True)]
    found = follow_up(old, new, attended(names[0]), WORLD)
    if not people[0][1]:
        assert found == ()
        return
    (one,) = found
    everybody = {x.employee: x for x in (*one.people, *one.others)}
    assert {x.employee for x in one.people} == {names[0]}
    for name, (before, after) in zip(names, people, strict=True):
        if name not in everybody:
            assert not after
            continue
        rated = [c for c in after if c in TEACHES]
        moved = sum(steps(before[c], 3, c) - steps(after[c], 3, c) for c in rated)
        possible = sum(steps(before[c], TEACHES[c], c) for c in rated)
        told = everybody[name]
        assert told.rated == len(rated)
        assert told.moved == pytest.approx(moved)
        assert told.possible == pytest.approx(possible)
        assert told.before == pytest.approx(sum(steps(before[c], 3, c) for c in rated))
        assert told.verdict is verdict(len(rated), possible, moved)


def verdict(rated: int, possible: float, moved: float) -> Verdict:
    if not rated:
        return Verdict.NOT_RATED
    if not possible:
        return Verdict.NOTHING_TO_MOVE
    return Verdict.USED if 2 * moved >= possible else Verdict.FOLLOW_UP


def one_class(*options: Any) -> FollowedClass:
    (found,) = follow_up(*options, WORLD)
    return found


def test_the_order_of_people_does_not_matter_and_shares_are_of_sums() -> None:
    old = [said(f"e{n}", {"c0": 0, "c1": n % 3, "c2": 0}, BEFORE) for n in range(6)]
    new = [said(f"e{n}", {"c0": n % 4, "c1": 2}, AFTER) for n in range(6)]
    found = one_class(old, new, attended("e0", "e3", "e1"))
    assert found == one_class(old[::-1], new[::-1], attended("e3", "e1", "e0"))
    assert found.share == pytest.approx(
        sum(x.moved for x in found.people) / sum(x.possible for x in found.people)
    )
    assert [x.employee for x in found.others] == ["e2", "e4", "e5"]


def test_only_what_was_said_after_the_class_counts_as_after_it() -> None:
    old = [said("e0", {"c0": 0, "c1": 0, "c2": 0}, BEFORE)]
    assert follow_up(old, [said("e0", {"c0": 3}, END)], attended("e0"), WORLD) == ()
    (later,) = follow_up(
        old, [said("e0", {"c0": 3}, END + dt.timedelta(days=1))], attended("e0"), WORLD
    )
    assert later.people[0].moved > 0


def test_who_is_in_a_class_that_has_ended_is_not_among_the_others() -> None:
    names = ["e0", "e1", "e2"]
    old = [said(name, dict.fromkeys(COMPETENCES, 0), BEFORE) for name in names]
    new = [said(name, {"c0": 1}, AFTER) for name in names]
    ended = attended("e1", group="2", end=END + dt.timedelta(days=3))
    running = attended("e2", group="3", end=AFTER + dt.timedelta(days=30))
    first = follow_up(old, new, [*attended("e0"), *ended, *running], WORLD)[0]
    assert [one.employee for one in first.others] == ["e2"]
    assert first.with_verdict(Verdict.FOLLOW_UP) == ("e0",)


def test_that_the_module_was_passed_is_no_statement() -> None:
    person = said("e0", dict.fromkeys(COMPETENCES, 0), BEFORE)
    passed = person.model_copy(update={"completed": (fp.Completion(module="m0", date=END),)})
    new = [said("e0", {"c0": 0}, AFTER)]
    assert one_class([passed], new, attended("e0")).people[0].moved == 0


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(DataError) as raised:
        follow_up(
            [said("e0", {"c0": 0}, BEFORE)],
            [said("e7", {"c0": 1}, AFTER)],
            [Attendance(employee="e8", group="1", module="m9", end=END)],
            WORLD,
        )
    for part in ("e7", "e8", "m9"):
        assert part in str(raised.value)
