"""What is learned from outcomes: nothing from noise, what is there where it is, and no leaks."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest
import sklearn
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.ensemble import (
    AdaBoostRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits
from worlds import AS_OF, examples, known, module, profile, small

import fagprofil as fp
from fagprofil.errors import RankerWarning
from fagprofil.rankers import FEATURES, LearnedRanker, RankingTask
from fagprofil.rankers.design import labelled, scores_out_of_fold
from fagprofil.rankers.estimators import Fitted
from fagprofil.rankers.lambdamart import LambdaMART

STEP = 2.0**-20
COUNT = 16
COMPETENCES = ["c0", "c1"]
#: A module in four is long; what it teaches is drawn so that lengths say nothing of it.
LONG = [j % 4 == 0 for j in range(COUNT)]
MODULES = [
    module(f"m{j:02}", {"c0": j // 4 % 4, "c1": 1 + j % 3}, ects=10 if long else 5)
    for j, long in enumerate(LONG)
]
#: Of the last nobody knows what it teaches.
MODULES.append(module("z", None, ects=5))
JOBS = [profile(name, {"c0": (3, 3, 1.0), "c1": (3, 3, 0.5)}) for name in ("job", "other")]
CATALOGUE = small(3, COMPETENCES, JOBS, MODULES)
RECOMMENDER = fp.Recommender(CATALOGUE)

#: How useful a module is to somebody, from its position, the gain and noise.
Useful = Callable[[int, float, float], float]


def noise(_: int, __: float, drawn: float) -> float:
    return drawn


def short_is_useful(j: int, _: float, drawn: float) -> float:
    return 0.2 * drawn if LONG[j] else 0.6 + 0.4 * drawn


def gain_is_useless(j: int, gain: float, drawn: float) -> float:
    """Also short is useful, or else there would be nothing to learn."""
    return short_is_useful(j, gain, drawn) * (1 - gain / 6)


def crowd(useful: Useful, count: int = 120, seed: int = 0, dated: bool = True) -> list[fp.Employee]:
    """People who each took a module at random, as useful as is said."""
    rng = np.random.default_rng(seed)
    return [worker(f"h{n:03}", rng, useful, dated) for n in range(count)]


def worker(name: str, rng: Any, useful: Useful, dated: bool) -> fp.Employee:
    levels = {one: int(rng.integers(3)) for one in COMPETENCES}
    j = int(rng.integers(COUNT))
    gain = sum(
        weight * max(0, (MODULES[j].teaches or {}).get(one, 0) - levels[one])
        for one, weight in (("c0", 1.0), ("c1", 0.5))
    )
    value = round(min(1.0, max(0.0, useful(j, gain, float(rng.random())))), 2)
    day = AS_OF - dt.timedelta(days=int(rng.integers(1, 900)))
    took = fp.Completion(
        module=MODULES[j].id, date=day if dated else None, useful=value, passed=value > 0.3
    )
    return fp.Employee(id=name, profile="job", evidence=known(levels), completed=[took])


def learned(ranker: LearnedRanker, people: Sequence[fp.Employee]) -> LearnedRanker:
    return ranker.fit(*RECOMMENDER.to_learn_from(people))


def with_nothing(ranker: LearnedRanker, people: Sequence[fp.Employee], match: str) -> None:
    """It warns, and is the formula."""
    with pytest.warns(RankerWarning, match=match):
        learned(ranker, people)
    assert (ranker.weight_, ranker.estimator_) == (0.0, None)
    there, here = (fp.Recommender(CATALOGUE, one) for one in ("coverage", ranker))
    for one in NEW:
        assert [plain(item) for item in here.recommend(one, k=99)] == [
            plain(item) for item in there.recommend(one, k=99)
        ]


def plain(item: fp.results.Recommendation) -> tuple[Any, ...]:
    return item.module, item.score, item.reasons


NEW = [
    fp.Employee(id=f"e{n}", profile="job", evidence=known({"c0": n % 3, "c1": n // 3}))
    for n in range(9)
]
TASK = next(iter(RECOMMENDER.tasks(NEW)))
TAUGHT = crowd(short_is_useful)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Threads of trees that wait for each other are very slow where others use the processor."""
    with threadpool_limits(1):
        yield


def linear(model: Any = None) -> Any:
    return make_pipeline(SimpleImputer(), StandardScaler(), model or Ridge(10.0))


