"""Whether a catalogue serves what profiles need, and what educations repeat."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np

from fagprofil.catalogue import Catalogue, load_catalogue
from fagprofil.errors import CannotScore, DataError, Problem, UnknownName
from fagprofil.frames import FrameKind
from fagprofil.gap_analysis import profile_status
from fagprofil.insight.coverage_table import TABLES, table_of
from fagprofil.insight.lifts import Lift, module_lifts, programme_lifts
from fagprofil.insight.needs import Need, Wanted, needs_of
from fagprofil.insight.reach import Supply, price_range, starts_of
from fagprofil.ladder import ladder_of
from fagprofil.model import (
    OVER_FIVE_YEARS,
    Blend,
    Horizon,
    Lang,
    Profile,
    ProfileLike,
    Status,
    Text,
)
from fagprofil.model.base import Frozen, Levels, Shown

__all__ = ["Coverage", "IdleModule", "LeftOut", "ServedProfile", "coverage"]

#: Several profiles, each in whatever notation, or one.
Profiles: TypeAlias = ProfileLike | Iterable[ProfileLike]


class ServedProfile(Frozen):
    """How much of what a profile needs the catalogue serves, in weights times steps."""

    profile: str | None
    """None is all profiles together: the highest need of each step."""
    name: Text
    needed: float
    served: float
    """Of that, what some module valid on the day closes."""
    synthetic: float
    """Of that, what only made-up modules close."""
    status: Status
    """The weakest status of what the profile requires."""

    @property
    def share(self) -> float:
        """The share of what is needed that is served, 0..1; 1 where nothing is needed."""
        return self.served / self.needed if self.needed else 1.0


class IdleModule(Frozen):
    """A module on offer that closes nothing that a profile needs, or nobody knows what."""

    module: str
    title: Text
    teaches: Levels | None
    """The level that it lifts to, by competence; None is unknown, and empty is known to be
    nothing on this ladder."""
    ects: float | None
    price_low: float | None
    """The fee in kroner before funding; None where unknown."""
    price_high: float | None
    status: Status
    """The weakest status of the data that the line rests on."""


class LeftOut(Frozen):
    """A record of the catalogue of which nothing is said, and why."""

    kind: Literal["background", "module", "profile", "programme"]
    id: str
    reason: Text


class Coverage(Shown):
    """What a catalogue has for the needs of some profiles.

    Examples
    --------
    >>> import fagprofil as fp
    >>> found = fp.coverage(profiles=["virksomhed", "helhed"])
    >>> together = found.profiles[0]
    >>> together.needed - together.served == sum(need.weight for need in found.unserved)
    True
    """

    edition: str
    """The id of the taxonomy."""
    horizon: Horizon
    on: dt.date
    """The day that validity and the next runs are judged by."""
    profiles: tuple[ServedProfile, ...]
    """All together, then each, in the order given."""
    needs: tuple[Need, ...]
    """Every step that some profile needs, by competence and step."""
    unneeded: tuple[IdleModule, ...]
    """Modules that close nothing that any of the profiles needs, by id."""
    unknown: tuple[IdleModule, ...]
    """Modules of which it is not known what they teach, by id."""
    programmes: tuple[Lift, ...]
    """What each programme does for people of each background: first for those who bring nothing,
    then by the background's id."""
    modules: tuple[Lift, ...]
    """The same of each module on its own that teaches something."""
    left_out: tuple[LeftOut, ...]
    """Profiles, backgrounds, programmes and modules of which nothing is said."""
    status: Status
    """The weakest status of the data that it rests on."""

    @property
    def unserved(self) -> tuple[Need, ...]:
        """The needs that no module valid on the day serves; largest first, then by id and step."""
        return _largest(need for need in self.needs if not need.served)

    @property
    def only_synthetic(self) -> tuple[Need, ...]:
        """The needs that only made-up modules serve; largest first, then by id and step."""
        return _largest(need for need in self.needs if need.best_founded is Status.SYNTHETIC)

    def left_open(self, lift: Lift, profile: str | None = None) -> tuple[Need, ...]:
        """The needs that are open after a programme or a module; largest first.

        Parameters
        ----------
        lift
            One of `programmes` or `modules`.
        profile
            A profile's id; None is all profiles together.

        Raises
        ------
        UnknownName
            No such profile here.

        Examples
        --------
        >>> import fagprofil as fp
        >>> found = fp.coverage(profiles="helhed")
        >>> lift = found.programmes[0]
        >>> left = found.left_open(lift, "helhed")
        >>> sum(need.weights["helhed"] for need in left) == lift.open["helhed"]
        True
        """
        known = [one.profile for one in self.profiles if one.profile is not None]
        if profile is not None and profile not in known:
            raise UnknownName("profile", str(profile), known)

        def weight(need: Need) -> float:
            return need.weight if profile is None else need.weights.get(profile, 0.0)

        left = [need for need in self.needs if weight(need) and not _held(need, lift)]
        return tuple(sorted(left, key=lambda need: (-weight(need), need.competence, need.step)))

    def to_frame(
        self, what: str = "needs", kind: FrameKind | None = None, *, lang: Lang = "da"
    ) -> Any:
        """One of the parts as a table.

        Parameters
        ----------
        what
            ``"needs"``: one row for each need of all profiles together (no profile) and of each;
            ``"unserved"``, ``"only synthetic"``; ``"unneeded"``, ``"unknown"``; ``"programmes"`` or
            ``"modules"``: one row for each education, background and profile; ``"profiles"``;
            ``"left out"``.
        kind
            ``"pandas"``, ``"polars"`` or ``"pyarrow"``; None takes the first installed.
        lang
            Language of names.

        Raises
        ------
        UnknownName
            Another part.

        Examples
        --------
        >>> import fagprofil as fp
        >>> fp.coverage(profiles="basis").to_frame("unserved", "pyarrow").column_names[:3]
        ['competence', 'name', 'step']
        """
        if what not in TABLES:
            raise UnknownName("table", str(what), TABLES)
        return table_of(self, what, kind, lang)


