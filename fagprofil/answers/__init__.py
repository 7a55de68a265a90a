"""What a case asks, answered from its plans by `fagprofil.plan_case`."""

from fagprofil.answers.answer import Answer, Bar, CasePlan, Column
from fagprofil.answers.bars import bars_of
from fagprofil.answers.written import write_answers

__all__ = ["Answer", "Bar", "CasePlan", "Column", "bars_of", "write_answers"]