def trees(**options: Any) -> Any:
    small_ones = {"max_iter": 20, "min_samples_leaf": 5, "early_stopping": False}
    return HistGradientBoostingRegressor(**{**small_ones, **options})


# --- where there is nothing to learn ------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("outcome", ["useful", "passed"])
def test_from_noise_it_learns_nothing(seed: int, dated: bool, outcome: Any) -> None:
    # Also where no day is known: then nothing tells what came before, and what a person took last
    # must not be in what others are said to have found of it.
    people = crowd(noise, seed=seed, dated=dated)
    ranker = LearnedRanker(outcome=outcome, rankers=["history"])
    with_nothing(ranker, people, "leans on the formula: what 120 people's outcomes")


def test_few_people_are_not_learned_from() -> None:
    people = crowd(short_is_useful, count=49)
    with_nothing(LearnedRanker(), people, "learned from nothing: 49 people.*needs 50 that differ")
    assert learned(LearnedRanker(fewest=49), people).weight_ > 0
    with_nothing(LearnedRanker(fewest=1), people[:4], "4 people.*needs 5 that differ")
    with_nothing(LearnedRanker(), [], "0 people")


def test_outcomes_that_are_all_alike_tell_nothing() -> None:
    people = crowd(lambda *_: 0.5)
    with_nothing(LearnedRanker(), people, "120 people.*all alike")
    with_nothing(LearnedRanker(outcome="gap_closed"), people, "0 people")


@pytest.mark.parametrize("estimator", [None, linear(LogisticRegression()), trees()])
def test_one_who_failed_is_not_enough(estimator: Any) -> None:
    # In the fold that they are in, all that is learned from is alike.
    people = crowd(lambda *_: 0.8)
    failed = fp.Completion(module="m01", date=AS_OF, passed=False)
    people.append(people[0].model_copy(update={"id": "h999", "completed": (failed,)}))
    with_nothing(LearnedRanker(estimator, outcome="passed"), people, "leans on the formula")


def test_every_fold_has_people_to_learn_from_and_to_test_on() -> None:
    # Of every fifth by id nobody knows how useful it was: they were a fold of their own.
    people = [
        one if n % 5 else one.model_copy(update={"completed": ()})
        for n, one in enumerate(crowd(short_is_useful))
    ]
    ranker = learned(LearnedRanker(), people)
    assert ranker.labelled_ == 96
    assert ranker.weight_ > 0


def test_where_all_that_could_be_learned_from_must_not_be_it_learns_nothing() -> None:
    # The more is closed, the less useful it was found: that would be to rank against the gap.
    people = crowd(lambda _, gain, drawn: 0.9 - gain / 6 + 0.1 * drawn)
    ranker = LearnedRanker(linear(), features=["gain", "gain_now"])
    with_nothing(ranker, people, "leans on the formula")


def test_before_it_is_fitted_it_is_the_formula() -> None:
    there, here = (fp.Recommender(CATALOGUE, one) for one in ("coverage", "learned"))
    for one in NEW:
        assert list(map(plain, here.recommend(one))) == list(map(plain, there.recommend(one)))


# --- where there is something to learn ----------------------------------------------------------


def routed() -> Any:
    model = LambdaMART(trees=20, least_rows=3)
    return model.set_fit_request(groups=True).set_score_request(groups=True)


ESTIMATORS: dict[str, Callable[[], Any]] = {
    "default": lambda: None,
    "linear": linear,
    "classifier": lambda: linear(LogisticRegression()),
    "trees": trees,
    "tree classifier": lambda: HistGradientBoostingClassifier(
        max_iter=20, min_samples_leaf=5, early_stopping=False
    ),
    "chances only": lambda: linear(GaussianNB()),
    "neighbours": lambda: linear(KNeighborsRegressor(20)),
    "lambdamart": lambda: LambdaMART(trees=20, least_rows=3),
    "search": lambda: GridSearchCV(linear(), {"ridge__alpha": [1.0, 100.0]}, cv=3),
    "search by people": lambda: GridSearchCV(
        linear(), {"ridge__alpha": [1.0, 100.0]}, cv=GroupKFold(3)
    ),
    "search of what cannot say what it asks for": lambda: GridSearchCV(
        AdaBoostRegressor(n_estimators=5, random_state=0),
        {"learning_rate": [0.5, 1.0]},
        cv=GroupKFold(3),
    ),
    "search of lists": lambda: GridSearchCV(routed(), {"leaves": [3, 8]}, cv=3),
}


