"""Where things lie in the checkout."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build"
CACHE = ROOT / ".local" / "cache"
CHALICE = ROOT / ".chalice"
REQUIREMENTS = ROOT / "requirements.txt"
