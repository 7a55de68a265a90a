"""Moodle's competency frameworks, as the CSV that its own importer and exporter use."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from fagprofil.errors import DataError, Problem, nearest
from fagprofil.standards.framework import Concept, Framework, Named, Role, Step, framework_of
from fagprofil.standards.losses import Losses, LossReport
from fagprofil.standards.rows import read_cells, write_table
from fagprofil.standards.words import chosen, lost_words

__all__ = ["read_moodle", "write_moodle", "write_moodle_templates"]

#: The importer goes by position; the names are those of its English export.
COLUMNS = (
    "Parent ID number",
    "ID number",
    "Short name",
    "Description",
    "Description format",
    "Scale values",
    "Scale configuration",
    "Rule type (optional)",
    "Rule outcome (optional)",
    "Rule config (optional)",
    "Cross-referenced competency ID numbers",
    "Exported ID (optional)",
    "Is framework",
    "Taxonomy",
)
TEMPLATE_COLUMNS = (
    "Short name",
    "Description",
    "Description format",
    "Competency framework ID number",
    "Cross-referenced competency ID numbers",
)
#: Moodle cuts ids and short names there.
LONGEST = 100
HTML, PLAIN = "1", "2"
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:\S+")
_NOT_YET = {"da": "Endnu ikke", "en": "Not yet"}
_HAS = Step(level=1, names={"da": "Kompetent", "en": "Competent"})


def read_moodle(path: str | Path, *, language: str = "da") -> Framework:
    """Read a competency framework that Moodle exported.

    Competencies with others under them are groups. The first value of the scale is taken for
    level 0, since Moodle's scales begin with "not yet competent". An id number that is an address
    is kept as one; others become ``urn:moodle:framework:number``.

    Parameters
    ----------
    language
        The language of the file's texts, which it does not tell.

    Raises
    ------
    DataError
        Not 14 columns, no row of a framework or several, ids that are missing or refer to nothing.
    FileNotFoundError
        There is no such file.

    References
    ----------
    Moodle, ``admin/tool/lpimportcsv``: the columns of ``framework_exporter``.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "framework.csv"
    >>> ours = Framework(uri="urn:f", names={"da": "Vores"}, concepts=[
    ...     Concept(uri="urn:k", names={"da": "Jobmatch"}, code="jobmatch")])
    >>> _ = write_moodle(ours, path)
    >>> read_moodle(path)["urn:f:jobmatch"].names["da"]
    'Jobmatch'
    """
    path, losses = Path(path), Losses()
    rows = [
        (where, dict(zip(COLUMNS, row, strict=True)))
        for where, row in read_cells(path, len(COLUMNS))
    ]
    heads = [row for _, row in rows if _is_framework(row)]
    if len(heads) != 1:
        expected = f"one row that says it is the framework; there are {len(heads)}"
        raise DataError([Problem(path.name, "Is framework", None, expected)])
    (head,) = heads
    items = [(where, row) for where, row in rows if not _is_framework(row)]
    number = head["ID number"]
    uri = number if _ADDRESS.fullmatch(number) else f"urn:moodle:{quote(number, safe='')}"
    uris = {
        row["ID number"]: _address(uri, row["ID number"]) for _, row in items if row["ID number"]
    }
    problems = list(_problems(items, uris))
    if problems:
        raise DataError(problems)
    parents = {row["Parent ID number"] for _, row in items}
    return framework_of(
        path.name,
        uri=uri,
        names={language: head["Short name"]},
        descriptions=_described(head, language, losses, uri),
        scale=_scale(head, language, losses),
        concepts=[_concept(row, uris, parents, language, losses) for _, row in items],
        losses=losses.report(),
    )


def _is_framework(row: Mapping[str, str]) -> bool:
    # As PHP takes a text for true.
    return row["Is framework"] not in ("", "0")


def _address(framework: str, number: str) -> str:
    if _ADDRESS.fullmatch(number):
        return number
    return f"{framework}:{quote(number, safe='')}"


def _problems(
    items: Iterable[tuple[str, Mapping[str, str]]], uris: Mapping[str, str]
) -> Iterator[Problem]:
    seen = set()
    for where, row in items:
        number, parent = row["ID number"], row["Parent ID number"]
        if not number:
            yield Problem(where, "ID number", None, "an id")
        elif number in seen:
            yield Problem(where, "ID number", number, "an id used once")
        seen.add(number)
        for field, other in [("Parent ID number", parent), *_references(row)]:
            if other and other not in uris:
                expected = "the id of another row"
                yield Problem(where, field, other, expected, nearest(other, uris))


def _references(row: Mapping[str, str]) -> list[tuple[str, str]]:
    field = "Cross-referenced competency ID numbers"
    return [(field, one.replace("%2C", ",")) for one in row[field].split(",") if one]


def _concept(
    row: Mapping[str, str],
    uris: Mapping[str, str],
    parents: set[str],
    language: str,
    losses: Losses,
) -> Mapping[str, Any]:
    number, parent = row["ID number"], row["Parent ID number"]
    uri = uris[number]
    if row["Scale values"]:
        losses.lost("Scale values", "the levels are those of the framework", uri)
    if row["Rule type (optional)"]:
        losses.lost("Rule type", "what Moodle does when a competency is reached", uri)
    return {
        "uri": uri,
        "names": {language: row["Short name"]} if row["Short name"] else {},
        "descriptions": _described(row, language, losses, uri),
        "code": None if number == uri else number,
        "group": number in parents,
        "broader": (uris[parent],) if parent else (),
        "related": tuple(dict.fromkeys(uris[other] for _, other in _references(row))),
    }


def _described(row: Mapping[str, str], language: str, losses: Losses, uri: str) -> dict[str, str]:
    text = row["Description"]
    if row["Description format"] == HTML and text:
        plain = _Plain.text_of(text)
        if plain != text:
            losses.lost("Description", "the text without its formatting", uri)
        text = plain
    return {language: text} if text else {}


class _Plain(HTMLParser):
    """The text of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, _: Sequence[tuple[str, str | None]]) -> None:
        if tag in ("br", "p", "li", "div"):
            self.parts.append("\n")

    @classmethod
    def text_of(cls, html: str) -> str:
        parser = cls()
        parser.feed(html)
        parser.close()
        return "".join(parser.parts).strip()