@pytest.mark.parametrize("name", ESTIMATORS)
def test_any_estimator_learns_what_is_there(name: str) -> None:
    with sklearn.config_context(enable_metadata_routing="lists" in name):
        ranker = LearnedRanker(ESTIMATORS[name](), features=["gain", "ects", "entry_slack"])
        learned(ranker, TAUGHT)
        scores = ranker.score(TASK)
        assert ranker.weight_ > 0
        assert ranker.labelled_ == 120
        for i, j in np.argwhere(TASK.eligible):
            assert sum(one.value for one in ranker.explain(TASK, i, j)) == scores[i, j]
        # Short ones are what is useful; the gain alone does not tell them.
        best = np.where(TASK.eligible, scores, -np.inf).argmax(axis=1)
        assert not any(LONG[j] for j in best.tolist())


@pytest.mark.parametrize("searched", [False, True])
def test_what_orders_lists_is_given_the_lists(
    searched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, seen = LambdaMART.fit, []

    def fit(self: Any, X: Any, y: Any, groups: Any = None) -> Any:  # noqa: N803
        seen.append(groups)
        return real(self, X, y, groups)

    monkeypatch.setattr(LambdaMART, "fit", fit)
    people = [
        one if n % 3 else one.model_copy(update={"profile": "other"})
        for n, one in enumerate(TAUGHT)
    ]
    model: Any = LambdaMART(trees=5, least_rows=3)
    if searched:
        model = GridSearchCV(model, {"leaves": [3, 8]}, cv=3)
    learned(LearnedRanker(model, features=["gain", "ects"]), people)
    assert {len(np.unique(groups)) for groups in seen} == {2}


def test_log_odds_are_asked_for_then_chances_then_values() -> None:
    rows = np.random.default_rng(0).normal(size=(40, 2))
    columns, outcome = np.array([1]), rows[:, 1] > 0
    odds, chances = (one.fit(rows[:, 1:], outcome) for one in (LogisticRegression(), GaussianNB()))
    values = Ridge().fit(rows[:, 1:], rows[:, 1])
    for model, said in (
        (odds, odds.decision_function(rows[:, 1:])),
        (chances, chances.predict_proba(rows[:, 1:])[:, 1]),
        (values, values.predict(rows[:, 1:])),
        (None, np.zeros(40)),
    ):
        assert Fitted(model, columns).predict(rows).tolist() == said.tolist()


def test_an_estimator_that_asks_for_metadata_has_a_version() -> None:
    with sklearn.config_context(enable_metadata_routing=True):
        assert fp.Recommender(CATALOGUE, LearnedRanker(routed())).version


def test_it_ranks_better_than_the_formula() -> None:
    ranker = learned(LearnedRanker(), TAUGHT)

    def short_in_the_first_three(by: Any) -> float:
        found = [
            one.ects == 5
            for person in NEW
            for one in fp.Recommender(CATALOGUE, by).recommend(person, k=3)
        ]
        return sum(found) / len(found)

    assert short_in_the_first_three(ranker) > short_in_the_first_three("coverage")


def test_what_others_say_is_taken_into_account() -> None:
    # Only the usefulness in the past tells which modules are good.
    good = {0, 3, 7, 8, 13}
    people = crowd(lambda j, _, drawn: (0.7 if j in good else 0.1) + 0.2 * drawn, count=300)
    ranker = learned(LearnedRanker(features=["gain", "usefulness"]), people)
    assert ranker.weight_ > 0
    recommender = fp.Recommender(CATALOGUE, ranker, history=people)
    assert int(recommender.recommend(NEW[0])[0].module[1:]) in good
    assert "learned: usefulness" in {
        reason.name for reason in recommender.recommend(NEW[0])[0].reasons
    }


def test_other_rankers_are_features_and_are_not_mixed_up() -> None:
    def flat(task: RankingTask) -> NDArray[np.float64]:
        return np.zeros(task.shape)

    def short(task: RankingTask) -> NDArray[np.float64]:
        return np.tile(np.where(task.ects > 5, 0.0, 1.0), (len(task), 1))

    first, second = (lambda task: flat(task)), (lambda task: short(task))
    ranker = LearnedRanker(linear(), features=["gain"], rankers=[first, second])
    learned(ranker, TAUGHT)
    assert ranker.features_[1:] == ("<lambda> score", "<lambda> score 2")
    result = fp.Recommender(CATALOGUE, ranker).recommend(NEW[0], k=99)
    assert result[0].ects == 5
    said = {one.name: one.value for one in result[0].reasons}
    assert "learned: <lambda> score" not in said
    assert said["learned: <lambda> score 2"] > 0


def test_a_classifier_learns_from_what_is_better_than_most_where_all_is_good() -> None:
    people = crowd(lambda j, _, drawn: (0.6 if LONG[j] else 0.8) + 0.1 * drawn)
    ranker = learned(LearnedRanker(linear(LogisticRegression()), features=["ects"]), people)
    assert ranker.weight_ > 0
    assert list(ranker.estimator_.classes_) == [False, True]


def test_what_is_taken_can_be_imitated() -> None:
    # They take short modules, however useful.
    people = [one for one in TAUGHT if not LONG[int(one.completed[0].module[1:])]]
    ranker = LearnedRanker(linear(), outcome="taken", features=["gain", "ects"], fewest=20)
    with pytest.warns(fp.errors.RankerWarning, match="learned what people take"):
        learned(ranker, people)
    assert ranker.weight_ > 0
    assert fp.Recommender(CATALOGUE, ranker).recommend(NEW[0])[0].ects == 5


# --- what does not matter -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("estimator", "negatives"), [("default", 5), ("trees", None), ("lambdamart", None)]
)
def test_the_order_of_people_does_not_matter(estimator: str, negatives: int | None) -> None:
    shuffled = [TAUGHT[i] for i in np.random.default_rng(1).permutation(len(TAUGHT))]
    found = [
        learned(ranker, people)
        for people in (TAUGHT, shuffled)
        for ranker in [
            LearnedRanker(ESTIMATORS[estimator](), rankers=["history"], negatives=negatives)
        ]
    ]
    assert found[0].weight_ == found[1].weight_ > 0
    assert found[0].features_ == found[1].features_
    np.testing.assert_array_equal(found[0].score(TASK), found[1].score(TASK))


