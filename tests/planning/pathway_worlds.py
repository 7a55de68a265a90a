"""Small questions for a pathway, and a second answer to them: every plan, one after the other."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from oracle import Oracle
from worlds import AS_OF, founded, known, module, names, profile, small, text

import fagprofil as fp
from fagprofil.model import Background, FormalEntry, FundingScheme, Horizon, ModuleRun, Programme
from fagprofil.planning.calendar import Period, half_years
from fagprofil.planning.check import Checker, pathway_problems
from fagprofil.planning.limits import PathwayLimits
from fagprofil.planning.pathway import plan_pathway
from fagprofil.planning.pathway_results import Pathway

#: Two and three half-years, and one that is cut in two.
PERIODS = half_years(AS_OF, 3)
START = [one.start for one in PERIODS]

Plan = dict[str, str]


@dataclass(frozen=True)
class Question:
    """All that a pathway is asked for."""

    catalogue: fp.Catalogue
    employee: fp.Employee
    limits: PathwayLimits = field(default_factory=PathwayLimits)
    periods: tuple[Period, ...] = PERIODS
    horizon: Horizon = fp.OVER_FIVE_YEARS
    programme: str | None = None
    complete: bool = False
    must: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def plan(self, **options: Any) -> Pathway:
        """The library's answer."""
        given: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("limits", "periods", "horizon", "programme", "complete", "must", "exclude")
        }
        return plan_pathway(self.employee, "p0", self.catalogue, **{**given, **options})

    def answer(self, **options: Any) -> Pathway | fp.errors.Infeasible:
        """The library's answer, or that there is none and why."""
        try:
            return self.plan(**options)
        except fp.errors.Infeasible as error:
            return error

    def problems(self, plan: Pathway) -> tuple[Any, ...]:
        """What the checker finds in an answer."""
        return pathway_problems(
            plan, self.employee, self.catalogue, must=self.must, exclude=self.exclude
        )

    # --- the second answer ----------------------------------------------------------------------

    def plans(self) -> Iterator[Plan]:
        """Every plan that keeps everything."""
        checker = Checker(
            employee=self.employee,
            catalogue=self.catalogue,
            periods=self.periods,
            limits=self.limits,
            on=self.catalogue.taxonomy.as_of,
            programme=self.programme,
            complete=self.complete,
            must=frozenset(self.must),
            exclude=frozenset(self.exclude),
        )
        modules = list(self.catalogue.modules)
        choices = [None, *(one.id for one in self.periods)]
        for chosen in itertools.product(choices, repeat=len(modules)):
            taken = {name: t for name, t in zip(modules, chosen, strict=True) if t is not None}
            if next(checker.problems(taken), None) is None:
                yield taken

    def worth(self) -> Worth:
        """What plans are worth."""
        return Worth(self)

    def best(self) -> Plan | None:
        """The first of the best plans, if there is any."""
        worth, modules = self.worth(), list(self.catalogue.modules)
        order = {one.id: t for t, one in enumerate(self.periods)}

        def rank(plan: Plan) -> tuple[Any, ...]:
            ects = sum(Fraction(repr(self.catalogue.modules[x].ects or 0.0)) for x in plan)
            inside = [-(name in plan) for name in modules]
            when = [order[plan[name]] for name in modules if name in plan]
            return (-worth(plan), ects, len(plan), inside, when)

        return min(self.plans(), key=rank, default=None)

    def __repr__(self) -> str:
        said = [f"{name}={getattr(self, name)!r}" for name in ("limits", "programme", "complete")]
        said += [f"must={self.must}, exclude={self.exclude}, horizon={self.horizon!r}"]
        dumped = [
            self.employee.model_dump_json(exclude_defaults=True),
            self.catalogue.model_dump_json(exclude_defaults=True),
        ]
        return "\n".join(["Question", *said, *dumped])

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002
        printer.text(repr(self))


