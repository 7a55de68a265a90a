"""What keeps people and classes from each other, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fagprofil.model import ModuleRun, Text
from fagprofil.planning.cohort_limits import CohortLimits
from fagprofil.planning.cohort_model import Family
from fagprofil.planning.cohort_people import Crowd
from fagprofil.planning.cohort_seats import Barrier
from fagprofil.planning.cohort_wishes import Wish

__all__ = ["BARRIERS", "LIMITS", "NOT_HELD", "about_rows", "about_wishes", "joined"]

BARRIERS: Mapping[Barrier, Text] = {
    Barrier.LATE: Text(
        da="holdet er begyndt, eller fristen er overskredet",
        en="the class has begun, or its deadline is past",
    ),
    Barrier.UNKNOWN: Text(
        da="noget, som en grænse tæller, er ikke kendt (undervisningsdage, ECTS eller pris)",
        en="something that a limit counts is unknown (teaching days, ECTS or price)",
    ),
    Barrier.UNWANTED: Text(da="skal ikke afsted", en="must not go"),
    Barrier.INELIGIBLE: Text(da="må ikke tage modulet", en="may not take the module"),
    Barrier.NOT_VALID: Text(
        da="modulet gælder ikke, når holdet begynder",
        en="the module is not valid when the class starts",
    ),
    Barrier.PLACE: Text(
        da="stedet er ikke et af dem, som enheden må sendes til",
        en="the place is none that the unit may be sent to",
    ),
    Barrier.NOTHING: Text(da="modulet lukker intet", en="the module closes nothing"),
    Barrier.BEYOND: Text(
        da="modulet lukker mindre end dem, der ses på",
        en="the module closes less than those looked at",
    ),
}

#: The limits of a plan.
LIMITS: Mapping[Family, Text] = {
    Family.FULL: Text(da="pladserne på holdene", en="the seats of the classes"),
    Family.FEW: Text(da="holdenes mindste størrelse", en="the smallest size of the classes"),
    Family.ONCE: Text(da="ét hold af et modul pr. person", en="one class of a module per person"),
    Family.CLASH: Text(
        da="hold, der falder sammen i tid", en="classes that are held at the same time"
    ),
    Family.CLASSES: Text(da="hold pr. person", en="classes per person"),
    Family.ECTS: Text(da="ECTS pr. halvår og person", en="ECTS per half-year and person"),
    Family.AWAY: Text(
        da="hvor mange af en enhed der er væk samme dag",
        en="how many of a unit are away on the same day",
    ),
    Family.PRESENCE: Text(
        da="hvor mange af en funktion der er til stede", en="how many of a function are present"
    ),
    Family.BUDGET: Text(da="budgettet i alt", en="the budget in all"),
    Family.UNIT_BUDGET: Text(da="enhedens budget", en="the unit's budget"),
    Family.TOGETHER: Text(da="at enheden er på ét hold", en="that the unit is in one class"),
    Family.MIX: Text(
        da="hvor stor en del af et hold der er fra én enhed",
        en="how large a part of a class is from one unit",
    ),
}

NOT_HELD = Text(da="holdet bliver ikke til noget", en="the class is not held")


def joined(parts: Mapping[Text, int]) -> Text:
    """Texts with how often each stands, the most frequent first."""
    order = sorted(parts.items(), key=lambda pair: (-pair[1], pair[0].in_("en")))
    return Text(
        da="; ".join(f"{text.in_('da')} ({count})" for text, count in order),
        en="; ".join(f"{text.in_('en')} ({count})" for text, count in order),
    )


#: As many are named; of more it is said how many.
_NAMED = 12


def about_wishes(wishes: Sequence[Wish], crowd: Crowd) -> Text:
    """Who must go, and to what."""
    by_aim: dict[str, list[str]] = {}
    for one in wishes:
        by_aim.setdefault(one.about, []).append(crowd.people[one.person].id)
    da, en = [], []
    for about, people in sorted(by_aim.items()):
        names = _listed(people)
        da.append(f"{names['da']} skal {'på ' + about if about else 'afsted'}")
        en.append(f"{names['en']} must go{' to ' + about if about else ''}")
    return Text(da="; ".join(da), en="; ".join(en))


def about_rows(
    family: Family,
    rows: Sequence[tuple[Any, ...]],
    crowd: Crowd,
    runs: Sequence[ModuleRun],
    limits: CohortLimits,
) -> Text:
    """A limit, and the classes, units or people where it clashes."""
    # A day is told where it is one alone.
    told = rows if len(rows) == 1 else [tuple(map(_but_days, about)) for about in rows]
    names = _listed(sorted({_NAME[family](about, crowd, runs) for about in told} - {""}))
    amount = _AMOUNT[family](limits) if family in _AMOUNT else None
    text = LIMITS[family]
    most = "" if amount is None else f" ({amount:g})"
    return Text(
        da=f"{text.in_('da')}{most}" + (f": {names['da']}" if names["da"] else ""),
        en=f"{text.in_('en')}{most}" + (f": {names['en']}" if names["en"] else ""),
    )


def _but_days(value: Any) -> Any:
    return None if isinstance(value, dt.date) else value


def _listed(names: Sequence[str]) -> dict[str, str]:
    shown = ", ".join(names[:_NAMED])
    more = len(names) - _NAMED
    if more <= 0:
        return {"da": shown, "en": shown}
    return {"da": f"{shown} og {more} andre", "en": f"{shown} and {more} others"}


def _run(about: tuple[Any, ...], crowd: Crowd, runs: Sequence[ModuleRun]) -> str:  # noqa: ARG001
    return str(runs[about[0]].id)


def _unit(about: tuple[Any, ...], crowd: Crowd, runs: Sequence[ModuleRun]) -> str:  # noqa: ARG001
    return " ".join(
        [crowd.units[about[0]] or "-", *(str(one) for one in about[1:] if one is not None)]
    )


def _person(about: tuple[Any, ...], crowd: Crowd, runs: Sequence[ModuleRun]) -> str:  # noqa: ARG001
    return str(crowd.people[about[0]].id)


def _mixed(about: tuple[Any, ...], crowd: Crowd, runs: Sequence[ModuleRun]) -> str:
    return f"{runs[about[0]].id} {crowd.units[about[1]] or '-'}"


def _nothing(about: tuple[Any, ...], crowd: Crowd, runs: Sequence[ModuleRun]) -> str:  # noqa: ARG001
    return ""


_NAME: Mapping[Family, Callable[[tuple[Any, ...], Crowd, Sequence[ModuleRun]], str]] = {
    Family.FULL: _run,
    Family.FEW: _run,
    Family.ONCE: _person,
    Family.CLASH: _person,
    Family.CLASSES: _person,
    Family.ECTS: _person,
    Family.AWAY: _unit,
    Family.PRESENCE: _unit,
    Family.BUDGET: _nothing,
    Family.UNIT_BUDGET: _unit,
    Family.TOGETHER: _unit,
    Family.MIX: _mixed,
}
_AMOUNT: Mapping[Family, Callable[[CohortLimits], float | None]] = {
    Family.CLASSES: lambda limits: limits.classes,
    Family.ECTS: lambda limits: limits.ects,
    Family.BUDGET: lambda limits: limits.budget,
    Family.MIX: lambda limits: limits.mix,
}