def test_the_callers_estimator_stays_as_it_is() -> None:
    estimator, other = linear(), fp.rankers.HistoryRanker()
    ranker = LearnedRanker(estimator, rankers=[other])
    fp.Recommender(CATALOGUE, ranker, history=TAUGHT)
    assert not hasattr(estimator[-1], "coef_")
    assert not hasattr(other, "weights_")
    assert not hasattr(ranker, "weight_")


def test_fitted_again_it_forgets() -> None:
    ranker = learned(LearnedRanker(), TAUGHT)
    assert ranker.weight_ > 0
    with_nothing(ranker, TAUGHT[:10], "10 people")
    assert (ranker.features_, ranker.rankers_) == ((), ())


def test_one_alone_is_scored_as_among_others() -> None:
    ranker = learned(LearnedRanker(), TAUGHT)
    together = ranker.score(TASK)
    alone = [ranker.score(TASK.rows(np.array([i])))[0] for i in range(len(TASK))]
    np.testing.assert_allclose(together, alone, atol=STEP)
    assert ranker.score(TASK.rows(np.zeros(0, dtype=np.intp))).shape == (0, COUNT + 1)


# --- more of the gap closed never lowers a score ------------------------------------------------


class More:
    """A task in which all that rises is more by so much."""

    def __init__(self, task: RankingTask, by: NDArray[np.float64]) -> None:
        self.task, self.by = task, by

    def __getattr__(self, name: str) -> Any:
        return getattr(self.task, name)

    @property
    def gain(self) -> NDArray[np.float64]:
        return self.task.gain + self.by

    def feature(self, name: str) -> NDArray[np.float64]:
        values = self.task.feature(name)
        return values + self.by if FEATURES[name].rises else values

    def remember(self, _: Any, compute: Callable[[], Any]) -> Any:
        return compute()


#: Of which the more is closed the less it is worth, but for what the ranker is held to.
PERVERSE = crowd(gain_is_useless, count=200)
HELD = ("default", "linear", "classifier", "trees", "lambdamart")


@cache
def held(name: str) -> LearnedRanker:
    features = ["gain", "gain_now", "gain_per_ects", "ects"]
    return learned(LearnedRanker(ESTIMATORS[name](), features=features), PERVERSE)


GRID = st.lists(st.floats(0, 8), min_size=COUNT + 1, max_size=COUNT + 1)


