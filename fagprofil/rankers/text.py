"""Rank by what a module's text tells, where nobody has said what it teaches."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fagprofil.ladder import UNIT
from fagprofil.model.base import Lang
from fagprofil.rankers.base import BaseRanker, Reason, on_grid, shares_of
from fagprofil.rankers.similarity import SIMILARITY_UNITS, Analyzer, Embed, text_similarity
from fagprofil.rankers.task import RankingTask

__all__ = ["TextRanker"]

#: A score of 1 in integers: a gap in `UNIT` times a similarity in units of its own.
_WORTH = UNIT / SIMILARITY_UNITS


class TextRanker(BaseRanker):
    r"""The gap that a module would close if its text told everything.

    .. math:: score = \sum_k gap_k \cdot similarity_k

    where the sum is over competences, :math:`gap_k` is all that the person lacks of one, in weights
    times steps, and :math:`similarity_k`, 0..1, is how much of it the module's title and topics
    tell of (`fagprofil.rankers.similarity`). Modules need not be mapped to competences. A score is
    a guess for ordering, and mostly lower than the gap that a mapped module closes. Modules without
    any text get no opinion.

    Parameters
    ----------
    analyzer
        ``"char"`` compares pieces of words, which finds the parts of Danish compounds, ``"word"``
        compares words, ``"both"`` takes the mean of the two.
    lang
        The language of the texts, ``"da"`` or ``"en"``; the other one where a text is only known
        in that.
    embed
        A callable from n texts to an array of shape (n, d), instead of counting words: a sentence
        model of the user's own. Nothing is downloaded by this library.

    Examples
    --------
    >>> import fagprofil as fp
    >>> catalogue = fp.load_catalogue()
    >>> somebody = fp.Employee(id="a", backgrounds=["hk-kontor"])
    >>> by_text = fp.Recommender(catalogue, ranker=TextRanker())
    >>> best = by_text.recommend(somebody, "virksomhed", k=1)[0]
    >>> best.module
    'syn-virksomhedssamarbejde-1'
    >>> best.score == sum(reason.value for reason in best.reasons)
    True
    """

    def __init__(
        self, analyzer: Analyzer = "char", lang: Lang = "da", embed: Embed | None = None
    ) -> None:
        self.analyzer = analyzer
        self.lang = lang
        self.embed = embed

    def score(self, task: RankingTask) -> NDArray[np.float64]:
        """Scores of shape (n, M)."""
        similarity = self._similarity(task)
        missing = task.closes[:, :, -1]
        needed = np.flatnonzero(missing.any(axis=0))
        # In integers, whose sums are the same in any order and for any number of people.
        scores = on_grid((missing[:, needed] @ _units(similarity[needed])) * _WORTH)
        scores[:, np.isnan(similarity[:1]).any(axis=0)] = np.nan
        return scores

    def explain(self, task: RankingTask, i: int, j: int) -> list[Reason]:
        """One part for each competence that the person lacks; they sum to the score."""
        parts = task.closes[i, :, -1] * _units(self._similarity(task)[:, j])
        at = np.flatnonzero(parts)
        score = float(on_grid(parts.sum() * _WORTH))
        names = tuple(task.catalogue.taxonomy.competences)
        values = shares_of(score, parts[at].tolist())
        reasons = [
            Reason(name="text match", competence=names[k], value=value)
            for k, value in zip(at, values, strict=True)
        ]
        return sorted(reasons, key=lambda one: (-one.value, one.competence or ""))

    def _similarity(self, task: RankingTask) -> NDArray[np.float64]:
        return text_similarity(task.catalogue, self.analyzer, self.lang, self.embed)


def _units(similarity: NDArray[np.float64]) -> NDArray[np.int64]:
    """Similarities in integers; 0 where there is no text."""
    return np.rint(np.nan_to_num(similarity) * SIMILARITY_UNITS).astype(np.int64)
