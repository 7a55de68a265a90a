"""What a user sees in a terminal, a notebook and a picture."""

from collections.abc import Iterator
from xml.etree import ElementTree

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

import fagprofil as fp
from fagprofil.catalogue import Catalogue
from fagprofil.model import Blend

mpl.use("Agg")


@pytest.fixture(autouse=True)
def _no_figures_left() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return fp.load_catalogue()


@pytest.fixture
def anna() -> fp.Employee:
    said = [
        ("virksomhedskontakt", 2, "self"),
        ("jobmatch", 4, "self"),
        ("jobmatch", 1, "manager"),
        ("forhandling", 3, "known"),
    ]
    return fp.Employee(
        id="anna <b>&</b>",
        backgrounds=["kommunom"],
        evidence=[fp.Evidence(competence=name, level=n, kind=kind) for name, n, kind in said],
    )


def parsed(page: str) -> ElementTree.Element:
    """HTML of ours is well-formed, so that an XML parser reads it."""
    return ElementTree.fromstring(page.replace("<br>", "<br/>"))


def cells(page: str) -> list[list[str]]:
    rows = parsed(page).iter("tr")
    return [["".join(cell.itertext()) for cell in row] for row in rows]


def test_a_gap_reads_well_in_both_languages(anna: fp.Employee, catalogue: Catalogue) -> None:
    gap = fp.gap(anna, "virksomhed", catalogue)
    danish, english = fp.show.text(gap), fp.show.text(gap, "en")
    assert repr(gap) == str(gap) == danish
    assert "Afstand til Virksomhedsprofilen" in danish
    assert "uenighed: Jobmatch og rekruttering (selv 4, leder 1)" in danish
    assert "Gap to Company profile" in english
    largest = gap.parts[0]
    row = next(line for line in english.splitlines() if str(largest.name.en) in line)
    assert row.split()[-1] == f"{largest.gap:.1f}"


def test_a_gap_as_html_has_a_row_for_each_part(anna: fp.Employee, catalogue: Catalogue) -> None:
    gap = fp.gap(anna, "virksomhed", catalogue)
    table = cells(gap._repr_html_())
    assert [row[0] for row in table[1:]] == [part.name.in_("da") for part in gap.parts]
    last = [float(row[-1].replace(",", ".")) for row in table[1:]]
    assert np.allclose(last, [part.gap for part in gap.parts], atol=0.05)


def test_steps_are_filled_by_how_sure_they_are(anna: fp.Employee, catalogue: Catalogue) -> None:
    gap = fp.gap(anna, "virksomhed", catalogue)
    known = next(part for part in gap.parts if part.competence == "forhandling")
    page = parsed(fp.show.html(gap))
    rows = {row[0].text: row for row in page.iter("tr") if row[0].tag == "td"}
    boxes = list(rows[known.name.in_("da")].iter("rect"))
    assert [float(box.get("fill-opacity", "")) for box in boxes] == [1, 1, 1, 0, 0]


def test_recommendations_read_well(anna: fp.Employee, catalogue: Catalogue) -> None:
    result = fp.Recommender(catalogue).recommend(anna, "virksomhed", k=3)
    text = fp.show.text(result, "en")
    for one in result:
        assert one.title.in_("en") in text
    assert f"{len(result.ineligible)} modules left out" in text
    table = cells(fp.show.html(result, "en"))
    assert [row[0] for row in table[1:]] == ["1", "2", "3"]
    assert str(result) == fp.show.text(result)


def test_no_opinion_and_no_modules_are_said(anna: fp.Employee, catalogue: Catalogue) -> None:
    silent = fp.Recommender(catalogue, lambda task: np.full(task.shape, np.nan))
    assert "no opinion" in fp.show.text(silent.recommend(anna, "virksomhed", k=1), "en")
    assert "ingen vurdering" in fp.show.html(silent.recommend(anna, "virksomhed", k=1))
    everything = fp.Recommender(catalogue).recommend(
        anna, "virksomhed", exclude=tuple(catalogue.modules)
    )
    assert "closes anything" in fp.show.text(everything, "en")
    assert "closes anything" in fp.show.html(everything, "en")


def test_a_profile_shows_its_requirements(catalogue: Catalogue) -> None:
    profile = catalogue.profiles["virksomhed"]
    table = cells(profile._repr_html_())
    assert profile.requirements is not None
    assert [(row[1], row[2]) for row in table[1:]] == [
        (str(row.now), str(row.five_years)) for row in profile.requirements
    ]
    assert "Profile virksomhed: Company profile" in fp.show.text(profile, "en")


def test_a_profile_of_unknown_contents_says_so() -> None:
    profile = fp.load_catalogue("fagprofiler-2019").profiles
    shown = next(one for one in profile.values() if one.requirements is None)
    assert "not documented" in fp.show.text(shown, "en")
    assert "not documented" in fp.show.html(shown, "en")


def test_html_is_escaped_and_without_script(anna: fp.Employee, catalogue: Catalogue) -> None:
    result = fp.Recommender(catalogue).recommend(anna, "virksomhed", k=1)
    for page in (fp.gap(anna, "virksomhed", catalogue)._repr_html_(), result._repr_html_()):
        assert "anna &lt;b&gt;&amp;&lt;/b&gt;" in page
        assert "<script" not in page
        assert "http" not in page


@pytest.mark.parametrize("show", [fp.show.text, fp.show.html])
def test_other_things_have_no_display(show: object) -> None:
    assert callable(show)
    with pytest.raises(TypeError, match="int"):
        show(3)


def test_the_ladder_marks_what_is_needed_now_and_later(
    anna: fp.Employee, catalogue: Catalogue
) -> None:
    gap = fp.gap(anna, "virksomhed", catalogue)
    axes = fp.show.ladder(gap, lang="en", most=6)
    assert [label.get_text().replace("\n", " ") for label in axes.get_yticklabels()] == [
        part.name.in_("en") for part in gap.parts[:6]
    ]
    now = [line.get_xdata()[0] for line in axes.lines]
    assert now == [part.needed_now for part in gap.parts[:6]]
    later = axes.collections[0].get_offsets()[:, 0]
    assert later.tolist() == [part.needed_five_years for part in gap.parts[:6]]


def test_the_ladder_draws_where_it_is_told(anna: fp.Employee, catalogue: Catalogue) -> None:
    figure = Figure()
    axes = figure.add_subplot()
    assert fp.show.ladder(fp.gap(anna, "basis", catalogue), axes) is axes
    assert plt.get_fignums() == []


def test_a_gap_of_nothing_is_drawn_and_shown(catalogue: Catalogue) -> None:
    empty = catalogue.profiles["basis"].model_copy(update={"requirements": (), "extends": ()})
    gap = fp.gap(fp.Employee(id="a"), Blend(how="stack", parts=((1.0, empty),)), catalogue)
    assert gap.readiness == 1.0
    assert fp.show.ladder(gap).get_title(loc="left").endswith("100 %")
    assert "100 %" in fp.show.text(gap)
    assert "100 %" in fp.show.html(gap)


def test_drawing_without_matplotlib_says_what_to_install(
    anna: fp.Employee, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    gap = fp.gap(anna, "basis", catalogue)
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.pyplot", None)
    with pytest.raises(fp.errors.MissingExtra, match=r"fagprofil\[plot\]"):
        fp.show.ladder(gap)
