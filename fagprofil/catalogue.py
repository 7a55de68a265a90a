"""Taxonomy, profiles, modules and funding as one whole, checked across; bundled, with overlays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError, model_validator

from fagprofil import checks
from fagprofil.datafiles import problems_in, read_files, records_of
from fagprofil.errors import UNKNOWN, DataError, Problem, UnknownName, unknown_id
from fagprofil.model import (
    Background,
    Blend,
    Employee,
    FundingScheme,
    Module,
    ModuleRun,
    Profile,
    ProfileLike,
    Programme,
    Records,
    Taxonomy,
    parse_profile,
)
from fagprofil.model.base import InNotebook

__all__ = ["Catalogue", "bundled", "catalogue_from", "editions", "load_catalogue"]


class Catalogue(InNotebook):
    """Everything that gaps and recommendations rest on; every reference in it resolves.

    Examples
    --------
    >>> catalogue = load_catalogue()
    >>> catalogue.taxonomy.competences["virksomhedskontakt"].name.en
    'Company contact'
    """

    taxonomy: Taxonomy
    profiles: Records[Profile] = Records((), "profile")
    modules: Records[Module] = Records((), "module")
    programmes: Records[Programme] = Records((), "programme")
    runs: Records[ModuleRun] = Records((), "module run")
    funding: Records[FundingScheme] = Records((), "funding scheme")
    backgrounds: Records[Background] = Records((), "background")

    @model_validator(mode="after")
    def _checked_across(self) -> Catalogue:
        problems = list(self.problems())
        if problems:
            raise DataError(problems)
        return self

    def problems(self) -> Iterator[Problem]:
        """What does not agree between the records."""
        yield from self.taxonomy.problems()
        for profile in self.profiles.values():
            yield from checks.profile_problems(profile, self.profiles, self.taxonomy)
        yield from checks.circle_problems(self.profiles)
        for background in self.backgrounds.values():
            yield from checks.background_problems(background, self.taxonomy)
        for module in self.modules.values():
            yield from checks.module_problems(module, self.taxonomy, self.programmes)
        for programme in self.programmes.values():
            yield from checks.programme_problems(programme, self.modules)
        for run in self.runs.values():
            yield from unknown_id(f"run {run.id!r}", "module", run.module, self.modules)
        for scheme in self.funding.values():
            yield from checks.funding_problems(
                scheme, self.programmes, self.modules, self.backgrounds, self.funding
            )

    def __repr__(self) -> str:
        fields = ("profiles", "modules", "programmes", "runs", "funding", "backgrounds")
        counts = [f"{len(getattr(self, name))} {name}" for name in fields]
        counts.insert(0, f"{len(self.taxonomy.competences)} competences")
        return f"<Catalogue {self.taxonomy.id}: {', '.join(counts)}>"

    def __str__(self) -> str:
        return repr(self)

    @property
    def module_ids(self) -> tuple[str, ...]:
        """The modules in their total order, which breaks ties between equal scores."""
        return self.modules.ids

    def resolve(self, profile: ProfileLike) -> Blend:
        """One profile, a stack or a mix, from any way of naming it.

        Raises
        ------
        UnknownName
            A profile that the catalogue does not have.
        DataError
            Shares that are not positive, or a profile of the caller's own that does not fit.
        """
        blend = parse_profile(profile, self.profiles)
        own = [one for _, one in blend.parts if self.profiles.get(one.id) is not one]
        problems = [
            problem
            for one in own
            for problem in checks.profile_problems(one, self.profiles, self.taxonomy)
        ]
        if problems:
            raise DataError(problems)
        return blend

    def lineage(self, profile: Profile) -> tuple[Profile, ...]:
        """The profile, then all that it extends, each once."""
        found: dict[str, Profile] = {}
        waiting = [profile]
        while waiting:
            one = waiting.pop(0)
            if one.id not in found:
                found[one.id] = one
                waiting += [self.profiles[name] for name in one.extends]
        return tuple(found.values())

    def check_employees(self, employees: Iterable[Employee]) -> None:
        """Raise DataError with everything in `employees` that does not fit this catalogue."""
        problems = [problem for one in employees for problem in self._problems_of(one)]
        if problems:
            raise DataError(problems)

    def _problems_of(self, employee: Employee) -> Iterator[Problem]:
        where = f"employee {employee.id!r}"
        for said in employee.evidence:
            yield from checks.level_problems(
                self.taxonomy, where, "evidence", said.competence, said.level
            )
        for taken in employee.completed:
            yield from unknown_id(where, "completed", taken.module, self.modules)
        for name in employee.backgrounds or ():
            yield from unknown_id(where, "backgrounds", name, self.backgrounds)
        if employee.profile is not None:
            try:
                self.resolve(employee.profile)
            except UnknownName as error:
                yield Problem(where, "profile", error.name, "a profile", error.suggestion)
            except DataError as error:
                expected = error.problems[0].expected
                yield Problem(where, "profile", str(employee.profile), expected)


def bundled(*parts: str) -> Path:
    """A file or folder of the bundled data, in a wheel, an editable install or a checkout.

    Examples
    --------
    >>> bundled("cases", "job7", "workforce.csv").name
    'workforce.csv'
    """
    package = Path(str(files("fagprofil")))
    inside = package / "data"
    root = inside if inside.is_dir() else package.parent / "data"
    return root.joinpath(*parts)


def editions() -> tuple[str, ...]:
    """The ids of the bundled editions of the taxonomy.

    Examples
    --------
    >>> editions()
    ('fagprofiler-2019', 'reference')
    """
    return tuple(sorted(folder.name for folder in bundled("profiles").iterdir() if folder.is_dir()))


def load_catalogue(edition: str = "reference", *, overlay: str | Path | None = None) -> Catalogue:
    """Load the bundled data, lay local changes over it, and check the whole.

    Parameters
    ----------
    edition
        Which edition of the taxonomy, see `editions`.
    overlay
        A folder of TOML files in the form of the bundled ones, with or without subfolders, or one
        such file. A field given
        there replaces the bundled one whole; only a profile's requirements are laid over one by
        one. A new id adds a record, and ``[remove]`` with ``module = ["id"]`` takes records away.

    Raises
    ------
    UnknownName
        No such edition.
    DataError
        Everything that is wrong in the files, at once.
    FileNotFoundError
        The overlay does not exist.

    Examples
    --------
    >>> catalogue = load_catalogue()
    >>> catalogue.taxonomy.id, "virksomhed" in catalogue.profiles
    ('reference', True)
    """
    if edition not in editions():
        raise UnknownName("edition", edition, editions())
    if overlay is None:
        return _load_bundled(edition)
    overlay = Path(overlay)
    if not overlay.exists():
        raise FileNotFoundError(f"no overlay at {overlay}")
    local = sorted(overlay.rglob("*.toml")) if overlay.is_dir() else [overlay]
    return catalogue_from([*_bundled_files(edition), *local])


@lru_cache(maxsize=4)
def _load_bundled(edition: str) -> Catalogue:
    return catalogue_from(_bundled_files(edition))


def _bundled_files(edition: str) -> list[Path]:
    # What a module teaches and a background brings is said on the ladder of one edition, so it
    # lies in that edition's folders, over the facts that hold for all.
    common = [("backgrounds",), ("modules",), ("funding",)]
    folders = [*common, ("profiles", edition), ("modules", edition)]
    return [file for folder in folders for file in sorted(bundled(*folder).glob("*.toml"))]


def catalogue_from(paths: Iterable[Path]) -> Catalogue:
    """A catalogue from data files, later ones laid over earlier ones.

    Raises
    ------
    DataError
        Everything that is wrong in the files, at once.
    """
    fields, tables = read_files(paths)
    problems: list[Problem] = []
    records = {kind: records_of(kind, rows, problems) for kind, rows in tables.items()}
    broken = {name for kind, rows in tables.items() for name in rows} - {
        record.id for listed in records.values() for record in listed
    }
    try:
        bare = Taxonomy.model_validate(fields)
    except ValidationError as error:
        raise DataError([*problems, *problems_in(error, "taxonomy")]) from None
    inside = {
        "areas": Records(records["area"], "area"),
        "competences": Records(records["competence"], "competence"),
    }
    # Nothing is validated by these two, so that everything that is wrong can be told at once.
    taxonomy = bare.model_copy(update=inside)
    whole: dict[str, Any] = {_FIELDS[kind]: Records(records[kind], kind) for kind in _FIELDS}
    catalogue = Catalogue.model_construct(taxonomy=taxonomy, **whole)
    # A record that refers to a broken one is not to blame.
    problems += [
        problem
        for problem in catalogue.problems()
        if not (problem.expected == UNKNOWN and problem.value in broken)
    ]
    if problems:
        raise DataError(problems)
    return catalogue


#: The catalogue's fields, by the tables of the data files.
_FIELDS = {
    "profile": "profiles",
    "module": "modules",
    "programme": "programmes",
    "run": "runs",
    "funding": "funding",
    "background": "backgrounds",
}
