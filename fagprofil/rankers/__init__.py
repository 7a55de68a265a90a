"""Who decides the order: the contract of a ranking model, the built-in ones, look-up by name."""

from fagprofil.rankers.base import BaseRanker, FunctionRanker, Ranker, RankerLike, Reason
from fagprofil.rankers.coverage import CoverageRanker
from fagprofil.rankers.popular import PopularRanker
from fagprofil.rankers.registry import get_ranker, ranker_names
from fagprofil.rankers.task import History, RankingTask

__all__ = [
    "BaseRanker",
    "CoverageRanker",
    "FunctionRanker",
    "History",
    "PopularRanker",
    "Ranker",
    "RankerLike",
    "RankingTask",
    "Reason",
    "get_ranker",
    "ranker_names",
]