@pytest.mark.parametrize("name", HELD)
@examples(25)
@given(by=GRID)
def test_more_of_the_gap_closed_never_lowers_a_score(name: str, by: list[float]) -> None:
    ranker = held(name)
    assert ranker.weight_ > 0
    before = ranker.score(TASK)
    after = ranker.score(More(TASK, np.array(by)[None]))  # type: ignore[arg-type]
    assert (after >= before - STEP).all()


def test_what_cannot_be_held_to_it_does_not_see_it() -> None:
    # The linear models would have it fall, so that only the length is left to them.
    assert held("linear").features_ == held("classifier").features_ == ("ects",)
    # Trees and LambdaMART are held to it.
    assert held("trees").features_ == ("gain", "gain_now", "gain_per_ects", "ects")
    assert held("trees").estimator_.monotonic_cst == [1, 1, 1, 0]
    assert held("lambdamart").estimator_.monotone == [1, 1, 1, 0]


def test_it_is_found_out_whatever_the_estimator_is() -> None:
    neighbours = linear(KNeighborsRegressor(5))
    ranker = learned(LearnedRanker(neighbours, features=["gain", "gain_now", "ects"]), PERVERSE)
    assert ranker.weight_ > 0
    assert ranker.features_ == ("ects",)


# --- nothing leaks ------------------------------------------------------------------------------


def changed(people: Sequence[fp.Employee], i: int) -> list[fp.Employee]:
    """One of them took something else last, and found it otherwise."""
    (took,) = people[i].completed
    other = took.model_copy(
        update={
            "module": MODULES[(int(took.module[1:]) + 5) % COUNT].id,
            "useful": 1 - (took.useful or 0),
            "passed": not took.passed,
        }
    )
    copy = list(people)
    copy[i] = people[i].model_copy(update={"completed": (other,)})
    return copy


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("i", [0, 7, 23])
def test_what_is_to_be_foretold_is_in_nothing_that_is_shown(i: int, dated: bool) -> None:
    people = crowd(short_is_useful, count=24, dated=dated)
    shown = []
    for some in (people, changed(people, i)):
        task, history = RECOMMENDER.to_learn_from(some)
        # All modules of the person, whatever was taken.
        pairs = labelled(task, history, "useful", negatives=99, folds=3, seed=0)
        rows = pairs.person == i
        own = pairs.part(rows)
        folds = np.arange(len(task)) % 3
        others = scores_out_of_fold(task, history, own, ["history", "popular"], folds)
        order = np.argsort(own.module)
        features = [task.feature(name)[i] for name in FEATURES]
        shown.append((own.module[order].tolist(), others[order].tolist(), np.array(features)))
    assert shown[0][0] == shown[1][0]
    assert shown[0][1] == shown[1][1]
    np.testing.assert_array_equal(shown[0][2], shown[1][2])


def test_scores_of_others_are_by_rankers_that_did_not_learn_from_the_person() -> None:
    people = crowd(short_is_useful, count=6)
    task, history = RECOMMENDER.to_learn_from(people)
    pairs = labelled(task, history, "useful", negatives=0, folds=3, seed=0)
    folds = np.array([0, 0, 1, 1, 2, 2])
    found = scores_out_of_fold(task, history, pairs, ["popular"], folds)[:, 0]
    taken = [int(one.completed[0].module[1:]) for one in people]
    passed = [one.completed[0].passed for one in people]
    for n, i in enumerate(pairs.person.tolist()):
        others = [m for m in range(6) if folds[m] != folds[i]]
        share = sum(taken[m] == taken[i] and passed[m] for m in others) / len(others)
        assert found[n] == pytest.approx(share, abs=STEP)


# --- what was not taken -------------------------------------------------------------------------


def drawn(people: Sequence[fp.Employee], **options: Any) -> dict[str, dict[str, float]]:
    """The outcome of each module that is learned from, by person."""
    given = {"outcome": "taken", "negatives": 3, "folds": 3, "seed": 0, **options}
    task, history = RECOMMENDER.to_learn_from(people)
    pairs = labelled(task, history, **given)
    found: dict[str, dict[str, float]] = {}
    columns = (pairs.person.tolist(), pairs.module.tolist(), pairs.value.tolist())
    for i, j, value in zip(*columns, strict=True):
        found.setdefault(task.employees[i], {})[task.modules[j]] = value
    return found


