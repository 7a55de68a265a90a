"""The pages of a report: one HTML file that needs nothing else, for a screen and for paper."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING

from fagprofil.model import Lang

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["cards", "document", "picture", "section", "sentences", "table_of"]

#: Nothing is fetched and nothing runs, whatever stands in the page.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_STYLE = """
:root{color-scheme:light dark;
--ink:#1a1a1a;--paper:#fff;--soft:#f1f4f7;--line:#c9d1d9;--mark:#0072b2}
@media (prefers-color-scheme:dark){
:root{--ink:#eee;--paper:#16181b;--soft:#24282d;--line:#454c54;--mark:#7cc4f0}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);line-height:1.5;
font-family:system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main,header,nav,footer{max-width:62rem;margin:0 auto;padding:0 1.2rem}
h1{font-size:1.9rem;line-height:1.2;margin:1.6rem 0 .2rem}
h2{font-size:1.35rem;margin:2.4rem 0 .6rem;border-bottom:2px solid var(--mark);padding-bottom:.2rem}
h3{font-size:1.08rem;margin:1.6rem 0 .4rem}
a{color:var(--mark)}
a:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--mark);outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{position:static}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;padding:0;margin:.8rem 0}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(12rem,1fr));gap:.8rem;padding:0;
margin:1rem 0;list-style:none}
.cards li{background:var(--soft);border-left:4px solid var(--mark);padding:.7rem .9rem}
.cards b{display:block;font-size:1.35rem;line-height:1.25;hyphens:auto;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem;margin:.4rem 0 1rem}
caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{text-align:left;padding:.25rem .8rem .25rem 0;border-bottom:1px solid var(--line);
vertical-align:top}
.number{text-align:right}td.number{white-space:nowrap}
figure{margin:1rem 0}
figure img{max-width:100%;height:auto;background:#fff;padding:.4rem}
.note{font-size:.9rem}
footer{margin:3rem auto 2rem;font-size:.9rem}
@media print{
:root{--ink:#000;--paper:#fff;--soft:#fff;--line:#888;--mark:#000}
@page{size:A4;margin:16mm}
nav,.skip{display:none}main,header,footer{max-width:none;padding:0}
body{font-size:10.5pt}h2,h3{break-after:avoid}
figure,tr,.cards li,.short{break-inside:avoid}.person{break-before:page}
thead{display:table-header-group}.scroll{overflow:visible}}
"""
_SHORT = 15
_WORDS = {
    "da": {"skip": "Gå til indholdet", "contents": "Indhold"},
    "en": {"skip": "Skip to the content", "contents": "Contents"},
}


def document(
    title: str, lines: Sequence[str], sections: Sequence[tuple[str, str, str]], lang: Lang
) -> str:
    """A whole page.

    Parameters
    ----------
    title
        What it is called.
    lines
        Texts below the title.
    sections
        Each with its anchor, its heading and its HTML.
    lang
        The language that it says it is in.
    """
    said = _WORDS[lang]
    links = "".join(
        f'<li><a href="#{anchor}">{escape(heading)}</a></li>' for anchor, heading, _ in sections
    )
    body = "".join(
        f'<section><h2 id="{anchor}">{escape(heading)}</h2>{content}</section>'
        for anchor, heading, content in sections
    )
    above = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f'<header><a class="skip" href="#content">{said["skip"]}</a>'
        f"<h1>{escape(title)}</h1>{above}</header>"
        f'<nav aria-label="{said["contents"]}"><ul>{links}</ul></nav>'
        f'<main id="content">{body}</main></body></html>\n'
    )


def section(heading: str, content: str, kind: str = "") -> str:
    """A part of a section, below its own heading."""
    return f'<div class="{kind}"><h3>{escape(heading)}</h3>{content}</div>'


def cards(found: Iterable[tuple[str, str]]) -> str:
    """Large figures or words, each with what it is."""
    items = "".join(f"<li><b>{escape(big)}</b>{escape(small)}</li>" for big, small in found)
    return f'<ul class="cards">{items}</ul>'


def sentences(lines: Iterable[str]) -> str:
    """Texts, one below the other."""
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def table_of(
    caption: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    right: Iterable[int] = (),
) -> str:
    """A table whose first column names its rows, to be moved sideways within its own box."""
    aligned = set(right)
    kind = [' class="number"' if j in aligned else "" for j in range(len(header))]
    head = "".join(f'<th scope="col"{kind[j]}>{escape(cell)}</th>' for j, cell in enumerate(header))
    body = ""
    for name, *cells in rows:
        rest = "".join(f"<td{kind[j]}>{escape(cell)}</td>" for j, cell in enumerate(cells, 1))
        body += f'<tr><th scope="row">{escape(name)}</th>{rest}</tr>'
    # On paper a short table is not parted from its heading.
    short = " short" if len(rows) <= _SHORT else ""
    return (
        f'<div class="scroll{short}" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        "</table></div>"
    )


def picture(axes: Axes, says: str) -> str:
    """A picture within the page, and in words what it shows; its figure is closed."""
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    figure, file = axes.get_figure(root=True), BytesIO()
    # The same bytes each time: no date in it, and names of parts that are not drawn by lot.
    with mpl.rc_context({"svg.hashsalt": "fagprofil", "svg.fonttype": "path"}):
        figure.savefig(file, format="svg", metadata={"Date": None})  # type: ignore[union-attr]
    plt.close(figure)
    data = base64.b64encode(file.getvalue()).decode()
    return f'<figure><img src="data:image/svg+xml;base64,{data}" alt="{escape(says)}"></figure>'
