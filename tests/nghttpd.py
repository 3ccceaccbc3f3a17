"""Debian's HTTP/2 server in C (nghttp2-server): what speaks with it speaks with one that others wrote."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from punchcard.sandbox.authority import Authority

NGHTTPD = shutil.which("nghttpd", path="/usr/sbin:/usr/bin:/usr/local/bin")
READY_SECONDS_MAX = 10


@contextmanager
def running(made: Authority) -> Iterator[str]:
    """The address of a server that asks for a client certificate and answers everything with 200."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(NGHTTPD), "-a", "127.0.0.1", "-V", "--echo-upload", str(port)]
    process = subprocess.Popen(
        [*command, str(made.server_key), str(made.server_certificate)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield f"https://localhost:{port}"
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.02)
    raise AssertionError("nghttpd does not listen")
