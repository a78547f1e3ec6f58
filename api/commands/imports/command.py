"""The command `trellis import`."""

import csv
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from api.commands.console import console, show_progress

if TYPE_CHECKING:
    from api.commands.imports.sending import Row, SentRow
    from api.table_files.columns import Columns
    from api.table_files.table_file import TableFile

KEY_VARIABLE = "TRELLIS_KEY"


Source = Annotated[
    str, typer.Option(help="Your name of the system that the file comes from, such as payroll.")
]
Dates = Annotated[
    str | None, typer.Option(help="The form of dates, such as DD/MM/YYYY. Default: detected.")
]
Encoding = Annotated[
    str | None, typer.Option(help="The encoding, such as cp1252. Default: detected.")
]
Separator = Annotated[
    str | None, typer.Option(help="The separator of columns, such as ;. Default: detected.")
]
Results = Annotated[
    Path | None, typer.Option(help="A CSV file to write, with the outcome of each line.")
]


def import_people(  # noqa: PLR0913, PLR0917 - each is an option
    file: Annotated[Path, typer.Argument(help="A CSV file.", exists=True, dir_okay=False)],
    source: Source,
    url: Annotated[str, typer.Option(help="The address of Trellis.")] = "http://127.0.0.1:8000",
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", help='A column and its field, such as "Start=hiredOn". Repeatable.'),
    ] = None,
    dates: Dates = None,
    encoding: Encoding = None,
    separator: Separator = None,
    results: Results = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check, and store nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before the import.")] = False,
) -> None:
    """Import people from a CSV file through the API.

    Set the environment variable TRELLIS_KEY to the key of a service client, or to a token. The
    command prints how it reads the file, and asks, before it sends anything. After an interruption,
    run it again: lines that are stored already are UNCHANGED. The exit code is 0 when all lines
    were accepted, 2 when some were rejected, and 1 when the import stopped.
    """
    from api.table_files.columns import map_columns
    from api.table_files.table_file import read_table

    if KEY_VARIABLE not in os.environ:
        _stop(f"Set the environment variable {KEY_VARIABLE} to the key of a service client.")
    try:
        table = read_table(file.read_bytes(), encoding, separator)
        columns = map_columns(table, source, _parse_map(map_ or []), dates)
    except ValueError as error:
        _stop(str(error))
    _show_plan(table, columns)
    if not (yes or dry_run):
        typer.confirm("Import these people?", abort=True, err=True)
    sent, problem = _send([columns.build_row(each) for each in table.rows], url, is_dry_run=dry_run)
    _show_results(table, columns, sent, results)
    _finish(table, sent, problem)


def _send(
    rows: "Sequence[Row]", url: str, *, is_dry_run: bool
) -> tuple[list["SentRow"], str | None]:
    """Send the rows; return what became of them, and why it stopped if it did."""
    import httpx

    from api.commands.imports.sending import ImportFailed, Sender

    sent: list[SentRow] = []
    headers = {"Authorization": f"Bearer {os.environ[KEY_VARIABLE]}"}
    with (
        httpx.Client(base_url=url, headers=headers, timeout=60) as client,
        show_progress() as report,
    ):
        try:
            for each in Sender(client, is_dry_run=is_dry_run).send_all(rows):
                sent.append(each)
                report("Sending", len(sent), len(rows))
        except ImportFailed as error:
            return sent, str(error)
    return sent, None


def _finish(table: "TableFile", sent: Sequence["SentRow"], problem: str | None) -> None:
    """Exit with the code that says how the import ended."""
    if problem:
        _stop(f"Stopped after {len(sent)} of {len(table.rows)} lines. {problem} Run it again.")
    if any(each.faults for each in sent):
        raise typer.Exit(2)


def _stop(message: str) -> NoReturn:
    console.print(message, style="bold red", soft_wrap=True, markup=False)
    raise typer.Exit(1)


def _parse_map(stated: Sequence[str]) -> dict[str, str]:
    """Return the field by header. Raises ValueError."""
    fields = dict[str, str]()
    for each in stated:
        header, equals, field = each.rpartition("=")
        if not equals:
            raise ValueError(f'--map has the form "Header=field", not {each}.')
        fields[header.strip()] = field.strip()
    return fields


def _show_plan(table: "TableFile", columns: "Columns") -> None:
    """Print how the file is read, with the first line as the example."""
    separator = "tab" if table.separator == "\t" else table.separator
    _say(f"{len(table.rows)} lines, encoding {table.encoding}, separator {separator}")
    _say(f"Dates are {columns.date_form}.")
    first = table.rows[0] if table.rows else []
    used = {column: field for field, column in columns.by_field.items()}
    for column, header in enumerate(table.header):
        example = first[column] if column < len(first) else ""
        _say(f"  {header} → {used.get(column, 'not read')}" + (f" ({example})" if example else ""))


def _show_results(
    table: "TableFile", columns: "Columns", sent: Sequence["SentRow"], results: Path | None
) -> None:
    """Print the counts and the faults, and write the results of all lines if a file is given."""
    counts = Counter(each.outcome for each in sent)
    _say(", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())))
    listed = list(_list_results(table, columns, sent))
    for line, _, field, value, message in listed:
        if message:
            _say(f"line {line}: " + (f"{field} “{value}”: " if field else "") + message)
    if results is not None:
        with results.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("line", "outcome", "field", "value", "message"))
            writer.writerows(listed)


def _list_results(
    table: "TableFile", columns: "Columns", sent: Sequence["SentRow"]
) -> Iterator[tuple[int, str, str, str, str]]:
    """Yield line, outcome, field, its cell and the message: once for a line, or for each fault."""
    for number, cells, each in zip(table.line_numbers, table.rows, sent, strict=False):
        for field, message in each.faults or [("", "")]:
            yield number, each.outcome, field, columns.find_cell(cells, field), message


def _say(text: str) -> None:
    console.print(text, soft_wrap=True, markup=False)
