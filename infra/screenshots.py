"""Pictures of the status page for the README: python -m infra.screenshots writes them into docs/screenshots."""

import sys
import tempfile
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.sync_api import Browser

from chalicelib.outages.site import files
from chalicelib.outages.templates.statuspage import Site
from infra import chromium, showcase
from infra.paths import ROOT

FOLDER = ROOT / "docs" / "screenshots"


class Shot(NamedTuple):
    """One page at one width."""

    name: str
    key: str
    width: int
    scheme: Literal["light", "dark"]


SHOTS = [
    Shot("status-375", "index.html", 375, "light"),
    Shot("status-1280", "index.html", 1280, "light"),
    Shot("status-dark-375", "index.html", 375, "dark"),
    Shot("status-en-1280", "en/index.html", 1280, "dark"),
    Shot("status-store-375", "stores/s0.html", 375, "light"),
    Shot("status-history-1280", "history/2026-11.html", 1280, "light"),
    Shot("status-subscribe-375", "subscribe.html", 375, "light"),
]


def main() -> None:
    if chromium.path() is None:
        sys.exit("no Chromium here: apt-get install chromium, or name one by DENGTA_CHROMIUM")
    site = Site("灯塔", "https://status.example.cn", asks=("email", "sms"))
    made = files(showcase.whole(), site, showcase.NOW)
    with tempfile.TemporaryDirectory() as folder, chromium.running() as browser:
        for key, file in made.items():
            there = Path(folder) / key
            there.parent.mkdir(parents=True, exist_ok=True)
            there.write_bytes(file.body)
        for shot in SHOTS:
            take(browser, Path(folder), shot)
            print(f"docs/screenshots/{shot.name}.png")


def take(browser: Browser, site: Path, shot: Shot) -> None:
    """Without script: what it says of its age would change with the day on which this runs."""
    context = browser.new_context(
        viewport={"width": shot.width, "height": 800},
        color_scheme=shot.scheme,
        java_script_enabled=False,
    )
    page = context.new_page()
    page.goto((site / shot.key).as_uri())
    page.screenshot(path=FOLDER / f"{shot.name}.png", full_page=True)
    context.close()


if __name__ == "__main__":
    main()