def _largest(needs: Iterable[Need]) -> tuple[Need, ...]:
    return tuple(sorted(needs, key=lambda need: (-need.weight, need.competence, need.step)))


def _held(need: Need, lift: Lift) -> bool:
    """Whether a step is brought by the background or taught."""
    taught = lift.repeats.get(need.competence, 0) + lift.adds.get(need.competence, 0)
    return need.step <= taught or lift.background in need.brought_by


def coverage(
    catalogue: Catalogue | None = None,
    profiles: Profiles | None = None,
    horizon: Horizon = OVER_FIVE_YEARS,
    on: dt.date | None = None,
) -> Coverage:
    """For each step that profiles need: whether, by what and from where it can be learned.

    And the other way round: which modules nobody needs, and what each programme repeats of what
    people of a background bring. A module closes the steps that it teaches above what it expects
    of the same competence on entry. A background counts as what it usually brings, without the
    doubt that a person's gap has. What is unknown is said to be unknown, and not counted for
    nothing.

    Parameters
    ----------
    catalogue
        None takes the bundled one.
    profiles
        Several profiles, or one, in any notation; None takes all of the catalogue whose contents
        are known.
    horizon
        `NOW`, `IN_FIVE_YEARS`, `OVER_FIVE_YEARS` or ``at(date)``: how much each step is needed.
    on
        The day that validity and the next runs are judged by; None takes the edition's day.

    Raises
    ------
    CannotScore
        The edition or a profile has no contents.
    UnknownName
        A profile that the catalogue does not have.
    DataError
        No profiles, or something else than a catalogue, a horizon or a day.

    Examples
    --------
    >>> import fagprofil as fp
    >>> found = fp.coverage(profiles=["virksomhed"])
    >>> need = next(one for one in found.needs if one.competence == "virksomhedskontakt")
    >>> need.step, need.served, need.entry_level
    (1, True, 0)
    """
    catalogue = catalogue if catalogue is not None else load_catalogue()
    ladder = ladder_of(catalogue, on)
    chosen = _chosen(catalogue, profiles)
    wanted, supply = Wanted.of(ladder, chosen, horizon), Supply(ladder)
    starts = starts_of(ladder)
    needs = needs_of(wanted, supply, starts)
    programmes, silent = programme_lifts(wanted, supply, starts)
    unneeded, unknown = _idle(wanted, supply)
    modules = module_lifts(wanted, supply, starts)
    lines = (needs, unneeded, unknown, programmes, modules)
    return Coverage(
        edition=catalogue.taxonomy.id,
        horizon=horizon,
        on=ladder.on,
        profiles=tuple(_served(wanted, needs)),
        needs=needs,
        unneeded=unneeded,
        unknown=unknown,
        programmes=programmes,
        modules=modules,
        left_out=tuple(_left_out(supply, silent, profiles is None)),
        status=Status.weakest([wanted.basis, *(one.status for line in lines for one in line)]),
    )


