"""Try a notebook's kernel, with a chart and a short run in it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from subprocess import DEVNULL

from jupyter_client.manager import start_new_kernel

from tutorkit.lab.typed import typed

PATIENCE = 120  # seconds; a kernel on a slow disk takes its time
NAME = "python3"
FIT = f"Run {typed('tutorkit fit 04_multilevel.imp')} to see why."
CODE = """
import json, sys, time
found = {"python": sys.executable}
try:
    import tutorkit
    data, model = tutorkit.datasets.load("04_multilevel"), tutorkit.datasets.script("04_multilevel")
    model = tutorkit.parse(model)
except Exception as error:
    found["import_error"] = f"{type(error).__name__}: {error}"
else:
    try:
        began = time.perf_counter()
        table = tutorkit.compare({"listwise": tutorkit.fit_reml(model, data)})
        found["chart"] = tutorkit.show(
            tutorkit.interval_chart(table), tutorkit.describe(table), table
        )._repr_html_()
        found["drew"] = time.perf_counter() - began
    except Exception as error:
        found["chart_error"] = f"{type(error).__name__}: {error}"
    if WITH_RUN:
        began = time.perf_counter()
        tutorkit.sample(model, data, burn=20, iterations=40, progress=False)
        found["ran"] = time.perf_counter() - began
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Trial:
    """What a kernel did: seconds to start, to draw a chart and to run a model, or what failed."""

    started: float = 0.0
    drew: float = 0.0
    ran: float | None = None
    chart_error: str = ""
    error: str = ""
    do: str = ""


def try_kernel(with_run: bool) -> Trial:
    """Start a kernel as a notebook does; draw a chart in it and, if asked, from the sampler."""
    began = time.perf_counter()
    try:
        manager, client = start_new_kernel(
            startup_timeout=PATIENCE, kernel_name=NAME, stderr=DEVNULL, stdout=DEVNULL
        )
    except Exception as error:  # whatever keeps a kernel from starting
        what = f"no kernel '{NAME}' starts: {_first_line(error)}"
        return Trial(error=what, do=f"Run {typed('pip install --force-reinstall ipykernel')}.")
    try:
        started = time.perf_counter() - began
        said: list[str] = []
        reply = client.execute_interactive(
            CODE.replace("WITH_RUN", str(with_run)),
            timeout=PATIENCE,
            allow_stdin=False,
            output_hook=lambda message: said.append(_text(message)),
        )
        if reply["content"]["status"] != "ok":
            what = f"the kernel starts, but a run in it fails: {reply['content'].get('evalue')}"
            return Trial(error=what, do=FIT)
        return _read(started, json.loads("".join(said).strip().splitlines()[-1]))
    except (ValueError, IndexError):
        what = "the kernel starts, but says something else than it should"
        return Trial(error=what, do=FIT)
    except TimeoutError:
        what = f"the kernel starts, but does not answer within {PATIENCE} s"
        return Trial(error=what, do="Close other programs, and run this check again.")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _read(started: float, found: dict[str, object]) -> Trial:
    if "import_error" in found:
        what = f"the kernel '{NAME}' is {found['python']}, which lacks tutorkit"
        do = (
            f"Another kernel of the same name comes first: {typed('jupyter kernelspec list')} says "
            f"where; remove it by {typed(f'jupyter kernelspec remove {NAME}')}. "
            f"({found['import_error']})"
        )
        return Trial(error=what, do=do)
    ran, drew = found.get("ran"), found.get("drew", 0.0)
    assert isinstance(drew, float)
    wrong = str(found.get("chart_error", ""))
    chart = str(found.get("chart", ""))
    if not wrong and "<svg" not in chart:
        wrong = "the chart came without a picture"
    return Trial(started, drew, ran if isinstance(ran, float) else None, wrong)


def _text(message: dict[str, object]) -> str:
    content = message["content"]
    assert isinstance(content, dict)
    said = message["msg_type"] == "stream" and content["name"] == "stdout"
    return str(content["text"]) if said else ""


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
