"""What the numbers of many people tell about units and modules."""

from fagprofil.insight.modules import ModuleReach, module_reach
from fagprofil.insight.units import SharedGap, UnitReadiness, shared_gaps, unit_readiness

__all__ = [
    "ModuleReach",
    "SharedGap",
    "UnitReadiness",
    "module_reach",
    "shared_gaps",
    "unit_readiness",
]
