"""What the service tells of itself: one line of JSON for each event, and nothing of people.

Lines go to the logger `fagprofil.service`; who runs the service decides where that leads.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import traceback
from pathlib import Path
from typing import Any

__all__ = ["NAME", "JsonLines", "told", "write"]

#: The name of the logger.
NAME = "fagprofil.service"

_logger = logging.getLogger(NAME)

#: So many of the innermost calls are told of an exception.
_CALLS = 5


def write(event: str, level: int = logging.INFO, **facts: Any) -> None:
    """Log an event as one line of JSON."""
    if _logger.isEnabledFor(level):
        _logger.log(level, _line(event=event, **facts))


def told(error: BaseException) -> dict[str, Any]:
    """What may be logged of an exception: its class and where it came from.

    Its text is left out: it may hold an employee's id or a part of a body.
    """
    calls = traceback.extract_tb(error.__traceback__)[-_CALLS:]
    at = [f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in calls]
    return {"error": type(error).__name__, "at": at}


class JsonLines(logging.Formatter):
    """Formats every record as one line of JSON, those of other packages too."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; the text of an exception is left out."""
        if record.name == NAME:
            return record.getMessage()
        error = record.exc_info[1] if record.exc_info else None
        facts = {} if error is None else told(error)
        return _line(event="log", logger=record.name, message=record.getMessage(), **facts)


def _line(**facts: Any) -> str:
    now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
    return json.dumps({"time": now, **facts}, ensure_ascii=False)
