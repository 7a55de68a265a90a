"""Every feature against its definition in plain loops, and what no feature may know."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from oracle import Oracle
from worlds import AS_OF, Crowd, crowds, examples, founded, known, module, profile, small

import fagprofil as fp
from fagprofil.model import Programme
from fagprofil.rankers import FEATURES, RankingTask
from fagprofil.rankers.completions import before_last_day
from fagprofil.rankers.features import feature_named
from fagprofil.rankers.similarity import text_similarity

NAN = math.nan
OF_HISTORY = ("popularity", "completion_rate", "pass_rate", "usefulness")
#: Rates of few people are drawn towards those of all, as if so many more were like all.
PSEUDO = 10

# --- the naive oracle ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A person for whom a module is looked at, the people known of, and on which day.

    `day` is None in a task to recommend on, where everything counts, and the person's last day,
    or "unknown", in a task to learn from.
    """

    catalogue: fp.Catalogue
    person: fp.Employee
    horizon: fp.model.Horizon
    past: tuple[fp.Employee, ...] | None = None
    day: dt.date | str | None = None

    def oracle(self, horizon: fp.model.Horizon | None = None) -> Oracle:
        assert self.person.profile is not None
        return Oracle(self.catalogue, self.person, self.person.profile, horizon or self.horizon)

    def profile_of(self, one: fp.Employee) -> str | None:
        return None if one.profile is None else self.catalogue.resolve(one.profile).id

    def counting(self, one: fp.Employee) -> list[fp.Completion]:
        """What a person has taken that counts on the day."""
        if self.day is None:
            return list(one.completed)
        if all(taken.date is None for taken in one.completed):
            return []  # all of it is what they took last, nobody knows when
        return [
            taken
            for taken in one.completed
            if taken.date is None or not isinstance(self.day, dt.date) or taken.date < self.day
        ]

    def alike(self) -> list[fp.Employee]:
        assert self.past is not None
        own = self.profile_of(self.person)
        return [one for one in self.past if own is None or self.profile_of(one) == own]


def gain_at(horizon: fp.model.Horizon | None) -> Callable[[Asked, str], float]:
    def gain(asked: Asked, name: str) -> float:
        if asked.catalogue.modules[name].teaches is None:
            return NAN
        if asked.person.profile is None:
            return 0.0
        oracle = asked.oracle(horizon)
        assume(not oracle.doubtful)
        closed = oracle.gain([name])
        assert closed is not None
        return float(closed)

    return gain


def per_ects(asked: Asked, name: str) -> float:
    return gain_at(None)(asked, name) / (asked.catalogue.modules[name].ects or NAN)


def price(asked: Asked, name: str) -> float:
    catalogue = asked.catalogue
    on = catalogue.taxonomy.as_of
    found = fp.net_price(catalogue.modules[name], asked.person, catalogue, on)
    return NAN if found is None else found.amount


def per_krone(asked: Asked, name: str) -> float:
    kroner = price(asked, name)
    return gain_at(None)(asked, name) / (kroner if math.isnan(kroner) else max(kroner, 1.0))


def held(asked: Asked) -> Oracle:
    """What is held does not depend on a profile."""
    some = next(iter(asked.catalogue.profiles))
    oracle = Oracle(asked.catalogue, asked.person, asked.person.profile or some)
    assume(not oracle.doubtful)
    return oracle


def repetition(asked: Asked, name: str) -> float:
    share = held(asked).repeats(name)
    return NAN if share is None else float(share)


def entry_slack(asked: Asked, name: str) -> float:
    expected = asked.catalogue.modules[name].entry
    if expected is None:
        return NAN
    oracle = held(asked)
    above = [
        sum(oracle.held[one, step] for step in oracle.steps) - level
        for one, level in expected.items()
        if level > 0
    ]
    return float(min(above, default=oracle.top))


def text(asked: Asked, name: str) -> float:
    if asked.person.profile is None:
        return NAN
    oracle = asked.oracle()
    assume(not oracle.doubtful)
    gaps = {one: sum(oracle.unmet()[one, step] for step in oracle.steps) for one in oracle.parts()}
    total = sum(gaps.values())
    position = {one: k for k, one in enumerate(asked.catalogue.taxonomy.competences)}
    like = text_similarity(asked.catalogue)[:, asked.catalogue.modules.position[name]]
    if not total or np.isnan(like).any():
        return NAN
    shares = [gap * Fraction(float(like[position[one]])) for one, gap in gaps.items()]
    return float(sum(shares, Fraction(0)) / total)


