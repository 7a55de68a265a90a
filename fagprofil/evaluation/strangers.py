"""Ids and modules of other people's data, as records of a catalogue."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Mapping
from functools import cache

from pydantic import TypeAdapter, ValidationError

from fagprofil.catalogue import Catalogue
from fagprofil.errors import DataError, Problem
from fagprofil.model import (
    Competence,
    Level,
    Module,
    Profile,
    Provenance,
    Requirement,
    Scale,
    Taxonomy,
    Text,
)
from fagprofil.model.base import Slug

__all__ = ["LEARNER", "as_slug", "from_slug", "unmapped_catalogue"]

#: The profile of everybody, where a table names none.
LEARNER = "learner"

_CODED = "b32-"
_COMPETENCE = "anything"


@cache
def _adapter() -> TypeAdapter[str]:
    return TypeAdapter(Slug)


def _is_slug(text: str) -> bool:
    try:
        _adapter().validate_python(text)
    except ValidationError:
        return False
    return True


def as_slug(text: str) -> str:
    """An id in the form of the library's ids; `from_slug` reads it back.

    A text that is a slug already (lower-case ASCII letters, digits and single hyphens between them,
    at most 80) stays as it is. Any other becomes ``b32-`` and its UTF-8 bytes in base 32 (RFC 4648,
    lower case, without padding), and so does a slug that itself begins with ``b32-``: no two texts
    have one slug.

    Raises
    ------
    DataError
        A text that is empty, or of more than 47 bytes.

    Examples
    --------
    >>> as_slug("1029"), as_slug("CS101")
    ('1029', 'b32-injtcmbr')
    """
    if _is_slug(text) and not text.startswith(_CODED):
        return text
    # Half of a surrogate pair has no bytes; its mark is refused below.
    slug = _CODED + _encoded(text.encode("utf-8", "surrogatepass"))
    if not _is_slug(slug) or any("\ud800" <= one <= "\udfff" for one in text):
        expected = "a text of 1 to 47 bytes in UTF-8"
        raise DataError([Problem("id", "id", None, expected)])
    return slug


def _encoded(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()


def from_slug(slug: str) -> str:
    """The text that `as_slug` made a slug of.

    Raises
    ------
    DataError
        Nothing that `as_slug` makes.

    Examples
    --------
    >>> from_slug("b32-injtcmbr"), from_slug("1029")
    ('CS101', '1029')
    """
    if not slug.startswith(_CODED):
        return slug
    code = slug.removeprefix(_CODED).upper()
    try:
        text = base64.b32decode(code + "=" * (-len(code) % 8)).decode()
        if as_slug(text) == slug:
            return text
    except (binascii.Error, UnicodeDecodeError, DataError):
        pass
    raise DataError([Problem("id", "id", slug, f"{_CODED} and base 32, as as_slug writes it")])


def unmapped_catalogue(
    modules: Mapping[str, str], profiles: Mapping[str, str], as_of: dt.date, origin: Provenance
) -> Catalogue:
    """A catalogue of modules of which nobody has said what they teach.

    It has one competence with one level, that all profiles need and nothing is said of: so
    everybody has a gap, without which no module can be recommended, and none is known to close it.

    Parameters
    ----------
    modules, profiles
        Titles and names by id; without profiles there is `LEARNER`.
    as_of
        The day that "now" means; what is needed does not change.
    origin
        Where all of the records come from.
    """
    name = Text(da="Noget at lære", en="Something to learn")
    level = Level(level=1, name=name, descriptor=name)
    scale = Scale(id="one-level", name=name, levels=(level,), provenance=origin)
    competence = Competence(id=_COMPETENCE, name=name, kind="basis", provenance=origin)
    taxonomy = Taxonomy(
        id="unmapped",
        name=Text(da="Uden kompetencer", en="Without competences"),
        as_of=as_of,
        scale=scale,
        competences=[competence],
        provenance=origin,
    )
    named = profiles or {LEARNER: LEARNER}
    return Catalogue(
        taxonomy=taxonomy,
        profiles=[_profile(one, title, origin) for one, title in named.items()],
        modules=[_module(one, title, origin) for one, title in modules.items()],
    )


def _profile(name: str, title: str, origin: Provenance) -> Profile:
    reason = Text(
        da="Uden et behov kan intet anbefales", en="Without a need nothing can be recommended"
    )
    need = Requirement(
        competence=_COMPETENCE, now=1, five_years=1, reason=reason, provenance=origin
    )
    return Profile(id=name, name=Text(da=title), requirements=(need,), provenance=origin)


def _module(name: str, title: str, origin: Provenance) -> Module:
    # A level must be given; it says nothing here.
    return Module(id=name, title=Text(da=title), level="diplom", provenance=origin)
