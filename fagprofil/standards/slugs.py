"""Ids made from names and addresses."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping

__all__ = ["is_slug", "slug_of", "slugs"]

_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ß": "ss", "ð": "d", "þ": "th"})
#: Room for an end within the 80 characters of an id.
_LENGTH = 70


def is_slug(text: str) -> bool:
    """Whether a code can be an id as it is; a mere number would say nothing to a reader."""
    return len(text) <= _LENGTH and _SLUG.fullmatch(text) is not None


def slug_of(text: str) -> str:
    """An id made from a name: lower-case ASCII letters, digits and hyphens.

    Examples
    --------
    >>> slug_of("Rådgive ældre ansøgere (C#)")
    'raadgive-aeldre-ansoegere-c'
    """
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    words = re.findall("[a-z0-9]+", plain.encode("ascii", "ignore").decode())
    return "-".join(words)[:_LENGTH].strip("-") or "x"


def _with_end(name: str, uri: str) -> str:
    tail = slug_of(re.split("[/#:]", uri.rstrip("/#:"))[-1])
    return f"{name[: _LENGTH - 9].strip('-')}-{tail[:8].strip('-')}"


def slugs(wanted: Mapping[str, str]) -> dict[str, str]:
    """An id for each address from the one wished for; those wished for twice get an end.

    The end is that of the address, so that an id stays the same when other addresses come and go.

    Examples
    --------
    >>> slugs({"urn:x:1f2e": "motivation", "urn:x:9a8b": "motivation", "urn:x:3": "match"})
    {'urn:x:1f2e': 'motivation-1f2e', 'urn:x:9a8b': 'motivation-9a8b', 'urn:x:3': 'match'}
    """
    counts = Counter(wanted.values())
    ids = {uri: n if counts[n] == 1 else _with_end(n, uri) for uri, n in wanted.items()}
    again = Counter(ids.values())
    # Alike to the last letters only where a publisher made them so.
    alike = [uri for uri in sorted(ids) if again[ids[uri]] > 1]
    return ids | {uri: f"{ids[uri]}-{number}" for number, uri in enumerate(alike, 1)}
