"""The README's picture: how seven synthetic units stand, competence by competence.

Run from the top of the repository: ``python tests/make_picture.py``.
"""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt

import fagprofil as fp
from fagprofil.insight import team, unit_readiness

TARGET = Path(__file__).parents[1] / "docs" / "_static" / "units.png"


def main() -> None:
    """Draw it."""
    catalogue, people = fp.load_catalogue(), fp.load_case("job7").people()
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5), layout="constrained")
    fp.show.readiness(unit_readiness(people, catalogue), left, lang="en")
    found = team(people, catalogue, horizon=fp.OVER_FIVE_YEARS)
    fp.show.team(found, right, lang="en", most=10)
    figure.savefig(TARGET, dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    main()