class Worth:
    """What plans of a question close, in fractions."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.at = {
            one.id: Oracle(
                question.catalogue, question.employee, "p0", question.horizon.beginning(one.end)
            ).unmet()
            for one in question.periods
        }

    def __call__(self, plan: Mapping[str, str]) -> Fraction:
        modules, total = self.question.catalogue.modules, Fraction(0)
        reached: set[tuple[str, int]] = set()
        for period in self.question.periods:
            for name in [one for one, when in plan.items() if when == period.id]:
                for competence, level in (modules[name].teaches or {}).items():
                    for step in range(1, level + 1):
                        if (competence, step) not in reached:
                            reached.add((competence, step))
                            total += self.at[period.id].get((competence, step), Fraction(0))
        return total


# --- questions drawn by a seed ------------------------------------------------------------------
# What hypothesis draws bit by bit is mostly simple, and a plan of several modules is not. So one
# number is drawn, and everything follows from it.


def questions(**options: Any) -> st.SearchStrategy[Question]:
    """Something to plan; options as for `question_of`."""
    return st.integers(0, 2**40).map(lambda seed: question_of(seed, **options))


def _days(*numbers: int) -> tuple[dt.date, ...]:
    return tuple(AS_OF + dt.timedelta(days=n) for n in numbers)


@dataclass
class Dice:
    """Draws by a seed; `easy` is without what often leaves nothing to plan."""

    random: random.Random
    easy: bool

    def one(self, *options: Any) -> Any:
        """One of some options."""
        return self.random.choice(options)

    def rarely(self, *options: Any, of: int = 10) -> Any:
        """None, but for one in so many times; always if it is to be easy."""
        return None if self.easy or self.random.randrange(of) else self.one(*options)

    def chance(self, one_in: int) -> bool:
        """True one in so many times."""
        return not self.random.randrange(one_in)

    def levels(self, count: int, top: int, share: float) -> dict[str, int]:
        """Levels in a share of the competences."""
        return {
            f"c{k}": self.random.randint(1, top)
            for k in range(count)
            if self.random.random() < share
        }


def question_of(
    seed: int, *, modules: int = 5, funds: int = 1, free: bool = False, easy: bool = False
) -> Question:
    """Something to plan.

    Parameters
    ----------
    modules, funds
        At most so many.
    free
        With nothing that must be in the plan.
    easy
        With few rules in the way.
    """
    dice = Dice(random.Random(seed), easy)
    catalogue = _catalogue(dice, dice.one(modules, modules, modules - 1, 2), funds)
    goal, names_ = catalogue.programmes["g0"], list(catalogue.modules)
    programme = "g0" if dice.chance(3) else None
    project = goal.project and catalogue.modules[goal.project].ects
    complete = bool(programme and goal.ects and project) and dice.chance(2) and not free
    return Question(
        catalogue=catalogue,
        employee=_employee(dice, catalogue),
        limits=PathwayLimits(
            ects_per_period=dice.one(10, 15, 5, None, 12.5),
            ects=dice.one(None, None, None, 20, 25, 15),
            money=dice.one(None, None, None, 14_000, 9_000, 5_000, dice.rarely(3_000, 0, of=1)),
            days_per_period=dice.rarely(10, 7, of=3),
            days=dice.rarely(12, 18, of=3),
            modules=dice.rarely(3, 2, 1, of=4),
        ),
        periods=PERIODS[: dice.one(3, 3, 2)],
        horizon=dice.one(
            *(fp.OVER_FIVE_YEARS,) * 3,
            fp.NOW,
            fp.IN_FIVE_YEARS,
            fp.at(AS_OF + dt.timedelta(days=400)),
            Horizon(kind="over", discount=0.5),
            Horizon(kind="now", discount=0),
        ),
        programme=programme,
        complete=complete,
        must=(dice.one(*names_),) if dice.chance(6) and not free else (),
        exclude=(dice.one(*names_),) if dice.chance(8) else (),
    )


def _catalogue(dice: Dice, size: int, funds: int) -> fp.Catalogue:
    """Up to three competences and some modules, two programmes, runs and funds."""
    count, top = dice.one(3, 3, 2), dice.one(2, 3)
    made = [_module(dice, name, count, top) for name in names("m", size)]
    if dice.chance(2):
        made[-1] = made[-1].model_copy(update={"project": True, "compulsory": None})
    needs = {
        f"c{k}": (dice.one(*range(top + 1), top), dice.one(top, top, 1), dice.one(1, 0.7))
        for k in range(count)
    }
    runs = [
        _run(dice, f"{one.id}-{n}", one.id)
        for one in made
        if dice.chance(20 if dice.easy else 6)
        for n in range(2)
    ]
    background = Background(
        id="b0", name=text("b"), brings=dice.levels(count, top, 0.3), provenance=founded()
    )
    return small(
        top,
        names("c", count),
        [profile("p0", needs)],
        made,
        programmes=_programmes(dice, made),
        runs=runs,
        backgrounds=[background],
        funding=[_fund(dice, f"f{n}") for n in range(dice.random.randint(0, funds))],
    )


def _module(dice: Dice, name: str, count: int, top: int) -> fp.Module:
    days = sorted(_days(dice.one(-800, -100, 100), dice.one(100, 300, 500, 2500)))
    formal = FormalEntry(
        education_level=dice.rarely(6, of=3), relevant_years=dice.one(1, 2), provenance=founded()
    )
    valid = dice.rarely(days, of=5)
    return module(
        name,
        dice.levels(count, top, 0.45) or {"c0": 1},
        ects=dice.rarely(15, None) or dice.one(10, 5, 5, 2.5),
        price=dice.one(3_000, 1_600, 9_500, (5_000, 7_500), 4_000, 0, dice.rarely(None) or 6_000),
        teaching_days=None if dice.rarely(True) else dice.one(7, 4, 3.5, 5),
        programme=dice.one("g0", "g0", None, "g1"),
        compulsory=dice.one(None, None, True, False),
        level=dice.one("diplom", "diplom", "diplom", "akademi"),
        entry=dice.levels(count, top, 0.3) if dice.chance(2) else None,
        formal_entry=formal if dice.chance(6) else None,
        valid_from=valid and valid[0],
        valid_to=valid and valid[1],
    )


def _run(dice: Dice, name: str, held: str) -> ModuleRun:
    begins = AS_OF + dt.timedelta(days=dice.one(80, 250, 420, 30))
    length, deadline = dice.one(None, 60, 200), dice.one(None, 20, 70, -10)
    return ModuleRun(
        id=name,
        module=held,
        start=begins,
        end=None if length is None else begins + dt.timedelta(days=length),
        deadline=None if deadline is None else AS_OF + dt.timedelta(days=deadline),
        provenance=founded(),
    )


def _programmes(dice: Dice, made: list[fp.Module]) -> list[Programme]:
    own = [one.id for one in made if one.programme == "g0" and not one.project]
    projects = [one.id for one in made if one.project]
    listed, elective = dice.chance(2), dice.chance(3)
    return [
        Programme(
            id="g0",
            title=text("Programme"),
            level=dice.one(None, "diplom"),
            ects=dice.one(15, 20, 10, 25, None),
            compulsory=tuple(own[:1]) if listed else None,
            electives=tuple(own[1:]) if elective else None,
            project=projects[0] if projects else None,
            outside_ects=dice.one(5, 10, None, 0),
            max_years=dice.one(6.0, None, 1.0, 1.5, 0.5),
            formal_entry=FormalEntry(relevant_years=1, provenance=founded())
            if dice.chance(5)
            else None,
            valid_to=dice.rarely(*_days(200, 400), of=6),
            provenance=founded(),
        ),
        Programme(id="g1", title=text("Another"), ects=dice.one(10, 15), provenance=founded()),
    ]


def _fund(dice: Dice, name: str) -> FundingScheme:
    cap, confirmed = dice.one(None, 2_000, 5_000), dice.one(None, 400, -30)
    return FundingScheme(
        id=name,
        name=text(name),
        covers="fee",
        who=text("who"),
        what=text("what"),
        employers=dice.one(("kommune", "a-kasse", "other"), ("kommune",)),
        levels=dice.one(("diplom", "akademi"), ("diplom",)),
        share=dice.one(0.5, 0.8, 1.0),
        cap=cap,
        cap_period=None if cap is None else dice.one("12-months", "calendar-year", None),
        confirmed_to=None if confirmed is None else AS_OF + dt.timedelta(days=confirmed),
        provenance=founded(),
    )


def _employee(dice: Dice, catalogue: fp.Catalogue) -> fp.Employee:
    modules, scale = list(catalogue.modules), catalogue.taxonomy.scale
    assert scale is not None
    said = {
        x: dice.one(None, 0, 0, 0, 1, dice.rarely(scale.top, of=2))
        for x in catalogue.taxonomy.competences
    }
    done = modules[: dice.one(*(0,) * 6, 1, 1, 2)]
    return fp.Employee(
        id="e",
        employer=dice.one("kommune", "a-kasse", None),
        education_level=dice.one(5, 6, None, 7),
        relevant_years=dice.one(3.0, None, 0.5, 1.4),
        backgrounds=dice.one(None, (), ("b0",)),
        evidence=known({x: n for x, n in said.items() if n is not None}),
        completed=tuple(
            fp.Completion(module=x, date=dice.one(None, *_days(-200, -1500))) for x in done
        ),
    )