def ects(asked: Asked, name: str) -> float:
    return asked.catalogue.modules[name].ects or NAN


def passed_by(asked: Asked, people: Sequence[fp.Employee], name: str) -> int:
    return sum(
        any(one.module == name and one.passed for one in asked.counting(person))
        for person in people
    )


def taken_by(asked: Asked, people: Sequence[fp.Employee], name: str) -> int:
    return sum(any(one.module == name for one in asked.counting(person)) for person in people)


def ratings(asked: Asked, people: Sequence[fp.Employee], name: str) -> list[float]:
    return [
        one.useful
        for person in people
        for one in asked.counting(person)
        if one.module == name and one.useful is not None
    ]


def drawn(total: float, count: float, towards: float) -> float:
    return (total + PSEUDO * towards) / (count + PSEUDO)


def popularity(asked: Asked, name: str) -> float:
    if asked.past is None:
        return NAN
    return passed_by(asked, asked.past, name) / max(1, len(asked.past))


def completion_rate(asked: Asked, name: str) -> float:
    if asked.past is None:
        return NAN
    alike = asked.alike()
    return drawn(passed_by(asked, alike, name), len(alike), popularity(asked, name))


def pass_rate(asked: Asked, name: str) -> float:
    if asked.past is None:
        return NAN
    alike, past, every = asked.alike(), asked.past, asked.catalogue.modules
    taken = {one: taken_by(asked, past, one) for one in every}
    passed = {one: passed_by(asked, past, one) for one in every}
    overall = drawn(sum(passed.values()), sum(taken.values()), 1.0)
    usual = drawn(passed[name], taken[name], overall)
    return drawn(passed_by(asked, alike, name), taken_by(asked, alike, name), usual)


def usefulness(asked: Asked, name: str) -> float:
    if asked.past is None:
        return NAN
    told = {one: ratings(asked, asked.past, one) for one in asked.catalogue.modules}
    every = [value for values in told.values() for value in values]
    usual = drawn(sum(told[name]), len(told[name]), drawn(sum(every), len(every), 0.5))
    own = ratings(asked, asked.alike(), name)
    return drawn(sum(own), len(own), usual)


def programme_progress(asked: Asked, name: str) -> float:
    modules = asked.catalogue.modules
    home = modules[name].programme
    if home is None or asked.catalogue.programmes[home].ects is None:
        return NAN
    passed = {one.module for one in asked.person.completed if one.passed}
    done = sum(modules[one].ects or 0 for one in passed if modules[one].programme == home)
    return min(1.0, done / asked.catalogue.programmes[home].ects)


ORACLES: dict[str, Callable[[Asked, str], float]] = {
    "gain": gain_at(None),
    "gain_now": gain_at(fp.NOW),
    "gain_five_years": gain_at(fp.IN_FIVE_YEARS),
    "gain_over_five_years": gain_at(fp.OVER_FIVE_YEARS),
    "gain_per_ects": per_ects,
    "gain_per_krone": per_krone,
    "repetition": repetition,
    "entry_slack": entry_slack,
    "text_similarity": text,
    "ects": ects,
    "price": price,
    "popularity": popularity,
    "completion_rate": completion_rate,
    "pass_rate": pass_rate,
    "usefulness": usefulness,
    "programme_progress": programme_progress,
}


def naive(name: str, asked: Sequence[Asked], task: RankingTask) -> np.ndarray:
    found = [[ORACLES[name](one, module) for module in task.modules] for one in asked]
    return np.array(found, dtype=np.float64).reshape(task.shape)


# --- worlds -------------------------------------------------------------------------------------

DAYS = (None, -900, -400, -400, -30, -30, 0)


@st.composite
def pasts(draw: st.DrawFn) -> Crowd:
    """People who have taken something, with what came of it; many on the same few days."""
    crowd = draw(crowds())
    ids = list(crowd.catalogue.modules)
    if not ids:
        return crowd
    one = st.builds(
        lambda name, day, passed, useful: fp.Completion(
            module=name,
            date=None if day is None else AS_OF + dt.timedelta(days=day),
            passed=passed,
            useful=useful,
        ),
        st.sampled_from(ids),
        st.sampled_from(DAYS),
        st.booleans(),
        st.sampled_from([None, 0.0, 0.25, 1.0]),
    )
    own = st.lists(one, max_size=4).map(tuple)
    people = [each.model_copy(update={"completed": draw(own)}) for each in crowd.people]
    return replace(crowd, people=tuple(people))


