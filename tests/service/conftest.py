"""A real server on a free port of this machine, and a client for it."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

import fagprofil as fp
from fagprofil.service import create_app

#: Serves an application until the test ends, and gives a client of it.
Serve = Callable[[FastAPI], httpx.Client]


@contextmanager
def running(app: FastAPI) -> Iterator[httpx.Client]:
    config = uvicorn.Config(app, port=0, log_config=None, access_log=False)
    server, sock = uvicorn.Server(config), config.bind_socket()
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    thread = Thread(target=server.run, kwargs={"sockets": [sock]})
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        port = sock.getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()
        sock.close()


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(running(app))


@pytest.fixture(scope="session")
def recommender(catalogue: fp.Catalogue) -> fp.Recommender:
    return fp.Recommender(catalogue)


@pytest.fixture(scope="module")
def client(recommender: fp.Recommender) -> Iterator[httpx.Client]:
    """A client of the application with its defaults."""
    with running(create_app(recommender)) as found:
        yield found


@pytest.fixture
def anna() -> dict[str, Any]:
    """An employee as another program sends one."""
    said = {"competence": "virksomhedskontakt", "level": 2, "kind": "self", "date": "2026-03-01"}
    return {
        "id": "e-017",
        "unit": "Vejle",
        "backgrounds": ["kommunom"],
        "evidence": [said, {"competence": "jobmatch", "level": 3, "kind": "known"}],
        "completed": [{"module": "mediation", "date": "2025-06-30"}],
        "profile": "virksomhed",
        "hired": "2020-01-01",
        "employer": "kommune",
        "agreement": "hk",
        "relevant_years": 6,
    }
