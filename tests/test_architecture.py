"""Data flows one way down the layers, and importing the library stays light."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import fagprofil

PACKAGE = Path(fagprofil.__file__).parent

# From the lowest to the highest; a module may import from its own layer and from those before it.
LAYERS = [
    "version",
    "errors",
    "model",
    "fingerprint",
    "workers",
    "memory",
    "scratch",
    "datafiles",
    "checks",
    "catalogue",
    "frames",
    "frame_columns",
    "spellings",
    "workforce",
    "evidence",
    "roster",
    "weighing",
    "standing",
    "ladder",
    "person_columns",
    "statement_columns",
    "wide_table",
    "long_table",
    "people_table",
    "funding",
    "bill",
    "gap_analysis",
    "gap_table",
    "matching",
    "questions",
    "eligibility",
    "rankers",
    "ranking",
    "keys",
    "offer",
    "worth",
    "reason_words",
    "shortlist",
    "results",
    "picks",
    "terms",
    "result_table",
    "batch",
    "engine",
    "one_person",
    "blocks",
    "recommend",
    "planning",
    "insight",
    "io",
    "standards",
    "evaluation",
    "spark",
    "case_setting",
    "cases",
    "answers",
    "show",
    "service",
    "cli",
    "__main__",
]

# Where third-party packages may be imported; whoever is not named here may not be imported at all.
HOMES = {
    "pydantic": None,
    "pydantic_core": {"model.base"},
    "numpy": None,
    "scipy": {"ladder", "evaluation.statistics"}
    | {f"rankers.{name}" for name in ("completions", "diverse", "history", "storage", "task")}
    | {f"planning.cohort_{name}" for name in ("integer", "model", "relax", "solve")}
    | {f"planning.pathway_{name}" for name in ("greedy", "model", "solver")}
    | {f"planning.pool_{name}" for name in ("clash", "pieces", "program")},
    "sklearn": {"planning.cohort_split"}
    | {f"rankers.{name}" for name in ("base", "check", "estimators", "lambdamart", "similarity")},
    "lightgbm": {"rankers.lambdamart"},
    "skops": {"rankers.storage"},
    "ir_measures": {"evaluation.ranking_metrics"},
    "narwhals": {"frames", "frame_columns"},
    "pyarrow": {"frames", "frame_columns", "io.batches", "io.files", "io.parts"},
    "pyspark": {"spark"},
    "typing_extensions": {"datafiles"},
    "rdflib": {"standards.skos"},
    "jwt": {"standards.credential_text"},
    "openpyxl": {"io.excel", "io.template"},
    "matplotlib": {
        f"show.{name}"
        for name in (
            "calendar_plot",
            "comparisons",
            "coverage_plot",
            "figures",
            "plots",
            "report_page",
            "team_plots",
        )
    },
    "fastapi": {
        f"service.{name}"
        for name in ("__init__", "app", "bodies", "lookup", "openapi", "operations", "people")
    }
    | {"service.problems", "service.server"},
    "starlette": {
        f"service.{name}"
        for name in ("bodies", "border", "limits", "lookup", "operations", "people", "problems")
    },
    "uvicorn": {"service.__init__", "service.server"},
    "prometheus_client": {"service.__init__", "service.metrics"},
    "typer": {
        f"cli.{name}"
        for name in ("__init__", "data", "options", "people", "plans", "report", "tables")
    },
    "rich": {"cli.__init__", "cli.options", "show.summary"},
}


def modules() -> list[str]:
    paths = sorted(PACKAGE.rglob("*.py"))
    return [str(path.relative_to(PACKAGE).with_suffix("")).replace("/", ".") for path in paths]


def imports(module: str) -> Iterator[str]:
    """Everything that a module imports when it runs, at its top or inside its functions."""
    path = PACKAGE / (module.replace(".", "/") + ".py")
    for node in _running(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            if node.module == "fagprofil":
                yield from (f"fagprofil.{alias.name}" for alias in node.names)
            else:
                yield str(node.module)


def _running(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return
    for child in ast.iter_child_nodes(node):
        yield from _running(child)


def test_every_module_has_a_layer() -> None:
    tops = {module.partition(".")[0] for module in modules()} - {"__init__"}
    assert tops == set(LAYERS)


@pytest.mark.parametrize("module", [name for name in modules() if name != "__init__"])
def test_nothing_imports_upwards(module: str) -> None:
    own = LAYERS.index(module.partition(".")[0])
    for name in imports(module):
        if name.startswith("fagprofil."):
            layer = name.split(".")[1]
            assert LAYERS.index(layer) <= own, f"{module} imports {name}"


@pytest.mark.parametrize("module", modules())
def test_third_party_packages_stay_in_their_homes(module: str) -> None:
    for name in {name.partition(".")[0] for name in imports(module)}:
        if name == "fagprofil" or name in sys.stdlib_module_names:
            continue
        assert name in HOMES, f"{module} imports {name}"
        homes = HOMES[name]
        assert homes is None or module in homes, f"{module} imports {name}"


def test_models_know_no_arithmetic() -> None:
    found = {
        name for module in modules() if module.startswith("model.") for name in imports(module)
    }
    assert "numpy" not in found


def run(code: str) -> str:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


HEAVY = ("sklearn", "scipy", "pandas", "polars", "pyarrow", "matplotlib")


def test_importing_the_library_loads_next_to_nothing() -> None:
    heavy = (*HEAVY, "numpy", "pydantic", "narwhals")
    loaded = run(f"import sys, fagprofil; print([m for m in {heavy} if m in sys.modules])")
    assert loaded == "[]"


def test_loading_the_catalogue_loads_nothing_heavy() -> None:
    code = "import sys, fagprofil; fagprofil.load_catalogue()"
    assert run(f"{code}; print([m for m in {HEAVY} if m in sys.modules])") == "[]"


def test_import_and_catalogue_keep_their_budget_of_processor_time() -> None:
    code = (
        "import time; t = time.process_time(); import fagprofil; u = time.process_time(); "
        "fagprofil.load_catalogue(); print(u - t, time.process_time() - t)"
    )
    best_import, best_catalogue = (
        min(times) for times in zip(*(map(float, run(code).split()) for _ in range(3)), strict=True)
    )
    assert best_import < 0.1
    assert best_catalogue < 1.0


def test_every_public_name_is_there() -> None:
    assert [name for name in fagprofil.__all__ if not hasattr(fagprofil, name)] == []
    assert set(fagprofil.__all__) <= set(dir(fagprofil))
    assert len(fagprofil.__all__) <= 35


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="recomend"):
        fagprofil.recomend  # noqa: B018


def test_submodules_do_not_hide_public_functions() -> None:
    code = (
        "import fagprofil as fp, fagprofil.cli, fagprofil.show, fagprofil.insight;"
        "print(callable(fp.gap), callable(fp.gaps), callable(fp.match), callable(fp.at))"
    )
    assert run(code) == "True True True True"
