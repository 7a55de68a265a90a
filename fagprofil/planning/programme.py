"""The rules of a programme, and how far one person has come in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from fagprofil.catalogue import Catalogue
from fagprofil.model import Employee, Module, Programme
from fagprofil.planning.limits import thousandths

__all__ = ["Progress", "compulsory_modules", "own_modules", "projects_of"]


@dataclass(frozen=True)
class Progress:
    """A programme and how far a person has come in it; ECTS in thousandths.

    What was passed elsewhere counts by whole modules, as far as the programme takes ECTS from
    elsewhere; it is so much that can no longer be planned from elsewhere.

    Attributes
    ----------
    own
        Its modules but for the projects.
    projects
        Its final projects.
    compulsory
        Those of its compulsory modules that are not passed.
    ects
        Its size; None where unknown.
    inside
        What has been passed of its own modules.
    credit
        What has been passed elsewhere and counts.
    outside
        What may still come from elsewhere; None where it is not known how much may.
    since
        The day of the first of its modules that the person has passed; None where not known.
    finished
        The project that is passed, if any.
    """

    programme: Programme
    own: frozenset[str]
    projects: frozenset[str]
    compulsory: tuple[str, ...]
    ects: int | None
    inside: int
    credit: int
    outside: int | None
    since: dt.date | None
    finished: str | None

    @classmethod
    def of(cls, programme: Programme, employee: Employee, catalogue: Catalogue) -> Progress:
        """How far a person has come."""
        modules = catalogue.modules
        own, projects = own_modules(programme, catalogue), projects_of(programme, catalogue)
        done = {one.module: one.date for one in employee.completed if one.passed}
        inside = sum(_size(modules[name]) for name in sorted(own & done.keys()))
        elsewhere = [modules[name] for name in sorted(done.keys() - own)]
        most = None if programme.outside_ects is None else thousandths(programme.outside_ects)
        credit = _credit([one for one in elsewhere if may_count(one, programme)], most or 0)
        days = [day for name, day in done.items() if name in own and day is not None]
        return cls(
            programme=programme,
            own=own,
            projects=projects,
            compulsory=tuple(x for x in compulsory_modules(programme, catalogue) if x not in done),
            ects=None if programme.ects is None else thousandths(programme.ects),
            inside=inside,
            credit=credit,
            outside=None if most is None else most - credit,
            since=min(days, default=None),
            finished=next((name for name in sorted(projects) if name in done), None),
        )

    def takes(self, module: Module, *, unlimited: bool = False) -> bool:
        """Whether a module counts in the programme, as its own or from elsewhere.

        Parameters
        ----------
        unlimited
            Not to ask how much may come from elsewhere.
        """
        own = module.id in self.own or module.id in self.projects
        return own or ((unlimited or bool(self.outside)) and may_count(module, self.programme))

    @property
    def passed(self) -> int:
        """What has been passed and counts, without a project."""
        return self.inside + self.credit

    def before(self, project: Module) -> int | None:
        """What must be passed in all before a project; None where it is not known."""
        if project.id not in self.projects or self.ects is None or project.ects is None:
            return None
        return max(0, self.ects - thousandths(project.ects))


def own_modules(programme: Programme, catalogue: Catalogue) -> frozenset[str]:
    """The modules of a programme without its projects.

    Those that it lists as compulsory or elective. Where its electives are not listed, also those
    that say that they belong to it.
    """
    listed = {*compulsory_modules(programme, catalogue), *(programme.electives or ())}
    if programme.electives is None:
        modules = catalogue.modules.values()
        listed |= {one.id for one in modules if one.programme == programme.id}
    return frozenset(name for name in listed if not catalogue.modules[name].project)


def compulsory_modules(programme: Programme, catalogue: Catalogue) -> tuple[str, ...]:
    """The compulsory modules: as listed, or else those that say so of themselves."""
    if programme.compulsory is not None:
        return tuple(sorted(programme.compulsory))
    modules = catalogue.modules.values()
    return tuple(one.id for one in modules if one.programme == programme.id and one.compulsory)


def projects_of(programme: Programme, catalogue: Catalogue) -> frozenset[str]:
    """The final projects that end a programme."""
    named = {programme.project} if programme.project is not None else set()
    modules = catalogue.modules.values()
    said = {one.id for one in modules if one.project and one.programme == programme.id}
    return frozenset(named | said)


def may_count(module: Module, programme: Programme) -> bool:
    """Whether a module from elsewhere can count: one of the same level, never a project."""
    same = programme.level is None or module.level == programme.level
    return same and not module.project


def _size(module: Module) -> int:
    return 0 if module.ects is None else thousandths(module.ects)


def _credit(modules: Iterable[Module], most: int) -> int:
    """The largest sum of whole modules' ECTS within a limit."""
    sums = {0}
    for one in modules:
        sums |= {total + _size(one) for total in sums if total + _size(one) <= most}
    return max(sums)
