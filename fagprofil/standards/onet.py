"""O*NET, the occupational database of the United States: its tab-separated text files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fagprofil.errors import DataError, Problem
from fagprofil.standards.framework import Framework, Need, Step, framework_of
from fagprofil.standards.losses import Losses
from fagprofil.standards.rows import read_rows

__all__ = ["read_onet"]

#: Files with an importance and a level of each element for each occupation.
_RATED = ("Knowledge.txt", "Skills.txt", "Abilities.txt", "Work Activities.txt")
_COLUMNS = ("O*NET-SOC Code", "Element ID", "Element Name", "Scale ID", "Data Value")
_MORE = ("Standard Error", "Recommend Suppress", "Not Relevant")
#: Importance goes from 1, not important, to 5; level from 0 to 7.
_LEAST, _MOST, _TOP = 1.0, 5.0, 7


def read_onet(folder: str | Path, *, version: str | None = None) -> Framework:
    r"""Read O*NET's ratings of occupations as roles.

    Importance (``IM``, 1..5) becomes the weight ``(importance - 1) / 4``, level (``LV``, 0..7) the
    nearest whole level, and the level's standard error the need's `error`. What is not important or
    not relevant for an occupation is no need of it. Ratings that O*NET itself recommends to
    suppress, since they rest on too little, are left out and told of.

    Parameters
    ----------
    folder
        With at least one of ``Knowledge.txt``, ``Skills.txt``, ``Abilities.txt`` and
        ``Work Activities.txt``; also ``Occupation Data.txt`` and ``Content Model Reference.txt``,
        which say what occupations and elements are called.
    version
        Of the database, which the files do not tell.

    Raises
    ------
    DataError
        No such files, or everything that is wrong in one of them.
    FileNotFoundError
        There is no such folder.

    References
    ----------
    O*NET Resource Center, Database: https://www.onetcenter.org/database.html, Creative Commons
    Attribution 4.0. The scales are those of its file ``Scales Reference``.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> columns = ("O*NET-SOC Code", "Element ID", "Element Name", "Scale ID", "Data Value")
    >>> rows = [columns, ("21-1012.00", "2.A.1.b", "Active Listening", "IM", "4.00"),
    ...         ("21-1012.00", "2.A.1.b", "Active Listening", "LV", "4.62")]
    >>> _ = (folder / "Skills.txt").write_text("\n".join(map("\t".join, rows)) + "\n")
    >>> (role,) = read_onet(folder).roles
    >>> role.needs[0].level, role.needs[0].weight
    (5, 0.75)
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"no folder {folder}")
    losses, ratings, names = Losses(), _Ratings(), dict[str, str]()
    files = [folder / name for name in _RATED if (folder / name).exists()]
    if not files:
        expected = f"at least one of {', '.join(_RATED)}"
        raise DataError([Problem(str(folder), "files", None, expected)])
    for path in files:
        names |= ratings.read(path, losses)
    model = dict(_described(folder / "Content Model Reference.txt", "Element ID", "Element Name"))
    titles = dict(_described(folder / "Occupation Data.txt", "O*NET-SOC Code", "Title"))
    above = {parent for one in names for parent in _parents(one) if parent in model}
    return framework_of(
        "O*NET",
        uri="https://www.onetcenter.org/database.html",
        names={"en": "O*NET"},
        version=version,
        creator="U.S. Department of Labor, Employment and Training Administration",
        licence="CC BY 4.0",
        scale=tuple(Step(level=level) for level in range(1, _TOP + 1)),
        concepts=[
            *(_concept(one, names[one], model, above, group=False) for one in names),
            *(_concept(one, "", model, above, group=True) for one in above - names.keys()),
        ],
        roles=[
            {
                "uri": _uri("occupation", code),
                "names": {"en": titles.get(code, ("", ""))[0] or code},
                "descriptions": _words(titles.get(code, ("", ""))[1]),
                "code": code,
                "needs": tuple(ratings.needs(code, losses)),
            }
            for code in ratings.occupations()
        ],
        losses=losses.report(),
    )


class _Ratings:
    """Importance, level and standard error by occupation and element."""

    def __init__(self) -> None:
        self._found: dict[str, dict[str, dict[str, float]]] = {}

    def read(self, path: Path, losses: Losses) -> dict[str, str]:
        """Take in one file; the names of its elements."""
        names, problems = {}, []
        for where, row in read_rows(path, _COLUMNS, _MORE, delimiter="\t"):
            code, element, name, scale, value, error, suppress, irrelevant = row
            names[element] = name
            if scale not in ("IM", "LV"):
                losses.lost(f"scale {scale}", "only importance and level are read", code)
                continue
            if suppress == "Y":
                losses.lost("ratings", "that O*NET recommends to suppress", f"{code} {element}")
                continue
            found = self._found.setdefault(code, {}).setdefault(element, {})
            if irrelevant == "Y":
                found["irrelevant"] = 1.0
            least, most = (_LEAST, _MOST) if scale == "IM" else (0.0, float(_TOP))
            number = _number(value)
            if number is None or not least <= number <= most:
                expected = f"a number from {least:g} to {most:g}"
                problems.append(Problem(where, "Data Value", value, expected))
                continue
            found[scale] = number
            if scale == "LV" and error not in ("", "n/a"):
                deviation = _number(error)
                if deviation is None or deviation < 0:
                    problems.append(Problem(where, "Standard Error", error, "a number from 0"))
                else:
                    found["error"] = deviation
        if problems:
            raise DataError(problems)
        return names

    def occupations(self) -> list[str]:
        """Their codes."""
        return sorted(self._found)

    def needs(self, code: str, losses: Losses) -> Iterator[Need]:
        """What one occupation needs."""
        for element, found in self._found[code].items():
            if "irrelevant" in found or found.get("IM") == _LEAST or found.get("LV") == 0:
                continue
            if "IM" not in found or "LV" not in found:
                losses.lost("needs", "importance or level is missing", f"{code} {element}")
                continue
            level = int(found["LV"] + 0.5)
            if level == 0:
                losses.lost("needs", "of a level that is nearest to 0", f"{code} {element}")
                continue
            if level != found["LV"]:
                losses.lost("level", "the nearest whole one", f"{code} {element}")
            yield Need(
                concept=_uri("element", element),
                level=level,
                weight=(found["IM"] - _LEAST) / (_MOST - _LEAST),
                error=found.get("error"),
            )


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if number == number else None


def _described(path: Path, key: str, name: str) -> Iterator[tuple[str, tuple[str, str]]]:
    if path.exists():
        for _, row in read_rows(path, (key, name, "Description"), delimiter="\t"):
            yield row[0], (row[1], row[2])


def _parents(element: str) -> list[str]:
    parts = element.split(".")
    return [".".join(parts[:end]) for end in range(len(parts) - 1, 0, -1)]


def _concept(
    element: str,
    name: str,
    model: Mapping[str, tuple[str, str]],
    above: set[str],
    *,
    group: bool,
) -> Mapping[str, Any]:
    title, text = model.get(element, (name, ""))
    parent = next((one for one in _parents(element) if one in above), None)
    return {
        "uri": _uri("element", element),
        "names": {"en": title or name or element},
        "descriptions": _words(text),
        "code": element,
        "group": group,
        "broader": (_uri("element", parent),) if parent else (),
    }


def _uri(kind: str, code: str) -> str:
    return f"urn:onet:{kind}:{code}"


def _words(text: str) -> dict[str, str]:
    return {"en": text} if text else {}
