"""A package of somebody else's is installed, known by name, checked, saved and loaded."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "docs" / "ranker-package"

pytest.importorskip("hatchling")
pytest.importorskip("pip")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip has installed the package, from its source alone."""
    folder = tmp_path_factory.mktemp("third_party")
    source = shutil.copytree(PACKAGE, folder / "source")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--no-compile", "--quiet"]
    where = ["--target", str(folder / "site"), "--disable-pip-version-check", str(source)]
    command = [sys.executable, "-m", "pip", "install", *options, *where]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "site"


def run(site: Path, code: str, *arguments: str) -> str:
    """What code prints in a process of its own, where the package is installed."""
    paths = [str(site), *filter(None, [os.environ.get("PYTHONPATH")])]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_known_by_name_and_passes_the_contracts_own_tests(site: Path) -> None:
    code = (
        "from fagprofil.rankers import check_ranker, get_ranker, ranker_names\n"
        "print('begun' in ranker_names(), get_ranker('begun'), len(check_ranker('begun')))"
    )
    assert run(site, code) == "True BegunRanker(pull=0.5) 11\n"


RECOMMENDED = """
import fagprofil as fp
catalogue, programme = fp.load_catalogue(), "diplom-vejledning"
inside = [one.id for one in catalogue.modules.values() if one.programme == programme]
person = fp.Employee(id="a", profile="vejledning", education_level=6, completed=inside[:3])
for ranker in ("coverage", "begun"):
    for one in fp.Recommender(catalogue, ranker).recommend(person, k=99):
        exact = one.score == sum(part.value for part in one.reasons)
        last = one.reasons[-1].name
        print(ranker, one.module, one.score, one.module in inside, exact, last, sep=",")
"""


def test_it_recommends_what_it_says(site: Path) -> None:
    rows = [line.split(",") for line in run(site, RECOMMENDED).splitlines()]
    plain = {name: float(score) for ranker, name, score, *_ in rows if ranker == "coverage"}
    begun = {name: row for ranker, name, *row in rows if ranker == "begun"}
    assert plain.keys() == begun.keys()
    assert {inside for _, inside, *_ in begun.values()} == {"True", "False"}
    for name, (score, inside, exact, last) in begun.items():
        assert exact == "True"
        assert last == "programme begun"
        # Three modules are a part of the programme, and at most a half is added.
        if inside == "True":
            assert plain[name] < float(score) < 1.5 * plain[name]
        else:
            assert float(score) == plain[name]


def test_the_command_line_knows_it_too(site: Path, tmp_path: Path) -> None:
    pytest.importorskip("typer")
    code = "import sys; from fagprofil.cli import main; main()"
    output = tmp_path / "found.csv"
    run(site, code, "recommend", "--ranker", "begun", "--lang", "en", "--output", str(output))
    assert len(output.read_text(encoding="utf-8").splitlines()) > 100


def test_what_is_kept_of_it_is_loaded_where_it_is_installed(site: Path, tmp_path: Path) -> None:
    path = str(tmp_path / "begun.ranker")
    save = (
        "import sys; from fagprofil.rankers import DiverseRanker, get_ranker, save_ranker\n"
        "own = get_ranker('begun').set_params(pull=0.25)\n"
        "print(save_ranker(DiverseRanker(own), sys.argv[1]), end='')"
    )
    digest = run(site, save, path)
    load = (
        "import sys; from fagprofil.rankers import load_ranker\n"
        "print(load_ranker(sys.argv[1], digest=sys.argv[2]).ranker)"
    )
    assert run(site, load, path, digest) == "BegunRanker(pull=0.25)\n"
    elsewhere = (
        "import sys; from fagprofil.rankers import load_ranker\n"
        "try: load_ranker(sys.argv[1])\n"
        "except ValueError as error: print(error)"
    )
    told = "begun.ranker: holds a ranker of the unknown kind 'fagprofil_begun:BegunRanker'; install"
    assert run(tmp_path, elsewhere, path).startswith(told)


def test_it_is_as_short_as_the_page_says() -> None:
    text = (PACKAGE / "src" / "fagprofil_begun" / "__init__.py").read_text(encoding="utf-8")
    body = text[text.index("class BegunRanker") :]
    assert len([line for line in body.splitlines() if line.strip()]) <= 15
