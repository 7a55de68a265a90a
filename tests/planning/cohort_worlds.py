"""Small instances of classes to plan, and plans by brute force.

The brute force knows nothing of the library but the models, what is needed and held, and the bill.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, combinations, product
from typing import Any

from hypothesis import strategies as st
from worlds import founded, known, module, profile, small, text, together

import fagprofil as fp
from fagprofil.bill import Purchase, bill
from fagprofil.ladder import UNIT, ladder_of, unmet
from fagprofil.model import FundingScheme, ModuleRun, Price, Records
from fagprofil.planning.cohort_limits import NO_LIMITS, CohortLimits, Presence
from fagprofil.planning.cohort_plan import CohortPlan
from fagprofil.planning.cohorts import plan_cohorts

TOP = 3
COMPETENCES = ("c0", "c1", "c2")
FIRST = dt.date(2027, 2, 1)
Pair = tuple[str, str]
#: The limits by the names of rules, and how each is none.
LIMITS: Mapping[str, tuple[str, Any]] = {
    "classes": ("classes", None),
    "ects": ("ects", None),
    "away": ("away", None),
    "presence": ("presence", ()),
    "budget": ("budget", None),
    "unit_budget": ("unit_budget", None),
    "together": ("together", False),
    "mix": ("mix", None),
    "place": ("places", {}),
}
RUNS = {"full": "seats_max", "few": "seats_min"}
PERSONAL = ("late", "unknown", "must not", "ineligible", "not valid")
RULES = (*RUNS, "clash", *LIMITS, *PERSONAL)


@dataclass(frozen=True)
class World:
    """What a plan is made from."""

    catalogue: fp.Catalogue
    people: tuple[fp.Employee, ...]
    runs: tuple[ModuleRun, ...]
    limits: CohortLimits = NO_LIMITS
    must: tuple[Any, ...] = ()
    must_not: tuple[Any, ...] = ()
    horizon: Any = fp.NOW
    waived: frozenset[str] = frozenset()
    """Rules that do not hold for those who must go, or for nobody; for brute force alone."""

    def plan(self, **options: Any) -> CohortPlan:
        given = {
            "runs": self.runs,
            "limits": self.limits,
            "must": self.must,
            "must_not": self.must_not,
            "horizon": self.horizon,
            **options,
        }
        people = given.pop("people", self.people)
        return plan_cohorts(people, self.catalogue, **given)

    def with_limits(self, **changes: Any) -> World:
        limits = {**self.limits.model_dump(), **changes}
        return replace(self, limits=CohortLimits.model_validate(limits))

    def without(self, rules: Iterable[str]) -> World:
        """The same with some rules left out, named as in `fagprofil.errors.Infeasible`."""
        left = frozenset(rules)
        changes = {LIMITS[rule][0]: LIMITS[rule][1] for rule in left if rule in LIMITS}
        sizes = {RUNS[rule]: None for rule in left if rule in RUNS}
        runs = tuple(run.model_copy(update=dict(sizes)) for run in self.runs)
        limits = self.limits.model_copy(update=changes)
        return replace(self, limits=limits, runs=runs, waived=left)

    def __repr__(self) -> str:
        parts = [
            *(one.model_dump_json(exclude_defaults=True) for one in self.people),
            *(one.model_dump_json(exclude_defaults=True) for one in self.runs),
            self.limits.model_dump_json(exclude_defaults=True),
            f"must {self.must}, must not {self.must_not}",
            self.catalogue.modules.__repr__(),
            *(
                one.model_dump_json(exclude_defaults=True)
                for one in self.catalogue.modules.values()
            ),
            *(
                one.model_dump_json(exclude_defaults=True)
                for one in self.catalogue.funding.values()
            ),
        ]
        return "\n".join(["World", *parts])

    # --- brute force --------------------------------------------------------------------------

    @cached_property
    def by_id(self) -> Mapping[str, fp.Employee]:
        return {one.id: one for one in self.people}

    @cached_property
    def run(self) -> Mapping[str, ModuleRun]:
        return {one.id: one for one in self.runs}

    @cached_property
    def missing(self) -> Mapping[str, Any]:
        ladder = ladder_of(self.catalogue)
        found = {}
        for one in self.people:
            if one.profile is None:
                found[one.id] = None
            else:
                need = ladder.need(self.catalogue.resolve(one.profile), self.horizon)
                found[one.id] = unmet(need, ladder.held([one]).steps)[0]
        return found

    def worth(self, name: str, runs: Iterable[str]) -> int:
        missing, total = self.missing[name], 0
        if missing is None:
            return 0
        taught = [self.catalogue.modules[self.run[run].module].teaches or {} for run in runs]
        for k, competence in enumerate(COMPETENCES):
            level = max((levels.get(competence, 0) for levels in taught), default=0)
            total += int(missing[k, :level].sum())
        return total

    def value(self, seats: Iterable[Pair]) -> int:
        return sum(self.worth(name, runs) for name, runs in by_person(seats).items())

    def possible(self) -> list[Pair]:
        """The seats that could be given, one by one."""
        found = []
        for one, run in product(self.people, self.runs):
            asked = any(_meant(wish, one.id, run) for wish in self.must)
            if self.may(one, run) and (asked or self.worth(one.id, [run.id])):
                found.append((one.id, run.id))
        return found

    def may(self, one: fp.Employee, run: ModuleRun) -> bool:
        told = set(self.kept_from(one, run))
        if any(_meant(wish, one.id, run) for wish in self.must):
            told -= self.waived
        return not told

    def kept_from(self, one: fp.Employee, run: ModuleRun) -> Iterator[str]:
        """The rules that keep somebody from a class."""
        taken = self.catalogue.modules[run.module]
        levels = {said.competence: said.level for said in one.evidence}
        limits, unit = self.limits, one.unit or ""
        spends = limits.budget is not None or limits.kroner(unit) is not None
        today = self.catalogue.taxonomy.as_of
        reasons = {
            "ineligible": taken.id in {done.module for done in one.completed}
            or any(levels[name] < level for name, level in (taken.entry or {}).items()),
            "not valid": not taken.holds_on(run.start),
            "late": run.start < today or (run.deadline is not None and run.deadline < today),
            "unknown": (limits.ects is not None and taken.ects is None)
            or ((limits.away is not None or bool(limits.presence)) and run.days is None)
            or (spends and (run.price or taken.price) is None),
            "place": unit in limits.places and run.place not in limits.places[unit],
            "must not": any(_meant(wish, one.id, run) for wish in self.must_not),
        }
        return (name for name, holds in reasons.items() if holds)

    def keeps(self, seats: Sequence[Pair]) -> bool:
        """Whether some seats keep all limits and wishes."""
        return (
            self._sizes(seats)
            and all(map(self._own, by_person(seats).values()))
            and self._work(seats)
            and self._company(seats)
            and all(
                any(_meant(wish, name, self.run[run]) for name, run in seats) for wish in self.must
            )
            and self._money(seats)
        )

    def _sizes(self, seats: Sequence[Pair]) -> bool:
        sizes = Counter(run for _, run in seats)
        ends = {run: (self.run[run].seats_min or 0, self.run[run].seats_max) for run in sizes}
        return all(
            low <= sizes[run] and (high is None or sizes[run] <= high)
            for run, (low, high) in ends.items()
        )

    def _own(self, names: Sequence[str]) -> bool:
        runs, limits = [self.run[one] for one in names], self.limits
        if len({run.module for run in runs}) < len(runs):
            return False
        clashes = any(self.at_once(one, other) for one, other in combinations(runs, 2))
        if clashes and "clash" not in self.waived:
            return False
        points: Counter[Any] = Counter()
        for run in runs:
            early = run.start.month == 1
            half = (run.start.year - early, 1 if 2 <= run.start.month <= 7 else 2)
            points[half] += self.catalogue.modules[run.module].ects or 0
        return (limits.classes is None or len(runs) <= limits.classes) and (
            limits.ects is None or all(total <= limits.ects for total in points.values())
        )

    def at_once(self, one: ModuleRun, other: ModuleRun) -> bool:
        def days(run: ModuleRun) -> set[dt.date]:
            if self.limits.parallel and run.days is not None:
                return set(run.days)
            last = run.end or run.start
            return {run.start + dt.timedelta(days=n) for n in range((last - run.start).days + 1)}

        return bool(days(one) & days(other))

    def _work(self, seats: Sequence[Pair]) -> bool:
        gone: dict[dt.date, set[str]] = {}
        for name, run in seats:
            for day in self.run[run].days or ():
                gone.setdefault(day, set()).add(name)
        return all(self._day(names) for names in gone.values())

    def _day(self, gone: set[str]) -> bool:
        limits = self.limits
        units: dict[str, list[str]] = {}
        groups: dict[tuple[str, str], list[str]] = {}
        for one in self.people:
            units.setdefault(one.unit or "", []).append(one.id)
            groups.setdefault((one.unit or "", str(one.profile or "")), []).append(one.id)
        for unit, names in units.items():
            cap = limits.away.get(unit) if isinstance(limits.away, Mapping) else limits.away
            most = cap * len(names) + 1e-9 if isinstance(cap, float) else cap
            if most is not None and len(gone & set(names)) > most:
                return False
        for rule in limits.presence:
            for (unit, function), names in groups.items():
                if rule.unit in (None, unit) and rule.function in (None, function):
                    here = len(set(names) - gone)
                    if here < rule.at_least and here < len(names):
                        return False
        return True

    def _company(self, seats: Sequence[Pair]) -> bool:
        limits = self.limits
        goes: dict[tuple[str, str], set[str]] = {}
        units: dict[str, Counter[str]] = {}
        for name, run in seats:
            unit = self.by_id[name].unit or ""
            goes.setdefault((unit, self.run[run].module), set()).add(run)
            units.setdefault(run, Counter())[unit] += 1
        if any(len(runs) > 1 and self._tied(unit) for (unit, _), runs in goes.items()):
            return False
        return limits.mix is None or all(
            max(count.values()) <= limits.mix * sum(count.values()) + 1e-9
            for count in units.values()
        )

    def _tied(self, unit: str) -> bool:
        together = self.limits.together
        return together if isinstance(together, bool) else unit in together

    def _money(self, seats: Sequence[Pair]) -> bool:
        limits = self.limits
        if limits.budget is None and limits.unit_budget is None:
            return True
        spent: Counter[str] = Counter()
        for name, runs in by_person(seats).items():
            spent[self.by_id[name].unit or ""] += self.net(name, runs)
        fixed = sum(self.run[run].fixed_cost or 0.0 for run in {run for _, run in seats})
        if limits.budget is not None and sum(spent.values()) + fixed > limits.budget + 0.005:
            return False
        return all(
            limits.kroner(unit) is None or kroner <= limits.kroner(unit) + 0.005
            for unit, kroner in spent.items()
        )

    @cached_property
    def _nets(self) -> dict[Any, float]:
        return {}

    def net(self, name: str, runs: Sequence[str]) -> float:
        key = (name, *sorted(runs))
        if key not in self._nets:
            own = {self.run[run].module: self.run[run].price for run in runs}
            modules = [
                one if own.get(one.id) is None else one.model_copy(update={"price": own[one.id]})
                for one in self.catalogue.modules.values()
            ]
            priced = self.catalogue.model_copy(update={"modules": Records(modules)})
            wanted = [
                Purchase(employee=name, module=self.run[r].module, start=self.run[r].start)
                for r in runs
            ]
            day = self.catalogue.taxonomy.as_of
            self._nets[key] = bill(wanted, [self.by_id[name]], priced, on=day).net
        return self._nets[key]

    def plans(self) -> Iterator[tuple[Pair, ...]]:
        """Every set of seats that keeps all limits and wishes."""
        pairs = self.possible()
        sets = chain.from_iterable(combinations(pairs, n) for n in range(len(pairs) + 1))
        return (seats for seats in sets if self.keeps(seats))

    @property
    def possible_at_all(self) -> bool:
        """Whether any plan keeps all limits and wishes."""
        return next(self.plans(), None) is not None

    def best(self) -> float | None:
        """The value of the best plan; None where there is none."""
        values = [self.value(seats) for seats in self.plans()]
        return max(values) * UNIT if values else None


def by_person(seats: Iterable[Pair]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, run in seats:
        found.setdefault(name, []).append(run)
    return found


def _meant(wish: Any, name: str, run: ModuleRun) -> bool:
    who, about = (wish, None) if isinstance(wish, str) else wish
    return who == name and about in (None, run.id, run.module)


# --- builders -----------------------------------------------------------------------------------


def run(name: str, taught: str, day: int = 0, days: int | None = 2, **facts: Any) -> ModuleRun:
    """A class whose first day is so many days after 1 February 2027, a week between the days."""
    first = FIRST + dt.timedelta(days=day)
    price = facts.pop("price", None)
    if price is not None:
        facts["price"] = Price(low=price, high=price, provenance=founded())
    taught_on = None if days is None else tuple(first + dt.timedelta(weeks=n) for n in range(days))
    return ModuleRun(
        id=name,
        module=taught,
        start=first,
        end=first + dt.timedelta(weeks=(days or 2) - 1),
        days=taught_on,
        provenance=founded(),
        **facts,
    )


def person(
    name: str, unit: str | None = "u0", levels: Sequence[int] = (0, 0, 0), **facts: Any
) -> Any:
    """Somebody whose levels in c0, c1 and c2 are known."""
    given = {"profile": "p0", "employer": "kommune", **facts}
    evidence = known(dict(zip(COMPETENCES, levels, strict=True)))
    return fp.Employee(id=name, unit=unit, evidence=evidence, **given)


def scheme(name: str, **rules: Any) -> FundingScheme:
    record = {
        "id": name,
        "name": text(name),
        "covers": "fee",
        "who": text("who"),
        "what": text("what"),
        "employers": ("kommune",),
        "levels": ("diplom",),
        "confirmed_to": dt.date(2030, 12, 31),
        "provenance": founded(),
    }
    return FundingScheme.model_validate({**record, **rules})


def catalogue(modules: Sequence[fp.Module], schemes: Sequence[FundingScheme] = ()) -> fp.Catalogue:
    """Two profiles: p0 needs all of c0 and some of c1, p1 all of c1 and c2."""
    profiles = [
        profile("p0", {"c0": (3, 3, 1.0), "c1": (2, 2, 0.5)}),
        profile("p1", {"c1": (3, 3, 1.0), "c2": (3, 3, 0.75)}),
    ]
    return small(TOP, COMPETENCES, profiles, modules, funding=list(schemes))


# --- strategies ---------------------------------------------------------------------------------

_MODULE = together(
    (3, 2, 1, None),
    (None, 2, 3),
    (None, 1, 3),
    (10, 5, 5, 5, None),
    (8_000, 12_000, 10_000, (9_000, 12_000), None),
    (False, False, False, False, True),
)
_RUN = together(
    (0, 1, 2),
    (0, 0, 1, 7, 90, 200, 380),
    (2, 2, 1, 3, 2, 2, 3, None),
    (None, None, None, 1, 1, 2, 2, 3),
    (None, 0, 1, 1, 2),
    ("a", "b", None),
    (None, None, 0, 5_000, 20_000),
    (None, None, None, 10_000, 15_000),
)
_PERSON = together(
    ("u0", "u0", "u1", None),
    ("p0", "p0", "p1", "p1", "p0", None),
    (0, 0, 1, 2, 3),
    (0, 0, 1, 2, 3),
    (0, 0, 1, 2),
    (None, None, None, None, None, "m0", "m1"),
    (None, dt.date(2020, 1, 1), dt.date(2022, 5, 1)),
)
_LIMITS = together(
    (1, 2),
    (5, 10, 15),
    (False,),
    (1, 2, 0, 0.5, {"u0": 1}, {"u0": 0.34, "u1": 2}),
    (1, 2, "u0", "p0"),
    (60_000, 40_000, 30_000, 20_000, 10_000, 0),
    (20_000, {"u0": 12_000}, 9_000),
    ({"u0": ("a",)}, {"u0": ("a", "b"), "": ("b",)}),
    (True, "u0"),
    (0.5, 0.67, 0.75),
)
_NONE = (None, None, True, None, None, None, None, None, False, None)
#: Which of the limits are set.
_SET = together(*[(False, False, False, False, True)] * len(_NONE))
_FUNDS = together(
    (None, 0.8, 0.5, 1.0),
    (None, 10_000, 8_000, 15_000),
    (None, "12-months", "calendar-year"),
    (None, None, 0.4, 0.9),
    (None, 6_000),
    (False, True),
    (dt.date(2030, 12, 31), dt.date(2026, 6, 1)),
)


def _module(number: int, chosen: tuple[Any, ...]) -> fp.Module:
    first, second, third, ects, price, expects = chosen
    levels = zip(COMPETENCES, (first, second, third), strict=True)
    taught = {name: level for name, level in levels if level is not None}
    entry = {"c0": 1} if expects else None
    return module(f"m{number}", taught, ects=ects, price=price, entry=entry)


def _run(number: int, chosen: tuple[Any, ...], modules: int) -> ModuleRun:
    taught, day, days, least, more, place, fixed, price = chosen
    most = None if more is None else (least or 0) + more
    return run(
        f"r{number}",
        f"m{taught % modules}",
        day,
        days,
        seats_min=least,
        seats_max=most,
        place=place,
        fixed_cost=fixed,
        price=price,
    )


def _person(number: int, chosen: tuple[Any, ...], modules: int) -> fp.Employee:
    unit, own, *levels, passed, hired = chosen
    taken = [passed] if passed is not None and int(passed[1:]) < modules else []
    return person(f"e{number}", unit, levels, profile=own, completed=taken, hired=hired)


def _limits(chosen: tuple[Any, ...], units: set[str], functions: set[str]) -> CohortLimits:
    classes, ects, parallel, away, present, budget, budgets, places, tied, mix = chosen

    def known_units(by_unit: Any) -> Any:
        if not isinstance(by_unit, dict):
            return by_unit
        return {unit: value for unit, value in by_unit.items() if unit in units}

    presence: Any = present if isinstance(present, int) else ()
    if present == "u0" and "u0" in units:
        presence = [Presence(at_least=1, unit="u0")]
    if present == "p0" and "p0" in functions:
        presence = [Presence(at_least=1, function="p0"), Presence(at_least=2, unit=None)]
    return CohortLimits(
        classes=classes,
        ects=ects,
        parallel=parallel,
        away=known_units(away),
        presence=presence or (),
        budget=budget,
        unit_budget=known_units(budgets),
        places=known_units(places or {}),
        together=(("u0",) if "u0" in units else False) if tied == "u0" else tied,
        mix=mix,
    )


def _schemes(chosen: tuple[Any, ...]) -> list[FundingScheme]:
    share, cap, period, other, small_cap, stacks, confirmed = chosen
    found = []
    if share is not None:
        found.append(scheme("f0", share=share, cap=cap, cap_period=period, confirmed_to=confirmed))
    if other is not None:
        with_first = ("f0",) if stacks and share is not None else None
        found.append(scheme("f1", share=other, cap=small_cap, stacks_with=with_first))
    return found


@st.composite
def cohort_worlds(
    draw: st.DrawFn,
    *,
    most_pairs: int | None = None,
    must: bool = True,
    more: bool = False,
    priority: str = "gap",
) -> World:
    """Up to five people, four classes of three modules, and limits of all kinds.

    With `most_pairs` so many people are left out that there are no more possible seats; with `more`
    up to three must go.
    """
    people, runs, modules = draw(together((4, 3, 5, 6, 2, 1), (3, 2, 4, 1), (2, 3, 1)))
    taught = [_module(n, draw(_MODULE)) for n in range(modules)]
    own = catalogue(taught, _schemes(draw(_FUNDS)))
    classes = tuple(_run(n, draw(_RUN), modules) for n in range(runs))
    crowd = [_person(n, draw(_PERSON), modules) for n in range(people)]
    chosen = zip(draw(_SET), draw(_LIMITS), _NONE, strict=True)
    drawn = tuple(value if given else other for given, value, other in chosen)
    *first, against = draw(_WISHES)
    wishes = [tuple(first), draw(_MORE_WISHES), draw(_MORE_WISHES)] if more else [tuple(first)]
    while True:
        units = {one.unit or "" for one in crowd}
        limits = _limits(drawn, units, {str(one.profile or "") for one in crowd})
        limits = limits.model_copy(update={"priority": priority})
        asked = _wishes(wishes, against, len(crowd), classes) if must else ((), ())
        world = World(own, tuple(crowd), classes, limits, *asked)
        if most_pairs is None or len(world.possible()) <= most_pairs:
            return world
        crowd.pop()


#: Who must go, where, and whether any class of the module will do; and who must not go.
_WISHES = together(
    (None, None, None, 0, 1), (None, *range(4)), (False, True), (None, None, None, 0, 1)
)
_MORE_WISHES = together((None, 1, 2, 3), (None, *range(4)), (False, True))


def _wishes(
    chosen: Sequence[tuple[Any, ...]], against: int | None, people: int, classes: Any
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    must = tuple(
        _wish(who, where, by_module, classes)
        for who, where, by_module in chosen
        if who is not None and who < people
    )
    never = against is not None and against < people
    return must, ((f"e{against}", classes[0].id),) if never else ()


def _wish(who: int, where: int | None, by_module: bool, classes: Sequence[ModuleRun]) -> Any:
    if where is None:
        return f"e{who}"
    aim = classes[where % len(classes)]
    return (f"e{who}", aim.module if by_module else aim.id)