def test_what_was_not_taken_counts_as_nothing() -> None:
    found = drawn(TAUGHT)
    by_id = {one.id: one for one in TAUGHT}
    assert len(found) > 80
    for name, outcomes in found.items():
        taken = {one for one, value in outcomes.items() if value}
        assert taken == {by_id[name].completed[0].module}
        assert len(outcomes) == 4
        may = {one.module for one in RECOMMENDER.recommend(before(by_id[name]), k=99)}
        assert set(outcomes) <= may
    assert found != drawn(TAUGHT, seed=1)
    assert {len(one) for one in drawn(TAUGHT, negatives=0).values()} == {1}


def before(one: fp.Employee) -> fp.Employee:
    return one.model_copy(update={"completed": ()})


@examples(15)
@given(st.sets(st.integers(0, 119), min_size=1))
def test_what_is_drawn_does_not_depend_on_who_else_is_there(chosen: set[int]) -> None:
    everybody = drawn(TAUGHT)
    some = drawn([TAUGHT[i] for i in chosen])
    assert some == {name: everybody[name] for name in some}


def test_beside_what_was_not_taken_only_what_was_open_is_learned_from() -> None:
    # Somebody took a module of which they needed nothing. What was not taken is drawn from what is
    # open, so that being closed would be a sure sign of being taken.
    full = known({"c0": 2, "c1": 2})
    took = fp.Completion(module="m00", date=AS_OF, useful=0.4)
    closed = fp.Employee(id="h", profile="job", evidence=full, completed=[took])
    assert drawn([closed]) == {}
    assert drawn([closed], outcome="useful", negatives=0) == {"h": {"m00": 0.4}}


def test_what_was_taken_is_never_drawn_as_not_taken_also_where_no_outcome_is_known() -> None:
    day = {"date": AS_OF}
    took = [fp.Completion(module=one.id, **day) for one in MODULES[1:COUNT]]
    took[0] = took[0].model_copy(update={"useful": 0.9})
    one = fp.Employee(id="h", profile="job", evidence=known({"c0": 0, "c1": 0}), completed=took)
    assert drawn([one], outcome="useful", negatives=99) == {"h": {"m01": 0.9, "m00": 0.0, "z": 0.0}}


def test_what_somebody_took_before_and_could_take_again_may_be_drawn() -> None:
    failed = fp.Completion(module="m05", date=AS_OF - dt.timedelta(days=400), passed=False)
    last = fp.Completion(module="m01", date=AS_OF, useful=0.9)
    one = fp.Employee(
        id="h", profile="job", evidence=known({"c0": 0, "c1": 0}), completed=[failed, last]
    )
    assert drawn([one], outcome="useful", negatives=99)["h"]["m05"] == 0


def test_where_there_are_lists_only_what_differs_within_them_counts() -> None:
    # What was useful tells of the person, not of the module: beginners like all that they take.
    # Of modules that they did not take nothing can be foretold from that.
    def liked_by_beginners(one: fp.Employee) -> fp.Employee:
        level = sum(said.level for said in one.evidence)
        (took,) = one.completed
        liked = took.model_copy(update={"useful": (0.9, 0.7, 0.4, 0.2, 0.1)[level]})
        return one.model_copy(update={"completed": (liked,)})

    people = list(map(liked_by_beginners, crowd(noise)))
    features = ["repetition", "entry_slack", "gain_five_years"]
    assert learned(LearnedRanker(linear(), features=features), people).weight_ > 0
    with_nothing(LearnedRanker(linear(), features=features, negatives=5), people, "leans on")


def test_lists_are_of_people_of_a_profile_or_of_a_person() -> None:
    people = [
        one if n % 3 else one.model_copy(update={"profile": "other"})
        for n, one in enumerate(TAUGHT[:30])
    ]
    task, history = RECOMMENDER.to_learn_from(people)

    def lists(negatives: int) -> set[frozenset[int]]:
        given = {"negatives": negatives, "folds": 3, "seed": 0}
        pairs = labelled(task, history, "useful", **given)  # type: ignore[arg-type]
        names = np.unique(pairs.rivals)
        return {frozenset(pairs.person[pairs.rivals == name].tolist()) for name in names}

    others = frozenset(range(0, 30, 3))
    assert lists(0) == {others, frozenset(range(30)) - others}
    assert all(len(one) == 1 for one in lists(3))


def test_long_lists_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fagprofil.rankers.design.LONGEST", 8)
    task, history = RECOMMENDER.to_learn_from(TAUGHT[:20])
    pairs = labelled(task, history, "useful", negatives=0, folds=3, seed=0)
    assert sorted(np.unique(pairs.rivals, return_counts=True)[1].tolist()) == [4, 8, 8]
    assert (np.diff(pairs.rivals) >= 0).all()


