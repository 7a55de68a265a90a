"""How good a ranking model is: data, splits, metrics, intervals, and comparisons."""

from fagprofil.evaluation.benchmark import BENCHMARKS, benchmark
from fagprofil.evaluation.comparing import compare
from fagprofil.evaluation.comparison import Comparison
from fagprofil.evaluation.dataset import Dataset, read_interactions
from fagprofil.evaluation.direct import direct_catalogue
from fagprofil.evaluation.folds import Fold, Split
from fagprofil.evaluation.gap_metrics import (
    Disparity,
    catalogue_coverage,
    disparity,
    diversity,
    gap_closed,
    novelty,
    repetition,
)
from fagprofil.evaluation.held_out import hold_out
from fagprofil.evaluation.ranking_metrics import RANKING_METRICS, ranking_metrics
from fagprofil.evaluation.scorer import ranking_scorer
from fagprofil.evaluation.splits import by_time, cold_modules, cold_people, leave_last
from fagprofil.evaluation.statistics import (
    Difference,
    Estimate,
    PairedEstimate,
    compare_all,
    half_width,
    holm,
    paired,
)
from fagprofil.evaluation.synthetic import Choices, Synthetic, synthetic

__all__ = [
    "BENCHMARKS",
    "RANKING_METRICS",
    "Choices",
    "Comparison",
    "Dataset",
    "Difference",
    "Disparity",
    "Estimate",
    "Fold",
    "PairedEstimate",
    "Split",
    "Synthetic",
    "benchmark",
    "by_time",
    "catalogue_coverage",
    "cold_modules",
    "cold_people",
    "compare",
    "compare_all",
    "direct_catalogue",
    "disparity",
    "diversity",
    "gap_closed",
    "half_width",
    "hold_out",
    "holm",
    "leave_last",
    "novelty",
    "paired",
    "ranking_metrics",
    "ranking_scorer",
    "read_interactions",
    "repetition",
    "synthetic",
]
