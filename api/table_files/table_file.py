"""CSV files as other systems write them: which encoding, which separator, which columns."""

import csv
import io
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Sequence
from dataclasses import dataclass

SEPARATORS = ",;\t|"
SAMPLE_SIZE = 100_000
"""Characters that are looked at to find the separator."""
MAX_COLUMNS = 1_000
SAMPLE_CELLS = 50_000
"""Cells of a sample, which are more than are needed to detect how a file is read."""


@dataclass(frozen=True)
class TableFile:
    """The cells of a file as text, and how the file was read.

    `line_numbers` are those of the rows in the file, from 1; the header has number 1.
    """

    encoding: str
    separator: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    line_numbers: Sequence[int]

    def list_values(self, column: int) -> list[str]:
        """Return the values of a column that are not empty."""
        return [row[column] for row in self.rows if column < len(row) and row[column]]


def read_table(data: bytes, encoding: str | None = None, separator: str | None = None) -> TableFile:
    """Read a file; detect what is not stated. Raises ValueError with a sentence for the user."""
    encoding = encoding or detect_encoding(data)
    try:
        text = data.decode(encoding)
    except LookupError:
        raise ValueError(f"There is no encoding {encoding}. Examples: utf-8, cp1252.") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"The file is not in {encoding}: see byte {error.start}.") from None
    separator = separator or _detect_separator(text)
    return _parse(text, encoding, separator)


def read_sample(data: bytes, encoding: str | None, separator: str | None) -> TableFile:
    """Read the beginning of a file, up to its last complete line. Raises ValueError.

    A server reads it for anybody, so the time that it takes is bounded.
    """
    encoding = encoding or detect_encoding(data, is_cut=True)
    decoder = getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(data)
    except UnicodeDecodeError as error:
        raise ValueError(f"The file is not in {encoding}: see byte {error.start}.") from None
    text = text[: text.rfind("\n") + 1] or text
    return _parse(text, encoding, separator or _detect_separator(text), max_cells=SAMPLE_CELLS)


def _parse(text: str, encoding: str, separator: str, *, max_cells: int | None = None) -> TableFile:
    """Return the cells of a file, or only those of its first rows. Raises ValueError."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    header, rows, line_numbers = list[str](), list[list[str]](), list[int]()
    start, cell_count = 1, 0
    for cells in reader:
        if not header and len(cells) > MAX_COLUMNS:
            raise ValueError(f"The file has more than {MAX_COLUMNS:,} columns. Remove some.")
        cell_count += 1 + len(cells)
        if max_cells is not None and cell_count > max_cells:
            break
        cleaned = [clean(each) for each in cells]
        if not header and any(cleaned):
            header = cleaned
        elif any(cleaned):
            rows.append(cleaned)
            line_numbers.append(start)
        start = reader.line_num + 1
    if not header:
        raise ValueError("The file is empty. Its first line names the columns.")
    return TableFile(encoding, separator, header, rows, line_numbers)


def clean(cell: str) -> str:
    """Return a cell with plain spaces, one between words, and none at its ends."""
    return " ".join(cell.replace("\u200b", "").split())


def detect_encoding(data: bytes, *, is_cut: bool = False) -> str:
    """Return the encoding by the file's first bytes, else UTF-8 or that of Windows.

    The last character may be incomplete where the data is cut.
    """
    if data.startswith(BOM_UTF8):
        return "utf-8-sig"
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    try:
        getincrementaldecoder("utf-8")().decode(data, final=not is_cut)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _detect_separator(text: str) -> str:
    """Return the separator that the first line has most often outside of quotes."""
    first = next((each for each in text[:SAMPLE_SIZE].splitlines() if each.strip()), "")
    counts = {each: len(next(csv.reader([first], delimiter=each), [])) - 1 for each in SEPARATORS}
    return max(SEPARATORS, key=lambda each: counts[each])
