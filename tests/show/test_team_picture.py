"""What a user sees of groups: pictures, tables, and the report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import fagprofil as fp
from fagprofil.insight import Team, UnitReadiness, team, unit_readiness
from fagprofil.model import Workforce
from fagprofil.planning import Pool

pytest.importorskip("matplotlib").use("Agg")

import matplotlib.pyplot as plt  # noqa: E402 (after the backend is chosen)


@pytest.fixture(autouse=True)
def _no_figures_left() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def people() -> Workforce:
    return fp.load_case("job7").people()


@pytest.fixture(scope="module")
def recommender() -> fp.Recommender:
    return fp.Recommender(fp.load_catalogue())


def unit(
    name: str | None, now: float | None, later: float | None, people: int = 9
) -> UnitReadiness:
    return UnitReadiness(unit=name, people=people, without_profile=0, now=now, five_years=later)


def test_readiness_shows_the_figures_and_hides_the_small() -> None:
    rows = [
        unit("Ærø", 0.8, 0.6),
        unit("Vejle", 0.5, 0.4),
        unit("x", None, None, 3),
        unit(None, 0.7, 0.5),
    ]
    ax = fp.show.readiness(rows)
    assert [one.get_text() for one in ax.get_yticklabels()] == [
        *("Vejle (9)", "Ærø (9)", "x (3)", "alle (9)"),
    ]
    assert [bar.get_width() for bar in ax.patches] == [0.5, 0.8, 0.7]
    assert [one.get_offsets()[0][0] for one in ax.collections] == [0.4, 0.6, 0.5]
    assert "for få personer til at vise" in [one.get_text() for one in ax.texts]
    few = fp.show.readiness(rows, lang="en", most=1)
    assert [one.get_text() for one in few.get_yticklabels()] == ["Vejle (9)", "all (9)"]


def test_the_heat_map_says_each_share(people: Workforce, catalogue: fp.Catalogue) -> None:
    found = team(people, catalogue)
    ax = fp.show.team(found, most=5, lang="en")
    cells = [one.get_text() for one in ax.texts if one.get_text().isdigit()]
    expected = [
        f"{100 * part.met:.0f}"
        for row in found.competences[:5]
        for part in (*row.parts, row.total)
        if part is not None and part.people
    ]
    assert cells == expected
    _, given = plt.subplots()
    assert fp.show.team(found, given) is given
    empty = Team(horizon=found.horizon, on=found.on, units=(), people=(), competences=())
    assert "no needs to show" in [one.get_text() for one in fp.show.team(empty, lang="en").texts]


def test_what_a_class_closes() -> None:
    classes = fp.plan_case("noerrebro").classes
    assert classes is not None
    held = classes.classes[0]
    ax = fp.show.closes(held, lang="en", most=60)
    rows = sorted(held.gaps, key=lambda one: (-one.closes, -one.gap, one.competence))
    widths = [bar.get_width() for bar in ax.patches]
    assert widths[: len(rows)] == [one.closes for one in rows]
    assert widths[len(rows) :] == pytest.approx([one.gap - one.closes for one in rows])
    assert sum(one.closes for one in rows) == pytest.approx(held.value)
    assert str(len(held)) in ax.get_title("left")


def test_tables_of_teams_catalogues_and_people(people: Workforce, catalogue: fp.Catalogue) -> None:
    found = team(people, catalogue)
    for shown in (found, catalogue, people[0]):
        page = shown._repr_html_()
        assert "<table" in page
        assert "<script" not in page
    assert str(found).splitlines()[0].startswith("Hvad 161 personer i 7 enheder kan")
    assert "38 synthetic" in fp.show.text(catalogue, "en")
    evil = fp.Employee(id="<b>", unit="<i>", evidence=[])
    assert "<i>" not in evil._repr_html_()
    assert "&lt;i&gt;" in evil._repr_html_()
    # In a list of people a person stays a line.
    assert repr(people[0]).startswith("Employee(id=")


def test_plans_in_a_notebook() -> None:
    case = fp.plan_case("noerrebro")
    classes, rotation = case.classes, case.rotation
    assert classes is not None
    assert rotation is not None
    page = _Page(classes._repr_html_())
    assert f"{len(classes.classes)} hold med {len(classes.seats)} pladser" in " ".join(page.words)
    assert len(page.all("tr")) == 1 + len(classes.classes)
    assert len(_Page(rotation._repr_html_()).all("tr")) == 1 + len(rotation.waves)


def test_a_pool_in_a_notebook() -> None:
    team = [
        fp.Employee(id=f"e{i}", unit="AB"[i % 2], profile="virksomhed", education_level=6)
        for i in range(6)
    ]
    pool = fp.allocate_pool(Pool(amount=30_000, share=0.8, person_modules=1), team)
    words = " ".join(_Page(pool._repr_html_()).words)
    assert f"{len(pool.grants)} bevillinger til {pool.granted} personer" in words
    assert {"A", "B"} <= set(words.split())


def test_a_comparison_in_a_notebook() -> None:
    pytest.importorskip("ir_measures")
    from fagprofil.evaluation import benchmark, compare

    found = compare(["coverage", "popular"], benchmark("gap"))
    page = _Page(found._repr_html_())
    assert len(page.all("tr")) == len(["header", "coverage", "popular"])
    assert "coverage" in page.words
    assert f"data {found.status}" in " ".join(page.words)


class _Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def test_the_report_needs_nothing_else(recommender: fp.Recommender, people: Workforce) -> None:
    page = _Page(fp.show.report(recommender, people, name="<Job7>"))
    names = {name for name, _ in page.tags}
    assert not names & {"script", "link", "iframe", "object", "base", "form"}
    for attrs in (attrs for _, attrs in page.tags):
        for name in ("src", "href"):
            value = attrs.get(name)
            assert value is None or value.startswith(("data:image/svg+xml;base64,", "#"))
    (policy,) = [one for one in page.all("meta") if one.get("http-equiv")]
    assert str(policy["content"]).startswith("default-src 'none'")
    assert "<Job7>" in "".join(page.words)


def test_the_report_can_be_read_aloud(recommender: fp.Recommender, people: Workforce) -> None:
    page = _Page(fp.show.report(recommender, people[:12], "virksomhed", lang="en", persons=True))
    assert page.all("html")[0]["lang"] == "en"
    assert [len(page.all(tag)) for tag in ("h1", "main", "header", "nav", "title")] == [1] * 5
    assert all(one.get("alt") for one in page.all("img"))
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    targets = {str(one["href"])[1:] for one in page.all("a")}
    assert targets <= set(ids)
    assert len(page.all("caption")) == len(page.all("table")) - 24
    levels = [int(name[1]) for name, _ in page.tags if re.fullmatch("h[1-6]", name)]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_report_says_what_the_tables_say(
    recommender: fp.Recommender, people: Workforce, catalogue: fp.Catalogue
) -> None:
    words = " ".join(_Page(fp.show.report(recommender, people, lang="en")).words)
    whole = unit_readiness(people, catalogue)[-1]
    assert f"On average they are ready for {100 * (whole.now or 0):.0f} %" in words
    assert "9 people have no profile" in words
    assert "Groups of fewer than 5 people are not shown." in words
    assert recommender.version in words
    # Single persons are told of only when that is asked for.
    assert not any(one.id in words for one in people)
    some = people[:6]
    told = " ".join(_Page(fp.show.report(recommender, some, lang="en", persons=True)).words)
    assert all(one.id in told for one in some)


def test_the_same_report_each_time(recommender: fp.Recommender, people: Workforce) -> None:
    assert fp.show.report(recommender, people) == fp.show.report(recommender, people)


def test_a_few_people_are_not_told_of(recommender: fp.Recommender, people: Workforce) -> None:
    words = " ".join(_Page(fp.show.report(recommender, people[:3], lang="en")).words)
    assert "Too few people to show." in words
    assert "lack at least" not in words


def test_the_command(tmp_path: Path, people: Workforce) -> None:
    testing = pytest.importorskip("typer.testing")
    from fagprofil.cli import app

    output = tmp_path / "r.html"
    source = tmp_path / "people.csv"
    fp.write_workforce(people, source)
    run = testing.CliRunner().invoke
    found = run(app, ["report", str(source), "-o", str(output), "--lang", "en"])
    assert found.exit_code == 0, found.output
    assert "people.csv" in output.read_text(encoding="utf-8")
    wrong = run(app, ["report", str(source), "-o", str(tmp_path / "r.pdf")])
    assert wrong.exit_code == 2
    assert ".html" in wrong.output


def test_names_fit_their_rows(people: Workforce, catalogue: fp.Catalogue) -> None:
    """In a small picture of many rows names are on one line, in letters no higher than a row."""
    found = team(people, catalogue)
    figure, ax = plt.subplots(figsize=(8, 6), layout="constrained")
    fp.show.team(found, ax, most=40)
    figure.canvas.draw()
    labels = ax.get_yticklabels()
    assert len(labels) == 40
    assert not any("\n" in one.get_text() for one in labels)
    boxes = [one.get_window_extent() for one in labels]
    assert all(above.y0 >= below.y1 - 2 for above, below in pairwise(boxes))
    wide = fp.show.team(found, most=5)
    assert any("\n" in one.get_text() for one in wide.get_yticklabels())
