"""Structured logs: one line per request, and exceptions told by type and place.

No line ever holds a document, a variable, a name, an address or a token. So the messages of
exceptions stay out (a database puts values into them), frames come without their locals, and what
libraries log is reduced to who logged and where.
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

from api.telemetry.exchange import Exchange

LOG = structlog.get_logger("trellis")

# These speak of the process only; every other library is reduced to its whereabouts.
_OPERATIONAL = {"uvicorn", "uvicorn.error", "alembic", "alembic.runtime.migration"}


def configure_logs(*, readable: bool, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send everything that is logged to one stream: JSON lines, or readable ones at a desk."""
    rendering = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if readable
        else structlog.processors.JSONRenderer(_json)
    )
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _tell_the_place,
    ]
    stream = stream or sys.stderr
    least = logging.getLevelName(level)
    structlog.configure(
        processors=[*shared, rendering],
        logger_factory=structlog.WriteLoggerFactory(stream),
        wrapper_class=structlog.make_filtering_bound_logger(least),
        cache_logger_on_first_use=False,
    )
    _line.cache_clear()
    out = logging.StreamHandler(stream)
    out.addFilter(_says_nothing_personal)
    out.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_reduce_to_whereabouts, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, rendering],
        )
    )
    root = logging.getLogger()
    root.handlers = [out]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = name != "uvicorn.access"
    logging.getLogger("httpx").setLevel("WARNING")


def log_request(exchange: Exchange, method: str, path: str) -> None:
    """One line for one request that was answered."""
    facts: EventDict = {
        "event": "request",
        "method": method,
        "path": path,
        "status": exchange.status,
        "ms": round(exchange.seconds() * 1000, 1),
        "request_id": exchange.request_id,
    }
    if exchange.tenant_id:
        facts["tenant_id"] = str(exchange.tenant_id)
    if exchange.operation != "none":
        facts["operation"] = exchange.operation
    if exchange.operation_name:
        facts["operation_name_hash"] = exchange.name_hash
    if exchange.codes:
        facts["codes"] = list(exchange.codes)
    _line()(facts)


@cache
def _line() -> Callable[[EventDict], object]:
    """How a request is told, as it is configured: found out once, and JSON is written at once.

    What structlog does for a line, and finds out anew for each, costs more than all it says.
    """
    log: structlog.typing.FilteringBoundLogger = LOG.bind()
    config = structlog.get_config()
    if not log.is_enabled_for(logging.INFO):
        return lambda _: None
    if not isinstance(config["processors"][-1], structlog.processors.JSONRenderer):
        return lambda facts: log.info(**facts)
    write = config["logger_factory"]().info
    return lambda facts: write(_json({**facts, "level": "info", "timestamp": datetime.now(UTC)}))


def log_exception(event: str, exception: BaseException, **facts: object) -> None:
    """An exception that nobody expected: what kind, and where, and nothing of what it says."""
    LOG.error(event, exc_info=exception, **facts)


def frames(traceback: TracebackType | None) -> list[str]:
    """The places of a traceback, outermost first, without source lines or locals."""
    return [f"{code}:{line}" for code, line in _places(traceback)][-25:]


def _json(event: EventDict, **_: object) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_UTC_Z).decode()


def _places(traceback: TracebackType | None) -> Iterator[tuple[str, int]]:
    while traceback is not None:
        frame = traceback.tb_frame
        module = frame.f_globals.get("__name__", "?")
        yield f"{module}.{frame.f_code.co_name}", traceback.tb_lineno
        traceback = traceback.tb_next


def _tell_the_place(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    raised = event.pop("exc_info", None)
    if raised is True:
        raised = sys.exc_info()[1]
    elif isinstance(raised, tuple):
        raised = raised[1]
    if isinstance(raised, BaseException):
        chain = list(_chain(raised))
        event["raised"] = [f"{type(each).__module__}.{type(each).__name__}" for each in chain]
        event["at"] = [place for each in chain for place in frames(each.__traceback__)]
    event.pop("stack_info", None)
    return event


def _chain(raised: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = raised
    for _ in range(5):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)


def _reduce_to_whereabouts(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event["_record"]
    event["logger"] = record.name
    if record.name not in _OPERATIONAL:
        event["event"] = "library"
        event["place"] = f"{record.module}.{record.funcName}:{record.lineno}"
    return event


def _says_nothing_personal(record: logging.LogRecord) -> bool:
    """Uvicorn notes each WebSocket with the caller's address and the query string: not here."""
    return '"WebSocket' not in str(record.msg)
