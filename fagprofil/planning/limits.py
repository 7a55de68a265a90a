"""What a plan must keep within, in whole numbers so that nothing is lost in sums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt

from fagprofil.model import Lang, Text
from fagprofil.model.base import Frozen

__all__ = ["LIMITS", "LimitName", "PathwayLimits", "amount_text", "limit_words", "thousandths"]

LimitName = Literal["ects_per_period", "ects", "money", "days_per_period", "days", "modules"]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class PathwayLimits(Frozen):
    """What one person's pathway must keep within; None is no limit.

    Examples
    --------
    >>> limits = PathwayLimits(ects_per_period=10, money=15_000)
    >>> limits.ects is None
    True
    """

    ects_per_period: Amount | None = None
    ects: Amount | None = None
    """In all."""
    money: Amount | None = None
    """Kroner in all, after funding."""
    days_per_period: Amount | None = None
    """Teaching days."""
    days: Amount | None = None
    """Teaching days in all."""
    modules: NonNegativeInt | None = None
    """Number of modules in all."""


#: What is limited, in words.
LIMITS: Mapping[LimitName, Text] = {
    "ects_per_period": Text(da="ECTS pr. periode", en="ECTS per period"),
    "ects": Text(da="ECTS i alt", en="ECTS in all"),
    "money": Text(da="kroner efter støtte", en="kroner after funding"),
    "days_per_period": Text(da="undervisningsdage pr. periode", en="teaching days per period"),
    "days": Text(da="undervisningsdage i alt", en="teaching days in all"),
    "modules": Text(da="moduler i alt", en="modules in all"),
}


def limit_words(name: LimitName, most: float) -> Text:
    """A limit in words.

    Examples
    --------
    >>> limit_words("money", 12_000).in_("en"), limit_words("money", 12_000).in_("da")
    ('at most 12,000 kroner after funding', 'højst 12.000 kroner efter støtte')
    """
    named = LIMITS[name]
    return Text(
        da=f"højst {amount_text(most, 'da')} {named.da}",
        en=f"at most {amount_text(most, 'en')} {named.en}",
    )


def amount_text(amount: float, lang: Lang) -> str:
    """An amount as the language writes it, with as many decimals as it has, up to three.

    Examples
    --------
    >>> amount_text(7.5, "da"), amount_text(12_000, "en")
    ('7,5', '12,000')
    """
    shown = f"{amount:,.3f}".rstrip("0").rstrip(".")
    return shown.translate(str.maketrans(",.", ".,")) if lang == "da" else shown


def thousandths(amount: float) -> int:
    """An amount of ECTS or days as a whole number, so that sums are exact.

    Examples
    --------
    >>> thousandths(7.5), 3 * thousandths(0.1) == thousandths(0.3)
    (7500, True)
    """
    return round(amount * 1000)
