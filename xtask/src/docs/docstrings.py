"""Docstrings as Markdown: programs become code, and what Sphinx calls a role becomes the name in it."""

import re

from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

ROLE = re.compile(r":[a-z]+:`~?([\w.]+)`")


class Docstrings(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        shown, program = [], False
        for line in lines:
            begins = line.startswith(">>> ")
            if begins and not program and shown and shown[-1]:
                shown.append("")  # a block of code stands apart
            program = bool(line) and (program or begins)
            shown.append(f"    {line}" if program else ROLE.sub(r"`\1`", line))
        return shown


class DocstringsExtension(Extension):
    def extendMarkdown(self, md: object) -> None:
        # After fenced code, which is out of the way by then.
        md.preprocessors.register(Docstrings(md), "docstrings", 20)


def makeExtension(**options: object) -> Extension:
    return DocstringsExtension(**options)
