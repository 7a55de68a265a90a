"""A server for the application, with one worker or several."""

from __future__ import annotations

import ipaddress
import logging
import os
import signal
import socket
import tempfile
from threading import Lock, Thread, current_thread, main_thread
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from fagprofil.errors import DataError, FagprofilError, Problem
from fagprofil.model import Employee
from fagprofil.recommend import Recommender
from fagprofil.service import logs
from fagprofil.service.app import create_app
from fagprofil.service.metrics import FOLDER
from fagprofil.service.openapi import example_of
from fagprofil.service.settings import TOKEN, Settings, token_of

__all__ = ["app_from_env", "serve"]

_FACTORY = "fagprofil.service:app_from_env"

_LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "fagprofil.service.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "loggers": {
        name: {"handlers": ["stderr"], "level": "INFO", "propagate": False}
        for name in (logs.NAME, "uvicorn")
    },
}

#: Neither uvicorn's log of addresses, which may hold anything, nor a header that names the server.
_OPTIONS: dict[str, Any] = {
    "log_config": _LOGGING,
    "access_log": False,
    "server_header": False,
    "ws": "none",
}


def serve(
    settings: Settings | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 1,
) -> None:
    """Serve until a signal to end; SIGHUP has the data read anew and swapped in.

    Parameters
    ----------
    settings
        What is served; None takes the environment variables, see `Settings`. The token comes from
        the variable ``FAGPROFIL_TOKEN`` or from the settings' `token_file`.
    host, port
        Where. Without a token only a loopback address is allowed.
    workers
        Processes.

    Raises
    ------
    DataError
        A host that others can reach, without a token; wrong settings or data.
    """
    settings = settings or Settings.read()
    if token_of(settings) is None and not _is_loopback(host):
        expected = f"a loopback address, or a token in {TOKEN} or a token file"
        raise DataError([Problem("service", "host", host, expected)])
    # Whatever is wrong in the settings and the data is told here, before there are workers.
    app = _served(settings)
    options: dict[str, Any] = {"host": host, "port": port, "workers": workers, **_OPTIONS}
    if workers == 1:
        uvicorn.run(app, **options)
        return
    with tempfile.TemporaryDirectory(prefix="fagprofil-") as folder:
        os.environ.update(settings.variables(), **{FOLDER: folder})
        config = uvicorn.Config(_FACTORY, factory=True, **options)
        with config.bind_socket() as bound:
            # uvicorn forgets it where it binds for several workers, and then each answer on a kept
            # connection waits 40 ms: https://github.com/Kludex/uvicorn/issues/3149
            bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _Workers(config, sockets=[bound]).run()


def app_from_env() -> FastAPI:
    """The application that the environment variables tell of, for any ASGI server.

    ``uvicorn --factory fagprofil.service:app_from_env`` serves it. That server decides on the host,
    so set a token. SIGHUP to the process has the data read anew and swapped in.

    Raises
    ------
    FagprofilError
        What is wrong with the settings or the data.

    Examples
    --------
    >>> from fagprofil.service import app_from_env
    >>> app_from_env().title
    'fagprofil'
    """
    return _served(Settings.read())


def _served(settings: Settings) -> FastAPI:
    recommender = _tried(settings.recommender())
    app = create_app(recommender, token=token_of(settings), limits=settings.limits)
    _reload_on_signal(app, settings)
    return app


def _is_loopback(host: str) -> bool:
    """Whether nobody but this machine can reach the host; a name must lead to loopback only."""
    if not host:
        return False
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return all(ipaddress.ip_address(str(one).partition("%")[0]).is_loopback for one in found)


class _Workers(Multiprocess):
    def handle_hup(self) -> None:
        """Have each worker read the data anew.

        uvicorn would end the workers and start others, and so close their callers' connections.
        """
        for one in self.processes:
            if one.pid is not None:
                os.kill(one.pid, signal.SIGHUP)


def _reload_on_signal(app: FastAPI, settings: Settings) -> None:
    """On SIGHUP, read the data anew; only the main thread may say what a signal does."""
    if hasattr(signal, "SIGHUP") and current_thread() is main_thread():
        lock = Lock()
        # A thread, so that requests are answered meanwhile.
        signal.signal(
            signal.SIGHUP, lambda *_: Thread(target=_reload, args=(app, settings, lock)).start()
        )


def _reload(app: FastAPI, settings: Settings, lock: Lock) -> None:
    """Swap in a recommender over the data as they are now; if they are wrong, the old one stays."""
    with lock:
        try:
            new = _tried(settings.recommender())
        except Exception as error:
            known = isinstance(error, (FagprofilError, OSError))
            reason = {"reason": str(error)} if known else logs.told(error)
            app.state.metrics.swapped("refused")
            logs.write("swap refused", logging.ERROR, **reason)
        else:
            app.state.holder.swap(new)


def _tried(recommender: Recommender) -> Recommender:
    """The same, after a recommendation to a made-up person.

    It must work, and it compiles what the first request would have to wait for.
    """
    person = Employee.model_validate(example_of(recommender))
    if person.profile is not None:
        recommender.recommend(person)
    return recommender
