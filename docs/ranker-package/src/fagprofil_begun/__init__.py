"""A ranking model for fagprofil: finish the programme that was begun."""

import numpy as np

from fagprofil.rankers import BaseRanker, Reason


class BegunRanker(BaseRanker):
    """The gap closed, times 1 + `pull` times the share of the module's programme passed."""

    def __init__(self, pull=0.5):
        self.pull = pull

    def _more(self, task):
        return self.pull * task.gain * np.nan_to_num(task.feature("programme_progress"))

    def score(self, task):
        return task.gain + self._more(task)

    def explain(self, task, i, j):
        parts = [("gap closed", *part) for part in task.gain_parts(i, j)]
        parts.append(("programme begun", None, float(self._more(task)[i, j])))
        return [Reason(name=name, competence=k, value=value) for name, k, value in parts]
