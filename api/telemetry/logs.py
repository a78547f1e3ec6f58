"""Structured logs: one line per request, and exceptions by type and place.

No line contains a document, a variable, a name, an address or a token. So messages of exceptions
are left out (databases put values into them), and so are locals of frames. Log records of libraries
are reduced to their logger and place.
"""

import logging
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from types import TracebackType
from typing import TextIO

import orjson
import structlog
from structlog.typing import EventDict, WrappedLogger

from api.telemetry.request_record import RequestRecord

LOG = structlog.get_logger("trellis")

# Their messages contain no personal data.
_TRUSTED_LOGGERS = {"uvicorn", "uvicorn.error", "alembic", "alembic.runtime.migration"}


def configure_logging(
    *, is_human_readable: bool, level: str = "INFO", stream: TextIO | None = None
) -> None:
    """Send all logs to one stream, as JSON lines or human-readable, on a terminal in colour."""
    stream = stream or sys.stderr
    renderer = (
        structlog.dev.ConsoleRenderer(
            colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        if is_human_readable
        else structlog.processors.JSONRenderer(_render_json)
    )
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_exception_location,
    ]
    min_level = logging.getLevelName(level)
    structlog.configure(
        processors=[*shared, renderer],
        logger_factory=structlog.WriteLoggerFactory(stream),
        wrapper_class=structlog.make_filtering_bound_logger(min_level),
        cache_logger_on_first_use=False,
    )
    _get_request_writer.cache_clear()
    handler = logging.StreamHandler(stream)
    handler.addFilter(_is_free_of_personal_data)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_strip_library_message, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = name != "uvicorn.access"
    logging.getLogger("httpx").setLevel("WARNING")


def log_request(record: RequestRecord, method: str, path: str) -> None:
    """Log one line for a finished request."""
    write = _get_request_writer()
    if write is None:
        return
    fields: EventDict = {
        "event": "request",
        "method": method,
        "path": path,
        "status": record.status,
        "ms": round(record.measure_seconds() * 1000, 1),
        "request_id": record.request_id,
    }
    if record.client_request_id is not None:
        fields["client_request_id"] = record.client_request_id
    if record.tenant_id:
        fields["tenant_id"] = str(record.tenant_id)
    if record.operation != "none":
        fields["operation"] = record.operation
    if record.operation_name:
        fields["operation_name_hash"] = record.operation_name_hash
    if record.is_preview:
        fields["is_preview"] = True
    if record.broken_rule is not None:
        fields["broken_rule"] = record.broken_rule
    if record.codes:
        fields["codes"] = list(record.codes)
    write(fields)


@cache
def _get_request_writer() -> Callable[[EventDict], object] | None:
    """Return the function that writes a request's line in the configured format, if any does.

    It is resolved once and writes JSON directly, because structlog resolves its processors for
    every line, which costs more than the rest of the line.
    """
    log: structlog.typing.FilteringBoundLogger = LOG.bind()
    config = structlog.get_config()
    if not log.is_enabled_for(logging.INFO):
        return None
    if not isinstance(config["processors"][-1], structlog.processors.JSONRenderer):
        return lambda fields: log.info(**fields)
    write = config["logger_factory"]().info
    return lambda fields: write(
        _render_json({**fields, "level": "info", "timestamp": datetime.now(UTC)})
    )


def log_exception(event: str, exception: BaseException, **fields: object) -> None:
    """Log an unexpected exception: its type and place, without its message."""
    LOG.error(event, exc_info=exception, **fields)


def format_frames(traceback: TracebackType | None) -> list[str]:
    """Return the places of a traceback, outermost first, without source lines or locals."""
    return [f"{code}:{line}" for code, line in _walk_frames(traceback)][-25:]


def _render_json(event: EventDict, **_: object) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_UTC_Z).decode()


def _walk_frames(traceback: TracebackType | None) -> Iterator[tuple[str, int]]:
    while traceback is not None:
        frame = traceback.tb_frame
        module = frame.f_globals.get("__name__", "?")
        yield f"{module}.{frame.f_code.co_name}", traceback.tb_lineno
        traceback = traceback.tb_next


def _add_exception_location(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    exception = event.pop("exc_info", None)
    if exception is True:
        exception = sys.exc_info()[1]
    elif isinstance(exception, tuple):
        exception = exception[1]
    if isinstance(exception, BaseException):
        chain = list(_walk_causes(exception))
        event["raised"] = [f"{type(each).__module__}.{type(each).__name__}" for each in chain]
        event["at"] = [place for each in chain for place in format_frames(each.__traceback__)]
    event.pop("stack_info", None)
    return event


def _walk_causes(exception: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = exception
    for _ in range(5):
        if current is None:
            return
        yield current
        current = current.__cause__ or (
            None if current.__suppress_context__ else current.__context__
        )


def _strip_library_message(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event["_record"]
    event["logger"] = record.name
    if record.name not in _TRUSTED_LOGGERS:
        event["event"] = "library"
        event["place"] = f"{record.module}.{record.funcName}:{record.lineno}"
    return event


def _is_free_of_personal_data(record: logging.LogRecord) -> bool:
    """Return whether to keep the record: uvicorn logs WebSockets with address and query string."""
    return '"WebSocket' not in str(record.msg)
