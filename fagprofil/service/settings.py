"""How a served application is made: from options or from environment variables."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, PositiveInt, ValidationError

from fagprofil.catalogue import load_catalogue
from fagprofil.datafiles import problems_in
from fagprofil.errors import DataError
from fagprofil.model import OVER_FIVE_YEARS, Horizon, at
from fagprofil.model.base import Frozen
from fagprofil.recommend import Recommender
from fagprofil.service.limits import Limits

__all__ = ["TOKEN", "Settings", "token_of"]

_PREFIX = "FAGPROFIL_"
#: The environment variable that holds the token.
TOKEN = f"{_PREFIX}TOKEN"


def _day(value: Any, expected: str = "a date as 2026-11-22") -> Any:
    # Only such texts: pydantic would take a number for seconds since 1970.
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError(expected) from None


def _horizon(value: Any) -> Any:
    if not isinstance(value, str) or value in ("now", "five", "over"):
        return {"kind": value} if isinstance(value, str) else value
    return at(_day(value, "now, five, over or a date as 2029-06-01"))


class Settings(Frozen):
    """What a served application is made of; each can be given as ``FAGPROFIL_...``.

    Examples
    --------
    >>> Settings.read({"FAGPROFIL_HORIZON": "now", "FAGPROFIL_MAX_K": "10"}).limits.k
    10
    """

    overlay: Path | None = None
    """A folder with local changes to the data."""
    ranker: str = "coverage"
    horizon: Annotated[Horizon, BeforeValidator(_horizon)] = OVER_FIVE_YEARS
    """``now``, ``five``, ``over`` or a date."""
    date: Annotated[dt.date | None, BeforeValidator(_day)] = None
    """The day of validity, prices and evidence; None takes the data's day."""
    token_file: Path | None = None
    """A file that holds the token."""
    max_body: PositiveInt = Limits().body
    max_batch_body: PositiveInt = Limits().batch_body
    max_batch: PositiveInt = Limits().batch
    max_k: PositiveInt = Limits().k

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ, **given: Any) -> Settings:
        """The settings that are given, or else those of environment variables, or the defaults.

        Parameters
        ----------
        environment
            The variables.
        given
            Settings by name, as texts or not; None is not given.

        Raises
        ------
        DataError
            Everything that is wrong in them.
        """
        texts = {name: environment.get(_PREFIX + name.upper()) for name in cls.model_fields}
        told = [*texts.items(), *given.items()]
        try:
            return cls.model_validate({name: value for name, value in told if value is not None})
        except ValidationError as error:
            raise DataError(problems_in(error, "service", cls.model_fields)) from None

    def variables(self) -> dict[str, str]:
        """The environment variables that `read` reads these settings from."""
        texts = self.model_dump(mode="json", exclude_none=True)
        texts["horizon"] = str(self.horizon.day or self.horizon.kind)
        return {_PREFIX + name.upper(): str(text) for name, text in texts.items()}

    @property
    def limits(self) -> Limits:
        """The limits of a request."""
        return Limits(
            body=self.max_body,
            batch_body=self.max_batch_body,
            batch=self.max_batch,
            k=self.max_k,
        )

    def recommender(self) -> Recommender:
        """A recommender over the data as they are in the files now, checked as a whole.

        Raises
        ------
        FagprofilError
            What is wrong with the data or the ranker.
        OSError
            An overlay that is not there.
        """
        catalogue = load_catalogue(overlay=self.overlay)
        return Recommender(catalogue, self.ranker, horizon=self.horizon, on=self.date)


def token_of(settings: Settings, environment: Mapping[str, str] = os.environ) -> str | None:
    """The token of a file or of the environment variable ``FAGPROFIL_TOKEN``, if there is one."""
    if settings.token_file is not None:
        return settings.token_file.read_text(encoding="utf-8").strip()
    return environment.get(TOKEN)
