"""The PDF form: the pages on paper, tagged, by WeasyPrint (extra ``pdf``) in processes of their own.

A document costs seconds of processor time and a hundred megabytes; a small pool renders them beside each other, and a
renderer that hangs or falls over does not take the daemon with it. Tables' heads get the scope that the library leaves
out. No conformance with PDF/UA is claimed: HTML is the accessible reference.
"""

import contextlib
import gc
import multiprocessing
import os
import resource
import signal
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from importlib.util import find_spec
from typing import Any

from netmon.errors import HostError, UsageError

LONGEST = 300
"""Seconds a document may take to render."""

_WAIT = 3600.0
_MOST_MEMORY = 3 << 30
_WORKERS = 4
_VARIANT = "pdf/ua-1"


class Press:
    """A bounded pool of processes that turn pages into PDF; it begins with the first page and ends with the block."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Press":
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(wait=failed is None, cancel_futures=True)

    def start(self, page: bytes) -> "Future[bytes]":
        """Begin to render a page.

        Raises:
            UsageError: WeasyPrint is not installed.
        """
        if self._pool is None:
            if find_spec("weasyprint") is None:
                raise UsageError("report format 'pdf' needs WeasyPrint: pip install 'netmon-metropole[pdf]'")
            workers = max(1, min(_WORKERS, os.cpu_count() or 1))
            self._pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _bound)
        return self._pool.submit(_in_time, render, page, LONGEST)


def finished(name: str, document: "Future[bytes]") -> bytes:
    """The document, once it is there.

    Raises:
        HostError: it could not be rendered, or took too long.
    """
    try:
        return document.result(_WAIT)
    except BrokenExecutor as error:
        raise HostError(f"cannot render {name}: the renderer died, or took more than {LONGEST} s") from error
    except MemoryError as error:
        raise HostError(f"cannot render {name}: it needs more than {_MOST_MEMORY >> 30} GiB") from error
    except OSError as error:
        raise HostError(f"cannot render {name}: {error} (WeasyPrint needs the Pango libraries)") from error


def render(page: bytes) -> bytes:
    """One page as PDF: the same bytes for the same page and fonts. Pages are self-contained: nothing is fetched.

    Raises:
        OSError: a library of the system that WeasyPrint needs is missing.
    """
    from weasyprint import HTML  # noqa: PLC0415 - an extra, and a second to import
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    return bytes(
        HTML(string=page.decode(), url_fetcher=URLFetcher(allowed_protocols=())).write_pdf(
            pdf_variant=_VARIANT, finisher=_scope
        )
    )


def _in_time(work: Callable[[bytes], bytes], page: bytes, longest: int) -> bytes:
    """The work done, or the process ended (by SIGALRM) when it takes too long."""
    signal.alarm(longest)
    try:
        return work(page)
    finally:
        signal.alarm(0)
        gc.collect()


def _bound() -> None:
    """What a renderer may use: a page that makes it grow ends it, not the host.

    A document is kept whole until it is written and is thrown away at once: looking for garbage in between finds none,
    and takes a fourth of the time.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    gc.disable()
    with contextlib.suppress(ImportError, OSError):
        import weasyprint  # noqa: F401, PLC0415 - ``render`` says what is missing
    gc.freeze()


def _scope(_document: object, pdf: Any) -> None:
    """Say of each head of a table whether it heads its column or its row (ISO 32000, 14.8.5.7)."""
    elements = {one.reference: one for one in pdf.objects if hasattr(one, "get") and one.get("Type") == "/StructElem"}
    for element in elements.values():
        if element.get("S") == "/TH":
            group = elements.get(elements.get(element["P"], {}).get("P"), {})
            element["A"]["Scope"] = "/Column" if group.get("S") == "/THead" else "/Row"