def to_learn_from(crowd: Crowd) -> RankingTask:
    recommender = fp.Recommender(crowd.catalogue, horizon=crowd.horizon)
    return recommender.to_learn_from(crowd.people)[0]


def last_day(one: fp.Employee) -> dt.date | str:
    return max((taken.date for taken in one.completed if taken.date), default="unknown")


def asked_in_learning(crowd: Crowd) -> list[Asked]:
    return [
        Asked(crowd.catalogue, before_last_day(one), crowd.horizon, crowd.people, last_day(one))
        for one in crowd.people
    ]


def to_recommend(
    crowd: Crowd, past: tuple[fp.Employee, ...] | None
) -> list[tuple[RankingTask, list[Asked]]]:
    recommender = fp.Recommender(crowd.catalogue, horizon=crowd.horizon, history=past)
    own = {one.id: Asked(crowd.catalogue, one, crowd.horizon, past) for one in crowd.people}
    tasks = list(recommender.tasks(crowd.people))
    return [(task, [own[name] for name in task.employees]) for task in tasks]


# --- the definitions ----------------------------------------------------------------------------


def test_every_feature_has_an_oracle() -> None:
    assert list(ORACLES) == list(FEATURES)
    assert all(name == one.name for name, one in FEATURES.items())


def assert_as_defined(task: RankingTask, asked: Sequence[Asked]) -> None:
    for name in FEATURES:
        expected = naive(name, asked, task)
        found = task.feature(name)
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12, err_msg=name)


@examples(80)
@given(pasts())
def test_features_in_learning_are_their_definition(crowd: Crowd) -> None:
    assert_as_defined(to_learn_from(crowd), asked_in_learning(crowd))


@examples(50)
@given(pasts(), st.booleans())
def test_features_in_recommending_are_their_definition(crowd: Crowd, known: bool) -> None:
    for task, asked in to_recommend(crowd, crowd.people if known else None):
        assert_as_defined(task, asked)


# --- laws ---------------------------------------------------------------------------------------


@examples(60)
@given(pasts(), st.data())
def test_a_person_has_the_same_features_alone_and_among_others(
    crowd: Crowd, data: st.DataObject
) -> None:
    task = to_learn_from(crowd)
    rows = data.draw(
        st.lists(st.integers(0, len(task) - 1), unique=True) if len(task) else st.just([])
    )
    some = task.rows(np.array(rows, dtype=np.intp))
    for name in FEATURES:
        np.testing.assert_array_equal(some.feature(name), task.feature(name)[rows])


@examples(60)
@given(pasts())
def test_shares_are_between_0_and_1(crowd: Crowd) -> None:
    tasks = [to_learn_from(crowd), *(task for task, _ in to_recommend(crowd, crowd.people))]
    shares = [name for name, one in FEATURES.items() if one.unit == "0..1"]
    assert len(shares) == 7
    for task in tasks:
        for name in shares:
            values = task.feature(name)
            assert (np.isnan(values) | ((values >= 0) & (values <= 1))).all(), name


def changed(one: fp.Completion, modules: Sequence[str]) -> fp.Completion:
    """Another module, and the opposite of what came of it."""
    after = modules[(modules.index(one.module) + 1) % len(modules)]
    useful = 1.0 - (0.0 if one.useful is None else one.useful)
    return one.model_copy(update={"module": after, "passed": not one.passed, "useful": useful})


@examples(80)
@given(pasts(), st.booleans())
def test_nothing_that_a_person_took_last_tells_of_them(crowd: Crowd, gone: bool) -> None:
    modules = list(crowd.catalogue.modules)
    before = to_learn_from(crowd)
    for i, one in enumerate(crowd.people):
        stood, last = before_last_day(one).completed, last_day(one)
        other = [
            taken if taken in stood and taken.date != last else changed(taken, modules)
            for taken in one.completed
        ]
        if gone and len(other) > len(stood) + 1:
            # One has to stay, or their last day would be another.
            other.pop(next(n for n, taken in enumerate(other) if taken not in stood))
        people = list(crowd.people)
        people[i] = one.model_copy(update={"completed": tuple(other)})
        after = to_learn_from(replace(crowd, people=tuple(people)))
        for name in FEATURES:
            np.testing.assert_array_equal(after.feature(name)[i], before.feature(name)[i])


