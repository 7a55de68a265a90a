"""How the documentation is built: ``sphinx-build -W -b html docs docs/_build/html``."""

from __future__ import annotations

import inspect
from typing import Any

import fagprofil
from pydantic import BaseModel
from sphinx.application import Sphinx

project = "fagprofil"
author = "the fagprofil authors"
copyright = "2026, the fagprofil authors"  # noqa: A001 (Sphinx's name)
version = release = fagprofil.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.mathjax", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "jupyter_execute"]

html_theme = "furo"
html_title = f"fagprofil {release}"

myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
# The project's own files, and names in single backticks that are documented.
default_role = "py:obj"

# Every page is computed when it is built, and a page that fails fails the build.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120

autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_class_signature = "mixed"
autodoc_default_options = {
    "members": True,
    "undoc-members": True,
    "exclude-members": "model_config, model_post_init",
}
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_preprocess_types = False


def _fields_of_a_record(
    app: Sphinx,  # noqa: ARG001 (Sphinx's arguments)
    what: str,
    name: str,  # noqa: ARG001
    thing: Any,
    options: Any,  # noqa: ARG001
    signature: str | None,
    returns: str | None,
) -> tuple[str | None, str | None]:
    """Leave out the signatures of records and errors, which would repeat their fields."""
    record = inspect.isclass(thing) and issubclass(thing, (BaseModel, BaseException))
    return (None, None) if what in ("class", "exception") and record else (signature, returns)


def _prose_of_returns(
    app: Sphinx,  # noqa: ARG001
    what: str,  # noqa: ARG001
    name: str,  # noqa: ARG001
    thing: Any,  # noqa: ARG001
    options: Any,  # noqa: ARG001
    lines: list[str],
) -> None:
    """Keep "Returns" sections as prose: napoleon would take the first line for a type."""
    for start, line in enumerate(lines[:-1]):
        if line == "Returns" and set(lines[start + 1]) == {"-"}:
            text = start + 2
            while text < len(lines) and lines[text]:
                lines[text] = "    " + lines[text]
                text += 1
            lines[start : start + 2] = [":Returns:"]
            return


def setup(app: Sphinx) -> None:
    """Connect the above to Sphinx; before napoleon, which has the priority 500."""
    app.connect("autodoc-process-signature", _fields_of_a_record)
    app.connect("autodoc-process-docstring", _prose_of_returns, priority=400)