def test_people_without_a_profile_are_not_learned_from() -> None:
    nobody = [one.model_copy(update={"profile": None}) for one in TAUGHT[:60]]
    ranker = learned(LearnedRanker(), [*nobody, *TAUGHT[60:]])
    assert ranker.labelled_ == 60


# --- explained ----------------------------------------------------------------------------------


def test_of_a_linear_model_a_part_is_its_coefficient_times_the_difference() -> None:
    # Of none of these features anything is unknown.
    features = ["gain", "ects", "entry_slack", "repetition"]
    mapped = [one for one in TAUGHT if one.completed[0].module != "m00"]
    ranker = learned(LearnedRanker(linear(LinearRegression()), features=features), mapped)
    weight, scale, middle = ranker.weight_, ranker.scale_, ranker.middle_
    *before_it, model = ranker.estimator_
    rows = np.array([TASK.feature(name)[4] for name in ranker.features_]).T
    recommended = fp.Recommender(CATALOGUE, ranker).recommend(NEW[4], k=99)
    seen = 0
    for item in recommended:
        j = TASK.modules.index(item.module)
        if item.module == "z":
            continue
        row, usual = rows[[j]], middle[None]
        for step in before_it:
            row, usual = step.transform(row), step.transform(usual)
        expected = weight * scale * model.coef_ * (row - usual)[0]
        said = {reason.name: reason.value for reason in item.reasons}
        for name, value in zip(ranker.features_, expected.tolist(), strict=True):
            assert said.get(f"learned: {name}", 0.0) == pytest.approx(value, abs=20 * STEP)
            seen += 1
        closed = sum(reason.value for reason in item.reasons if reason.name == "gap closed")
        assert closed == pytest.approx((1 - weight) * TASK.gain[4, j], abs=20 * STEP)
    assert seen > 20


def test_the_score_by_its_formula() -> None:
    ranker = learned(LearnedRanker(linear(), features=["ects"]), TAUGHT)
    assert ranker.features_ == ("ects",)
    said = ranker.estimator_.predict(np.array([[5.0], [10.0]]))
    usual = ranker.estimator_.predict(ranker.middle_[None])[0]
    short, long = ranker.weight_ * ranker.scale_ * (said - usual)
    learned_part = np.array([long if one else short for one in LONG])
    expected = (1 - ranker.weight_) * TASK.gain[:, :COUNT] + learned_part
    np.testing.assert_allclose(ranker.score(TASK)[:, :COUNT], expected, atol=STEP)
    # Both terms have the same spread over what was learned from.
    taken = [int(one.completed[0].module[1:]) for one in TAUGHT]
    task, _ = RECOMMENDER.to_learn_from(TAUGHT)
    gain = task.gain[np.arange(len(TAUGHT)), taken]
    spread = np.std(learned_part[taken] / ranker.weight_)
    assert spread == pytest.approx(np.std(gain))


def test_the_usual_row_is_the_mean_of_what_is_known() -> None:
    # Of z, which some did not take, it is unknown how much of it repeats.
    features = ["gain", "repetition", "ects"]
    ranker = learned(LearnedRanker(linear(), features=features, negatives=9), TAUGHT)
    task, history = RECOMMENDER.to_learn_from(TAUGHT)
    pairs = labelled(task, history, "useful", negatives=9, folds=5, seed=0)
    repeats = task.repeats[pairs.person, pairs.module]
    assert np.isnan(repeats).any()
    usual = dict(zip(ranker.features_, ranker.middle_, strict=True))
    assert usual["repetition"] == pytest.approx(np.nanmean(repeats))
    assert usual["ects"] == pytest.approx(task.ects[pairs.module].mean())


def test_what_an_average_module_closes_is_of_what_may_be_recommended() -> None:
    ranker = learned(LearnedRanker(linear(), features=["ects"]), TAUGHT)
    recommender = fp.Recommender(CATALOGUE, ranker)
    best = [f"m{j:02}" for j in np.argsort(-TASK.gain[0, :COUNT])[:8]]
    all_of_it, without = (
        {one.module: one.score for one in recommender.recommend(NEW[0], k=99, exclude=some)}
        for some in ((), best)
    )
    kept = [j for j in range(COUNT) if f"m{j:02}" not in best and TASK.eligible[0, j]]
    everything = [j for j in range(COUNT) if TASK.eligible[0, j]]
    fewer = TASK.gain[0, everything].mean() - TASK.gain[0, kept].mean()
    difference = all_of_it["z"] - without["z"]  # type: ignore[operator]
    assert difference == pytest.approx((1 - ranker.weight_) * fewer, abs=2 * STEP)


