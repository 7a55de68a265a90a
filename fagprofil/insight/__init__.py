"""What the numbers of many people, and of a catalogue, tell.

`fagprofil.coverage` tells which needs a catalogue's modules serve.
"""

from fagprofil.insight.coverage import Coverage, IdleModule, LeftOut, ServedProfile
from fagprofil.insight.lifts import Lift
from fagprofil.insight.modules import ModuleReach, module_reach
from fagprofil.insight.needs import Need, Offer
from fagprofil.insight.units import SharedGap, UnitReadiness, shared_gaps, unit_readiness

__all__ = [
    "Coverage",
    "IdleModule",
    "LeftOut",
    "Lift",
    "ModuleReach",
    "Need",
    "Offer",
    "ServedProfile",
    "SharedGap",
    "UnitReadiness",
    "module_reach",
    "shared_gaps",
    "unit_readiness",
]
