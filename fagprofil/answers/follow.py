"""What a class changed, and who needs follow-up."""

from __future__ import annotations

from collections.abc import Iterator

from fagprofil.answers.answer import Answer, Cell, columns, said
from fagprofil.answers.brief import Brief
from fagprofil.answers.classes import numbers
from fagprofil.insight.follow_up import Attendance, FollowedClass, Verdict, follow_up
from fagprofil.model import Text

__all__ = ["followed"]

_VERDICTS = {
    Verdict.USED: Text(da="bruges", en="used"),
    Verdict.FOLLOW_UP: Text(da="følg op", en="follow up"),
    Verdict.NOTHING_TO_MOVE: Text(da="manglede intet", en="lacked nothing"),
    Verdict.NOT_RATED: Text(da="ikke vurderet igen", en="not rated again"),
}


def followed(brief: Brief) -> Iterator[Answer]:
    """Ratings before and after, person by person, of the classes that have been followed up."""
    plan = brief.classes
    if plan is None or brief.again is None:
        return
    ends = {one.run: one.end or one.start for one in plan.classes}
    attended = [
        Attendance(employee=one.employee, group=one.run, module=one.module, end=ends[one.run])
        for one in plan.seats
    ]
    found = follow_up(
        brief.people, brief.again, attended, brief.catalogue, profile=brief.setting.profile
    )
    number = numbers(plan)
    rows: list[tuple[Cell, ...]] = [
        (
            number[one.group],
            person.employee,
            person.unit,
            person.rated,
            person.before,
            person.possible,
            person.moved,
            _VERDICTS[person.verdict],
        )
        for one in found
        for person in one.people
    ]
    yield Answer(
        id="follow_up",
        question=Text(
            da="Hvad flyttede holdet, og hvem skal følges op?",
            en="What did the class change, and who needs follow-up?",
        ),
        lines=tuple(line for one in found for line in _lines(one, number[one.group], brief)),
        columns=columns(
            ("class", "hold", "class", "count"),
            ("employee", "person", "person"),
            ("unit", "enhed", "unit"),
            ("rated", "vurderet igen", "rated again", "count"),
            ("before", "afstand før", "gap before", "steps"),
            ("possible", "kunne lukkes", "could be closed", "steps"),
            ("moved", "lukket", "closed", "steps"),
            ("verdict", "fundet", "found"),
        ),
        rows=tuple(rows),
    )


def _lines(one: FollowedClass, number: int, brief: Brief) -> Iterator[Text]:
    yield said(
        "Hold {}, {}: {} af {} er vurderet igen. {} er lukket af det, der kunne lukkes; "
        "hos {} andre, der ikke har været på hold, {}.",
        "Class {}, {}: {} of {} have been rated again. {} is closed of what could be; "
        "of {} others who have been in no class, {}.",
        number,
        brief.catalogue.modules[one.module].title,
        sum(person.rated > 0 for person in one.people),
        len(one.people),
        _percent(one.share),
        len(one.others),
        _percent(one.others_share),
    )
    yield said(
        "{} bruger det, {} skal følges op, og {} er ikke vurderet igen.",
        "{} use it, {} need follow-up, and {} have not been rated again.",
        *(
            len(one.with_verdict(verdict))
            for verdict in (Verdict.USED, Verdict.FOLLOW_UP, Verdict.NOT_RATED)
        ),
    )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{round(100 * share)} %"
