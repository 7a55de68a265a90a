"""The command line, run as a user runs it."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from fagprofil.catalogue import bundled
from fagprofil.cli import app


@pytest.fixture(autouse=True)
def _away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def written(name: str = "recommendations.csv") -> list[dict[str, str]]:
    with Path(name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_main_job_sums_up_and_writes_a_row_per_person_and_rank() -> None:
    result = run("recommend", "--lang", "en")
    assert result.exit_code == 0, result.output
    for said in ("Job7, synthetic data", "Vejle", "five years", "synthetic"):
        assert said in result.output
    for title in ("largest shared gaps", "Modules that close most", "Unit by unit"):
        assert title in result.output
    rows = written()
    assert len({row["employee"] for row in rows}) == 170
    ranked = [row for row in rows if row["module"]]
    keys = [(row["employee"], row["rank"]) for row in ranked]
    assert len(set(keys)) == len(keys)
    assert max(int(row["rank"]) for row in ranked) == 10


def test_it_speaks_danish_unless_asked_otherwise() -> None:
    assert "Klar til det, der kræves" in run("recommend", "-k", "1").output


def test_options_reach_the_recommender() -> None:
    assert run("recommend", "-k", "1", "--profile", "ydelse", "--horizon", "now").exit_code == 0
    rows = written()
    assert len(rows) == 170
    # Rank 0 is somebody to whom nothing can be recommended, with the reason.
    assert {row["rank"] for row in rows} <= {"0", "1"}
    ranked = [row for row in rows if row["rank"] == "1"]
    assert len(ranked) > 150
    assert all(row["score"] == row["gain_now"] for row in ranked)


def test_a_date_decides_which_funding_holds() -> None:
    assert run("recommend", "-k", "1", "--date", "2023-06-01").exit_code == 0
    then = {row["employee"]: row["net_price"] for row in written()}
    assert run("recommend", "-k", "1").exit_code == 0
    now = {row["employee"]: row["net_price"] for row in written()}
    assert then != now


@pytest.mark.parametrize("suffix", [".json", ".parquet"])
def test_the_suffix_chooses_the_format(suffix: str) -> None:
    assert run("recommend", "-k", "2", "-o", f"out{suffix}").exit_code == 0
    if suffix == ".json":
        assert len(json.loads(Path("out.json").read_text(encoding="utf-8"))) > 300
    else:
        import pyarrow.parquet as pq

        assert pq.read_table("out.parquet").num_rows > 300


def test_popular_learns_from_the_completions_in_the_file() -> None:
    assert run("recommend", "-k", "1", "--ranker", "popular").exit_code == 0
    assert any(float(row["score"] or 0) > 0 for row in written())


def test_gaps_are_written_with_their_parts() -> None:
    result = run("gaps", "--lang", "en")
    assert result.exit_code == 0, result.output
    rows = written("gaps.csv")
    assert {"employee", "competence", "needed", "held", "weight", "gap"} <= set(rows[0])
    assert len({row["employee"] for row in rows}) == 170


def test_validate_counts_records_by_status() -> None:
    result = run("validate", "--lang", "en")
    assert result.exit_code == 0, result.output
    for said in ("fagprofiler-2019", "reference", "editorial", "synthetic", "All data are valid"):
        assert said in result.output


def test_an_overlay_is_checked_and_used() -> None:
    local = Path("local")
    local.mkdir()
    (local / "changes.toml").write_text('[remove]\nmodule = ["mediation"]\n', encoding="utf-8")
    assert run("recommend", "-k", "40", "--overlay", "local").exit_code == 0
    assert "mediation" not in {row["module"] for row in written()}
    (local / "changes.toml").write_text('[remove]\nmodule = ["medition"]\n', encoding="utf-8")
    result = run("validate", "--overlay", "local")
    assert result.exit_code == 2
    assert "did you mean 'mediation'" in result.stderr


WRONG = (
    "employee;unit;competence;level;date;kind;profile\n"
    "a;Køge;virksomhedskontact;3;01-03-2026;self;virksomhed\n"
    "b;Køge;jobmatch;3,5;01-03-2026;self;virksomhed\n"
    "c;Køge;jobmatch;3;2026-13-01;selvf;virksomheden\n"
)


def test_a_wrong_file_shows_every_row_and_writes_nothing() -> None:
    Path("people.csv").write_text(WRONG, encoding="cp1252")
    result = run("recommend", "people.csv")
    assert result.exit_code == 2
    expected = [
        "people.csv line 2: competence is 'virksomhedskontact'",
        "did you mean 'virksomhedskontakt'?",
        "people.csv line 3: level is '3,5'",
        "people.csv line 4: kind is 'selvf'",
        "people.csv line 4: date is '2026-13-01'",
        "people.csv line 4: profile is 'virksomheden'",
    ]
    for said in expected:
        assert said in result.stderr
    assert [path.name for path in Path().iterdir()] == ["people.csv"]


def test_a_file_as_danish_excel_writes_it() -> None:
    text = (
        WRONG.replace("kontact", "kontakt").replace("3,5", "3,0").replace("2026-13-01", "1.3.2026")
    )
    text = text.replace(";selvf;", ";manager;").replace("virksomheden", "virksomhed+helhed")
    Path("people.csv").write_text("﻿" + text, encoding="utf-8")
    result = run("recommend", "people.csv", "-k", "3")
    assert result.exit_code == 0, result.output
    assert "Køge" in result.output
    assert [row["employee"] for row in written()] == ["a"] * 3 + ["b"] * 3 + ["c"] * 3


def test_few_people_are_not_shown_as_a_group() -> None:
    Path("people.csv").write_text("employee,profile\na,basis\nb,basis\n", encoding="utf-8")
    result = run("recommend", "people.csv", "--lang", "en")
    assert result.exit_code == 0
    assert "too few" in result.output
    # Nothing else of a group tells of the two either.
    for title in ("shared gaps", "close most", "Unit by unit"):
        assert title not in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("recommend", "nowhere.csv"), "nowhere.csv"),
        (("recommend", "-o", "out.doc"), ".csv, .json, .parquet"),
        (("recommend", "--ranker", "coverag"), "did you mean 'coverage'"),
        (("recommend", "--profile", "virksomhd"), "did you mean 'virksomhed'"),
        (("recommend", "--horizon", "later"), "--horizon is 'later'"),
        (("recommend", "--horizon", "2040-01-01"), "five years"),
        (("recommend", "--date", "tomorrow"), "--date is 'tomorrow'"),
        (("recommend", "-k", "0"), "'-k'"),
        (("gaps", "--overlay", "nowhere"), "nowhere"),
    ],
)
def test_wrong_options_end_with_code_2_and_write_nothing(
    arguments: tuple[str, ...], said: str
) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert list(Path().iterdir()) == []


def test_the_bundled_case_is_the_default_file() -> None:
    assert run("recommend", "-k", "1").exit_code == 0
    default = Path("recommendations.csv").read_bytes()
    case = bundled("cases", "job7", "workforce.csv")
    assert run("recommend", str(case), "-k", "1").exit_code == 0
    assert Path("recommendations.csv").read_bytes() == default


@pytest.mark.parametrize("package", ["typer", "rich"])
def test_without_its_packages_the_command_line_says_what_to_install(package: str) -> None:
    code = (
        f"import sys; sys.modules['{package}'] = None\n"
        "from fagprofil.errors import MissingExtra\n"
        "try:\n    import fagprofil.cli\n"
        "except MissingExtra as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'fagprofil[cli]'" in done.stdout


# --- plan ---------------------------------------------------------------------------------------


def test_a_case_is_planned_with_its_answers_tables_and_picture() -> None:
    result = run("plan", "randers", "--lang", "en", "-o", "out", "--picture", "calendar.png")
    assert result.exit_code == 0, result.output
    for said in ("two half-year", "When are there classes", "42 seats", "substitute", "Feb Mar"):
        assert said in result.output or said == "two half-year"
    rows = written("out/seats.csv")
    assert len(rows) == 42
    assert json.loads(Path("out/plan.json").read_text(encoding="utf-8"))["case"] == "randers"
    assert Path("calendar.png").read_bytes().startswith(b"\x89PNG")
    assert "Hvornår er der hold" in run("plan", "randers").output


def test_formulas_in_names_are_no_formulas_in_the_tables() -> None:
    people = bundled("cases", "randers", "workforce.csv").read_text(encoding="utf-8")
    Path("people.csv").write_text(people.replace("syn-randers-01", "=1+1"), encoding="utf-8")
    result = run("plan", "people.csv", "--setting", "randers", "-o", "out")
    assert result.exit_code == 0, result.output
    names = {row["employee"] for row in written("out/seats.csv")}
    assert "'=1+1" in names
    assert "=1+1" not in names


def test_a_file_is_planned_by_the_setting_of_a_case() -> None:
    Path("people.csv").write_bytes(bundled("cases", "randers", "workforce.csv").read_bytes())
    of_file = run("plan", "people.csv", "--setting", "randers", "--lang", "en")
    assert of_file.output == run("plan", "randers", "--lang", "en").output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("plan", "rander"), "randers"),
        (("plan", "people.csv"), "--setting"),
        (("plan", "people.csv", "--setting", "rander"), "randers"),
        (("plan", "none.toml"), "none.toml"),
        (("plan", "randers", "-o", "people.csv"), "folder"),
        (("plan", "randers", "-o", "none/out"), "folder"),
        (("plan", "randers", "--picture", "calendar.gif"), ".png"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_a_plan_that_cannot_be_ends_with_code_2(
    arguments: tuple[str, ...], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("people.csv").write_bytes(bundled("cases", "randers", "workforce.csv").read_bytes())
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.output + capfd.readouterr().err
    assert {path.name for path in Path().iterdir()} == {"people.csv"}


# --- check --------------------------------------------------------------------------------------

MISSPELLED = "Medarbejder;Kompetence;Niveau;Kilde\na;Jobmach;3;selv\nb;Motivation;4;leder\n"


def test_what_is_misspelled_is_written_confirmed_and_taken() -> None:
    Path("people.csv").write_text(MISSPELLED, encoding="utf-8")
    assert "did you mean 'jobmatch'?" in run("check", "people.csv").stderr
    result = run("check", "people.csv", "-o", "problems.csv", "--lang", "en")
    assert (result.exit_code, result.stdout) == (2, "1 row written to problems.csv\n")
    assert run("recommend", "people.csv").exit_code == 2
    for command in ("check", "gaps", "recommend"):
        result = run(command, "people.csv", "--confirmed", "problems.csv")
        assert result.exit_code == 0, result.stderr
    assert {row["employee"] for row in written()} == {"a", "b"}


def test_a_file_in_which_nothing_is_wrong_is_counted_and_writes_nothing() -> None:
    Path("people.csv").write_text(MISSPELLED.replace("Jobmach", "Jobmatch"), encoding="utf-8")
    result = run("check", "people.csv", "-o", "problems.csv")
    assert (result.exit_code, result.stdout) == (0, "people.csv: 2 personer\n")
    assert not Path("problems.csv").exists()


# --- template -----------------------------------------------------------------------------------


def test_a_template_is_written_and_recommended_from_when_it_is_filled_in() -> None:
    result = run("template", "-o", "team.xlsx", "--profile", "virksomhed", "--lang", "en")
    assert (result.exit_code, result.stdout) == (0, "written: team.xlsx\n")
    book = openpyxl.load_workbook("team.xlsx")
    book["People"]["A2"], book["People"]["C2"] = "e-1", "virksomhed"
    book.save("team.xlsx")
    assert run("recommend", "team.xlsx").exit_code == 0
    assert {row["employee"] for row in written()} == {"e-1"}
    assert "did you mean 'virksomhed'" in run("template", "--profile", "virksomhet").stderr


def test_columns_that_are_not_read_are_named() -> None:
    Path("people.csv").write_text("Medarbejder,Team,Kantine,[b]\na,Nord,ja,x\n", encoding="utf-8")
    result = run("check", "people.csv")
    assert result.exit_code == 0
    assert "people.csv: columns that are not read: Kantine, [b]" in result.stderr
    Path("people.csv").write_text("Medarbejder,Team\na,Nord\n", encoding="utf-8")
    assert run("check", "people.csv").stderr == ""