@examples(80)
@given(pasts())
def test_nothing_from_a_persons_day_on_tells_of_them(crowd: Crowd) -> None:
    modules = list(crowd.catalogue.modules)
    before = to_learn_from(crowd)
    for i, one in enumerate(crowd.people):
        day = last_day(one)
        if not isinstance(day, dt.date):
            continue
        people = [
            each.model_copy(
                update={
                    "completed": tuple(
                        taken if taken.date is None or taken.date < day else changed(taken, modules)
                        for taken in each.completed
                    )
                }
            )
            for each in crowd.people
        ]
        after = to_learn_from(replace(crowd, people=tuple(people)))
        for name in FEATURES:
            np.testing.assert_array_equal(after.feature(name)[i], before.feature(name)[i])


# --- worked examples ----------------------------------------------------------------------------

NEEDS = {"c0": (2, 3, 1.0), "c1": (1, 1, 0.5)}
MODULES = (
    module("m0", {"c0": 3}, entry={"c0": 1, "c1": 1}, ects=10, price=1000, programme="g0"),
    module("m1", {"c1": 1}, entry={}, ects=5, programme="g0"),
    module("m2"),  # nothing is known of it
    module("m3", {}, ects=5, price=0, programme="g1"),  # of a programme of unknown length
)
CATALOGUE = small(
    3,
    ["c0", "c1"],
    [profile("job", NEEDS), profile("desk", NEEDS)],
    MODULES,
    programmes=[
        Programme.model_validate(
            {"id": name, "title": {"en": "g"}, "ects": points, "provenance": founded()}
        )
        for name, points in (("g0", 20), ("g1", None))
    ],
)
PERSON = fp.Employee(id="e", profile="job", completed=["m1"], evidence=known({"c0": 1, "c1": 0}))


def task_of(person: fp.Employee, *past: fp.Employee) -> RankingTask:
    recommender = fp.Recommender(CATALOGUE, horizon=fp.NOW, history=past or None)
    (task,) = recommender.tasks([person])
    return task


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # Needed now are steps 1-2 of c0 and step 1 of c1, which weighs a half; c0 is at 1.
        ("gain", [1.0, 0.5, NAN, 0.0]),
        ("gain_now", [1.0, 0.5, NAN, 0.0]),
        ("gain_five_years", [2.0, 0.5, NAN, 0.0]),
        # Step 3 is needed from the middle of the five years on: the level is rounded.
        ("gain_per_ects", [1.0 / 10, 0.5 / 5, NAN, 0.0]),
        ("gain_per_krone", [1.0 / 1000, NAN, NAN, 0.0 / 1]),
        ("repetition", [1 / 3, 0.0, NAN, NAN]),
        # m0 expects c0 at 1, which is held, and c1 at 1, which is not; m1 expects nothing.
        ("entry_slack", [min(1 - 1, 0 - 1), 3, NAN, NAN]),
        ("ects", [10, 5, NAN, 5]),
        ("price", [1000, NAN, NAN, 0]),
        # m1 is passed: 5 of 20 ECTS of g0.
        ("programme_progress", [5 / 20, 5 / 20, NAN, NAN]),
        *((name, [NAN] * 4) for name in OF_HISTORY),
    ],
)
def test_a_person_by_hand(name: str, expected: list[float]) -> None:
    np.testing.assert_allclose(task_of(PERSON).feature(name), [expected], rtol=1e-15)


def past(name: str, profile: str, *taken: fp.Completion) -> fp.Employee:
    return fp.Employee(id=name, profile=profile, completed=taken)


PAST = (
    past(
        "h0",
        "job",
        fp.Completion(module="m0", date="2024-01-10", passed=False),
        fp.Completion(module="m0", date="2024-06-10", useful=0.75),
    ),
    past("h1", "job", fp.Completion(module="m0", date="2024-02-10", useful=0.25)),
    past("h2", "desk", fp.Completion(module="m0", date="2024-03-10"), fp.Completion(module="m0")),
    past("h3", "desk", fp.Completion(module="m1", date="2024-06-10", passed=False)),
)


def test_rates_by_hand() -> None:
    task = task_of(PERSON, *PAST)
    # h0 passed m0 the second time, h1 and h2 passed it; of the four two have the same profile.
    assert task.feature("popularity").tolist() == [[3 / 4, 0, 0, 0]]
    assert task.feature("completion_rate")[0, 0] == (2 + 10 * 3 / 4) / (2 + 10)
    # Of four who took anything three passed it, and ten more who passed are assumed.
    overall = (3 + 10 * 1) / (4 + 10)
    usual = (3 + 10 * overall) / (3 + 10)
    assert task.feature("pass_rate")[0, 0] == (2 + 10 * usual) / (2 + 10)
    overall = (0.75 + 0.25 + 10 * 0.5) / (2 + 10)
    usual = (1.0 + 10 * overall) / (2 + 10)
    assert task.feature("usefulness")[0, 0] == (1.0 + 10 * usual) / (2 + 10)