def _scale(head: Mapping[str, str], language: str, losses: Losses) -> tuple[Step, ...]:
    names = [name.strip() for name in head["Scale values"].split(",") if name.strip()]
    if names:
        why = "which values count as proficient is Moodle's"
        losses.lost("Scale configuration", why, head["Scale configuration"])
    return tuple(Step(level=n, names={language: name}) for n, name in enumerate(names[1:], 1))


def write_moodle(
    framework: Framework,
    path: str | Path,
    *,
    language: str = "da",
    proficient: int | None = None,
) -> LossReport:
    """Write a competency framework for Moodle's importer, whole or not at all.

    It is read in under *Site administration > Competencies > Import competency framework*. A scale
    gets a first value for level 0; one is made where the framework has none.

    Parameters
    ----------
    language
        The language to write; where a text is not known in it, the text in another one is written.
    proficient
        The lowest level at which Moodle takes somebody for competent, which is also what it gives
        to who completes a course; None is the middle of the scale. That is for you to decide.

    Returns
    -------
    LossReport
        What Moodle cannot say, or holds in 100 characters.

    Raises
    ------
    DataError
        A level that is not on the scale.
    """
    losses = Losses()
    ids = _numbers(framework, losses)
    scale, configuration = _scale_cells(framework, language, proficient, losses)
    name, text = _words(framework, language, losses)
    number = _number(framework.uri)
    levels = ",".join(["competency"] * 4)
    rows = [["", number, name, text, PLAIN, scale, configuration, *[""] * 5, "1", levels]]
    for one in _from_the_top(framework):
        _tell(one, losses)
        name, text = _words(one, language, losses)
        parent = ids[min(one.broader)] if one.broader else ""
        related = ",".join(ids[other].replace(",", "%2C") for other in one.related)
        cells = [parent, ids[one.uri], name, text, PLAIN]
        rows.append([*cells, "", "", "", "0", "null", related, "", "", ""])
    for role in framework.roles:
        losses.lost("roles", "see write_moodle_templates", role.uri)
    own = ("version", "creator", "licence")
    losses.fields(framework, own, "a framework of Moodle has no such field", framework.uri)
    write_table(Path(path), COLUMNS, rows)
    return losses.report()


