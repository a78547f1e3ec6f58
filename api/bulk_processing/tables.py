"""CSV files: how a sample of a file is read, and its rows from a window of its bytes."""

import csv
from codecs import BOM_UTF16_BE
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.bulk_processing.lines import MAX_LINES, FileRow, Place, RowTooLong, Window
from api.table_files.columns import Columns, map_columns
from api.table_files.table_file import MAX_COLUMNS, clean, read_sample
from domain.bulk_operations import BulkDateForm, BulkEncoding, BulkSeparator, CsvForm
from domain.kernel.errors import Code, Invalid

SAMPLE_SIZE = 1_000_000
"""Bytes at the beginning of a file by which it is detected how the file is read."""

CODECS: Mapping[BulkEncoding, str] = {
    BulkEncoding.UTF_8: "utf-8-sig",
    BulkEncoding.UTF_16: "utf-16",
    BulkEncoding.WINDOWS_1252: "cp1252",
}
ENCODINGS = {codec: each for each, codec in CODECS.items()} | {"utf-8": BulkEncoding.UTF_8}
SEPARATORS: Mapping[BulkSeparator, str] = {
    BulkSeparator.COMMA: ",",
    BulkSeparator.SEMICOLON: ";",
    BulkSeparator.TAB: "\t",
    BulkSeparator.BAR: "|",
}
DATE_FORMS: Mapping[BulkDateForm, str] = {
    BulkDateForm.YEAR_MONTH_DAY: "YYYY-MM-DD",
    BulkDateForm.YEAR_MONTH_DAY_SLASHES: "YYYY/MM/DD",
    BulkDateForm.YEAR_MONTH_DAY_DIGITS: "YYYYMMDD",
    BulkDateForm.DAY_MONTH_YEAR_DOTS: "DD.MM.YYYY",
    BulkDateForm.DAY_MONTH_YEAR_SLASHES: "DD/MM/YYYY",
    BulkDateForm.MONTH_DAY_YEAR_SLASHES: "MM/DD/YYYY",
    BulkDateForm.DAY_MONTH_YEAR: "DD-MM-YYYY",
}
UNREADABLE = {
    "\ufffd": "The line has a character that is not in the encoding of the file. Correct it.",
    "\0": "The line has a null character. Remove it.",
}


def detect(sample: bytes, source: str, stated: CsvForm, columns: Mapping[str, str]) -> CsvForm:
    """Return how a file is read; what is not stated is detected. Raises Invalid."""
    codec = CODECS[stated.encoding] if stated.encoding else None
    form = DATE_FORMS[stated.date_form] if stated.date_form else None
    try:
        separator = SEPARATORS[stated.separator] if stated.separator else None
        table = read_sample(sample, codec, separator)
        found = map_columns(table, source, columns, form)
    except (ValueError, csv.Error) as error:
        raise Invalid(str(error), "csv", code=Code.INVALID_FORMAT) from None
    named = {column: field for field, column in found.by_field.items()}
    forms = {text: each for each, text in DATE_FORMS.items()}
    return CsvForm(
        ENCODINGS[table.encoding],
        next(each for each, sign in SEPARATORS.items() if sign == table.separator),
        forms[found.date_form],
        tuple(f"{table.header[each]}={named[each]}" for each in sorted(named)),
    )


@dataclass(frozen=True)
class CsvReader:
    """The reader of one file. `header` has the cells of its first line."""

    codec: str
    separator: str
    columns: Columns

    @classmethod
    def create(cls, start: bytes, source: str, form: CsvForm) -> "CsvReader":
        """Create the reader of a file that begins with these bytes."""
        assert form.encoding is not None, "The form was detected."
        assert form.separator is not None, "The form was detected."
        assert form.date_form is not None, "The form was detected."
        separator = SEPARATORS[form.separator]
        fields = dict(each.rpartition("=")[::2] for each in form.columns)
        table = read_sample(start, CODECS[form.encoding], separator)
        columns = map_columns(table, source, fields, DATE_FORMS[form.date_form])
        codec = CODECS[form.encoding]
        if codec == "utf-16":
            codec = "utf-16-be" if start.startswith(BOM_UTF16_BE) else "utf-16-le"
        return cls(codec.removesuffix("-sig"), separator, columns)

    def read(self, window: Window, place: Place, count: int) -> tuple[list[FileRow], Place]:
        """Return the next rows that end in a window, and the place after them.

        The first line of the file is no row. Raises RowTooLong where a row cannot end in the next
        window either.
        """
        rows, lines = list[FileRow](), _Lines(window, place, self.codec)
        after, has_header = place, place.offset > 0
        try:
            for cells in csv.reader(lines, delimiter=self.separator):
                if lines.is_exhausted and not window.is_last:
                    break  # a quoted cell goes on in the next window
                line, after = after.line, lines.place
                cleaned = [clean(each) for each in cells[:MAX_COLUMNS]]
                if any(cleaned) and has_header:
                    rows.append(self._build_row(cleaned, line, after))
                has_header |= any(cleaned)
                if len(rows) == count or after.line - place.line >= MAX_LINES:
                    break
        except csv.Error:
            raise RowTooLong from None
        if not rows and after == place and not window.is_last:
            raise RowTooLong
        return rows, after

    def _build_row(self, cells: Sequence[str], line: int, end: Place) -> FileRow:
        for sign, message in UNREADABLE.items():
            if any(sign in each for each in cells):
                return FileRow(line, end, faults=[Invalid(message, code=Code.INVALID_FORMAT)])
        return FileRow(line, end, self.columns.build_row(cells))


class _Lines:
    """The lines of a window as text, and the place after those that were read."""

    def __init__(self, window: Window, place: Place, codec: str) -> None:
        self.place = place
        self.is_exhausted = False
        self._window = window
        self._codec = codec
        self._line_break = "\n".encode(codec)

    def __iter__(self) -> Iterator[str]:
        data, size = self._window.data, len(self._line_break)
        start = self.place.offset - self._window.offset
        while start < len(data):
            end = data.find(self._line_break, start)
            while end >= 0 and (end - start) % size:
                end = data.find(self._line_break, end + 1)
            if end < 0 and not self._window.is_last:
                break
            end = len(data) if end < 0 else end + size
            text = data[start:end].decode(self._codec, "replace")
            self.place = Place(self._window.offset + end, self.place.line + 1)
            start = end
            yield text.removeprefix("\ufeff") if self.place.line == 2 else text  # noqa: PLR2004
        self.is_exhausted = True