def test_rates_as_of_a_day_by_hand() -> None:
    people = (PERSON.model_copy(update={"completed": ()}), *PAST)
    task, _ = fp.Recommender(CATALOGUE, horizon=fp.NOW).to_learn_from(people)
    assert task.days is not None
    assert [str(day) for day in task.days] == [
        "NaT",
        "2024-06-10",
        "2024-02-10",
        "2024-03-10",
        "2024-06-10",
    ]
    # m0 was passed by h2 nobody knows when, by h1 in February, by h2 in March, by h0 in June.
    assert task.feature("popularity")[:, 0].tolist() == [3 / 5, 2 / 5, 1 / 5, 2 / 5, 2 / 5]
    # Ratings known on each of these days: both, h1's, none, h1's, h1's.
    told = ((0.25 + 0.75, 2), (0.25, 1), (0.0, 0), (0.25, 1), (0.25, 1))
    overall = [(total + 10 * 0.5) / (count + 10) for total, count in told]
    usual = [(t + 10 * one) / (n + 10) for (t, n), one in zip(told, overall, strict=True)]
    found = task.feature("usefulness")[:, 0]
    assert found[0] == (1.0 + 10 * usual[0]) / (2 + 10)
    assert found[1] == (0.25 + 10 * usual[1]) / (1 + 10)
    assert found[2] == 0.5
    # Nobody of the profile of h2 and h3 has said how useful it was.
    assert found[3:].tolist() == pytest.approx(usual[3:])


def test_somebody_who_took_all_on_unknown_days_is_not_told_of_it() -> None:
    people = [past(f"h{n}", "job", fp.Completion(module="m0", useful=1.0)) for n in range(3)]
    task, _ = fp.Recommender(CATALOGUE).to_learn_from(people)
    assert task.feature("popularity").max() == 0
    assert np.unique(task.feature("usefulness")).tolist() == [0.5]
    # To somebody new it is known.
    assert task_of(PERSON, *people).feature("popularity").tolist() == [[1, 0, 0, 0]]


# --- the rest of the contract -------------------------------------------------------------------


def test_more_of_what_rises_is_more_of_the_gap_closed() -> None:
    assert [name for name, one in FEATURES.items() if one.rises] == [
        name for name in FEATURES if name.startswith("gain")
    ]


def test_a_feature_is_computed_once_and_cannot_be_changed() -> None:
    task = task_of(PERSON, *PAST)
    for name in FEATURES:
        values = task.feature(name)
        assert values.shape == task.shape
        assert values.dtype == np.float64
        assert task.feature(name) is values
        with pytest.raises(ValueError, match="read-only"):
            values[...] = 0


@pytest.mark.parametrize("ask", [feature_named, lambda name: task_of(PERSON).feature(name)])
def test_a_feature_that_there_is_not_is_told_with_the_nearest(ask: Any) -> None:
    with pytest.raises(fp.errors.UnknownName, match="did you mean 'repetition'"):
        ask("repetitions")


@pytest.mark.parametrize("shape", ["nobody", "no modules"])
def test_nothing_has_features_of_its_shape(shape: str) -> None:
    people = [] if shape == "nobody" else [PERSON.model_copy(update={"completed": ()})]
    modules = MODULES if shape == "nobody" else ()
    catalogue = small(
        3, ["c0", "c1"], [profile("job", NEEDS)], modules, programmes=CATALOGUE.programmes.values()
    )
    task, _ = fp.Recommender(catalogue).to_learn_from(people)
    for name in FEATURES:
        assert task.feature(name).shape == (len(people), len(modules))


def test_features_after_a_pick_are_those_of_what_is_left() -> None:
    task = task_of(PERSON, *PAST)
    left = task.after(np.array([0]))
    # m0 taught all of c0; 0.5 of c1 is left.
    np.testing.assert_array_equal(left.feature("gain_five_years"), [[0, 0.5, NAN, 0]])
    for name in ("ects", "price", "entry_slack", *OF_HISTORY):
        np.testing.assert_array_equal(left.feature(name), task.feature(name))
