"""What every page is written with: words, times, icons and links, safe in HTML."""

from datetime import datetime
from html import escape
from typing import NamedTuple

from chalicelib.outages.model.components import Status
from chalicelib.outages.model.snapshot import Snapshot
from chalicelib.outages.model.words import Language, Words, say
from chalicelib.outages.templates import phrases
from chalicelib.outages.templates.phrasebook import Phrases
from chalicelib.outages.templates.phrases import PHRASES
from chalicelib.outages.templates.statuspage import Site

_CONTROLS = {code: "\N{REPLACEMENT CHARACTER}" for code in range(32) if chr(code) not in "\n\t"}


class Place(NamedTuple):
    """Where a page lies: the way to its language's folder, and to itself in the other language."""

    folder: str
    other: str


def place(key: str, language: Language) -> Place:
    """Of a static file under `key` in its language's folder: links without a host stand in every bucket."""
    folder = "../" * key.count("/")
    if language == "en":
        return Place(folder, f"{folder}../{key}")
    return Place(folder, f"{folder}en/{key}")


class Writer:
    """One rendering: what is shown, in which words, and where it will lie."""

    def __init__(self, shown: Snapshot, site: Site, where: Place) -> None:
        self.shown = shown
        self.site = site
        self.where = where
        self.language = site.language
        self.said: Phrases = PHRASES[site.language]

    @property
    def site_name(self) -> str:
        return safe(self.site.name)

    @property
    def root(self) -> str:
        """The way to where the API lies too."""
        return self.where.folder + ("../" if self.language == "en" else "")

    def link(self, path: str) -> str:
        """To another page in the same language."""
        return safe(self.where.folder + path)

    def at(self, moment: datetime) -> str:
        said = phrases.moment(moment, self.shown.now, self.shown.page.time_zone, self.language)
        return f'<time datetime="{moment.isoformat(timespec="seconds")}">{said}</time>'

    def words(self, words: Words) -> str:
        """Marked, for eyes and for screen readers, where it is not in the page's language."""
        said = say(words, self.language)
        if said.language == self.language:
            return safe(said.text)
        return (
            f'<span lang="{said.language}">{safe(said.text)}</span> '
            f'<span class="mark">{self.said.only_other}</span>'
        )

    def plain(self, words: Words) -> str:
        """For where no mark can stand."""
        return safe(say(words, self.language).text)

    def listed(self, texts: list[str]) -> str:
        return self.said.comma.join(texts)

    def left_out(self, count: int, path: str) -> str:
        """And where it is whole."""
        if not count:
            return ""
        link = f'<a href="{self.link(path)}">{path.rpartition("/")[2]}</a>'
        return f'<p class="soft">{self.said.left_out.format(count=count, link=link)}</p>'


def icon(status: Status) -> str:
    return f'<svg class="i" aria-hidden="true"><use href="#i-{status}"/></svg>'


def safe(text: str) -> str:
    return escape(text.translate(_CONTROLS))


def size(*texts: str) -> int:
    return sum(len(each.encode()) for each in texts)
