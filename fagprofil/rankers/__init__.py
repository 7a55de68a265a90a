"""Who decides the order: the contract of a ranking model, the built-in ones, look-up by name."""

from typing import TYPE_CHECKING, Any

from fagprofil.rankers.base import BaseRanker, FunctionRanker, Ranker, RankerLike, Reason
from fagprofil.rankers.blend import BlendRanker
from fagprofil.rankers.check import check_ranker
from fagprofil.rankers.completions import History, Outcome, Outcomes
from fagprofil.rankers.coverage import CoverageRanker
from fagprofil.rankers.diverse import DiverseRanker
from fagprofil.rankers.fair import FairRanker, GroupBenefit
from fagprofil.rankers.features import FEATURES, Feature
from fagprofil.rankers.history import HistoryRanker
from fagprofil.rankers.learned import LearnedRanker
from fagprofil.rankers.popular import PopularRanker
from fagprofil.rankers.registry import get_ranker, ranker_names
from fagprofil.rankers.storage import load_ranker, save_ranker
from fagprofil.rankers.task import RankingTask
from fagprofil.rankers.text import TextRanker

if TYPE_CHECKING:
    from fagprofil.rankers.lambdamart import LambdaMART, ndcg_by_group

__all__ = [
    "FEATURES",
    "BaseRanker",
    "BlendRanker",
    "CoverageRanker",
    "DiverseRanker",
    "FairRanker",
    "Feature",
    "FunctionRanker",
    "GroupBenefit",
    "History",
    "HistoryRanker",
    "LambdaMART",
    "LearnedRanker",
    "Outcome",
    "Outcomes",
    "PopularRanker",
    "Ranker",
    "RankerLike",
    "RankingTask",
    "Reason",
    "TextRanker",
    "check_ranker",
    "get_ranker",
    "load_ranker",
    "ndcg_by_group",
    "ranker_names",
    "save_ranker",
]


def __getattr__(name: str) -> Any:
    # These two load scikit-learn, which no other ranker needs to be there.
    if name not in ("LambdaMART", "ndcg_by_group"):
        raise AttributeError(f"module 'fagprofil.rankers' has no attribute {name!r}")
    from fagprofil.rankers import lambdamart

    return getattr(lambdamart, name)
