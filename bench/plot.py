"""Draw docs/bench.png from build/bench.json; runs in an environment of its own, which has matplotlib.

python -m bench.plot build/bench.json docs/bench.png
"""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

_MOST = 2.0  # what is higher is cut, and says how high it was
_COLOURS = {"dengta": "#d1495b", "bare": "#8d99ae", "powertools": "#edae49",
            "fastapi_mangum": "#30638e", "tutorial": "#6d597a"}  # fmt: skip


def main(source: Path, target: Path) -> None:
    mpl.rcParams["svg.hashsalt"] = "dengta"
    results = json.loads(source.read_text())
    figure = Figure(figsize=(15, 4.6), layout="constrained", dpi=110)
    warm, cold, sizes = figure.subplots(1, 3, width_ratios=(3.2, 1, 1))
    _warm(warm, results)
    starts = {name: one["wall_ms"] for name, one in results["cold"].items() if name in _COLOURS}
    _bars(cold, starts, results["titles"], "cold start, ms", "%.0f")
    megabytes = {name: one["zipped_bytes"] / 1e6 for name, one in results["packages"].items()}
    _bars(sizes, megabytes, results["titles"], "package, MB zipped", "%.1f")
    figure.savefig(target, metadata={"Software": None})


def _warm(axes: Axes, results: dict[str, Any]) -> None:
    """CPU against the bare handler, a group for each operation."""
    width = 0.8 / 4
    operations = list(results["warm"])
    for place, name in enumerate(("dengta", "bare", "powertools", "fastapi_mangum")):
        at, heights = [], []
        for group, operation in enumerate(operations):
            if ratio := results["warm"][operation].get(name, {}).get("cpu_ratio"):
                at.append(group + (place - 1.5) * width)
                heights.append(ratio)
        shown = [min(height, _MOST) for height in heights]
        bars = axes.bar(
            at, shown, width * 0.92, color=_COLOURS[name], label=results["titles"][name]
        )
        cut = [f"{height:.1f} ↑" if height > _MOST else "" for height in heights]
        axes.bar_label(bars, cut, fontsize=8)
    axes.axhline(1.25, color="#444444", linewidth=0.8, linestyle=":", label="target 1.25")
    axes.set_xticks(range(len(operations)), operations)
    axes.set_title("warm CPU per call, bare botocore = 1")
    axes.legend(fontsize=8, loc="upper left", ncols=2)
    axes.set_ylim(0, _MOST + 0.6)
    _quiet(axes)


def _bars(
    axes: Axes, values: dict[str, float], titles: dict[str, str], title: str, fmt: str
) -> None:
    names = list(values)
    bars = axes.barh(
        range(len(names)), [values[name] for name in names],
        color=[_COLOURS[name] for name in names],
    )  # fmt: skip
    axes.bar_label(bars, fmt=fmt, padding=2, fontsize=8)
    axes.set_yticks(range(len(names)), [titles[name].split(" (")[0] for name in names], fontsize=8)
    axes.invert_yaxis()
    axes.margins(x=0.15)
    axes.set_title(title)
    _quiet(axes)


def _quiet(axes: Axes) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
