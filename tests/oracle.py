"""A slow second opinion: the definitions of DESIGN.md in plain loops and fractions.

It is written from the design and the docstrings and imports none of the modules that compute
(ladder, evidence, rankers, ranking, eligibility, recommend). It reads the pydantic models, and
takes from the library only a module's price after funding.

Four roundings are part of the definitions, each to the nearest unit, half to even; all else is
exact:

- how far a statement counts, to 2**-10,
- a need, once the profiles are combined, to 2**-10,
- a certainty P(level >= l) to 2**-10,
- a coverage score to 2**-20.

Posteriors are floats, so a certainty within `DOUBT` of half-way between two units may round to
either side; such a case is marked `doubtful`, and tests leave it out.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import fagprofil as fp
from fagprofil.model import FormalEntry, Horizon, Module, Profile, Requirement, Status

if TYPE_CHECKING:
    from fagprofil.evidence import RatingModel

UNITS = 1 << 10
SCORE_UNITS = 1 << 20
#: The library sums log-likelihoods in steps of 1e-9, so a posterior of a few statements is good to
#: about 1e-8, which is 1e-5 units of certainty.
CLOSE = 1e-8
DOUBT = CLOSE * UNITS

Step = tuple[str, int]


class Scored(NamedTuple):
    """A module and its score; None is no opinion."""

    module: str
    score: Fraction | None


class Oracle:
    """All that can be said of one person, one profile and one horizon."""

    def __init__(
        self,
        catalogue: fp.Catalogue,
        employee: fp.Employee,
        profile: str | Mapping[str, float],
        horizon: Horizon = fp.NOW,
        *,
        on: dt.date | None = None,
        model: fp.EvidenceModel | None = None,
    ) -> None:
        scale = catalogue.taxonomy.scale
        assert scale is not None
        self.catalogue = catalogue
        self.employee = employee
        self.profile = profile
        self.horizon = horizon
        self.on = on or catalogue.taxonomy.as_of
        self.model = model or fp.EvidenceModel()
        self.top = scale.top
        self.levels = range(scale.top + 1)
        self.steps = range(1, scale.top + 1)
        self.competences = sorted(catalogue.taxonomy.competences)
        self.doubtful = False
        self.chance = {one: self._posterior(one) for one in self.competences}
        self.held = {
            (one, step): self._certainty(one, step)
            for one in self.competences
            for step in self.steps
        }
        self.need = self.need_at(horizon)

    # --- what is needed -------------------------------------------------------------------------

    def need_at(self, horizon: Horizon) -> dict[Step, Fraction]:
        """How much the profile wants each step: a stack the highest, a mix the shares' sum."""
        how, parts = _parsed(self.profile)
        need = {}
        for competence in self.competences:
            for step in self.steps:
                wanted = [
                    share * self._wanted(name, competence, step, horizon) for name, share in parts
                ]
                exact = sum(wanted) if how == "mix" else max(wanted)
                need[competence, step] = Fraction(round(exact * UNITS), UNITS)
        return need

    def _wanted(self, name: str, competence: str, step: int, horizon: Horizon) -> Fraction:
        """The highest need among the requirements of a profile and of those that it extends."""
        found = [
            _fraction(row.weight) * self._share(row, step, horizon)
            for one in self.lineage(name)
            for row in one.requirements or ()
            if row.competence == competence
        ]
        return max(found, default=Fraction(0))

    def lineage(self, name: str) -> list[Profile]:
        profile = self.catalogue.profiles[name]
        return [profile, *(one for other in profile.extends for one in self.lineage(other))]

    def _share(self, row: Requirement, step: int, horizon: Horizon) -> Fraction:
        """How much of the horizon the step is needed in: the straight line, rounded to a step."""
        line, begun = _Line(row.now, row.five_years), Fraction(0)
        if horizon.since is not None:
            days = (horizon.since - self.catalogue.taxonomy.as_of).days
            begun = max(begun, days / Fraction("365.25"))
        if horizon.kind == "over":
            return Fraction(line.share(step, horizon.discount, begun))
        moment = {"now": Fraction(0), "five": Fraction(5)}.get(horizon.kind)
        if moment is None:
            assert horizon.day is not None
            days = (horizon.day - self.catalogue.taxonomy.as_of).days
            moment = min(Fraction(5), days / Fraction("365.25"))
        later = math.exp(-math.log1p(horizon.discount) * begun) if begun else 1
        return line.needs(step, moment) * Fraction(later)

    # --- what is held ---------------------------------------------------------------------------

    def statements(self, competence: str) -> list[tuple[str, int, dt.date | None, float]]:
        """Kind, level, date and confidence of all that is said of a competence."""
        said = [
            (one.kind, one.level, one.date, one.confidence)
            for one in self.employee.evidence
            if one.competence == competence
        ]
        for taken in self.employee.completed:
            level = (self.catalogue.modules[taken.module].teaches or {}).get(competence, 0)
            if taken.passed and level > 0:
                said.append(("module", level, taken.date, 1.0))
        return said

    def counting(self, competence: str) -> list[tuple[str, int, dt.date | None, float]]:
        """What is said, without the ratings that a later one of the same rater replaces."""
        said = self.statements(competence)
        kept = [one for one in said if one[0] not in ("self", "manager")]
        for rater in ("self", "manager"):
            ratings = [one for one in said if one[0] == rater]
            if ratings:
                kept.append(max(ratings, key=lambda one: (self._day(one[2]), one[3], -one[1])))
        return kept

    def _day(self, said: dt.date | None) -> dt.date:
        """Undated and later statements are of today."""
        return min(said or self.on, self.on)

    def stated(self, competence: str) -> bool:
        return bool(self.statements(competence))

    def _posterior(self, competence: str) -> list[float]:
        """Bayes' rule over the levels; a level stated as known is a point."""
        said = self.counting(competence)
        known = [(self._day(date), -level) for kind, level, date, _ in said if kind == "known"]
        if known:
            certain = -max(known)[1]
            return [float(level == certain) for level in self.levels]
        brought = self._brought(competence)
        weights = [math.exp(-abs(brought - t) / self.model.prior_spread) for t in self.levels]
        for kind, level, date, confidence in said:
            exact = confidence * self._tempering(kind, date)
            counts = round(exact * UNITS) / UNITS
            for t in self.levels:
                weights[t] *= self._likelihood(kind, level, t) ** counts
        total = math.fsum(weights)
        return [weight / total for weight in weights]

    def _brought(self, competence: str) -> int:
        brings = [
            self.catalogue.backgrounds[name].brings or {}
            for name in self.employee.backgrounds or ()
        ]
        return max((one.get(competence, 0) for one in brings), default=0)

    def _tempering(self, kind: str, date: dt.date | None) -> float:
        """One half for each half-life of age; undated and later statements are of today."""
        days = 0 if date is None else max(0, (self.on - date).days)
        return 0.5 ** (days / 365.25 / self._rating(kind).half_life)

    def _likelihood(self, kind: str, said: int, truth: int) -> float:
        rating = self._rating(kind)
        if rating.at_least:
            return math.exp(-max(0, said - truth) / rating.spread)
        every = [math.exp(-abs(x - truth - rating.bias) / rating.spread) for x in self.levels]
        return every[said] / math.fsum(every)

    def _rating(self, kind: str) -> RatingModel:
        field = {
            "self": "self_rating",
            "manager": "manager_rating",
            "module": "passed_module",
            "education": "education",
            "job": "job",
        }
        return getattr(self.model, field[kind])

    def _certainty(self, competence: str, step: int) -> Fraction:
        """P(level >= step), rounded."""
        exact = UNITS * math.fsum(self.chance[competence][step:])
        if abs(exact % 1 - 0.5) < DOUBT:
            self.doubtful = True
        return Fraction(round(exact), UNITS)

    # --- gaps -----------------------------------------------------------------------------------

    def unmet(self, need: Mapping[Step, Fraction] | None = None) -> dict[Step, Fraction]:
        wanted = self.need if need is None else need
        return {step: wanted[step] * (1 - self.held[step]) for step in wanted}

    def parts(self) -> dict[str, Fraction]:
        """The gap by competence, of those needed at the horizon, now or in five years."""
        needs = [self.need, self.need_at(fp.NOW), self.need_at(fp.IN_FIVE_YEARS)]
        unmet = self.unmet()
        return {
            one: sum((unmet[one, step] for step in self.steps), Fraction(0))
            for one in self.competences
            if any(need[one, step] for need in needs for step in self.steps)
        }

    def gap(self) -> Fraction:
        return sum(self.unmet().values(), Fraction(0))

    def needed(self) -> Fraction:
        return sum(self.need.values(), Fraction(0))

    def readiness(self) -> Fraction:
        return 1 - self.gap() / self.needed() if self.needed() else Fraction(1)

    def assumed(self) -> Fraction:
        """The part of the readiness in competences of which nothing was said."""
        silent = [step for step in self.need if not self.stated(step[0])]
        held = sum((self.need[step] * self.held[step] for step in silent), Fraction(0))
        return held / self.needed() if self.needed() else Fraction(0)

    def disagreements(self) -> dict[str, tuple[int, int]]:
        """Competences needed whose latest self-rating and manager's rating are 2 or more apart."""
        found = {}
        for one in self.parts():
            latest = {kind: level for kind, level, _, _ in self.counting(one)}
            pair = (latest.get("self"), latest.get("manager"))
            if None not in pair and abs(pair[0] - pair[1]) >= 2:
                found[one] = pair
        return found

    # --- modules --------------------------------------------------------------------------------

    def gain(
        self, modules: Iterable[str], need: Mapping[Step, Fraction] | None = None
    ) -> Fraction | None:
        """What a set of modules closes: up to the highest taught level of each competence.

        None where it is unknown what one of them teaches.
        """
        reached: dict[str, int] = {}
        for name in modules:
            teaches = self.catalogue.modules[name].teaches
            if teaches is None:
                return None
            for competence, level in teaches.items():
                reached[competence] = max(reached.get(competence, 0), level)
        unmet = self.unmet(need)
        return sum(
            (unmet[one, step] for one, level in reached.items() for step in range(1, level + 1)),
            Fraction(0),
        )

    def adds(
        self, name: str, taken: Iterable[str], need: Mapping[Step, Fraction] | None = None
    ) -> Fraction | None:
        """What a module adds to the gain of those taken before it."""
        before = list(taken)
        both, alone = self.gain([*before, name], need), self.gain(before, need)
        return None if both is None or alone is None else both - alone

    def repeats(self, name: str) -> Fraction | None:
        """The share of the steps taught that is already held; None where none is known to be."""
        teaches = self.catalogue.modules[name].teaches or {}
        steps = [(one, step) for one, level in teaches.items() for step in range(1, level + 1)]
        return sum((self.held[one] for one in steps), Fraction(0)) / len(steps) if steps else None

    def coverage(
        self, name: str, taken: Iterable[str] = (), *, per: str = "module", repetition: float = 0
    ) -> Fraction | None:
        """The score of the ranker ``coverage``."""
        module, gain = self.catalogue.modules[name], self.adds(name, taken)
        unit = self._unit(module, per)
        if gain is None or unit is None:
            return None
        kept = 1 - _fraction(repetition) * (self.repeats(name) or 0)
        return Fraction(round(gain / unit * kept * SCORE_UNITS), SCORE_UNITS)

    def _unit(self, module: Module, per: str) -> Fraction | None:
        if per == "module":
            return Fraction(1)
        if per == "ects":
            return None if module.ects is None else _fraction(module.ects)
        price = fp.net_price(module, self.employee, self.catalogue, self.on)
        return None if price is None else max(Fraction(1), _fraction(price.amount)) / 1000

    # --- eligibility ----------------------------------------------------------------------------

    def rule(self, name: str, exclude: Iterable[str] = ()) -> str | None:
        """The first rule that keeps a module from the person."""
        module = self.catalogue.modules[name]
        checks = {
            "excluded": name in exclude,
            "taken": name in self._passed(),
            "not valid": bool(
                (module.valid_from and self.on < module.valid_from)
                or (module.valid_to and self.on > module.valid_to)
            ),
            "project": module.project and not self._project_is_due(module),
            "formal entry": self._formally_short(module.formal_entry),
            "entry": self._entry_short(module),
            "closes nothing": self.gain([name]) == 0 or self.gap() == 0,
        }
        return next((rule for rule, broken in checks.items() if broken), None)

    def _passed(self) -> set[str]:
        return {taken.module for taken in self.employee.completed if taken.passed}

    def _project_is_due(self, project: Module) -> bool:
        """Whether the passed modules of one of its programmes and the project reach its ECTS."""
        for programme in self.catalogue.programmes.values():
            if project.id != programme.project and programme.id != project.programme:
                continue
            if programme.ects is None or project.ects is None:
                continue
            passed = [self.catalogue.modules[name] for name in self._passed()]
            done = sum(one.ects or 0 for one in passed if one.programme == programme.id)
            if done + project.ects >= programme.ects:
                return True
        return False

    def _formally_short(self, formal: FormalEntry | None) -> bool:
        """Whether the formal entry is known not to be met."""
        if formal is None:
            return False
        level, years = self._education_level(), self.employee.relevant_years
        return any(
            least is not None and have is not None and have < least
            for have, least in ((level, formal.education_level), (years, formal.relevant_years))
        )

    def _education_level(self) -> int | None:
        if self.employee.education_level is not None:
            return self.employee.education_level
        backgrounds = [self.catalogue.backgrounds[x] for x in self.employee.backgrounds or ()]
        known = [one.education_level for one in backgrounds if one.education_level is not None]
        return max(known, default=None)

    def _entry_short(self, module: Module) -> bool:
        """Whether a level expected on entry is less certain than the model asks for."""
        least = Fraction(round(self.model.entry_certainty * UNITS), UNITS)
        expected = (module.entry or {}).items()
        return any(
            level > 0
            and (
                self.held[one, level] < least
                or (not self.stated(one) and level > self._brought(one))
            )
            for one, level in expected
        )

    # --- order ----------------------------------------------------------------------------------

    def best_list(self, k: int, exclude: Iterable[str] = (), **options: object) -> list[Scored]:
        """The k best modules, each on its own: score, then id; no opinion comes last."""
        open_to = [name for name in self.catalogue.modules if self.rule(name, exclude) is None]
        return in_order([Scored(name, self.coverage(name, **options)) for name in open_to])[:k]

    def best_set(self, k: int, exclude: Iterable[str] = (), **options: object) -> list[Scored]:
        """Greedily, the module that scores best given those before it, while one adds anything."""
        open_to = [name for name in self.catalogue.modules if self.rule(name, exclude) is None]
        chosen: list[Scored] = []
        while len(chosen) < k:
            taken = [one.module for one in chosen]
            left = [
                Scored(name, self.coverage(name, taken, **options))
                for name in open_to
                if name not in taken and self.adds(name, taken)
            ]
            found = in_order([one for one in left if one.score is not None])
            if not found:
                break
            chosen.append(found[0])
        return chosen

    # --- how well founded -----------------------------------------------------------------------

    def status(self) -> Status:
        """The weakest status of the profiles and their requirements."""
        _, parts = _parsed(self.profile)
        lineage = [one for name, _ in parts for one in self.lineage(name)]
        rows = [row for one in lineage for row in one.requirements or ()]
        return max((one.provenance.status for one in [*lineage, *rows]), key=list(Status).index)


