"""What classes cost, before and after funding, on the day and on others."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from fagprofil.answers.answer import Answer, columns, said
from fagprofil.answers.brief import Brief
from fagprofil.bill import Bill, Grant
from fagprofil.model import ModuleRun, Text
from fagprofil.planning.cohort_costs import Costs

__all__ = ["costs"]

#: So many notes on what is not known are told.
_NOTES = 4


def costs(brief: Brief) -> Iterator[Answer]:
    """Total and net cost by the day on which it begins, and which rule pays."""
    plan = brief.classes
    if plan is None or not plan.classes:
        return
    days = (brief.setting.start, *brief.setting.compare)
    bills = {day: bill_on(brief, day) for day in days}
    schemes = sorted({name for one in bills.values() for name in one.paid})
    funds = brief.catalogue.funding
    rows = [
        (
            day.isoformat(),
            len(bills[day].lines),
            bills[day].unpriced,
            bills[day].gross,
            *(bills[day].paid.get(name, 0.0) for name in schemes),
            bills[day].net,
            plan.fixed_cost,
            bills[day].net + plan.fixed_cost,
        )
        for day in days
    ]
    yield Answer(
        id="costs",
        question=Text(
            da="Hvad koster det før og efter støtte, efter dato?",
            en="What does it cost before and after funding, by date?",
        ),
        lines=tuple(line for day in days for line in _lines(brief, day, bills[day])),
        columns=(
            *columns(
                ("start", "begynder", "begins", "date"),
                ("seats", "pladser", "seats", "count"),
                ("unpriced", "uden kendt pris", "of unknown price", "count"),
                ("gross", "før støtte", "before funding", "kroner"),
            ),
            *columns(*((name, *_title(funds[name].name), "kroner") for name in schemes)),
            *columns(
                ("net", "efter støtte", "after funding", "kroner"),
                ("fixed", "hold i øvrigt", "classes besides", "kroner"),
                ("total", "at betale", "to pay", "kroner"),
            ),
        ),
        rows=tuple(rows),
    )


def _title(name: Text) -> tuple[str, str]:
    return name.in_("da"), name.in_("en")


def bill_on(brief: Brief, start: dt.date) -> Bill:
    """The bill for the plan's seats, if everything were to begin on another day.

    It is planned as long before as the plan is.
    """
    plan, later = brief.classes, start - brief.setting.start
    assert plan is not None
    held = {one.run for one in plan.classes}
    runs = [_moved(one, later) for one in brief.runs if one.id in held]
    place = {one.id: r for r, one in enumerate(runs)}
    crowd = brief.crowd()
    seats: dict[int, list[int]] = {}
    for one in plan.seats:
        seats.setdefault(crowd.position[one.employee], []).append(place[one.run])
    return Costs(crowd, runs, brief.on + later).bill(seats)


def _moved(run: ModuleRun, later: dt.timedelta) -> ModuleRun:
    return run.model_copy(update={"start": run.start + later})


def _lines(brief: Brief, day: dt.date, found: Bill) -> Iterator[Text]:
    """Which rules pay on a day, and what is not known of it."""
    funds = brief.catalogue.funding
    rules: dict[tuple[str, str], list[Grant]] = {}
    for line in found.lines:
        for one in line.grants:
            rules.setdefault((one.scheme, one.rule.in_("da")), []).append(one)
    for (name, _), grants in sorted(rules.items()):
        sure: Text | str = "" if all(one.confirmed for one in grants) else _UNSURE
        yield said(
            "{}: {} betaler for {} pladser: {}{} ({}).",
            "{}: {} pays for {} seats: {}{} ({}).",
            day.isoformat(),
            funds[name].name,
            len(grants),
            grants[0].rule,
            sure,
            ", ".join(grants[0].sources),
        )
    if not rules:
        yield said("{}: Ingen ordning betaler.", "{}: No scheme pays.", day.isoformat())
    notes = Counter(note for line in found.lines for note in line.notes)
    for note, count in notes.most_common(_NOTES):
        yield said("{}: {} ({} pladser)", "{}: {} ({} seats)", day.isoformat(), note, count)


_UNSURE = Text(
    da=", som kilderne ikke bekræfter for den dag",
    en=", which the sources do not confirm for that day",
)