def test_of_what_nobody_knows_what_it_teaches_there_is_an_opinion_all_the_same() -> None:
    ranker = learned(LearnedRanker(features=["gain", "ects"]), TAUGHT)
    result = fp.Recommender(CATALOGUE, ranker).recommend(NEW[0], k=99)
    (unknown,) = (one for one in result if one.module == "z")
    assert unknown.score is not None
    assert result[0].module != "z"
    said = {reason.name: reason.value for reason in unknown.reasons}
    open_ = TASK.eligible[0] & ~np.isnan(TASK.gain[0])
    usual = TASK.gain[0, open_].mean()
    assert said["gap closed by an average module"] == pytest.approx(
        (1 - ranker.weight_) * usual, abs=2 * STEP
    )
    assert sum(said.values()) == unknown.score


def test_parts_sum_to_the_score_also_in_a_set_and_for_trees() -> None:
    for estimator in (None, trees(), LambdaMART(trees=20, least_rows=3)):
        ranker = learned(LearnedRanker(estimator, rankers=["history"]), TAUGHT)
        assert ranker.weight_ > 0
        recommender = fp.Recommender(CATALOGUE, ranker)
        for choose in ("list", "set"):
            for one in NEW[:4]:
                for item in recommender.recommend(one, k=99, choose=choose):
                    assert item.score is not None
                    assert sum(reason.value for reason in item.reasons) == item.score


# --- parameters ---------------------------------------------------------------------------------


def test_all_wrong_parameters_are_told_at_once() -> None:
    wrong = LearnedRanker(features="gain", negatives=-1, fewest=0, folds=1, seed=-1)
    with pytest.raises(fp.errors.DataError) as caught:
        learned(wrong, TAUGHT)
    assert [(one.field, one.value) for one in caught.value.problems] == [
        ("negatives", "-1"),
        ("fewest", "0"),
        ("folds", "1"),
        ("seed", "-1"),
        ("features", "gain"),
    ]


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"features": []}, fp.errors.DataError, "names of features, at least one"),
        ({"features": ["gian"]}, fp.errors.UnknownName, "did you mean 'gain'"),
        ({"rankers": ["histori"]}, fp.errors.UnknownName, "did you mean 'history'"),
        ({"outcome": "usefull"}, fp.errors.DataError, "did you mean 'useful'"),
        ({"folds": 2.5}, fp.errors.DataError, "folds is '2.5'"),
        ({"fewest": None}, fp.errors.DataError, "fewest is 'None'"),
    ],
)
def test_wrong_values_are_refused(options: dict[str, Any], error: Any, match: str) -> None:
    with pytest.raises(error, match=match):
        learned(LearnedRanker(**options), TAUGHT)


def test_only_rankers_may_be_features() -> None:
    people = crowd(lambda j, _, drawn: short_is_useful(j, 0, drawn))
    ranker = learned(LearnedRanker(linear(), features=[], rankers=["text", short_first]), people)
    assert "short_first score" in ranker.features_
    assert fp.Recommender(CATALOGUE, ranker).recommend(NEW[0])[0].ects == 5


def short_first(task: RankingTask) -> NDArray[np.float64]:
    return -np.tile(task.ects, (len(task), 1))


def test_two_that_learned_from_the_same_are_the_same_version() -> None:
    def version(people: Sequence[fp.Employee], **options: Any) -> str:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RankerWarning)
            made = LearnedRanker(**options)
            return fp.Recommender(CATALOGUE, learned(made, people)).version

    assert version(TAUGHT) == version(TAUGHT)
    assert len({version(TAUGHT), version(changed(TAUGHT, 3)), version(TAUGHT, seed=1)}) == 3
    first, second = (
        TAUGHT,
        [
            one.model_copy(update={"completed": (took.model_copy(update={"useful": 0.5}),)})
            if one.id == "h003"
            else one
            for one in TAUGHT
            for took in one.completed
        ],
    )
    assert len({learned(LearnedRanker(), some).trained_on_ for some in (first, second)}) == 2
