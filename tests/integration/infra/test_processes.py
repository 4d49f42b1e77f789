"""Processes of the local stack: started, found again, ended by name and number, never another's."""

import os
import sys
from pathlib import Path

import pytest

from infra.local import processes, services
from infra.local.places import Places, read_json, write_json
from infra.local.services import Service

LISTEN = (
    "import http.server, sys;"
    "http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), http.server.BaseHTTPRequestHandler)"
    ".serve_forever()"
)


def listener(port: int, home: Path, version: str = "1") -> Service:
    command = (sys.executable, "-c", LISTEN, str(port))
    return Service("listener", command, (port,), os.environ, home, version)


def test_a_service_is_started_once_restarted_when_its_code_changes_and_ended(
    tmp_path: Path,
) -> None:
    places, port = Places(tmp_path), processes.free_port()
    service = listener(port, tmp_path)
    try:
        assert services.ensure(places, service)
        first = read_json(services.pid_file(places, "listener"))["pid"]
        assert not services.ensure(places, service)
        assert services.ensure(places, listener(port, tmp_path, version="2"))
        assert read_json(services.pid_file(places, "listener"))["pid"] != first
        assert not processes.is_alive(first)
    finally:
        assert services.end(places, "listener")
    assert not processes.is_listening(port)
    assert not services.end(places, "listener")


def test_a_number_that_came_round_to_another_process_is_left_alone(tmp_path: Path) -> None:
    places = Places(tmp_path)
    ours = {"pid": os.getpid(), "born": "long ago", "version": "1", "ports": []}
    write_json(services.pid_file(places, "listener"), ours)
    assert not services.end(places, "listener")


def test_a_port_taken_by_another_is_named(tmp_path: Path) -> None:
    places, port = Places(tmp_path), processes.free_port()
    services.ensure(places, listener(port, tmp_path))
    try:
        with pytest.raises(processes.DidNotComeUpError, match=f"Port {port}.*DENGTA_PORT_BASE"):
            services.ensure(Places(tmp_path / "second"), listener(port, tmp_path))
    finally:
        services.end(places, "listener")


def test_what_does_not_come_up_is_shown_with_the_end_of_its_log(tmp_path: Path) -> None:
    command = (sys.executable, "-c", "raise SystemExit('no luck today')")
    port = processes.free_port()
    service = Service("unlucky", command, (port,), os.environ, tmp_path, "1")
    with pytest.raises(processes.DidNotComeUpError, match="no luck today"):
        services.ensure(Places(tmp_path), service)
