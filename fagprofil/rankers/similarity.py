r"""How much of a competence a module's text tells of.

Texts are compared by the cosine of their vectors: TF-IDF over pieces of words or over words, or
what a callable of the user makes of them. Most pairs of texts are a little alike, since they are
in one language, and over many competences these little likenesses would sum to more than the few
that mean something. So of the cosine :math:`s_{kj}` only what it has above the mean
:math:`\bar s` of all pairs counts, and of that the more, the more it stands out in its module:

.. math::

    c_{kj} = \max\left(0, \frac{s_{kj} - \bar s}{1 - \bar s}\right), \qquad
    similarity_{kj} = \frac{c_{kj}^2}{\sqrt{\sum_m c_{mj}^2}}

A module's similarities are between 0 and 1, whatever else is in its text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fagprofil.catalogue import Catalogue
from fagprofil.errors import DataError, Problem, RankerError, nearest
from fagprofil.model import Text
from fagprofil.model.base import Lang

__all__ = ["Analyzer", "Embed", "text_similarity"]

Floats = NDArray[np.float64]

Analyzer = Literal["char", "word", "both"]
#: Texts to vectors: n texts to an array of shape (n, d), the same for the same texts.
Embed = Callable[[list[str]], ArrayLike]

#: A similarity is a whole multiple of 1 in so many.
SIMILARITY_UNITS = 1 << 16

# Accents are kept: å is a letter of its own, no kind of a. One letter can be a word: R, C.
_PIECES: Mapping[str, Mapping[str, Any]] = {
    "char": {"analyzer": "char_wb", "ngram_range": (3, 5)},
    "word": {"analyzer": "word", "token_pattern": r"\w+"},
}
_ANALYZERS: Mapping[str, tuple[str, ...]] = {
    "char": ("char",),
    "word": ("word",),
    "both": ("char", "word"),
}
_LANGS = ("da", "en")


@dataclass(frozen=True)
class _Key:
    """Catalogues are compared by identity: they are frozen, and comparing them whole is slow."""

    catalogue: Catalogue
    analyzer: Analyzer
    lang: Lang
    embed: Embed | None

    def __hash__(self) -> int:
        return hash((id(self.catalogue), self.analyzer, self.lang))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Key)
            and self.catalogue is other.catalogue
            and (self.analyzer, self.lang) == (other.analyzer, other.lang)
            and self.embed == other.embed
        )


def text_similarity(
    catalogue: Catalogue,
    analyzer: Analyzer = "char",
    lang: Lang = "da",
    embed: Embed | None = None,
) -> Floats:
    """How much of each competence each module's text tells of.

    A module's text is its title and topics, a competence's its name, which counts twice where
    words are counted, and description. Nothing but the catalogue's own texts is used, so nothing is
    downloaded. It is computed once for each catalogue and set of parameters.

    Parameters
    ----------
    analyzer
        ``"char"`` compares pieces of words of 3 to 5 letters, which finds the parts of Danish
        compounds, ``"word"`` compares words, ``"both"`` takes the mean of the two.
    lang
        The language of the texts; the other one where a text is only known in that.
    embed
        Makes a vector of each text, instead of TF-IDF; `analyzer` is then without effect. It is
        called once, with texts in NFC. It must make the same of the same.

    Returns
    -------
    NDArray
        Shape (K, M), 0..1, in the catalogue's orders, read-only. NaN where a module has no text.

    Raises
    ------
    DataError
        Parameters that are not known.
    RankerError
        An `embed` that returns something else than one row of finite numbers for each text.

    References
    ----------
    Spärck Jones (1972), A statistical interpretation of term specificity and its application in
    retrieval. McNamee and Mayfield (2004), Character n-gram tokenization for European language
    text retrieval.

    Examples
    --------
    >>> import fagprofil as fp
    >>> catalogue = fp.load_catalogue()
    >>> similarity = text_similarity(catalogue)
    >>> similarity.shape == (len(catalogue.taxonomy.competences), len(catalogue.modules))
    True
    >>> nearest_to = catalogue.modules.position["mediation"]
    >>> list(catalogue.taxonomy.competences)[int(similarity[:, nearest_to].argmax())]
    'konflikthaandtering'
    """
    _check(analyzer, lang, embed)
    return _similarity(_Key(catalogue, analyzer, lang, embed))


def _check(analyzer: object, lang: object, embed: object) -> None:
    problems = [
        Problem("text", field, str(value), f"one of {', '.join(map(repr, known))}", hint)
        for field, value, known in (("analyzer", analyzer, _ANALYZERS), ("lang", lang, _LANGS))
        if value not in tuple(known)
        for hint in [nearest(str(value), known)]
    ]
    if embed is not None and not callable(embed):
        problems.append(Problem("text", "embed", str(embed), "a callable, from texts to an array"))
    if problems:
        raise DataError(problems)


@lru_cache(maxsize=8)
def _similarity(key: _Key) -> Floats:
    competences = key.catalogue.taxonomy.competences.values()
    modules = key.catalogue.modules.values()
    names = [_text(key.lang, one.name) for one in competences]
    asked = [_text(key.lang, one.name, one.description) for one in competences]
    told = [_text(key.lang, one.title, one.topics) for one in modules]
    if key.embed is not None:
        compared = [_embedded(asked + told, len(asked), key.embed)]
    else:
        twice = [f"{name} {text}" for name, text in zip(names, asked, strict=True)]
        compared = [_counted(twice + told, len(twice), one) for one in _ANALYZERS[key.analyzer]]
    cosine = np.mean([each for each, _ in compared], axis=0)
    read = np.any([each for _, each in compared], axis=0)
    similarity = np.full(cosine.shape, np.nan)
    similarity[:, read] = _outstanding(cosine[:, read])
    similarity.setflags(write=False)
    return similarity


def _text(lang: Lang, *parts: Text | None) -> str:
    """The parts in one language and one form of Unicode, "" where there is no word."""
    said = [part.in_(lang).strip() for part in parts if part is not None]
    return unicodedata.normalize("NFC", "\n".join(one for one in said if one))


def _counted(texts: Sequence[str], count: int, piece: str) -> tuple[Floats, NDArray[np.bool_]]:
    """Cosines of the first `count` texts with the others, and which others have any piece."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    tool = TfidfVectorizer(sublinear_tf=True, **_PIECES[piece])
    pieces = tool.build_analyzer()
    if not any(pieces(text) for text in texts):
        others = len(texts) - count
        return np.zeros((count, others)), np.zeros(others, dtype=np.bool_)
    rows = tool.fit_transform(texts)
    return (rows[:count] @ rows[count:].T).toarray(), np.diff(rows[count:].indptr) > 0


