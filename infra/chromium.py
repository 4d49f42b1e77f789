"""The Chromium of this machine, to look at pages with: Debian's `chromium`, or what DENGTA_CHROMIUM names."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")


def path() -> str | None:
    """None where there is none."""
    named = os.environ.get("DENGTA_CHROMIUM")
    return named or next((found for name in _NAMES if (found := shutil.which(name))), None)


@contextmanager
def running() -> Iterator[Browser]:
    """Without its sandbox: it sees nothing but our own pages, and in a container it has no right to one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path(), args=["--no-sandbox"])
        yield browser
        browser.close()
