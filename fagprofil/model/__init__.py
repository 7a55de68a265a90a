"""What things are: frozen pydantic models of the field, without arithmetic."""

from fagprofil.model.background import Background
from fagprofil.model.base import Lang, Provenance, Record, Records, Status, Text, Valid
from fagprofil.model.employee import (
    Completion,
    Employee,
    Employer,
    Evidence,
    EvidenceKind,
    Workforce,
)
from fagprofil.model.funding import FundingScheme, HourlyRate
from fagprofil.model.horizon import IN_FIVE_YEARS, NOW, OVER_FIVE_YEARS, Horizon, at
from fagprofil.model.module import (
    FormalEntry,
    Module,
    ModuleRun,
    Price,
    Programme,
    ProgrammeLevel,
)
from fagprofil.model.profile import Blend, Profile, ProfileLike, Requirement, parse_profile
from fagprofil.model.scale import Level, Scale
from fagprofil.model.taxonomy import Area, Competence, EscoLink, Taxonomy

__all__ = [
    "IN_FIVE_YEARS",
    "NOW",
    "OVER_FIVE_YEARS",
    "Area",
    "Background",
    "Blend",
    "Competence",
    "Completion",
    "Employee",
    "Employer",
    "EscoLink",
    "Evidence",
    "EvidenceKind",
    "FormalEntry",
    "FundingScheme",
    "Horizon",
    "HourlyRate",
    "Lang",
    "Level",
    "Module",
    "ModuleRun",
    "Price",
    "Profile",
    "ProfileLike",
    "Programme",
    "ProgrammeLevel",
    "Provenance",
    "Record",
    "Records",
    "Requirement",
    "Scale",
    "Status",
    "Taxonomy",
    "Text",
    "Valid",
    "Workforce",
    "at",
    "parse_profile",
]
