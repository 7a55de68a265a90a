"""What the numbers of many people tell about units and catalogues."""

from fagprofil.insight.units import SharedGap, UnitReadiness, shared_gaps, unit_readiness

__all__ = ["SharedGap", "UnitReadiness", "shared_gaps", "unit_readiness"]
