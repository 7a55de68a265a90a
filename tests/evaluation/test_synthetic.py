from __future__ import annotations

import datetime as dt
import json
import time
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest

import fagprofil as fp
from fagprofil.evaluation.synthetic import Synthetic, synthetic
from fagprofil.evaluation.synthetic_catalogue import AS_OF, TOP, Size
from fagprofil.evaluation.synthetic_history import Policy, simulated
from fagprofil.evaluation.synthetic_world import Crowd, World, crowd, world

SEEDS = (0, 1, 2)


@cache
def made(people: int = 300, **options: Any) -> Synthetic:
    return synthetic(people, **options)


def as_json(one: Synthetic) -> str:
    choices = {name: values.tolist() for name, values in vars(one.choices).items()}
    people = [person.model_dump(mode="json") for person in (*one.dataset.people, *one.new_people)]
    return json.dumps(
        {
            "catalogue": one.dataset.catalogue.model_dump(mode="json"),
            "people": people,
            "truth": [one.truth.tolist(), one.new_truth.tolist()],
            "choices": choices,
        }
    )


# --- the same, and other ------------------------------------------------------------------------


def test_the_same_seed_makes_the_same_byte_for_byte() -> None:
    assert as_json(synthetic(150, seed=3)) == as_json(synthetic(150, seed=3))


def test_another_seed_makes_another_world() -> None:
    one, other = made(seed=0), made(seed=1)
    assert one.dataset.catalogue != other.dataset.catalogue
    assert (one.truth != other.truth).any()
    assert one.dataset.name != other.dataset.name


def test_people_keep_their_ids_and_facts_when_there_are_more() -> None:
    few, many = made(50), made(300)
    assert few.dataset.catalogue == many.dataset.catalogue
    for one, other in zip(few.dataset.people, many.dataset.people, strict=False):
        assert {**one.model_dump(), "evidence": 0, "completed": 0} == {
            **other.model_dump(),
            "evidence": 0,
            "completed": 0,
        }
    ids = [one.id for one in many.dataset.people]
    assert ids == [f"synthetic-{n:06}" for n in range(1, 301)]


def test_new_people_and_their_truth_do_not_depend_on_the_others() -> None:
    few, many = made(50), made(300)
    assert few.new_people == many.new_people
    assert np.array_equal(few.new_truth, many.new_truth)
    some = made(50, new_people=20)
    assert some.new_people == few.new_people[:20]
    assert np.array_equal(some.new_truth, few.new_truth[:20])


def test_signal_and_biases_change_neither_the_catalogue_nor_the_people() -> None:
    one = made()
    other = made(signal=2.0, gain_effect=0.0, position_bias=0.0, popularity_bias=1.0, follows=0.0)
    assert one.dataset.catalogue == other.dataset.catalogue
    assert one.new_people == other.new_people


# --- the records --------------------------------------------------------------------------------


