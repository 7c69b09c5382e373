"""The loop of a web process: waitress on an inherited socket, until gunicorn stops the worker."""

from __future__ import annotations

import os
import resource
import socket
import time
from typing import Any

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.task import ThreadedTaskDispatcher

from newsroom.web.server.listeners import MAX_CONNECTIONS, Listener
from newsroom.web.server.request_parser import MAX_HEAD_BYTES, max_upload_bytes

_LOOP_SECONDS = 0.5
_FINISH_SECONDS = 20.0  # for requests that are being received or answered at shutdown
_IDLE_GRACE_SECONDS = 1.0  # in which a request on an idle connection is still answered
_IN_MEMORY = 2**31  # bytes: responses may hold names, so they are never buffered on disk
_BODY_IN_MEMORY = 2 * 1024 * 1024  # bytes; only uploads are larger


def serve(worker: Worker) -> None:
    """Serve until the worker is asked to stop, then finish what has begun."""
    _allow_open_files(MAX_CONNECTIONS + 500)
    sockets: dict[int, Any] = {}
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(worker.cfg.threads)
    _Wakeup(worker.PIPE[0], map=sockets)
    listeners = [_listen(each.sock, worker, sockets, dispatcher) for each in worker.sockets]
    while worker.alive and os.getppid() == worker.ppid:
        _poll(worker, sockets)
    for listener in listeners:
        listener.draining = True
    stopped = time.monotonic()
    while time.monotonic() - stopped < _FINISH_SECONDS:
        _poll(worker, sockets)
        if time.monotonic() - stopped > _IDLE_GRACE_SECONDS and not any(each.is_busy for each in listeners):
            break
    dispatcher.shutdown()


def _poll(worker: Worker, sockets: dict[int, Any]) -> None:
    worker.notify()
    wasyncore.poll2(_LOOP_SECONDS, sockets)


def _listen(
    inherited: socket.socket, worker: Worker, sockets: dict[int, Any], dispatcher: ThreadedTaskDispatcher
) -> Listener:
    settings = Adjustments(
        sockets=[inherited],
        threads=worker.cfg.threads,
        backlog=worker.cfg.backlog,
        ident=None,
        url_scheme="http",
        clear_untrusted_proxy_headers=False,  # newsroom.web.trusted_proxies decides about them
        max_request_header_size=MAX_HEAD_BYTES,
        max_request_body_size=max_upload_bytes() + 1,
        inbuf_overflow=_BODY_IN_MEMORY,
        outbuf_overflow=_IN_MEMORY,
        outbuf_high_watermark=1024 * 1024,
        recv_bytes=64 * 1024,
        connection_limit=2 * MAX_CONNECTIONS,  # the listener makes room earlier
        cleanup_interval=1,
    )
    return Listener(
        worker.wsgi,
        sockets,
        True,
        inherited,
        dispatcher=dispatcher,
        adj=settings,
        sockinfo=(inherited.family, inherited.type, inherited.proto, inherited.getsockname()),
        bind_socket=False,
    )


class _Wakeup(wasyncore.file_dispatcher):
    """Ends the wait of the loop when a signal arrives."""

    def handle_read(self) -> None:
        os.read(self.fileno(), 4096)

    def writable(self) -> bool:
        return False

    def handle_close(self) -> None:
        """The pipe stays open as long as the process."""


def _allow_open_files(number: int) -> None:
    """Raise the soft limit of open files, which is often 1024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = number if hard == resource.RLIM_INFINITY else min(number, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
