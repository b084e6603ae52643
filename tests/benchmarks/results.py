"""What a benchmark returns, and its rendering as Markdown and JSON."""

from __future__ import annotations

import os
import platform
import statistics
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

LIBRARIES = ("numba", "numpy", "pymc", "nutpie")


@dataclass(frozen=True)
class Options:
    """Settings of the command: ``charts`` is a folder for pictures, or None for no pictures."""

    runs: int = 5
    quick: bool = False
    charts: Path | None = None

    def pick(self, full: int, quick: int) -> int:
        """Return a size: ``full``, or ``quick`` to find out only whether the code works."""
        return quick if self.quick else full


@dataclass(frozen=True)
class Row:
    """One line of the table: the median of some runs, its range, and what it ought to be.

    With neither ``at_least`` nor ``at_most`` the figure is information. It is written with three
    significant digits unless ``decimals`` are given.
    """

    figure: str
    values: tuple[float, ...]
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""
    decimals: int | None = None

    @property
    def median(self) -> float:
        """The median of the runs."""
        return statistics.median(self.values)

    @property
    def met(self) -> bool | None:
        """Whether the median meets the target; None without one."""
        if self.at_least is not None:
            return bool(self.median >= self.at_least)
        if self.at_most is not None:
            return bool(self.median <= self.at_most)
        return None

    @property
    def target(self) -> str:
        """The target in words."""
        if self.at_least is not None:
            return f"≥ {self._number(self.at_least)}{self._unit}"
        if self.at_most is not None:
            return f"≤ {self._number(self.at_most)}{self._unit}"
        return "–"

    @property
    def measured(self) -> str:
        """Median (min–max of n runs)."""
        text = f"{self._number(self.median)}{self._unit}"
        if len(self.values) > 1:
            low, high = self._number(min(self.values)), self._number(max(self.values))
            text = f"{text} ({low}–{high}, {len(self.values)} runs)"
        return text

    def _number(self, value: float) -> str:
        return number(value) if self.decimals is None else f"{value:.{self.decimals}f}"

    @property
    def _unit(self) -> str:
        return f" {self.unit}" if self.unit else ""


@dataclass(frozen=True)
class Result:
    """The rows of one benchmark, and the raw numbers behind them (plain values).

    ``skipped`` says why there are none.
    """

    rows: tuple[Row, ...] = ()
    raw: dict[str, Any] = field(default_factory=dict)
    skipped: str = ""


def number(value: float) -> str:
    """Write a number with three significant digits and no exponent."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    digits = 2 if abs(value) >= 1 else 3
    text = f"{value:.{digits}f}" if abs(value) < 10 else f"{value:.1f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def machine() -> str:
    """Describe where the figures come from."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = (line.split(":", 1) for line in info.read_text().splitlines() if ":" in line)
        model = next((value.strip() for key, value in lines if key.strip() == "model name"), model)
    versions = ", ".join(f"{name} {v}" for name in LIBRARIES if (v := _version(name)))
    load = f"load {os.getloadavg()[0]:.1f} at the start"
    return (
        f"{model}, {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}, {versions}; {load}"
    )


def _version(name: str) -> str | None:
    try:
        return version(name)
    except ImportError:
        return None


def markdown(rows: list[Row], machine_line: str) -> str:
    """Render the table for the README."""
    mark = {True: "yes", False: "**no**", None: ""}
    lines = ["| figure | target | measured: median (min–max) | met |", "| --- | --- | --- | --- |"]
    for row in rows:
        measured = f"{row.measured}; {row.note}" if row.note else row.measured
        lines.append(f"| {row.figure} | {row.target} | {measured} | {mark[row.met]} |")
    return "\n".join([*lines, "", f"Machine: {machine_line}."])


def as_json(results: dict[str, Result], machine_line: str) -> dict[str, Any]:
    """Return everything as a tree of plain values."""
    return {
        "machine": machine_line,
        "benchmarks": {
            name: {
                "rows": [
                    {**asdict(row), "median": row.median, "met": row.met} for row in result.rows
                ],
                "raw": result.raw,
                "skipped": result.skipped,
            }
            for name, result in results.items()
        },
    }
