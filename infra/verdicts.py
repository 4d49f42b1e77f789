"""Write the closed list of verdicts into docs/api/messages.md, in the words in which they are answered.

python -m infra.verdicts
"""

from chalicelib.kernel.errors import Text
from chalicelib.messages.model.diagnosis import Code
from chalicelib.messages.templates.verdicts import GROUPS, VERDICTS, Words
from infra.paths import ROOT

FILE = ROOT / "docs" / "api" / "messages.md"
BEGIN, END = "<!-- verdicts: python -m infra.verdicts -->\n", "<!-- end of verdicts -->\n"


def listed() -> str:
    """A table for each group, a row for each verdict."""
    return "\n".join(
        f"**{title}**\n\n| verdict | to the people of a store | to the member |\n| --- | --- | --- |\n"
        + "".join(_row(code) for code in group)
        for title, group in GROUPS.items()
    )


def _row(code: Code) -> str:
    said = VERDICTS[code]
    return f"| `{code}` | {_cell(said.staff)} | {_cell(said.member)} |\n"


def _cell(words: Words) -> str:
    return f"{_both(words.says)}<br>→ {_both(words.then)}"


def _both(text: Text) -> str:
    return f"{text.zh} {text.en}"


def text(was: str) -> str:
    """The page with today's list."""
    before, _, rest = was.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{listed()}{END}{after}"


if __name__ == "__main__":
    FILE.write_text(text(FILE.read_text()))