def _embedded(texts: Sequence[str], count: int, embed: Embed) -> tuple[Floats, NDArray[np.bool_]]:
    """Cosines of the first `count` texts with the others, and which others have a direction."""
    told = [n for n, text in enumerate(texts) if text]
    found = _vectors(embed, [texts[n] for n in told])
    rows = np.zeros((len(texts), found.shape[1]))
    rows[told] = found
    # First by the largest, whose square could be too large for a float.
    for order in (np.inf, 2):
        length = np.linalg.norm(rows, ord=order, axis=1)
        rows /= np.where(length > 0, length, 1)[:, None]
    return rows[:count] @ rows[count:].T, np.abs(rows[count:]).max(axis=1) > 0


def _vectors(embed: Embed, texts: list[str]) -> Floats:
    """What `embed` makes of texts, held to its contract; shape (n, d)."""
    if not texts:
        return np.zeros((0, 1))
    try:
        found = np.asarray(embed(texts))
    except ValueError as error:
        raise RankerError(f"embed returned no array of one shape: {error}") from None
    if found.ndim != 2 or len(found) != len(texts) or not found.size:
        expected = f"({len(texts)}, d), a row for each text"
        raise RankerError(f"embed returned shape {found.shape}; expected {expected}")
    if found.dtype.kind not in "fiu":
        raise RankerError(f"embed returned {found.dtype}; expected numbers")
    wrong = np.flatnonzero(~np.isfinite(found).all(axis=1))
    if len(wrong):
        raise RankerError(f"embed returned NaN or infinity in {len(wrong)} rows, first {wrong[0]}")
    return np.asarray(found, dtype=np.float64)


def _outstanding(cosine: Floats) -> Floats:
    """What is above the mean, and stands out in its column; see the formula on top."""
    if not cosine.size:
        return cosine
    cosine = np.clip(cosine, 0, 1)
    mean = cosine.mean()
    above = np.maximum(cosine - mean, 0) / max(1 - mean, 1 / SIMILARITY_UNITS)
    length = np.linalg.norm(above, axis=0)
    similarity = above**2 / np.where(length > 0, length, 1)
    return np.asarray(np.rint(similarity * SIMILARITY_UNITS) / SIMILARITY_UNITS)