class _Line:
    """A requirement from its level now to its level in five years, rounded half up to a step."""

    def __init__(self, now: int, later: int) -> None:
        self.now, self.later = now, later

    def needs(self, step: int, years: Fraction) -> bool:
        level = self.now + (self.later - self.now) * years / 5
        return math.floor(level + Fraction(1, 2)) >= step

    def share(self, step: int, discount: float, begun: Fraction = Fraction(0)) -> float:
        """Discounted share of the five years in which the step is needed and `begun` is over."""
        if begun >= 5:
            return 0.0
        turns = [
            Fraction(5 * (2 * one - 1 - 2 * self.now), 2 * (self.later - self.now))
            for one in range(1, 13)
            if self.later != self.now
        ]
        ends = sorted({begun, Fraction(5), *(t for t in turns if begun < t < 5)})
        pieces = list(pairwise(ends))
        needed = [piece for piece in pieces if self.needs(step, sum(piece) / 2)]
        if not begun and len(needed) in (0, len(pieces)):
            return float(bool(needed))
        return math.fsum(mass(a, b, discount) for a, b in needed) / mass(0, 5, discount)


def mass(start: float, end: float, discount: float) -> float:
    """The integral of (1 + discount) ** -t."""
    rate = math.log1p(discount)
    if rate == 0:
        return float(end - start)
    return (math.exp(-rate * start) - math.exp(-rate * end)) / rate


def in_order(scored: Iterable[Scored]) -> list[Scored]:
    """The total order: highest score first, no opinion last, then the module's id."""
    return sorted(scored, key=lambda one: (one.score is None, -(one.score or 0), one.module))


def _fraction(number: float) -> Fraction:
    """The decimal that was written, 0.7 as seven tenths."""
    return Fraction(repr(float(number)))


def _parsed(profile: str | Mapping[str, float]) -> tuple[str, list[tuple[str, Fraction]]]:
    """A stack or a mix, and the profiles with their shares of the whole."""
    if isinstance(profile, str) and ":" not in profile:
        return "stack", [(name, Fraction(1)) for name in profile.split("+")]
    if isinstance(profile, str):
        pairs = [part.split(":") for part in profile.split("+")]
        shares = [(name, _fraction(float(share))) for name, share in pairs]
    else:
        shares = [(name, _fraction(share)) for name, share in profile.items()]
    total = sum(share for _, share in shares)
    return "mix", [(name, share / total) for name, share in shares]
