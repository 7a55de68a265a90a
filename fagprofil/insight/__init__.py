"""What the numbers of many people, and of a catalogue, tell.

`fagprofil.coverage` tells which needs a catalogue's modules serve;
`follow_up` what classes changed.
"""

from fagprofil.insight.coverage import Coverage, IdleModule, LeftOut, ServedProfile
from fagprofil.insight.follow_up import (
    Attendance,
    Followed,
    FollowedClass,
    Verdict,
    follow_up,
)
from fagprofil.insight.lifts import Lift
from fagprofil.insight.modules import ModuleReach, module_reach
from fagprofil.insight.needs import Need, Offer
from fagprofil.insight.team import Team, TeamCompetence, TeamPart, team
from fagprofil.insight.units import SharedGap, UnitReadiness, shared_gaps, unit_readiness

__all__ = [
    "Attendance",
    "Coverage",
    "Followed",
    "FollowedClass",
    "IdleModule",
    "LeftOut",
    "Lift",
    "ModuleReach",
    "Need",
    "Offer",
    "ServedProfile",
    "SharedGap",
    "Team",
    "TeamCompetence",
    "TeamPart",
    "UnitReadiness",
    "Verdict",
    "follow_up",
    "module_reach",
    "shared_gaps",
    "team",
    "unit_readiness",
]
