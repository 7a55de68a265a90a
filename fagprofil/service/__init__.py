"""The library behind HTTP: an application of FastAPI, and a server for it.

Nothing about people is stored, and no log or metric tells of them.
"""

from __future__ import annotations

from fagprofil.errors import MissingExtra

try:
    import fastapi  # noqa: F401
    import prometheus_client  # noqa: F401
    import uvicorn  # noqa: F401
except ModuleNotFoundError:
    packages = "fastapi, prometheus-client and uvicorn"
    raise MissingExtra("the service", packages, "service") from None

from fagprofil.service.app import create_app
from fagprofil.service.holder import Holder
from fagprofil.service.limits import Limits
from fagprofil.service.server import app_from_env, serve
from fagprofil.service.settings import Settings

__all__ = ["Holder", "Limits", "Settings", "app_from_env", "create_app", "serve"]