def provenances(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if {"status", "sources", "note"} <= value.keys():
            yield value
        for one in value.values():
            yield from provenances(one)
    elif isinstance(value, list):
        for one in value:
            yield from provenances(one)


def test_everything_says_that_it_is_synthetic() -> None:
    one = made()
    dumped = one.dataset.catalogue.model_dump(mode="json")
    found = list(provenances(dumped))
    assert {where["status"] for where in found} == {"synthetic"}
    assert {where["note"] for where in found} == {
        "Synthetic: made up by fagprofil.evaluation.synthetic with seed 0."
    }
    # Scale, taxonomy, 4 areas, 24 competences, 4 programmes, 3 backgrounds, 4 profiles with their
    # requirements, and 60 modules each with a price and all but 6 with what they teach.
    requirements = sum(len(row["requirements"]) for row in dumped["profiles"])
    assert len(found) == 1 + 1 + 4 + 24 + 4 + 3 + 4 + requirements + 60 + 60 + 54
    assert one.dataset.status == one.split().status == "synthetic"
    for text in (repr(one), repr(one.dataset), one.dataset.name, one.split().name):
        assert "synthetic" in text.lower()
    everybody = [*one.dataset.people, *one.new_people]
    assert all(person.id.startswith("synthetic-") for person in everybody)
    result = fp.Recommender(one.dataset.catalogue).recommend(one.new_people[0])
    assert result[0].status == "synthetic"


@pytest.mark.parametrize(
    "sizes",
    [
        {"modules": 1, "competences": 1, "profiles": 1, "years": 1},
        {"modules": 2, "competences": 2, "profiles": 7},
        {"modules": 130, "competences": 110, "profiles": 12, "years": 2},
        {},
    ],
)
@pytest.mark.parametrize("people", [1, 40])
def test_records_of_any_size_pass_the_catalogues_checks(sizes: dict[str, int], people: int) -> None:
    one = synthetic(people, new_people=3, **sizes)
    catalogue = one.dataset.catalogue
    again = fp.Catalogue.model_validate_json(catalogue.model_dump_json())
    assert again == catalogue
    again.check_employees([*one.dataset.people, *one.new_people])
    count = len(catalogue.modules)
    assert count == sizes.get("modules", 60)
    assert len(catalogue.taxonomy.competences) == sizes.get("competences", 24)
    assert len(catalogue.profiles) == sizes.get("profiles", 4)
    assert one.truth.shape == (people, count)
    assert one.new_truth.shape == (3, count)
    names = [row.name for row in catalogue.taxonomy.competences.values()]
    assert len({name.da for name in names}) == len({name.en for name in names}) == len(names)


def test_the_catalogue_is_as_promised() -> None:
    catalogue = made().dataset.catalogue
    assert catalogue.taxonomy.scale is not None
    assert catalogue.taxonomy.scale.top == TOP
    needs = [
        [row.competence for row in one.requirements or ()] for one in catalogue.profiles.values()
    ]
    assert all(8 <= len(row) <= 12 for row in needs)
    assert max(Counter(name for row in needs for name in row).values()) > 1
    modules = catalogue.modules.values()
    assert sum(one.teaches is None for one in modules) == 6
    assert {one.ects for one in modules} == {5, 10}
    assert all(1 <= len(one.teaches) <= 4 for one in modules if one.teaches is not None)
    assert any(one.entry for one in modules)
    assert {one.programme for one in modules} == set(catalogue.programmes)
    names = catalogue.taxonomy.competences
    for one in modules:
        for name, level in (one.entry or {}).items():
            assert one.teaches is None or level < one.teaches[name]
        for name in one.teaches or {}:
            assert str(names[name].name.da) in str(one.title.da)
            assert str(names[name].name.en) in str(one.title.en)
        # Also where it is not recorded, the title tells.
        assert any(str(row.name.en) in str(one.title.en) for row in names.values())


def test_the_history_fits_the_people() -> None:
    one = made(years=3)
    mapped = {name for name, m in one.dataset.catalogue.modules.items() if m.teaches is not None}
    first = dt.date(AS_OF.year - 3, 9, 1)
    for person in one.dataset.people:
        assert person.hired is not None
        days = [taken.date for taken in person.completed]
        said = [word.date for word in person.evidence]
        assert all(day is not None and max(first, person.hired) <= day < AS_OF for day in days)
        assert all(day is not None and max(first, person.hired) <= day < AS_OF for day in said)
        assert len(set(days)) == len(days)
        passed = [taken.module for taken in person.completed if taken.passed]
        assert len(set(passed)) == len(passed)
        for taken in person.completed:
            assert taken.useful is not None
            assert taken.useful == round(taken.useful, 1)
            assert taken.gap_closed is None or taken.module in mapped
    assert all(not person.completed and person.evidence for person in one.new_people)
    ends = {taken.date for person in one.dataset.people for taken in person.completed}
    years = (AS_OF.year - 2, AS_OF.year - 1, AS_OF.year)
    assert ends == {dt.date(year, month, 15) for year in years for month in (1, 6)}


def test_ratings_are_given_anew_each_year_about_what_is_needed() -> None:
    one = made(years=3)
    years = {
        word.date.year for person in one.dataset.people for word in person.evidence if word.date
    }
    assert years == {AS_OF.year - n for n in (1, 2, 3)}
    for person in one.dataset.people:
        profile = one.dataset.catalogue.profiles[str(person.profile)]
        needed = {row.competence for row in profile.requirements or ()}
        assert {word.competence for word in person.evidence} <= needed
        assert {word.kind for word in person.evidence} <= {"self", "manager"}


def test_choices_are_the_completions() -> None:
    one = made()
    catalogue, choices = one.dataset.catalogue, one.choices
    listed: dict[str, list[tuple[str, bool, float, float | None]]] = {}
    rows = zip(
        choices.person,
        choices.module,
        choices.passed,
        choices.useful,
        choices.gap_closed,
        strict=True,
    )
    for person, module, passed, useful, closed in rows:
        entry = (catalogue.module_ids[module], passed, useful, None if np.isnan(closed) else closed)
        listed.setdefault(one.dataset.people[person].id, []).append(entry)
    for person in one.dataset.people:
        taken = [(t.module, t.passed, t.useful, t.gap_closed) for t in person.completed]
        assert taken == listed.get(person.id, [])
    assert len(choices) == sum(len(person.completed) for person in one.dataset.people)
    assert (np.diff(choices.half_year) >= 0).all()
    # 30 % of 300 people in each of 8 half-years, less those not hired yet.
    assert 0.6 * 0.3 * 300 * 8 < len(choices) < 0.3 * 300 * 8 * 1.1


# --- what is shown and chosen -------------------------------------------------------------------


def concentration(counts: np.ndarray) -> float:
    """The Gini coefficient: 0 where all are alike, towards 1 where one has it all."""
    ordered = np.sort(counts)
    n = len(ordered)
    return float(((2 * np.arange(1, n + 1) - n - 1) * ordered).sum() / (n * ordered.sum()))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_more_position_counts_the_more_is_chosen_from_the_top(seed: int) -> None:
    first = []
    for bias in (0.0, 0.5, 1.0, 2.0, 10.0):
        ranks = made(seed=seed, position_bias=bias).choices.rank
        first.append((ranks[ranks > 0] == 1).mean())
    assert first == sorted(first)
    assert first[0] < 0.25
    assert first[-1] > 0.99


@pytest.mark.parametrize("seed", SEEDS)
def test_the_more_popularity_counts_the_fewer_modules_are_taken(seed: int) -> None:
    found = []
    for bias in (0.0, 0.5, 1.0):
        taken = made(seed=seed, popularity_bias=bias).choices.module
        found.append(concentration(np.bincount(taken, minlength=60)))
    assert found == sorted(found)
    assert found[-1] > found[0] + 0.15


def test_the_list_is_by_gain_without_popularity_and_by_popularity_with_nothing_else() -> None:
    ranks = {}
    for bias in (0.0, 1.0):
        choices = made(follows=1.0, position_bias=10.0, popularity_bias=bias).choices
        start = choices.half_year == 0
        ranks[bias] = len(set(choices.module[start].tolist()))
    # With one list for all everybody looks at the same module first; nobody has passed one yet.
    assert ranks[1.0] == 1
    assert ranks[0.0] > 5


def test_a_module_of_which_nothing_is_recorded_stands_in_the_middle_of_the_list() -> None:
    one = made(1000, follows=1.0, position_bias=0.0, popularity_bias=0.0)
    modules = one.dataset.catalogue.modules.values()
    unmapped = np.array([module.teaches is None for module in modules])[one.choices.module]
    ranks = one.choices.rank[unmapped]
    # About half of the modules close nothing, so that the mean lies in the upper half.
    assert ranks.min() > 5
    assert np.quantile(ranks, 0.9) <= 30


@pytest.mark.parametrize(("follows", "assigned"), [(1.0, 0.0), (0.0, 1.0), (0.8, 0.2)])
def test_managers_assign_what_people_do_not_choose(follows: float, assigned: float) -> None:
    ranks = made(follows=follows).choices.rank
    assert (ranks == 0).mean() == pytest.approx(assigned, abs=0.05 * (0 < assigned < 1))


def test_people_choose_what_is_useful_and_managers_do_not() -> None:
    choices = made(1000, position_bias=0.0).choices
    own, given = (
        choices.expected[chosen].mean() for chosen in (choices.rank > 0, choices.rank == 0)
    )
    assert own > given + 0.15


# --- the truth and what comes of it -------------------------------------------------------------


def rank_correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Spearman's, averaged over rows."""
    from scipy.stats import spearmanr

    rows = [pair for pair in zip(one, other, strict=True) if min(map(np.ptp, pair)) > 0]
    assert len(rows) > 0.9 * len(one)
    return float(np.mean([spearmanr(*pair).statistic for pair in rows]))


@cache
def hidden(signal: float, seed: int = 0) -> tuple[World, Crowd]:
    """The world of `made`, and its new people."""
    of = world(Size(60, 24, 4, seed), signal, 1.0)
    return of, crowd(of, "synthetic-new", 300)


@pytest.mark.parametrize("seed", SEEDS)
def test_signal_decides_how_far_gain_is_the_truth(seed: int) -> None:
    of, new = hidden(0.0, seed)
    gain = of.gain(new.profile, new.levels, of.content)
    found = [
        rank_correlation(made(seed=seed, signal=signal).new_truth, gain)
        for signal in (0.0, 0.5, 1.0, 2.0)
    ]
    assert found[0] > 0.999
    assert found == sorted(found, reverse=True)
    assert found[-1] < 0.75


@pytest.mark.parametrize("signal", [0.0, 1.0, 10.0])
def test_truth_is_a_share(signal: float) -> None:
    one = made(signal=signal)
    for truth in (one.truth, one.new_truth, one.choices.expected):
        assert ((truth >= 0) & (truth <= 1)).all()
        assert truth.std() > 0.1
    with pytest.raises(ValueError, match="read-only"):
        one.truth[0, 0] = 1.0


def test_hidden_gain_and_repetition_are_the_librarys() -> None:
    """What the arrays say of people at known levels is what the recommender says of them."""
    of, new = hidden(1.0)
    names = list(of.catalogue.taxonomy.competences)
    gain = of.gain(new.profile, new.levels, of.content)
    repeats, lack = of.repeats(new.levels), of.lack(new.levels)
    recommender = fp.Recommender(of.catalogue, horizon=fp.OVER_FIVE_YEARS)
    for i in range(12):
        levels = dict(zip(names, new.levels[i].tolist(), strict=True))
        evidence = [
            fp.Evidence(competence=name, level=level, kind="known")
            for name, level in levels.items()
        ]
        person = fp.Employee(id="x", evidence=evidence)
        profile = list(of.catalogue.profiles)[new.profile[i]]
        for one in recommender.recommend(person, profile, k=60):
            j = of.catalogue.modules.position[one.module]
            if one.score is not None:
                assert one.score == gain[i, j]
                assert one.repeats == pytest.approx(repeats[i, j], abs=1e-12)
                assert lack[i, j] == 0
        for j, module in enumerate(of.catalogue.modules.values()):
            short = [max(0, level - levels[name]) for name, level in (module.entry or {}).items()]
            assert lack[i, j] == sum(short)


def test_the_truth_is_the_formula() -> None:
    """The formula of the docstring, in the world of seed 0 with a signal of 2."""
    one, (of, new) = made(signal=2.0), hidden(2.0)
    gain, repeats = of.gain(new.profile, new.levels, of.content), of.repeats(new.levels)
    lack = of.lack(new.levels)
    some = crowd(of, "reference", 500)
    usual = of.gain(some.profile, some.levels, of.content)

    def effects(i: int, j: int) -> float:
        liked = of.quality[j] + of.taste[new.profile[i], of.cluster[j]]
        return float(liked - 0.5 * lack[i, j] - repeats[i, j])

    pairs = [(i, j) for i in range(30) for j in range(60)]
    assert any(lack[pair] > 1 for pair in pairs)
    mean = []
    for i, j in pairs:
        z = (gain[i, j] - usual.mean()) / usual.std()
        log_odds = np.log(one.new_truth[i, j] / (1 - one.new_truth[i, j]))
        mean.append((z - log_odds) / 2 + effects(i, j))
    # What is left is the mean of the effects, the same for all.
    assert np.ptp(mean) < 0.01
    assert of.effects(some.profile, some.levels).mean() == pytest.approx(0, abs=1e-5)


def test_what_is_recorded_of_modules_is_what_they_teach() -> None:
    of, _ = hidden(1.0)
    recorded, really = of.ladder.taught, of.content
    triples = set(zip(really.module, really.competence, really.level, strict=True))
    known = set(zip(recorded.module, recorded.competence, recorded.level, strict=True))
    assert known < triples
    assert {j for j, _, _ in triples - known} == set(np.flatnonzero(~of.ladder.mapped))


def test_people_learn_what_they_passed_and_no_more() -> None:
    of, _ = hidden(1.0)
    people = crowd(of, "synthetic", 300)
    log = simulated(of, people, Policy(4, 0.8, 1.0, 0.5))
    taught = np.zeros(of.content.shape, dtype=int)
    taught[of.content.module, of.content.competence] = of.content.level
    most = people.levels.copy()
    for i, j in zip(log.choices.person, log.choices.module, strict=True):
        if log.choices.passed[(log.choices.person == i) & (log.choices.module == j)].any():
            most[i] = np.maximum(most[i], taught[j])
    assert (log.levels >= people.levels).all()
    assert (log.levels <= most).all()
    assert (log.levels > people.levels).any(axis=1).sum() > 100


def test_the_truth_is_that_after_all_that_was_taken() -> None:
    """Who has taken nothing is as at first; of the others what was learned repeats."""
    one = made(gain_effect=1.0, signal=0.0)
    of, _ = hidden(0.0)
    people = crowd(of, "synthetic", 300)
    at_first = 1 / (1 + np.exp(-of.log_odds(people.profile, people.levels)))
    still = np.array([not any(t.passed for t in p.completed) for p in one.dataset.people])
    assert np.allclose(one.truth[still], at_first[still], atol=1e-6)
    choices = one.choices
    done = choices.passed & (choices.gap_closed == 1)
    person, module = choices.person[done], choices.module[done]
    assert (one.truth[person, module] < at_first[person, module]).mean() > 0.9


def fifths(by: np.ndarray, values: np.ndarray) -> list[float]:
    """The mean of values in each fifth of the choices, from the lowest."""
    return [float(part.mean()) for part in np.array_split(values[np.argsort(by)], 5)]


@pytest.mark.parametrize("seed", SEEDS)
def test_outcomes_grow_with_the_truth(seed: int) -> None:
    choices = made(2000, seed=seed).choices
    passed = fifths(choices.expected, choices.passed)
    useful = fifths(choices.expected, choices.useful)
    assert passed[0] < 0.8 < passed[-1]
    assert useful == sorted(useful)
    known = choices.passed & ~np.isnan(choices.gap_closed)
    closed = fifths(choices.expected[known], choices.gap_closed[known])
    assert closed[0] + 0.1 < closed[-1]
    # Noise is cut at 0 and 1, so that it pulls to the middle by a little.
    assert choices.useful.mean() == pytest.approx(choices.expected.mean(), abs=0.03)


def test_without_signal_and_gain_all_outcomes_are_noise() -> None:
    one = made(2000, signal=0.0, gain_effect=0.0)
    assert (one.truth == 0.5).all()
    assert (one.new_truth == 0.5).all()
    choices = one.choices
    of, _ = hidden(0.0)
    people = crowd(of, "synthetic", 2000)
    gain = of.gain(people.profile, people.levels, of.content)[choices.person, choices.module]
    lack = of.lack(people.levels)[choices.person, choices.module]
    known = choices.passed & ~np.isnan(choices.gap_closed)
    for values, among in (
        (choices.useful, slice(None)),
        (choices.passed, slice(None)),
        (choices.gap_closed, known),
    ):
        for other in (gain, lack, of.quality[choices.module]):
            assert abs(np.corrcoef(values[among], other[among])[0, 1]) < 0.06


# --- relevance and the split --------------------------------------------------------------------


@pytest.mark.parametrize("k", [1, 5, 100])
def test_relevant_is_what_is_most_useful_of_what_may_be_recommended(k: int) -> None:
    one = made(60, new_people=40)
    recommender = fp.Recommender(one.dataset.catalogue)
    ids = one.dataset.catalogue.module_ids
    (fold,) = one.split(k).folds
    cases = [
        (one.dataset.people, one.truth, one.relevant(k)),
        (one.new_people, one.new_truth, fold.relevant),
    ]
    for people, truth, relevant in cases:
        assert len(people) == len(relevant)
        for person, values, grades in zip(people, truth, relevant, strict=True):
            open_ = {row.module for row in recommender.recommend(person, k=len(ids))}
            best = sorted(
                ((-value, name) for name, value in zip(ids, values, strict=True) if name in open_)
            )
            assert grades == {name: -value for value, name in best[:k]}


def test_the_split_tests_on_new_people() -> None:
    one = made()
    split = one.split()
    (fold,) = split.folds
    assert split.catalogue is one.dataset.catalogue
    assert fold.on == AS_OF
    assert tuple(fold.train) == one.dataset.people
    assert len(fold.test) + sum(split.dropped.values()) == 300
    assert {person.id for person in fold.train}.isdisjoint(person.id for person in fold.test)
    assert all(not person.completed for person in fold.test)
    assert fold.candidates is None
    dates = [word.date for person in fold.test for word in person.evidence]
    assert all(day is not None and day < fold.on for day in dates)


def test_equally_useful_modules_are_all_relevant() -> None:
    one = made(50, signal=0.0, gain_effect=0.0)
    recommender = fp.Recommender(one.dataset.catalogue)
    (fold,) = one.split(k=1).folds
    for person, grades in zip(fold.test[:20], fold.relevant, strict=False):
        open_ = {row.module for row in recommender.recommend(person, k=60)}
        assert grades == dict.fromkeys(open_, 0.5)


def test_people_to_whom_nothing_can_be_recommended_are_counted() -> None:
    # One competence and one module: who is rated at its level needs nothing of it.
    one = synthetic(20, modules=1, competences=1, profiles=1, new_people=200)
    split = one.split()
    ((reason, count),) = split.dropped.items()
    assert reason == "new people to whom nothing can be recommended"
    assert 0 < count < 200
    assert len(split.folds[0].test) == 200 - count
    assert all(split.folds[0].relevant)


# --- wrong arguments ----------------------------------------------------------------------------


def test_all_wrong_arguments_are_told_at_once() -> None:
    with pytest.raises(fp.errors.DataError) as caught:
        synthetic(
            people=0,
            modules=2.5,  # type: ignore[arg-type]
            competences="many",  # type: ignore[arg-type]
            profiles=True,
            years=31,
            signal=-0.1,
            follows=1.01,
            position_bias=float("nan"),
            popularity_bias=2,
            gain_effect=float("inf"),
            new_people=-1,
            seed=-1,
        )
    problems = caught.value.problems
    assert [one.field for one in problems] == [
        *("people", "modules", "competences", "profiles", "years", "signal", "follows"),
        *("position_bias", "popularity_bias", "gain_effect", "new_people", "seed"),
    ]
    assert str(problems[0]) == "synthetic: people is '0': expected a whole number from 1 to 100000"
    assert problems[6].expected == "a number from 0 to 1"


@pytest.mark.parametrize("k", [0, -1, 1.0, True, "5", None])
def test_k_is_a_whole_number_from_1(k: Any) -> None:
    one = made(50)
    for call in (one.relevant, one.split):
        with pytest.raises(fp.errors.DataError, match=r"k is .*: expected a whole number from 1"):
            call(k)


def test_numpys_numbers_are_numbers() -> None:
    one = synthetic(np.int64(20), seed=np.int32(4), signal=np.float32(1), new_people=np.int16(5))  # type: ignore[arg-type]
    assert as_json(one) == as_json(synthetic(20, seed=4, signal=1, new_people=5))


def test_five_thousand_people_take_seconds() -> None:
    start = time.process_time()
    synthetic(5000)
    assert time.process_time() - start < 20
