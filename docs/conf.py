"""How the documentation is built: ``sphinx-build -W -b html docs docs/_build/html``."""

from __future__ import annotations

import inspect
import re
from typing import Any

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from pydantic import BaseModel
from sphinx.application import Sphinx

import fagprofil

project = "fagprofil"
author = "the fagprofil authors"
copyright = "2026, the fagprofil authors"  # noqa: A001 (Sphinx's name)
version = release = fagprofil.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "jupyter_execute", "ranker-package"]

# `date` in a signature is datetime's, although attributes of that name are documented.
suppress_warnings = ["ref.python"]

html_theme = "furo"
html_title = f"fagprofil {release}"
html_static_path = ["_static"]
html_css_files = ["tables.css"]
# Formulas as MathML, so that pages are whole without a network.
html_math_renderer = "mathml"

myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
# Names in single backticks become links where they are documented.
default_role = "py:obj"

# Every page is computed when it is built, and a page that fails fails the build.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
autodoc_type_aliases = {name: name for name in ("ProfileLike", "RankerLike", "Lang", "FrameKind")}
maximum_signature_line_length = 80
autodoc_class_signature = "mixed"
autodoc_default_options = {
    "members": True,
    "undoc-members": True,
    "exclude-members": "model_config, model_post_init",
}
napoleon_google_docstring = False
napoleon_custom_sections = ["Result"]
napoleon_preprocess_types = False


# How Sphinx writes out what the code calls by a name.
WRITTEN_OUT = (
    (re.compile(r"TypeAliasForwardRef\('(\w+)'\)"), r"\1"),
    (re.compile(r"~?numpy\.ndarray\[.*?, ~?numpy\.dtype\[~?(numpy\.)?(\w+)\]\]"), r"NDArray[\2]"),
)


def _signature(
    app: Sphinx,  # noqa: ARG001 (Sphinx's arguments)
    what: str,
    name: str,  # noqa: ARG001
    thing: Any,
    options: Any,  # noqa: ARG001
    signature: str | None,
    returns: str | None,
) -> tuple[str | None, str | None]:
    """Names instead of what they stand for; none for records and errors, whose fields follow."""
    if (
        inspect.isclass(thing)
        and issubclass(thing, (BaseModel, BaseException))
        and what != "method"
    ):
        return "", ""
    for written, short in WRITTEN_OUT:
        signature = signature and written.sub(short, signature)
        returns = returns and written.sub(short, returns)
    return signature, returns


def _prose(
    app: Sphinx,  # noqa: ARG001
    what: str,
    name: str,  # noqa: ARG001
    thing: Any,  # noqa: ARG001
    options: Any,  # noqa: ARG001
    lines: list[str],
) -> None:
    """Keep "Returns" sections and attributes as prose: napoleon looks for types in them."""
    if what in ("attribute", "property"):
        lines.insert(0, "")
    for start, line in enumerate(lines[:-1]):
        if line == "Returns" and set(lines[start + 1]) == {"-"}:
            lines[start : start + 2] = ["Result", "------"]


def _mathml(writer: Any, node: nodes.Element) -> None:
    block = isinstance(node, nodes.math_block)
    tex = node.astext().replace(r"\text{", r"\mathrm{")
    if block and r"\\" in tex:
        tex = rf"\begin{{aligned}}{tex}\end{{aligned}}"
    writer.body.append(tex2mathml(tex, as_block=block))
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Connect the above to Sphinx; before napoleon, which has the priority 500."""
    app.connect("autodoc-process-signature", _signature)
    app.connect("autodoc-process-docstring", _prose, priority=400)
    app.add_html_math_renderer("mathml", (_mathml, None), (_mathml, None))