def _chosen(catalogue: Catalogue, profiles: Profiles | None) -> tuple[Blend, ...]:
    """The profiles asked about, each once."""
    if profiles is None:
        known = [one.id for one in catalogue.profiles.values() if _has_contents(one, catalogue)]
        if not known:
            raise CannotScore(
                f"no profile of the edition {catalogue.taxonomy.id!r} has contents that are known"
            )
        profiles = known
    if isinstance(profiles, (str, Mapping, Profile, Blend)) or not isinstance(profiles, Iterable):
        profiles = [profiles]
    found = {one.id: one for one in map(catalogue.resolve, profiles)}
    if not found:
        raise DataError([Problem("coverage", "profiles", "nothing", "one profile or more")])
    return tuple(found.values())


def _has_contents(profile: Profile, catalogue: Catalogue) -> bool:
    return all(one.requirements is not None for one in catalogue.lineage(profile))


def _served(wanted: Wanted, needs: Sequence[Need]) -> Iterator[ServedProfile]:
    """How much of the needs of all together, and of each, is served."""
    every = Text(da="alle profiler", en="all profiles")
    yield _sums(None, every, [(need.weight, need) for need in needs], wanted.basis)
    for one in wanted.profiles:
        own = [(need.weights[one.id], need) for need in needs if one.id in need.weights]
        yield _sums(one.id, one.name, own, profile_status(one, wanted.catalogue))


def _sums(
    profile: str | None, name: Text, needs: Sequence[tuple[float, Need]], status: Status
) -> ServedProfile:
    served = [(weight, need) for weight, need in needs if need.served]
    return ServedProfile(
        profile=profile,
        name=name,
        needed=sum(weight for weight, _ in needs),
        served=sum(weight for weight, _ in served),
        synthetic=sum(w for w, need in served if need.best_founded is Status.SYNTHETIC),
        status=status,
    )


def _idle(wanted: Wanted, supply: Supply) -> tuple[tuple[IdleModule, ...], tuple[IdleModule, ...]]:
    """The modules on offer that teach nothing needed, and those of unknown content."""
    needed = (supply.serves & wanted.steps).any(axis=(1, 2))
    idle: tuple[list[IdleModule], list[IdleModule]] = ([], [])
    for j in np.flatnonzero(supply.offered & ~needed).tolist():
        one = supply.modules[j]
        low, high = price_range(one)
        idle[one.teaches is None].append(
            IdleModule(
                module=one.id,
                title=one.title,
                teaches=one.teaches,
                ects=one.ects,
                price_low=low,
                price_high=high,
                status=Status.weakest([wanted.basis, supply.status(j)]),
            )
        )
    return tuple(idle[0]), tuple(idle[1])


def _left_out(supply: Supply, silent: Sequence[str], every: bool) -> Iterator[LeftOut]:
    """What there is in the catalogue, but not in the result."""
    catalogue, on = supply.ladder.catalogue, supply.ladder.on
    for profile in catalogue.profiles.values():
        if every and not _has_contents(profile, catalogue):
            yield LeftOut(kind="profile", id=profile.id, reason=_NOT_DOCUMENTED)
    for background in catalogue.backgrounds.values():
        if background.brings is None:
            yield LeftOut(kind="background", id=background.id, reason=_BRINGS)
    for programme in catalogue.programmes.values():
        if programme.valid_to is not None and programme.valid_to < on:
            yield LeftOut(kind="programme", id=programme.id, reason=_ended(programme.valid_to))
        elif programme.id in silent:
            yield LeftOut(kind="programme", id=programme.id, reason=_TEACHES)
    for module, offered in zip(supply.modules, supply.offered, strict=True):
        if not offered and module.valid_to is not None:
            yield LeftOut(kind="module", id=module.id, reason=_ended(module.valid_to))


_NOT_DOCUMENTED = Text(
    da="profilens indhold er ikke dokumenteret", en="what the profile requires is not documented"
)
_BRINGS = Text(da="ukendt, hvad den giver", en="not known what it brings")
_TEACHES = Text(da="ukendt, hvad dens moduler lærer fra sig", en="not known what its modules teach")


def _ended(day: dt.date) -> Text:
    return Text(da=f"gjaldt til {day}", en=f"was valid to {day}")
