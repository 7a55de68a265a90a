"""Frameworks in the form of ESCO's CSV bundles, for tools that read those."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from fagprofil.errors import DataError, Problem
from fagprofil.standards.framework import Concept, Framework, Named, Role
from fagprofil.standards.losses import Losses, LossReport
from fagprofil.standards.rows import write_table

__all__ = ["write_esco"]

_LABELS = ("conceptType", "conceptUri", "preferredLabel", "altLabels", "description", "scopeNote")


def write_esco(framework: Framework, folder: str | Path) -> LossReport:
    """Write a framework as CSV files in ESCO's form, a file of each kind in each language.

    What is written is in the form of ESCO and is not ESCO: the addresses stay the framework's own.

    Parameters
    ----------
    folder
        An existing folder; files of the same names are replaced.

    Returns
    -------
    LossReport
        What the form cannot say, such as levels and matches.

    Raises
    ------
    DataError
        No such folder.

    Examples
    --------
    >>> import tempfile
    >>> from fagprofil.standards import read_esco
    >>> ours = Framework(uri="urn:f", names={"da": "Vores"},
    ...                  concepts=[Concept(uri="urn:k", names={"da": "jobmatch"})])
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_esco(ours, folder)
    1 x names: a bundle does not tell the framework's own (first: urn:f)
    >>> read_esco(folder)["urn:k"].names["da"]
    'jobmatch'
    """
    folder, losses = Path(folder), Losses()
    if not folder.is_dir():
        raise DataError([Problem("ESCO", "folder", str(folder), "a folder that exists")])
    _tell_framework(framework, losses)
    groups = [one for one in framework.concepts if one.group]
    skills = [one for one in framework.concepts if not one.group]
    for language in framework.languages:
        for kind, records, header, more in (
            ("skills", skills, ("skillType", "reuseLevel"), _skill),
            ("skillGroups", groups, ("code",), _code),
            ("occupations", framework.roles, ("code",), _code),
        ):
            table = [
                [_TYPES[kind], *_labels(one, language), *more(one)]
                for one in records
                if _speaks(one, language)
            ]
            if table:
                write_table(folder / f"{kind}_{language}.csv", (*_LABELS, *header), table)
    for one in skills:
        _tell_skill(one, losses)
    for one in groups:
        losses.fields(one, ("related", "type", "transversal"), "only a skill has it", one.uri)
        _tell_concept(one, losses)
    for name, columns, pairs in (
        ("broaderRelationsSkillPillar", ("conceptUri", "broaderUri"), _above(framework)),
        (
            "skillSkillRelations",
            ("originalSkillUri", "relationType", "relatedSkillUri"),
            [(one.uri, "optional", other) for one in skills for other in one.related],
        ),
        (
            "occupationSkillRelations",
            ("occupationUri", "relationType", "skillUri"),
            list(_needs(framework.roles, losses)),
        ),
    ):
        if pairs:
            write_table(folder / f"{name}.csv", columns, pairs)
    return losses.report()


_TYPES = {
    "skills": "KnowledgeSkillCompetence",
    "skillGroups": "SkillGroup",
    "occupations": "Occupation",
}


def _tell_framework(framework: Framework, losses: Losses) -> None:
    losses.lost("names", "a bundle does not tell the framework's own", framework.uri)
    own = ("descriptions", "version", "creator", "licence", "scale")
    losses.fields(framework, own, "a bundle does not tell the framework's own", framework.uri)
    for one in framework.named():
        if not one.names:
            losses.lost("concepts and roles", "without a label in any language", one.uri)


def _speaks(one: Named, language: str) -> bool:
    """Whether there is something to write of it in a language."""
    texts = (one.names, one.alternatives, one.descriptions, one.notes)
    return any(language in words for words in texts)


def _labels(one: Named, language: str) -> list[str]:
    return [
        one.uri,
        one.names.get(language, ""),
        "\n".join(one.alternatives.get(language, ())),
        one.descriptions.get(language, ""),
        one.notes.get(language, ""),
    ]


def _skill(one: Named) -> list[str]:
    if not isinstance(one, Concept):
        return []
    return [one.type or "", "transversal" if one.transversal else ""]


def _code(one: Named) -> list[str]:
    return [one.code or ""]


def _tell_skill(one: Concept, losses: Losses) -> None:
    if one.code is not None:
        losses.lost("code", "a skill has none", one.uri)
    _tell_concept(one, losses)


def _tell_concept(one: Concept, losses: Losses) -> None:
    fields = ("precedes", "replaced_by", "matches", "levels")
    losses.fields(one, fields, "a concept of ESCO has no such field", one.uri)


def _above(framework: Framework) -> list[tuple[str, str]]:
    return [(one.uri, other) for one in framework.concepts for other in one.broader]


def _needs(roles: Iterable[Role], losses: Losses) -> Iterator[Sequence[str]]:
    for role in roles:
        for need in role.needs:
            fields = ("level", "five_years", "weight", "error", "reasons")
            losses.fields(need, fields, "an occupation needs a skill or does not", role.uri)
            yield role.uri, "essential" if need.essential else "optional", need.concept
