"""Who does the work of those who learn: substitute posts, what they cost, and who pays."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from fagprofil.catalogue import Catalogue, load_catalogue
from fagprofil.errors import DataError, Problem, unknown_id
from fagprofil.funding import education_level
from fagprofil.model import Employee, FundingScheme, Text
from fagprofil.planning.absence import Absence
from fagprofil.planning.calendar import Period, half_years
from fagprofil.planning.rotation_plan import Post, RotationPlan, Staffing, UnitWave
from fagprofil.workforce import people_of

__all__ = ["Away", "plan_rotation"]

#: Hours of a full week; the Danish collective agreements'.
FULL_WEEK = 37.0
_WEEKS_A_MONTH = 365.25 / 12 / 7
_WEEK = dt.timedelta(days=7)


@runtime_checkable
class Away(Protocol):
    """A plan that says who is away when."""

    def absences(self) -> Sequence[Absence]:
        """Who is away on which day."""
        ...


def plan_rotation(
    away: Away | Iterable[Absence],
    people: Any,
    staffing: Staffing | Mapping[str, Staffing],
    catalogue: Catalogue | None = None,
) -> RotationPlan:
    """Substitute posts for those who are away to learn, half-year by half-year and unit by unit.

    A wave is what a unit's people are away in a half-year, from the week of the first absence to
    that of the last. It gets as few posts as can do the hours that are to be covered in full weeks
    of 37 hours, each with as few hours a week as that takes, but not fewer than the scheme asks. A
    post is no longer than the scheme allows; the wave's other weeks then have none.

    A scheme that pays "hour for hour" pays, at the rate of the year in which a post starts, as many
    hours as people whom it admits are away while there are posts, and no more than the posts have.
    That these are counted over a whole post, not week by week, is this project's reading of the
    rule. Of people of whom it is unknown whether it admits them, nothing is counted. Where the rate
    of the year is not known, the subsidy is not.

    Parameters
    ----------
    away
        A plan with ``absences()``, or absences.
    people
        The people who are away, or a table of them; others may be among them.
    staffing
        One for all units, or one by unit; units not named have no substitutes.
    catalogue
        Its `funding` has the schemes; None is the bundled one.

    Raises
    ------
    DataError
        People and schemes that there are not, people away without a unit, schemes that pay for no
        substitute.

    Examples
    --------
    >>> import fagprofil as fp
    >>> anna = fp.Employee(id="anna", unit="Randers", education_level=5)
    >>> days = [Absence(employee="anna", unit="Randers", day=f"2024-03-{n:02}", hours=7)
    ...         for n in (4, 11, 18, 25)]
    >>> plan = plan_rotation(days, [anna], Staffing(wage=200, unemployed_months=7))
    >>> (wave,) = plan.waves
    >>> wave.hours, [(one.weeks, one.hours_per_week) for one in wave.posts]
    (28.0, [(4, 10.0)])
    >>> wave.cost, round(wave.subsidy, 2)
    (8000.0, 5688.76)
    """
    known = catalogue if catalogue is not None else load_catalogue()
    absences = _absences(away)
    _check(staffing)
    by_id = {one.id: one for one in people_of(people, known)}
    problems = list(_problems(absences, by_id, staffing, known))
    if problems:
        raise DataError(problems)
    groups: dict[tuple[dt.date, str], list[Absence]] = {}
    for one in absences:
        groups.setdefault((_half_year(one.day).start, one.unit or ""), []).append(one)
    return RotationPlan(
        waves=tuple(
            _wave(unit, _half_year(start), groups[start, unit], by_id, _of(staffing, unit), known)
            for start, unit in sorted(groups)
        )
    )


def _absences(away: Away | Iterable[Absence]) -> tuple[Absence, ...]:
    if isinstance(away, Away):
        return tuple(away.absences())
    given: tuple[Any, ...] = tuple(away) if isinstance(away, Iterable) else (away,)
    wrong = sorted({type(one).__name__ for one in given if not isinstance(one, Absence)})
    if wrong:
        expected = "a plan with absences, or Absences"
        raise DataError([Problem("call", "away", name, expected) for name in wrong])
    return given


def _check(staffing: object) -> None:
    plans = list(staffing.values()) if isinstance(staffing, Mapping) else [staffing]
    if not all(isinstance(one, Staffing) for one in plans):
        expected = "a Staffing, or one for each unit"
        raise DataError([Problem("call", "staffing", type(staffing).__name__, expected)])


def _problems(
    absences: Sequence[Absence],
    people: Mapping[str, Employee],
    staffing: Staffing | Mapping[str, Staffing],
    catalogue: Catalogue,
) -> Iterator[Problem]:
    for name in sorted({one.employee for one in absences}):
        yield from unknown_id("absence", "employee", name, people)
    for name in sorted({one.employee for one in absences if one.unit is None}):
        yield Problem(f"absence of {name!r}", "unit", None, "a unit, since it is units that cover")
    plans = {"all units": staffing} if isinstance(staffing, Staffing) else dict(staffing)
    for unit, one in sorted(plans.items()):
        where = f"staffing of {unit!r}"
        if one.scheme is None:
            continue
        yield from unknown_id(where, "scheme", one.scheme, catalogue.funding)
        scheme = catalogue.funding.get(one.scheme)
        if scheme is not None and scheme.substitute is None:
            yield Problem(where, "scheme", one.scheme, "a scheme that pays for a substitute")


def _of(staffing: Staffing | Mapping[str, Staffing], unit: str) -> Staffing:
    if isinstance(staffing, Staffing):
        return staffing
    return staffing.get(unit, Staffing(cover=0.0, scheme=None))


def _half_year(day: dt.date) -> Period:
    """The half-year that a day is in."""
    (found,) = (
        one for one in half_years(dt.date(day.year - 1, 8, 1), 4) if one.start <= day <= one.end
    )
    return found


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _wave(
    unit: str,
    period: Period,
    absences: Sequence[Absence],
    people: Mapping[str, Employee],
    staffing: Staffing,
    catalogue: Catalogue,
) -> UnitWave:
    hours = sum(one.hours for one in absences)
    scheme = None if staffing.scheme is None else catalogue.funding[staffing.scheme]
    posts = _posts(absences, hours * staffing.cover, staffing, scheme)
    worked = sum(one.hours for one in posts)
    cost = None if staffing.wage is None and posts else (staffing.wage or 0.0) * worked
    paid: tuple[float | None, float | None, tuple[Text, ...]] = (0.0, 0.0, ())
    if posts and scheme is not None:
        paid = _subsidy(scheme, posts, absences, people, staffing, catalogue)
    subsidised, subsidy, reasons = paid
    return UnitWave(
        unit=unit,
        period=period,
        people=len({one.employee for one in absences}),
        hours=hours,
        posts=posts,
        covered=min(hours, worked),
        scheme=staffing.scheme,
        subsidised=subsidised,
        cost=cost,
        subsidy=subsidy,
        reasons=reasons,
    )


def _posts(
    absences: Sequence[Absence], wanted: float, staffing: Staffing, scheme: FundingScheme | None
) -> tuple[Post, ...]:
    """As few posts as can do the hours wanted, and as few hours a week as that takes."""
    if wanted <= 0 or staffing.posts == 0:
        return ()
    first = _monday(min(one.day for one in absences))
    weeks = (_monday(max(one.day for one in absences)) - first) // _WEEK + 1
    least = 0.0
    if scheme is not None and scheme.substitute is not None:
        weeks = min(weeks, int(scheme.substitute.most_months * _WEEKS_A_MONTH))
        least = scheme.substitute.least_hours
    count = math.ceil(wanted / (weeks * FULL_WEEK))
    if staffing.posts is not None:
        count = min(count, staffing.posts)
    each = min(FULL_WEEK, max(least, wanted / (count * weeks)))
    return (Post(start=first, weeks=weeks, hours_per_week=each),) * count


def _subsidy(
    scheme: FundingScheme,
    posts: Sequence[Post],
    absences: Sequence[Absence],
    people: Mapping[str, Employee],
    staffing: Staffing,
    catalogue: Catalogue,
) -> tuple[float | None, float | None, tuple[Text, ...]]:
    """Hours and kroner that a scheme pays, and why not more."""
    start = posts[0].start
    barred = _barred(scheme, start, staffing)
    if barred:
        return 0.0, 0.0, (barred,)
    reasons = list(_unsure(scheme, start, staffing))
    end = start + posts[0].weeks * _WEEK
    within = [one for one in absences if start <= one.day < end]
    admitted = 0.0
    outside: dict[bool | None, set[str]] = {None: set(), False: set()}
    for one in within:
        verdict = _admits(scheme, people[one.employee], catalogue)
        if verdict:
            admitted += one.hours
        else:
            outside[verdict].add(one.employee)
    reasons += _left_out(scheme, {verdict: len(names) for verdict, names in outside.items()})
    hours = min(admitted, sum(one.hours for one in posts))
    rate = next((one.amount for one in scheme.hourly_rates if one.year == start.year), None)
    if rate is None or staffing.unemployed_months is None:
        return (hours if staffing.unemployed_months is not None else None), None, tuple(reasons)
    return hours, hours * rate, tuple(reasons)


def _barred(scheme: FundingScheme, start: dt.date, staffing: Staffing) -> Text | None:
    """Why a scheme pays nothing at all."""
    name = {lang: scheme.name.in_(lang) for lang in ("da", "en")}
    if not scheme.holds_on(start):
        ended = scheme.valid_to is not None and start > scheme.valid_to
        da = f"gjaldt til {scheme.valid_to}" if ended else f"gælder fra {scheme.valid_from}"
        en = f"ended on {scheme.valid_to}" if ended else f"begins on {scheme.valid_from}"
        return Text(da=f"{name['da']} {da}", en=f"{name['en']} {en}")
    rules, months = scheme.substitute, staffing.unemployed_months
    least = 0.0 if rules is None else rules.unemployed_months
    if months is not None and months < least:
        return Text(
            da=f"{name['da']} kræver {least:g} måneders ledighed (har {months:g})",
            en=f"{name['en']} asks for {least:g} months of unemployment (has {months:g})",
        )
    return None


def _unsure(scheme: FundingScheme, start: dt.date, staffing: Staffing) -> Iterator[Text]:
    """What is not known of what a scheme pays."""
    if staffing.unemployed_months is None and scheme.substitute is not None:
        months = scheme.substitute.unemployed_months
        yield Text(
            da=f"det er ikke kendt, om vikarerne har været ledige i {months:g} måneder",
            en=f"it is not known if the substitutes have been unemployed for {months:g} months",
        )
    if all(one.year != start.year for one in scheme.hourly_rates):
        last = max(scheme.hourly_rates, key=lambda one: one.year, default=None)
        known = {"da": "ingen sats er kendt", "en": "no rate is known"}
        if last is not None:
            known = {
                "da": f"sidst kendte er {last.amount:g} kr. ({last.year})".replace(".", ",", 1),
                "en": f"the last that is known is {last.amount:g} kr ({last.year})",
            }
        yield Text(
            da=f"satsen i {start.year} er ikke kendt; {known['da']}",
            en=f"the rate of {start.year} is not known; {known['en']}",
        )
    if scheme.confirmed_to is not None and start > scheme.confirmed_to:
        yield Text(
            da=f"kilderne gælder til {scheme.confirmed_to}",
            en=f"the sources speak until {scheme.confirmed_to}",
        )


def _admits(scheme: FundingScheme, employee: Employee, catalogue: Catalogue) -> bool | None:
    """Whether the hours of a person count; None where it is unknown."""
    known = scheme.employers is not None and employee.employer is not None
    if known and employee.employer not in (scheme.employers or ()):
        return False
    level, most = education_level(employee, catalogue), scheme.max_education_level
    if most is None:
        return True
    return None if level is None else level <= most


def _left_out(scheme: FundingScheme, counts: Mapping[bool | None, int]) -> Iterator[Text]:
    if counts[False]:
        level = scheme.max_education_level
        yield Text(
            da=f"{counts[False]} tæller ikke: den er for uddannelse til og med niveau {level}",
            en=f"{counts[False]} do not count: it is for education up to level {level}",
        )
    if counts[None]:
        yield Text(
            da=f"{counts[None]} har ukendt uddannelse og er ikke regnet med",
            en=f"{counts[None]} have unknown education and are not counted",
        )
