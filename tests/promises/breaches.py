"""The promises of docs/promises.md, and for each of them changes to vidkit that break it."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_PAGE = "docs/promises.md"
_TEST = re.compile(r"`(tests/[\w/]+\.py::\w+)`")


@dataclass(frozen=True, slots=True)
class Promise:
    """A sentence of the page, and the tests that it names."""

    text: str
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Breach:
    """A small change that breaks one promise.

    Attributes:
        test: the test that is to go red, as the page names it.
        breaks: what is wrong then.
        file: the file that is changed, from the project's folder.
        old: a text that it has exactly once.
        new: what stands there instead.
    """

    test: str
    breaks: str
    file: str
    old: str
    new: str

    def broken(self, root: Path = ROOT) -> str:
        """The file's text with the change.

        Raises:
            ValueError: the old text is not there, or more than once.
        """
        text = (root / self.file).read_text("utf-8")
        found = text.count(self.old)
        if found != 1:
            raise ValueError(f"{self.file} has {found} times, and not once:\n{self.old}")
        return text.replace(self.old, self.new)


def read_promises(root: Path = ROOT) -> list[Promise]:
    """All rows of the page's tables, and the sentences beside them that name a test."""
    return list(_promises((root / _PAGE).read_text("utf-8")))


def _promises(page: str) -> Iterator[Promise]:
    for paragraph in re.split(r"\n\n|\n(?=\|)", page):
        tests = tuple(_TEST.findall(paragraph))
        if tests:
            cells = [cell.strip() for cell in paragraph.strip().strip("|").split(" | ")]
            yield Promise(" ".join(cells[0].split()), tests)


def read_breaches() -> list[Breach]:
    """All breaches, in the order of the files and of what stands in them."""
    folder = Path(__file__).parent
    return [
        Breach(**entry)
        for path in sorted(folder.glob("*.toml"))
        for entry in tomllib.loads(path.read_text("utf-8"))["breach"]
    ]
