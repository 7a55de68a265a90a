"""What a class changed: ratings from before it against ratings from after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from fagprofil.catalogue import Catalogue, load_catalogue
from fagprofil.errors import DataError, unknown_id
from fagprofil.ladder import UNIT, ladder_of
from fagprofil.model import NOW, Employee, Horizon, ProfileLike
from fagprofil.model.base import Frozen
from fagprofil.planning.cohort_people import Crowd
from fagprofil.workforce import people_of

__all__ = ["Attendance", "Followed", "FollowedClass", "Verdict", "follow_up"]

#: From this share of what was possible on, a method is taken to be in use.
USED = 0.5


class Attendance(Frozen):
    """Somebody was in a class.

    Examples
    --------
    >>> Attendance(employee="e-017", group="hold 1", module="syn-jobmatch", end="2027-10-11").group
    'hold 1'
    """

    employee: str
    group: str
    """The class."""
    module: str
    end: dt.date
    """Its last day: statements after it count as those from after the class."""


class Verdict(StrEnum):
    """What was seen of somebody afterwards."""

    USED = "used"
    """At least half of what was possible has moved."""
    FOLLOW_UP = "follow up"
    """Less has: somebody should talk with the person about what is in the way."""
    NOTHING_TO_MOVE = "nothing to move"
    """In what was rated again nothing was lacking before."""
    NOT_RATED = "not rated"
    """Nothing that the module teaches was rated again."""


class Followed(Frozen):
    """What moved for one person."""

    employee: str
    unit: str | None
    rated: int
    """How many of the competences that the module teaches were rated again."""
    before: float
    """The gap in those before the class, in weights times steps."""
    possible: float
    """What of it the module closes for somebody who reaches all that it teaches."""
    moved: float
    """How much smaller the gap is in the statements from after the class; below 0 it is larger."""
    verdict: Verdict


class FollowedClass(Frozen):
    """What a class changed, beside those who were in none.

    People who rate themselves again move without a class too: what `others` moved is what would
    have been seen anyway. Who is among them was not drawn by lot, so the difference is a sign, not
    a proof.
    """

    group: str
    module: str
    people: tuple[Followed, ...]
    """Those who attended, by id."""
    others: tuple[Followed, ...]
    """Those who have been rated again, and whose class had not ended or who had none."""

    @property
    def share(self) -> float | None:
        """What moved of what was possible; None where nothing was."""
        return _share(self.people)

    @property
    def others_share(self) -> float | None:
        """The same of those who were in no class."""
        return _share(self.others)

    def with_verdict(self, verdict: Verdict) -> tuple[str, ...]:
        """The ids of those of whom it was found."""
        return tuple(one.employee for one in self.people if one.verdict is verdict)


def _share(people: Iterable[Followed]) -> float | None:
    listed = list(people)
    possible = sum(one.possible for one in listed)
    return sum(one.moved for one in listed) / possible if possible else None


def follow_up(
    people: Any,
    again: Any,
    attended: Iterable[Attendance],
    catalogue: Catalogue | None = None,
    *,
    profile: ProfileLike | None = None,
    horizon: Horizon = NOW,
) -> tuple[FollowedClass, ...]:
    r"""What classes changed, by ratings from before and after.

    Of each person only the competences count that the module teaches and that were rated again
    after the class ended. In these the gap by the statements until then is compared with that by
    the statements after it alone:

    .. math:: moved = \sum_{k, l} need_{k,l} (held^{after}_{k,l} - held^{before}_{k,l})

    A class that has nobody who was rated again after it is left out. That a module was passed
    counts as no statement, since it is what the class did that is asked.

    Parameters
    ----------
    people
        Those who attended and others, with what was said of them before: a `Workforce`, people or a
        table.
    again
        New statements of some of them, in the same forms; only their ``evidence`` is read.
    attended
        Who was in which class.
    catalogue
        None takes the bundled one.
    profile
        One for all; None takes each person's own.
    horizon
        When the needs are weighed.

    Returns
    -------
    By the end of the classes.

    Raises
    ------
    DataError
        People and modules that there are not, and new statements without a date.

    Examples
    --------
    >>> import fagprofil as fp
    >>> def said(level, day):
    ...     return fp.Evidence(competence="motivation", level=level, kind="manager", date=day)
    >>> anna = fp.Employee(id="anna", profile="virksomhed", evidence=[said(1, "2027-06-01")])
    >>> again = fp.Employee(id="anna", evidence=[said(3, "2027-12-01")])
    >>> was = Attendance(employee="anna", group="1", module="syn-motivation-og-forandring",
    ...                  end="2027-10-11")
    >>> (found,) = follow_up([anna], [again], [was])
    >>> found.people[0].rated, found.people[0].verdict.value
    (1, 'used')
    """
    catalogue = catalogue if catalogue is not None else load_catalogue()
    known = {one.id: one for one in people_of(people, catalogue)}
    new = {one.id: one for one in people_of(again, catalogue)}
    listed = list(attended)
    problems = [
        *(x for one in new for x in unknown_id("new statements", "employee", one, known)),
        *(x for one in listed for x in unknown_id("attendance", "employee", one.employee, known)),
        *(
            x
            for one in listed
            for x in unknown_id("attendance", "module", one.module, catalogue.modules)
        ),
    ]
    if problems:
        raise DataError(problems)
    groups: dict[tuple[dt.date, str, str], list[str]] = {}
    for one in listed:
        groups.setdefault((one.end, one.group, one.module), []).append(one.employee)
    ended = {one.employee: one.end for one in sorted(listed, key=lambda one: one.end)}
    found = []
    for (end, group, module), members in sorted(groups.items()):
        rated = {
            name for name, one in new.items() if any(_after(x.date, end) for x in one.evidence)
        }
        last = max((x.date for name in rated for x in new[name].evidence if x.date), default=end)
        free = {name for name in rated if name not in ended or ended[name] >= last}
        compare = _Compare(known, new, end, last, module, catalogue, profile, horizon)
        if rated & set(members):
            found.append(
                FollowedClass(
                    group=group,
                    module=module,
                    people=compare.of(members),
                    others=compare.of(free - set(members)),
                )
            )
    return tuple(found)


def _after(day: dt.date | None, end: dt.date) -> bool:
    return day is not None and day > end


class _Compare:
    """People before and after a class."""

    def __init__(
        self,
        known: Mapping[str, Employee],
        new: Mapping[str, Employee],
        end: dt.date,
        last: dt.date,
        module: str,
        catalogue: Catalogue,
        profile: ProfileLike | None,
        horizon: Horizon,
    ) -> None:
        self._known, self._new, self._end = known, new, end
        self._levels = catalogue.modules[module].teaches or {}
        self._module = module
        self._options = (horizon, profile)
        self._ladders = [ladder_of(catalogue, day) for day in (end, last)]

    def of(self, names: Iterable[str]) -> tuple[Followed, ...]:
        """What moved for some people, by their ids."""
        order = sorted(names)
        before = [self._stood(self._known[name], _until) for name in order]
        after = [self._stood(self._said(name), _after) for name in order]
        crowds = [
            Crowd.of(people, ladder, *self._options)
            for people, ladder in zip((before, after), self._ladders, strict=True)
        ]
        return tuple(self._followed(i, name, crowds) for i, name in enumerate(order))

    def _said(self, name: str) -> Employee:
        """A person with the new statements alone."""
        evidence = self._new[name].evidence if name in self._new else ()
        return self._known[name].model_copy(update={"evidence": evidence})

    def _stood(self, person: Employee, counts: Any) -> Employee:
        evidence = tuple(one for one in person.evidence if counts(one.date, self._end))
        passed = tuple(one for one in person.completed if one.module != self._module)
        return person.model_copy(update={"evidence": evidence, "completed": passed})

    def _followed(self, i: int, name: str, crowds: Sequence[Crowd]) -> Followed:
        rated = set(self._rated(name))
        place = {one: k for k, one in enumerate(crowds[0].ladder.competences)}
        rows = [place[one] for one in sorted(rated)]
        before, after = (int(one.closes[i, rows, -1].sum()) for one in crowds)
        possible = sum(int(crowds[0].closes[i, place[one], self._levels[one]]) for one in rated)
        return Followed(
            employee=name,
            unit=self._known[name].unit,
            rated=len(rated),
            before=before * UNIT,
            possible=possible * UNIT,
            moved=(before - after) * UNIT,
            verdict=_verdict(len(rated), possible, before - after),
        )

    def _rated(self, name: str) -> Iterator[str]:
        for one in self._new[name].evidence if name in self._new else ():
            if one.competence in self._levels and _after(one.date, self._end):
                yield one.competence


def _until(day: dt.date | None, end: dt.date) -> bool:
    return not _after(day, end)


def _verdict(rated: int, possible: int, moved: int) -> Verdict:
    if not rated:
        return Verdict.NOT_RATED
    if not possible:
        return Verdict.NOTHING_TO_MOVE
    return Verdict.USED if moved >= USED * possible else Verdict.FOLLOW_UP
