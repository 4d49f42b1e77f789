"""Write docs/api/openapi.json, the document that /openapi.json answers.

python -m infra.openapi            writes it
python -m infra.openapi --check    says whether it is out of date, and fails
"""

import json
import sys
from pathlib import Path
from typing import Any

from chalicelib.front import VERSION, openapi
from chalicelib.front.rooms import ROUTES
from infra.paths import ROOT

FILE = ROOT / "docs" / "api" / "openapi.json"


def document() -> dict[str, Any]:
    """What the app says of itself."""
    endpoints = [endpoint for routes in ROUTES for endpoint in routes.endpoints]
    return openapi.document(endpoints, VERSION)


def text() -> str:
    """The file's text."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


def is_current(file: Path = FILE) -> bool:
    """Whether the file is the document of today's declarations."""
    return file.exists() and file.read_text() == text()


def main() -> int:
    """Write or check, as asked."""
    if "--check" not in sys.argv[1:]:
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(text())
        return 0
    if is_current():
        return 0
    print("docs/api/openapi.json does not match the declared endpoints: python -m infra.openapi")
    return 1


if __name__ == "__main__":
    sys.exit(main())
