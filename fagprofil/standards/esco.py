"""ESCO, the European classification of skills and occupations, as its CSV bundles have it.

Bundles of one language are merged on the addresses of the concepts. What differs between versions
1.0, 1.1 and 1.2 (names of the relation files, separators of alternative labels, order of columns)
is read as it comes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from fagprofil.errors import DataError, Problem
from fagprofil.standards.framework import Concept, Framework, Need, framework_of
from fagprofil.standards.losses import Losses
from fagprofil.standards.rows import header_of, read_rows

__all__ = ["read_esco"]

ESCO = "http://data.europa.eu/esco"

#: ``skills_da.csv``, ``broaderRelationsSkillPillar.csv``.
_NAME = re.compile(r"(?P<kind>[A-Za-z]+?)(_(?P<language>[a-z]{2,3}(-[A-Za-z]+)?))?\.csv")
#: Alternative labels stand on lines of their own, in collections between bars.
_BETWEEN = re.compile(r"\n| \| ")
_TEXTS = ("altLabels", "hiddenLabels", "description", "scopeNote", "status", "code")
_MORE = ("skillType", "reuseLevel", "broaderConceptUri")
#: What a concept's row says beside these, and a framework has no field for.
_UNREAD = ("modifiedDate", "regulatedProfessionNote", "definition", "inScheme")


def read_esco(
    *sources: str | Path, language: str | None = None, version: str | None = None
) -> Framework:
    r"""Read ESCO's CSV files, in one or several languages, merged on the concepts' addresses.

    Skills and knowledge become concepts, skill groups become groups, occupations become roles whose
    needs are essential or optional. Where two bundles give a concept two labels in one language,
    the first bundle's counts. Files that there are not are done without; only some file of skills
    there must be.

    Parameters
    ----------
    sources
        Folders with CSV files, or single files; the kind of each and its language are in its name,
        as in ``skills_da.csv``.
    language
        The language of files whose names do not tell.
    version
        ESCO's version, which the files do not tell.

    Returns
    -------
    Framework
        With what was not taken in, in its `losses`.

    Raises
    ------
    DataError
        Files that are not ESCO's, are damaged, or lack a column.
    FileNotFoundError
        There is no such file or folder.

    References
    ----------
    ESCO, European Commission: https://esco.ec.europa.eu/en/use-esco/download. Whoever publishes
    what comes of it says that it uses ESCO.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "skills_da.csv").write_text(
    ...     "conceptType,conceptUri,skillType,preferredLabel\n"
    ...     "KnowledgeSkillCompetence,http://data.europa.eu/esco/skill/a,knowledge,jobmatch\n")
    >>> read_esco(folder)
    <Framework ESCO: 1 concept in 0 groups, 0 roles; da>
    """
    reading = _Reading()
    unread = []
    for path in _files(sources):
        found = _NAME.fullmatch(path.name)
        kind = found["kind"] if found else ""
        read = _reader(kind)
        if read is None:
            unread.append(path)
            continue
        tag = (found["language"] if found else None) or language
        if read in _LABELLED and tag is None:
            expected = "a language in the file's name, as skills_da.csv, or language="
            raise DataError([Problem(path.name, "language", None, expected)])
        read(reading, path, tag or "")
    if not reading.concepts:
        names = ", ".join(path.name for path in unread) or "no CSV files"
        expected = f"a file of skills, as skills_da.csv; there are {names}"
        raise DataError([Problem("ESCO", "files", None, expected)])
    for path in unread:
        reading.losses.lost("file", "a framework has no place for what it says", path.name)
    return reading.framework(version)


def _files(sources: Iterable[str | Path]) -> Iterator[Path]:
    for source in map(Path, sources):
        if source.is_dir():
            yield from sorted(source.glob("*.csv"))
        elif source.exists():
            yield source
        else:
            raise FileNotFoundError(f"no file or folder {source}")


class _Reading:
    """What has been read so far, by address."""

    def __init__(self) -> None:
        self.concepts: dict[str, dict[str, Any]] = {}
        self.roles: dict[str, dict[str, Any]] = {}
        self.needs: dict[str, dict[str, bool]] = {}
        """By occupation and skill, whether it is essential."""
        self.broader: dict[str, dict[str, None]] = {}
        self.related: dict[str, dict[str, None]] = {}
        self.losses = Losses()

    def skills(self, path: Path, language: str) -> None:
        """Skills, skill groups, or one of the collections of skills."""
        for kind, uri, row, more in self._labels(path):
            group = kind == "SkillGroup"
            found = self._named(self.concepts, uri, language, row)
            found["group"] = group
            for field, text in (("type", more["skillType"]), ("code", row["code"])):
                if text and found.setdefault(field, text) != text:
                    self.losses.lost(field, f"{found[field]!r} was read before", uri)
            if more["reuseLevel"] == "transversal":
                found["transversal"] = True
            above = filter(None, more["broaderConceptUri"].split(" | "))
            self.broader.setdefault(uri, {}).update(dict.fromkeys(above))

    def occupations(self, path: Path, language: str) -> None:
        """Occupations; the rows of ISCO's groups between them are left out."""
        for kind, uri, row, _ in self._labels(path):
            if kind == "ISCOGroup":
                self.losses.lost("ISCO groups", "a role stands in no group", uri)
                continue
            found = self._named(self.roles, uri, language, row)
            if row["code"]:
                found.setdefault("code", row["code"])

    def _labels(
        self, path: Path
    ) -> Iterator[tuple[str, str, Mapping[str, str], Mapping[str, str]]]:
        needed = ("conceptType", "conceptUri", "preferredLabel")
        for name in set(header_of(path)) & set(_UNREAD):
            self.losses.lost(f"column {name}", "a framework has no such field", path.name)
        wanted = (*_TEXTS, *_MORE)
        problems = []
        for where, (kind, uri, label, *texts) in read_rows(path, needed, wanted):
            cells = dict(zip(wanted, texts, strict=True))
            if not uri:
                problems.append(Problem(where, "conceptUri", None, "an address"))
            elif cells["status"] not in ("", "released"):
                self.losses.lost("concepts", f"of the status {cells['status']}", uri)
            else:
                yield kind, uri, {"preferredLabel": label, **cells}, cells
        if problems:
            raise DataError(problems)

    def _named(
        self,
        records: dict[str, dict[str, Any]],
        uri: str,
        language: str,
        row: Mapping[str, str],
    ) -> dict[str, Any]:
        """A record with its words in one language; what is there already stays."""
        found = records.get(uri)
        if found is None:
            found = {"names": {}, "alternatives": {}, "descriptions": {}, "notes": {}}
            records[uri] = found
        for field, column in (
            ("names", "preferredLabel"),
            ("descriptions", "description"),
            ("notes", "scopeNote"),
        ):
            text = row[column]
            if text and found[field].setdefault(language, text) != text:
                self.losses.lost(f"{column} in {language}", "another was read before", uri)
        texts = [text for part in _BETWEEN.split(row["altLabels"]) if (text := part.strip())]
        if texts:
            before = found["alternatives"].get(language, ())
            found["alternatives"][language] = tuple(dict.fromkeys([*before, *texts]))
        if row["hiddenLabels"]:
            self.losses.lost("hiddenLabels", "a framework has no such field", uri)
        return found

    def above(self, path: Path, _: str) -> None:
        """Which skill or group is under which."""
        for _place, (uri, broader) in read_rows(path, ("conceptUri", "broaderUri")):
            self.broader.setdefault(uri, {})[broader] = None

    def neighbours(self, path: Path, _: str) -> None:
        """Which knowledge a skill uses."""
        columns = ("originalSkillUri", "relationType", "relatedSkillUri")
        for _place, (uri, kind, other) in read_rows(path, columns):
            self.related.setdefault(uri, {})[other] = None
            self.losses.lost(
                "relationType", "a related concept is related, no more", f"{kind} {uri}"
            )

    def needed(self, path: Path, _: str) -> None:
        """Which skills an occupation needs; essential where two bundles say both."""
        problems = []
        columns = ("occupationUri", "relationType", "skillUri")
        for where, (role, kind, skill) in read_rows(path, columns):
            if kind not in ("essential", "optional"):
                problems.append(Problem(where, "relationType", kind, "essential or optional"))
                continue
            rows = self.needs.setdefault(role, {})
            rows[skill] = rows.get(skill, False) or kind == "essential"
        if problems:
            raise DataError(problems)

    def framework(self, version: str | None) -> Framework:
        """All of it; what refers to concepts that no file has is lost."""
        concepts = [
            Concept(
                uri=uri,
                **fields,
                broader=self._known("broader", uri, self.broader),
                related=self._known("related", uri, self.related),
            )
            for uri, fields in self.concepts.items()
        ]
        for field, relations in (("broader", self.broader), ("related", self.related)):
            for uri in relations.keys() - self.concepts.keys():
                self.losses.lost(field, "no file has the concept itself", uri)
        for uri in self.needs.keys() - self.roles.keys():
            self.losses.lost("needs", "no file has the occupation", uri)
        roles = [
            {"uri": uri, **fields, "needs": tuple(self._needs(uri))}
            for uri, fields in self.roles.items()
        ]
        return framework_of(
            "ESCO",
            uri=ESCO,
            names={"en": "ESCO"},
            version=version,
            creator="European Commission",
            licence="Reuse under Commission Decision 2011/833/EU, with attribution",
            concepts=concepts,
            roles=roles,
            losses=self.losses.report(),
        )

    def _known(
        self, field: str, uri: str, relations: Mapping[str, Mapping[str, None]]
    ) -> tuple[str, ...]:
        others = sorted(relations.get(uri, ()))
        for other in others:
            if other not in self.concepts:
                self.losses.lost(field, "no file has the other concept", other)
        return tuple(other for other in others if other in self.concepts)

    def _needs(self, role: str) -> Iterator[Need]:
        rows = self.needs.get(role, {})
        for skill in sorted(rows):
            if skill in self.concepts:
                yield _need(skill, rows[skill])
            else:
                self.losses.lost("needs", "no file has the skill", skill)


@lru_cache(maxsize=100_000)
def _need(skill: str, essential: bool) -> Need:
    # Each skill is needed by many occupations.
    return Need(concept=skill, essential=essential)


Reader = Callable[[_Reading, Path, str], None]
_LABELLED = (_Reading.skills, _Reading.occupations)
_READERS: Mapping[str, Reader] = {
    "skills": _Reading.skills,
    "skillGroups": _Reading.skills,
    "occupations": _Reading.occupations,
    "broaderRelationsSkillPillar": _Reading.above,
    "skillSkillRelations": _Reading.neighbours,
    "occupationSkillRelations": _Reading.needed,
}


def _reader(kind: str) -> Reader | None:
    return _Reading.skills if kind.endswith("SkillsCollection") else _READERS.get(kind)
