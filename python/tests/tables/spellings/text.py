"""A file of text: what stands between cells and lines, and before and after the table."""

from __future__ import annotations

import csv
import gzip
import io
import random
from dataclasses import dataclass
from typing import Literal

from ..sheet import Sheet
from ..writing import Handed, Verdict, Writing


@dataclass
class Text:
    """How a sheet is written as text."""

    delimiter: str = ","
    quoting: Literal[0, 1, 2, 3] = csv.QUOTE_MINIMAL
    newline: str = "\n"
    encoding: str = "utf-8"
    ends: bool = True
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    empty_rows: int = 0
    blank_after: int = 0  # a blank line after so many lines of the table; 0 for none
    blank: bool = False  # a blank after each delimiter
    trailing: str = ""  # "all" for a delimiter at the end of every line, "rows" at the end of every row but the header

    def bytes(self, sheet: Sheet) -> bytes:
        """Writes the file."""
        lines = list(self.before)
        heads = list(sheet.heads())
        for place, cells in enumerate(heads + [[column.texts[row] for column in sheet.columns] for row in range(len(sheet))]):
            tail = self.delimiter if self.trailing == "all" or (self.trailing == "rows" and place >= len(heads)) else ""
            lines.append(self.line(cells, header=place < len(heads)) + tail)
            if self.blank_after and place % self.blank_after == self.blank_after - 1:
                lines.append("")
        lines += [self.delimiter * (len(sheet.columns) - 1)] * self.empty_rows
        lines += self.after
        return (self.newline.join(lines) + self.newline * self.ends).encode(self.encoding)

    def line(self, cells: list[str], *, header: bool = False) -> str:
        """Writes a line. Where text alone is quoted, numbers are not."""
        if self.quoting == csv.QUOTE_NONNUMERIC and not header:
            plain = [_number(cell) and self.delimiter not in cell for cell in cells]
            return self.delimiter.join(cell if bare else self._quoted(cell) for cell, bare in zip(cells, plain, strict=True))
        out = io.StringIO()
        quoting = csv.QUOTE_ALL if self.quoting == csv.QUOTE_NONNUMERIC else self.quoting
        csv.writer(out, delimiter=self.delimiter, quoting=quoting, lineterminator="").writerow(cells)
        line = out.getvalue()
        return line.replace(self.delimiter, self.delimiter + " ") if self.blank and '"' not in line else line

    @staticmethod
    def _quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'


def _number(cell: str) -> bool:
    return cell.lstrip("+-")[:1].isdigit() and not any(mark in cell[1:] for mark in "-/:")


DELIMITERS = {",": 50, ";": 26, "\t": 14, "|": 8}
DELIMITER_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
COMMENTS = ["# downloaded from somewhere", "# 2024", "# prices, adjusted; in dollars", "#"]
FOOTERS = ["Source: somebody", "Data as of 2024-05-01", "(c) Example Ltd."]
PREAMBLES = [["Prices of some stocks"], ["Downloaded from a site", "All prices in dollars"], ["Example Ltd.", ""]]


def draw(chance: random.Random, writing: Writing) -> Text:
    """Draws a way to write a file, and remembers what is unusual in it."""
    text = Text()
    text.delimiter = chance.choices(list(DELIMITERS), list(DELIMITERS.values()))[0]
    writing.kind(DELIMITER_NAMES[text.delimiter])
    text.quoting = chance.choices((csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC), (75, 15, 10))[0]
    if text.quoting != csv.QUOTE_MINIMAL:
        writing.kind("quoted")
    text.newline = chance.choices(("\n", "\r\n", "\r"), (75, 25, 0.3))[0]
    if text.newline == "\r":
        writing.kind("CR")
        writing.doubt(Verdict.LOOSE, "lines end with CR alone")
    text.ends = chance.random() < 0.9
    _encoding(chance, writing, text)
    _around(chance, writing, text)
    return text


def _encoding(chance: random.Random, writing: Writing, text: Text) -> None:
    drawn = chance.random()
    if drawn < 0.08:
        text.encoding = "utf-8-sig"
        writing.kind("BOM")
    elif drawn < 0.083:
        text.encoding = "utf-16"
        writing.kind("UTF-16")
        writing.doubt(Verdict.LOOSE, "the file is UTF-16")
    elif (
        drawn < 0.2
        and any("\xe9" in name for name in writing.truth.assets)
        and all(name.isascii() or "\xe9" in name for name in writing.truth.assets)
    ):
        text.encoding = "latin-1"
        writing.kind("Latin-1")
        writing.doubt(Verdict.LOOSE, "the file is Latin-1")


def _around(chance: random.Random, writing: Writing, text: Text) -> None:
    def happens(name: str, share: float) -> bool:
        if chance.random() >= share:
            return False
        writing.kind(name)
        return True

    if happens("sep line", 0.06):
        text.before = (f"sep={text.delimiter}",)
    elif happens("comments before", 0.06):
        text.before = tuple(chance.sample(COMMENTS, chance.randrange(1, 4)))
    elif happens("text before", 0.004):
        text.before = tuple(chance.choice(PREAMBLES))
        writing.doubt(Verdict.LOOSE, "lines of text stand before the table")
    if text.quoting == csv.QUOTE_MINIMAL and text.delimiter in ",;" and happens("blanks after delimiters", 0.04):
        text.blank = True
        writing.aliases |= {f" {name}": name for name in writing.truth.assets}
    if happens("blank lines", 0.04):
        text.blank_after = chance.choice((1, 7))
    if happens("trailing delimiter, all lines", 0.05):
        text.trailing = "all"
    elif happens("trailing delimiter, rows", 0.03):
        text.trailing = "rows"
    if happens("empty rows after", 0.04):
        text.empty_rows = chance.randrange(1, 4)
    if happens("footer", 0.05):
        text.after = (chance.choice(FOOTERS),)
        if chance.random() < 0.4:
            text.after = ("", *text.after)


#: How a file is handed over, and how often.
HOWS = {"path": 80, "command": 7, "stdin": 2}


def hand_over(chance: random.Random, writing: Writing, text: Text, sheet: Sheet) -> None:
    """Hands the sheet over as a file."""
    contents = text.bytes(sheet)
    how = chance.choices(list(HOWS), list(HOWS.values()))[0]
    name = chance.choice(
        ("prices.csv",) * 9 + ("prices.tsv" if text.delimiter == "\t" else "prices.CSV", "prices.txt", "prices")
    )
    if how != "stdin" and chance.random() < 0.1:
        contents, name = gzip.compress(contents, mtime=0), name + ".gz"
        writing.kind("gzip")
    writing.kind({"path": "file", "command": "command", "stdin": "standard input"}[how])
    writing.handed = Handed(how, files={name: contents})
    writing.sheets.append((sheet, text))
