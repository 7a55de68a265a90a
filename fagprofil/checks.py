"""What must agree between the records of a catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fagprofil.errors import Problem, unknown_id
from fagprofil.model import (
    Background,
    FundingScheme,
    Module,
    Profile,
    Programme,
    Records,
    Taxonomy,
)

__all__ = [
    "background_problems",
    "circle_problems",
    "funding_problems",
    "level_problems",
    "module_problems",
    "profile_problems",
    "programme_problems",
]


def level_problems(
    taxonomy: Taxonomy, where: str, field: str, competence: str, *levels: int
) -> Iterator[Problem]:
    """Problems with a competence and with levels on its ladder."""
    yield from unknown_id(where, field, competence, taxonomy.competences)
    for level in sorted(set(levels)):
        if taxonomy.scale is None:
            expected = f"no level, since the edition {taxonomy.id!r} has no scale"
            yield Problem(where, f"{field}.{competence}", str(level), expected)
        elif level > taxonomy.scale.top:
            expected = f"a level from 0 to {taxonomy.scale.top}"
            yield Problem(where, f"{field}.{competence}", str(level), expected)


def profile_problems(
    profile: Profile, profiles: Records[Profile], taxonomy: Taxonomy
) -> Iterator[Problem]:
    """What a profile refers to."""
    where = f"profile {profile.id!r}"
    for name in profile.extends:
        yield from unknown_id(where, "extends", name, profiles)
    for row in profile.requirements or ():
        levels = (row.now, row.five_years)
        yield from level_problems(taxonomy, where, "requirements", row.competence, *levels)


def circle_problems(profiles: Mapping[str, Profile]) -> Iterator[Problem]:
    """Profiles that extend themselves."""
    for start in profiles.values():
        seen: set[str] = set()
        waiting = list(start.extends)
        while waiting:
            name = waiting.pop()
            if name == start.id:
                where = f"profile {start.id!r}"
                yield Problem(where, "extends", name, "no way back to the profile itself")
                break
            if name not in seen and name in profiles:
                seen.add(name)
                waiting += profiles[name].extends


def background_problems(background: Background, taxonomy: Taxonomy) -> Iterator[Problem]:
    """What a background refers to."""
    for name, level in (background.brings or {}).items():
        yield from level_problems(taxonomy, f"background {background.id!r}", "brings", name, level)


def module_problems(
    module: Module, taxonomy: Taxonomy, programmes: Records[Programme]
) -> Iterator[Problem]:
    """What a module refers to."""
    where = f"module {module.id!r}"
    for field, levels in (("teaches", module.teaches), ("entry", module.entry)):
        for name, level in (levels or {}).items():
            yield from level_problems(taxonomy, where, field, name, level)
    if module.programme is not None:
        yield from unknown_id(where, "programme", module.programme, programmes)


def programme_problems(programme: Programme, modules: Records[Module]) -> Iterator[Problem]:
    """What a programme refers to."""
    where = f"programme {programme.id!r}"
    listed = [*(programme.compulsory or ()), *(programme.electives or ())]
    for name in listed:
        yield from unknown_id(where, "modules", name, modules)
    if programme.project is not None:
        yield from unknown_id(where, "project", programme.project, modules)
        if programme.project in modules and not modules[programme.project].project:
            yield Problem(where, "project", programme.project, "a module marked as a project")


def funding_problems(
    scheme: FundingScheme,
    programmes: Records[Programme],
    modules: Records[Module],
    backgrounds: Records[Background],
    schemes: Records[FundingScheme],
) -> Iterator[Problem]:
    """What a funding scheme refers to."""
    where = f"funding {scheme.id!r}"
    for name in scheme.programmes or ():
        yield from unknown_id(where, "programmes", name, programmes)
    for name in scheme.modules or ():
        yield from unknown_id(where, "modules", name, modules)
    for name in scheme.excluded_backgrounds or ():
        yield from unknown_id(where, "excluded_backgrounds", name, backgrounds)
    for field, names in (("stacks_with", scheme.stacks_with), ("excludes", scheme.excludes)):
        for name in names or ():
            yield from unknown_id(where, field, name, schemes)
    for name in sorted(set(scheme.stacks_with or ()) & set(scheme.excludes or ())):
        yield Problem(where, "excludes", name, "no scheme that it is said to stack with")
