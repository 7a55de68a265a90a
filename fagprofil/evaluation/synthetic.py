"""A made-up workforce whose truth is known, to see what a method recovers of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fagprofil.catalogue import Catalogue
from fagprofil.eligibility import allowed, broken_rules
from fagprofil.errors import DataError, Problem
from fagprofil.evaluation.dataset import Dataset
from fagprofil.evaluation.splits import Fold, Split
from fagprofil.evaluation.synthetic_catalogue import AS_OF, Size
from fagprofil.evaluation.synthetic_history import Choices, Policy, employees, simulated, talk
from fagprofil.evaluation.synthetic_world import World, crowd, logistic, picked, world
from fagprofil.ladder import closes, ladder_of, unmet
from fagprofil.model import OVER_FIVE_YEARS, Employee, Status

__all__ = ["Choices", "Synthetic", "synthetic"]

Floats = NDArray[np.float64]

#: The day on which new people are rated, after all that has happened.
_LATE = AS_OF - dt.timedelta(days=10)

#: Lowest and highest value of each option, and whether it is a whole number.
_OPTIONS: Final[Mapping[str, tuple[float, float, bool]]] = {
    "people": (1, 100_000, True),
    "modules": (1, 2_000, True),
    "competences": (1, 500, True),
    "profiles": (1, 100, True),
    "years": (1, 30, True),
    "signal": (0, 10, False),
    "follows": (0, 1, False),
    "position_bias": (0, 10, False),
    "popularity_bias": (0, 1, False),
    "gain_effect": (0, 10, False),
    "new_people": (1, 100_000, True),
    "seed": (0, 2**63 - 1, True),
}


@dataclass(frozen=True, eq=False, repr=False)
class Synthetic:
    """What `synthetic` makes: people with a history, new people, and the truth about both.

    Attributes
    ----------
    dataset
        People with dated evidence and dated completions, and their catalogue.
    truth
        How useful each module would be to each of these people at the end of the observed time,
        when they stand as in `dataset`, after all that they have taken; 0..1, shape
        (people, M). Modules in the catalogue's order, those that cannot be recommended as well.
    new_people
        People of the same kind who have been rated once and have taken nothing.
    new_truth
        The truth about them, shape (new_people, M).
    choices
        How the completions came about: the rank shown, and the usefulness that was to be expected.

    Examples
    --------
    >>> synthetic(people=2, seed=1).dataset
    <Dataset 'synthetic workforce (seed 1)': 2 people, 60 modules, 6 completions, synthetic>
    """

    dataset: Dataset
    truth: Floats
    new_people: tuple[Employee, ...]
    new_truth: Floats
    choices: Choices

    def __repr__(self) -> str:
        return f"<Synthetic workforce with known truth: {self.dataset!r}>"

    def relevant(self, k: int = 5) -> tuple[Mapping[str, float], ...]:
        """The truth of the dataset's people as relevance, see `split`.

        Parameters
        ----------
        k
            So many modules are relevant to a person, and more where they are equally useful.

        Returns
        -------
        For each person the modules' usefulness by id; empty where none can be recommended.

        Raises
        ------
        DataError
            `k` is not a whole number from 1.

        Examples
        --------
        >>> first, *_ = synthetic(people=20).relevant(k=3)
        >>> len(first), all(0 < grade < 1 for grade in first.values())
        (3, True)
        """
        return _relevant(self.dataset.catalogue, self.dataset.people, self.truth, k)

    def split(self, k: int = 5) -> Split:
        """Train on the dataset's people, test on new ones by the truth.

        Relevant are the `k` modules that are truly most useful to a person of those that may be
        recommended (over five years, as by `fagprofil.Recommender`), graded by their usefulness.
        That is free of what the history was shown: no module is irrelevant for not having been
        seen. A method that orders at random does not score 0: see what ``"random"`` reaches.

        Parameters
        ----------
        k
            So many modules are relevant to a person, and more where they are equally useful.

        Raises
        ------
        DataError
            `k` is not a whole number from 1.

        Examples
        --------
        >>> (fold,) = synthetic(people=20, new_people=10).split().folds
        >>> len(fold.train), len(fold.test), {len(one.completed) for one in fold.test}
        (20, 10, {0})
        """
        catalogue = self.dataset.catalogue
        found = _relevant(catalogue, self.new_people, self.new_truth, k)
        kept = [i for i, one in enumerate(found) if one]
        fold = Fold(
            on=AS_OF,
            train=self.dataset.people,
            test=tuple(self.new_people[i] for i in kept),
            relevant=tuple(found[i] for i in kept),
        )
        left_out = {"new people to whom nothing can be recommended": len(found) - len(kept)}
        return Split(
            name=f"{self.dataset.name}: new people",
            catalogue=catalogue,
            folds=(fold,),
            status=Status.SYNTHETIC,
            dropped={reason: count for reason, count in left_out.items() if count},
        )


def synthetic(
    people: int = 1000,
    *,
    modules: int = 60,
    competences: int = 24,
    profiles: int = 4,
    years: int = 4,
    signal: float = 1.0,
    follows: float = 0.8,
    position_bias: float = 1.0,
    popularity_bias: float = 0.5,
    gain_effect: float = 1.0,
    new_people: int = 300,
    seed: int = 0,
) -> Synthetic:
    r"""A seeded workforce with a history of courses, of which the truth is known.

    Nothing in it is real, and every number in it is this project's own choice: what a method
    recovers here shows what it can find where there is something to find, not what there is.

    **Usefulness.** Of module *j* to person *i* of profile *p* at true levels,

    .. math:: u_{ij} = \sigma\bigl(gain\_effect \cdot z_{ij} + signal \cdot (q_j + t_{p, c(j)}
        - \tfrac12 lack_{ij} - repeats_{ij} - m)\bigr)

    where :math:`\sigma` is the logistic function, *z* the true gain over five years (standardised
    over a fixed crowd of people), :math:`q_j` the module's quality and :math:`t_{p, c}` how the
    programme *c* suits the profile (normal, standard deviation 0.6 each), *lack* the levels short
    of what the module expects on entry, *repeats* the share of its steps that the person holds,
    and *m* the mean of these. ``signal=0`` leaves the gain: ranking by it is then right up to the
    error of ratings and to modules of which no record says what they teach. With
    ``gain_effect=0`` as well usefulness is one half always, and all outcomes are noise.

    **Choices.** In each half-year 30 % of the people take one of the modules that they have not
    passed. They are shown a list by

    .. math:: (1 - b) \frac{gain_{ij}}{\max_j gain_{ij}} + b \frac{\log(1 + w_j)}
        {\max_j \log(1 + w_j)}

    where *b* is `popularity_bias`, the gain is that by the latest ratings (the person's mean
    where no record says what a module teaches), and :math:`w_j` is the module's fame at first plus
    *M* times its share of all choices so far, so that what is chosen is shown higher and chosen
    more: the feedback loop of Mansoury, Abdollahpouri, Pechenizkiy, Mobasher and Burke (2020),
    *Feedback Loop and Bias Amplification in Recommender Systems*. Rank *r* is looked at with
    probability :math:`r^{-\eta}`, with :math:`\eta` the `position_bias`: the position-based
    examination model of Joachims, Swaminathan and Schnabel (2017), *Unbiased Learning-to-Rank with
    Biased Feedback*. Of what was looked at, *j* is chosen with probability in proportion to
    :math:`u_{ij} / (1 - u_{ij})`. Where the person does not decide (a share 1 - `follows` of the
    time), the manager assigns *j* with probability in proportion to :math:`w_j^{2b}`.

    **Outcomes.** A module is passed with the chance
    :math:`\sigma(1.5 + \sigma^{-1}(u) - \tfrac12 signal \cdot lack)`. Who passes climbs each step
    that is taught and not held with the chance :math:`0.4 + 0.5 u`. ``useful`` is *u* with normal
    noise (0.2), ``gap_closed`` the share of the module's true gain that was reached with noise
    (0.15), both cut to 0..1 and rounded to tenths. Each September people and managers rate what
    the profile needs, with an error that stays (people rate themselves 0.3 steps too high on
    average) and one that does not.

    Parameters
    ----------
    people
        People with a history; some of them take nothing.
    modules, competences, profiles
        Sizes of the catalogue. Its scale has 5 levels; of one module in ten no record says what it
        teaches, though its title does.
    years
        Years of history, each of two half-years, up to 1 July 2026.
    signal
        How strongly effects that the gain does not show decide usefulness, from 0.
    follows
        Share of the choices that people make themselves, 0..1.
    position_bias
        How much of the list is looked at, from 0 (all of it) upwards.
    popularity_bias
        How far the popular is shown and assigned, 0 (not at all) to 1 (nothing else).
    gain_effect
        How strongly the gain decides usefulness, from 0.
    new_people
        People without a history, to test on. They are the same for any number of `people`.
    seed
        The same seed makes the same workforce.

    Raises
    ------
    DataError
        All options that are out of range.

    Examples
    --------
    >>> made = synthetic(people=100, seed=7)
    >>> made.dataset.status.value, made.truth.shape
    ('synthetic', (100, 60))
    >>> made.dataset.people[0].id
    'synthetic-000001'
    """
    _check(locals())
    of = world(Size(modules, competences, profiles, seed), signal, gain_effect)
    workers = crowd(of, "synthetic", people)
    log = simulated(of, workers, Policy(years, follows, position_bias, popularity_bias))
    new = crowd(of, "synthetic-new", new_people)
    rated = talk(of, new, new.levels, _LATE)
    return Synthetic(
        dataset=Dataset(
            name=f"synthetic workforce (seed {seed})",
            catalogue=of.catalogue,
            people=employees(of, workers, log.talks, log.choices),
            status=Status.SYNTHETIC,
        ),
        truth=_truth(of, workers.profile, log.levels),
        new_people=employees(of, new, [rated]),
        new_truth=_truth(of, new.profile, new.levels),
        choices=log.choices,
    )


def _truth(of: World, profile: NDArray[np.intp], levels: NDArray[np.int64]) -> Floats:
    found = logistic(of.log_odds(profile, levels))
    found.setflags(write=False)
    return found


def _check(options: Mapping[str, Any]) -> None:
    problems = [one for name in _OPTIONS for one in _problems("synthetic", name, options[name])]
    if problems:
        raise DataError(problems)


def _problems(where: str, name: str, value: Any) -> Iterator[Problem]:
    low, high, whole = _OPTIONS[name]
    number = isinstance(value, (int, np.integer) if whole else (int, float, np.number))
    if isinstance(value, bool) or not number or not low <= value <= high:
        kind = "a whole number" if whole else "a number"
        yield Problem(where, name, repr(value), f"{kind} from {low:g} to {high:g}")


def _relevant(
    catalogue: Catalogue, people: Sequence[Employee], truth: Floats, k: int
) -> tuple[Mapping[str, float], ...]:
    """By person, the k truly most useful modules of those that may be recommended."""
    if isinstance(k, bool) or not isinstance(k, int) or k < 1:
        raise DataError([Problem("relevant", "k", repr(k), "a whole number from 1")])
    open_ = _eligible(catalogue, people)
    found = []
    for values, may in zip(truth, open_, strict=True):
        best = np.sort(values[may])[::-1][:k]
        chosen = np.flatnonzero(may & (values >= best.min(initial=1.0)) & (values > 0))
        found.append({catalogue.module_ids[j]: float(values[j]) for j in chosen.tolist()})
    return tuple(found)


def _eligible(catalogue: Catalogue, people: Sequence[Employee]) -> NDArray[np.bool_]:
    """Which modules may be recommended to whom over five years, shape (n, M)."""
    ladder = ladder_of(catalogue)
    roster = ladder.roster(people)
    held = ladder.held(roster)
    needs = {
        name: ladder.need(catalogue.resolve(name), OVER_FIVE_YEARS) for name in catalogue.profiles
    }
    missing = unmet(np.array([needs[str(one.profile)] for one in people]), held.steps)
    nothing = (picked(closes(missing), ladder.taught) == 0) & ladder.mapped
    some_gap = np.asarray(missing.any(axis=(1, 2)))[:, None]
    may: NDArray[np.bool_] = allowed(broken_rules(ladder, roster, held)) & some_gap & ~nothing
    return may