def write_moodle_templates(
    framework: Framework, path: str | Path, *, language: str = "da"
) -> LossReport:
    """Write the roles as learning plan templates: each with the id numbers that it needs.

    Moodle itself has no importer of templates. The columns are those of the plugin
    ``tool_lptmanager``, whose importer, as it stood when this was written, makes the templates and
    leaves it to the administrator to add the competencies, which the last column lists.

    Parameters
    ----------
    language
        As for `write_moodle`, with which the framework itself is written.

    Returns
    -------
    LossReport
        Levels, weights and what is optional, which a template does not tell.
    """
    losses = Losses()
    ids = _numbers(framework, Losses())
    rows = []
    for role in framework.roles:
        name, text = _words(role, language, losses)
        losses.fields(role, ("alternatives", "notes", "code"), "a template has none", role.uri)
        for need in role.needs:
            fields = ("level", "five_years", "weight", "error", "reasons")
            losses.fields(need, fields, "a template has none", role.uri)
            if not need.essential:
                losses.lost("optional", "a template's competencies are all alike", role.uri)
        needed = ",".join(ids[need.concept].replace(",", "%2C") for need in role.needs)
        rows.append([name, text, PLAIN, _number(framework.uri), needed])
    write_table(Path(path), TEMPLATE_COLUMNS, rows)
    return losses.report()


def _number(uri: str) -> str:
    return uri if len(uri) <= LONGEST else str(uuid5(NAMESPACE_URL, uri))


def _numbers(framework: Framework, losses: Losses) -> dict[str, str]:
    """Id numbers: the publisher's codes where all have one of their own, otherwise addresses."""
    codes = [one.code for one in framework.concepts]
    coded = None not in codes and len(set(codes)) == len(codes)
    ids = {}
    for one in framework.concepts:
        wanted = (one.code or "") if coded else one.uri
        ids[one.uri] = _number(wanted)
        back = _address(_number(framework.uri), ids[one.uri])
        if back != one.uri:
            losses.lost("uri", "the id number is the code, or too long", one.uri)
        if not coded and one.code is not None:
            losses.lost("code", "the id number is the address", one.uri)
    return ids


def _from_the_top(framework: Framework) -> Iterator[Concept]:
    """Parents before what is under them, as a reader of the file expects."""
    waiting = [one for one in framework.concepts if not one.broader]
    under: dict[str, list[Concept]] = {}
    for one in framework.concepts:
        if one.broader:
            under.setdefault(min(one.broader), []).append(one)
    while waiting:
        one = waiting.pop(0)
        yield one
        waiting = under.get(one.uri, []) + waiting


def _tell(one: Concept, losses: Losses) -> None:
    if len(one.broader) > 1:
        losses.lost("broader", "a competency has one parent", one.uri)
    fields = ("alternatives", "notes", "type", "precedes", "replaced_by", "matches", "levels")
    why = "a competency has no such field"
    losses.fields(one, (*fields, "transversal"), why, one.uri)


def _words(one: Named | Framework | Role, language: str, losses: Losses) -> tuple[str, str]:
    """Short name and description; a name that is cut stands whole in the description."""
    for field in ("names", "descriptions"):
        lost_words(losses, getattr(one, field), language, field, one.uri)
    name = chosen(one.names, language) or one.uri
    text = chosen(one.descriptions, language) or ""
    if len(name) > LONGEST:
        losses.lost("names", f"longer than {LONGEST} characters", one.uri)
        text = f"{name}\n{text}".strip()
        name = name[: LONGEST - 1] + "…"
    return name, text


def _scale_cells(
    framework: Framework, language: str, proficient: int | None, losses: Losses
) -> tuple[str, str]:
    steps = framework.scale or (_HAS,)
    level = (len(steps) + 1) // 2 if proficient is None else proficient
    if not 1 <= level <= len(steps):
        expected = f"a level from 1 to {len(steps)}"
        raise DataError([Problem(framework.uri, "proficient", str(proficient), expected)])
    names = [chosen(_NOT_YET, language) or ""]
    for step in steps:
        if framework.scale:
            lost_words(losses, step.names, language, "names of a level", framework.uri)
        if step.descriptors:
            losses.lost("descriptors", "a scale has names only", framework.uri)
        name = chosen(step.names, language) or str(step.level)
        if "," in name:
            losses.lost("names of a level", "a comma would part it in two", name)
        names.append(name.replace(",", " ").strip() or str(step.level))
    # The importer sets the scale's own number; values count from 1, the first is level 0.
    values: list[dict[str, Any]] = [{"scaleid": "0"}]
    values += [
        {"id": at + 1, "scaledefault": int(at == level), "proficient": 1}
        for at in range(level, len(steps) + 1)
    ]
    return ",".join(names), json.dumps(values, separators=(",", ":"))
