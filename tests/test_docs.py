"""The documentation names what there is, its links resolve, and its code runs."""

import json
import re
import shutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import fagprofil as fp
from fagprofil.catalogue import bundled

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
README = ROOT / "README.md"
NOTEBOOK = DOCS / "quickstart.ipynb"
PAGES = sorted([*DOCS.glob("*.md"), NOTEBOOK])


def cells(kind: str) -> list[str]:
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind]


def prose(page: Path) -> str:
    """A page without its code."""
    text = page.read_text(encoding="utf-8") if page != NOTEBOOK else "\n".join(cells("markdown"))
    return re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)


def documented() -> set[str]:
    """The full names that reference.md asks the docstrings of."""
    found, module = set(), ""
    for line in (DOCS / "reference.md").read_text(encoding="utf-8").splitlines():
        directive = re.match(r"\.\. (\w+):: ([\w.]+)", line)
        if directive is None:
            continue
        kind, name = directive.groups()
        if kind == "currentmodule":
            module = name
        else:
            found.add(name if name.startswith("fagprofil") else f"{module}.{name}")
    return found


@pytest.mark.parametrize(
    "module",
    [
        "",
        ".answers",
        ".errors",
        ".evaluation",
        ".insight",
        ".planning",
        ".rankers",
        ".show",
        ".standards",
    ],
)
def test_every_public_name_is_in_the_reference(module: str) -> None:
    home = import_module(f"fagprofil{module}")
    names = {f"{home.__name__}.{name}" for name in home.__all__}
    assert names - documented() == set()


def test_everything_in_the_reference_exists() -> None:
    for full in documented():
        home, _, name = full.rpartition(".")
        assert hasattr(import_module(home), name), full


def headings(page: Path) -> set[str]:
    """The anchors of a page, as MyST and GitHub make them."""
    titles = re.findall(r"^#{1,3} (.+)$", prose(page), flags=re.MULTILINE)
    plain = (re.sub(r"[^\w\s-]", "", title.lower()) for title in titles)
    return {title.replace(" ", "-") for title in plain}


def links(page: Path) -> Iterator[tuple[str, str]]:
    for text, target in re.findall(r"\[([^\]]*)\]\(([^)\s]+)\)", prose(page)):
        if not target.startswith(("http:", "https:", "mailto:")):
            yield text, target


@pytest.mark.parametrize("page", [README, *PAGES], ids=lambda page: page.name)
def test_links_between_pages_resolve(page: Path) -> None:
    for text, target in links(page):
        # GitHub shows no text for a link that has none.
        assert text, f"{page.name}: {target}"
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), f"{page.name}: {target}"
        if anchor:
            assert anchor in headings(file), f"{page.name}: {target}"


def test_every_page_is_in_the_table_of_contents() -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    tree = re.search(r"```\{toctree\}\n(.*?)```", index, flags=re.DOTALL)
    assert tree is not None
    listed = {line for line in tree[1].splitlines() if line and not line.startswith(":")}
    assert listed == {page.stem for page in PAGES} - {"index"}


def blocks(page: Path) -> list[str]:
    """The code of a page that is marked as Python, or as a cell that the build runs."""
    fenced = re.findall(
        r"^```(?:python|\{code-cell\} python)\n(.*?)^```$",
        page.read_text(encoding="utf-8"),
        flags=re.DOTALL | re.MULTILINE,
    )
    return [re.sub(r"\A(:.*\n)+", "", code) for code in fenced]


@pytest.mark.parametrize(
    "page",
    [
        README,
        *(
            DOCS / f"{name}.md"
            for name in ("index", "idea", "ranking", "benchmark", "standards", "howto")
        ),
    ],
    ids=lambda p: p.name,
)
def test_code_on_the_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pandas")
    monkeypatch.chdir(tmp_path)
    # The README reads the reader's own people.
    shutil.copy(bundled("cases", "job7", "workforce.csv"), "people.csv")
    names: dict[str, Any] = {}
    for number, code in enumerate(blocks(page), start=1):
        exec(compile(code, f"{page.name}, block {number}", "exec"), names)
    if blocks(page):
        assert isinstance(names["catalogue"], fp.Catalogue)


def test_the_worked_example_asserts_its_numbers() -> None:
    code = "\n".join(blocks(DOCS / "idea.md"))
    assert code.count("\nassert ") >= 8


def test_the_notebook_is_stored_without_outputs() -> None:
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert len(code) > 10
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
