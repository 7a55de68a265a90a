"""Other standards, in and out: each is read into a `Framework` and written from one."""

from fagprofil.standards.alignments import alignments
from fagprofil.standards.case import read_case
from fagprofil.standards.case_writing import write_case
from fagprofil.standards.credentials import Credential, read_credential
from fagprofil.standards.esco import read_esco
from fagprofil.standards.esco_writing import write_esco
from fagprofil.standards.framework import Concept, Framework, Match, Need, Role, Step
from fagprofil.standards.from_catalogue import as_framework
from fagprofil.standards.losses import Loss, LossReport
from fagprofil.standards.moodle import read_moodle, write_moodle, write_moodle_templates
from fagprofil.standards.onet import read_onet
from fagprofil.standards.skos import read_skos
from fagprofil.standards.skos_writing import write_skos
from fagprofil.standards.to_catalogue import Conversion, as_catalogue

__all__ = [
    "Concept",
    "Conversion",
    "Credential",
    "Framework",
    "Loss",
    "LossReport",
    "Match",
    "Need",
    "Role",
    "Step",
    "alignments",
    "as_catalogue",
    "as_framework",
    "read_case",
    "read_credential",
    "read_esco",
    "read_moodle",
    "read_onet",
    "read_skos",
    "write_case",
    "write_esco",
    "write_moodle",
    "write_moodle_templates",
    "write_skos",
]
