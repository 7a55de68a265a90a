"""Write people to a file, as `read_workforce` reads them: in the long form or the wide form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from fagprofil.catalogue import Catalogue, load_catalogue
from fagprofil.errors import DataError, Problem
from fagprofil.io.results import check_suffix, write_rows
from fagprofil.io.whole import whole
from fagprofil.model import Completion, Employee, Evidence, Lang
from fagprofil.spellings import Spellings
from fagprofil.workforce import COLUMNS, people_of

__all__ = ["Form", "write_workforce"]

Form = Literal["long", "wide"]
Row = Mapping[str, Any]

#: What is said of all levels in a row of the wide form.
_SHARED = ("kind", "date", "confidence")


def write_workforce(
    people: Any,
    path: str | Path,
    catalogue: Catalogue | None = None,
    *,
    form: Form = "long",
    lang: Lang | None = None,
) -> None:
    """Write people to a file that `read_workforce` reads as the same people.

    Parameters
    ----------
    people
        A `Workforce`, people, or a table of them.
    path
        Ends in ``.csv``, ``.xlsx``, ``.parquet`` or ``.json``. The file appears when it is
        complete. JSON holds all that is known of people; `form` and `lang` say nothing of it.
    catalogue
        What names are looked up in; None is the bundled one.
    form
        ``"long"``, one row per statement, or ``"wide"``, one row per person and one column per
        competence. Columns in which nobody has anything are left out.
    lang
        Name columns, competences, modules and all else in a language; None writes ids.

    Raises
    ------
    DataError
        Another suffix or form, or all that a table of this form cannot say.
    MissingExtra
        What writes Parquet or Excel is not installed.

    Examples
    --------
    >>> import tempfile
    >>> import fagprofil as fp
    >>> said = fp.Evidence(competence="jobmatch", level=3, kind="manager")
    >>> anna = fp.Employee(id="a", unit="Vejle", evidence=[said])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "people.csv"
    ...     fp.write_workforce([anna], file, lang="da")
    ...     print(file.read_text(encoding="utf-8-sig"))
    ...     fp.read_workforce(file)["a"] == anna
    Medarbejder,Enhed,Kompetence,Niveau,Kilde,Sikkerhed
    a,Vejle,Jobmatch og rekruttering,3,leder,1.0
    <BLANKLINE>
    True
    """
    target = Path(path)
    suffix = check_suffix(target)
    catalogue = catalogue if catalogue is not None else load_catalogue()
    listed = people_of(people, catalogue)
    if suffix == ".json":
        with whole(target) as temporary:
            temporary.write_text(listed.model_dump_json(indent=1) + "\n", encoding="utf-8")
        return
    columns, rows = _table(listed, form)
    used = [
        name for name in columns if name == "employee" or any(row[name] is not None for row in rows)
    ]
    if lang is None:
        write_rows(rows, used, target)
        return
    spellings = Spellings(catalogue)
    headings = {name: spellings.word("column", name, lang) for name in used}
    named = [
        {heading: _worded(spellings, name, row[name], lang) for name, heading in headings.items()}
        for row in rows
    ]
    write_rows(named, headings.values(), target)


def _worded(spellings: Spellings, column: str, value: Any, lang: Lang) -> Any:
    """A cell with names in place of ids."""
    if value is None or column not in spellings.fields:
        return value
    words = [spellings.word(column, one, lang) for one in str(value).split(";")]
    # A name in which there is a separator would be read as two.
    return ";".join(words) if not set(";|") & set("".join(words)) else value


def _table(people: Iterable[Employee], form: Form) -> tuple[Sequence[str], list[Row]]:
    """The columns and rows that say of people what they hold."""
    if form not in ("long", "wide"):
        raise DataError([Problem("call", "form", str(form), "'long' or 'wide'")])
    listed = list(people)
    problems = [x for one in listed for x in (*_unsaid(one), *_not_wide(one, form))]
    if problems:
        raise DataError(problems)
    if form == "long":
        return COLUMNS, [row for one in listed for row in _long(one)]
    named = list(dict.fromkeys(said.competence for one in listed for said in one.evidence))
    columns = [name for name in COLUMNS if name not in ("competence", "level")]
    return [*columns, *named], [_wide(one, named) for one in listed]


def _unsaid(one: Employee) -> Iterator[Problem]:
    """What no table says."""
    where = f"employee {one.id!r}"
    if one.backgrounds == ():
        yield Problem(where, "backgrounds", "none", "some, or unknown; a blank cell is unknown")
    for name, value in (("backgrounds", one.backgrounds), ("completed", one.completed)):
        if len(set(value or ())) < len(value or ()):
            yield Problem(where, name, None, "each once")
    if any(taken != Completion(module=taken.module) for taken in one.completed):
        expected = "modules that were passed, without date or outcome; JSON holds those"
        yield Problem(where, "completed", None, expected)
    if isinstance(one.profile, dict):
        yield Problem(where, "profile", None, "text, as 'a:0.7+b:0.3'")
    statements = [(said.competence, said.kind, said.date) for said in one.evidence]
    if len(set(statements)) < len(statements):
        yield Problem(where, "evidence", None, "one statement per competence, kind and date")


def _not_wide(one: Employee, form: Form) -> Iterator[Problem]:
    """What the wide form does not say."""
    if form == "long":
        return
    where, said = f"employee {one.id!r}", one.evidence
    if len({x.competence for x in said}) < len(said):
        yield Problem(where, "evidence", None, "one level per competence in the wide form")
    for name in _SHARED:
        if len({getattr(x, name) for x in said}) > 1:
            yield Problem(where, name, None, "the same for all levels in the wide form")


def _long(one: Employee) -> Iterator[Row]:
    facts = _facts(one)
    for said in one.evidence or (None,):
        yield {**facts, "competence": None, "level": None, **_shared(said), **_level(said)}


def _wide(one: Employee, named: Iterable[str]) -> Row:
    levels = {said.competence: said.level for said in one.evidence}
    shared = _shared(one.evidence[0] if one.evidence else None)
    return {**_facts(one), **shared, **{name: levels.get(name) for name in named}}


def _level(said: Evidence | None) -> Row:
    return {} if said is None else {"competence": said.competence, "level": said.level}


def _shared(said: Evidence | None) -> Row:
    if said is None:
        return dict.fromkeys(_SHARED)
    return {"kind": said.kind, "date": said.date, "confidence": said.confidence}


def _facts(one: Employee) -> Row:
    """A person's own facts, which stand on each of their rows."""
    return {
        "employee": one.id,
        "unit": one.unit,
        "backgrounds": ";".join(one.backgrounds or ()) or None,
        "profile": one.profile,
        "hired": one.hired,
        "employer": one.employer,
        "agreement": one.agreement,
        "education_level": one.education_level,
        "relevant_years": one.relevant_years,
        "completed": ";".join(taken.module for taken in one.completed) or None,
    }
