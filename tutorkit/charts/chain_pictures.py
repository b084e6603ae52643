"""Pictures of chains: each chart of `tutorkit.charts.chains` with what it shows in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tutorkit.chains import (
    autocorrelation_table,
    density_table,
    psr_table,
    rank_table,
    trace_table,
)
from tutorkit.charts.chains import (
    autocorrelation_chart,
    prior_posterior_chart,
    psr_chart,
    rank_chart,
    trace_chart,
)
from tutorkit.charts.names import shortened
from tutorkit.charts.picture import Picture
from tutorkit.diagnostics import TARGET_PSR
from tutorkit.draws import Draws
from tutorkit.parameters import VARIANCES
from tutorkit.priors import prior_density
from tutorkit.summaries import statistics

SHARE_OUTSIDE = 0.15  # of the bins of a rank plot; by chance it is 0.05
MOST_LETTERS = 40  # of a parameter's name along an axis
STICKY = 0.1  # an autocorrelation at which draws no longer count as related
LAGS_SHOWN = (1, 2, 5, 10, 20, 40)
MARGIN = 0.4  # of the posterior's width, shown of the prior on either side
IMPROPER_HEIGHT = 0.4  # of the posterior's peak


def psr_picture(draws: Draws) -> Picture:
    """Show the burn-in's highest PSR, window by window; errors as `tutorkit.chains.psr_table`."""
    return burn_in_picture(psr_table(draws))


def burn_in_picture(table: pd.DataFrame) -> Picture:
    """Show a table of the highest PSR by window, with columns as `tutorkit.chains.psr_table`."""
    known = table[table["psr"].notna()]
    last: dict[Any, Any] = known.iloc[-1].to_dict()
    agree = last["psr"] < TARGET_PSR
    lines = [
        f"At the end of the burn-in (iterations {last['first']} to {last['last']}) the highest PSR "
        f"is {last['psr']:.3f}, of {last['parameter']}: "
        + (
            f"below {TARGET_PSR} the chains agree."
            if agree
            else f"above {TARGET_PSR} the chains do not agree yet. Use a longer BURN."
        )
    ]
    worst: dict[Any, Any] = known.iloc[int(known["psr"].to_numpy().argmax())].to_dict()
    lines.append(
        f"The highest of all is {worst['psr']:.3f} in iterations {worst['first']} to "
        f"{worst['last']}, of {worst['parameter'].removesuffix('.')}."
    )
    high = known[known["psr"] >= TARGET_PSR]
    if agree and len(high):
        after: dict[Any, Any] = known[known["last"] > high["last"].iloc[-1]].iloc[0].to_dict()
        lines.append(
            f"From iterations {after['first']} to {after['last']} on it stays below the target."
        )
    short = shortened(known["parameter"], MOST_LETTERS)
    shown = known.assign(parameter=known["parameter"].map(short))
    return Picture(psr_chart(shown), "\n".join(lines), table)


def trace_picture(draws: Draws, k: int) -> Picture:
    """Show the chains' paths of parameter k; errors as `tutorkit.chains.trace_table`."""
    table = trace_table(draws, k)
    kept = draws.values[:, :, k]
    half = kept.shape[1] // 2
    figures = pd.DataFrame(
        {
            "chain": np.arange(1, len(kept) + 1),
            "mean of first half": kept[:, :half].mean(axis=1),
            "mean of second half": kept[:, half:].mean(axis=1),
            "SD": kept.std(axis=1),
        }
    )
    means = [
        f"chain {chain} moves around {mean:.3g} (SD {sd:.2g})"
        for chain, mean, sd in zip(figures["chain"], kept.mean(axis=1), figures["SD"], strict=True)
    ]
    lines = [_agreement(draws, k), f"After burn-in {'; '.join(means)}."]
    return Picture(trace_chart(table, _short_label(draws, k)), "\n".join(lines), figures)


def rank_picture(draws: Draws, k: int) -> Picture:
    """Show the chains' ranks of parameter k; errors as `tutorkit.chains.rank_table`."""
    table = rank_table(draws, k)
    outside = (table["count"] < table["lower"]) | (table["count"] > table["upper"])
    part = f"{outside.sum()} of {len(table)} bars lie outside the band"
    if outside.mean() <= SHARE_OUTSIDE:
        verdict = f"Ranks are even: {part}, and chance alone puts 1 in 20 there."
    else:
        chain, values = _excess(table)
        verdict = f"Ranks are uneven: chain {chain} holds too many {values} values; {part}."
    lines = [
        f"{draws.parameters[k].label}: where do each chain's draws stand among all draws?",
        verdict,
        _agreement(draws, k),
    ]
    return Picture(rank_chart(table), "\n".join(lines), table)


def _excess(table: pd.DataFrame) -> tuple[int, str]:
    """Return which chain holds most draws too many, and in which third of the ranks."""
    third = 3 * (table["bin"] - 1) // table["bin"].max()
    surplus = (table["count"] - table["expected"]).groupby([table["chain"], third]).sum()
    chain, part = surplus.index[int(surplus.to_numpy().argmax())]
    return int(chain), ("low", "middle", "high")[int(part)]


def autocorrelation_picture(draws: Draws, k: int) -> Picture:
    """Show how long the draws of k remember; errors as `autocorrelation_table`."""
    table = autocorrelation_table(draws, k)
    wide = table.pivot_table(index="lag", columns="chain", values="autocorrelation")
    mean = wide.mean(axis=1)
    below = mean[mean < STICKY]
    first = f"{draws.parameters[k].label}: draws one iteration apart correlate {mean.loc[1]:.2f}"
    if mean.loc[1] < STICKY:
        first += ", almost as little as independent ones."
    elif len(below):
        first += f", draws {below.index[0]} iterations apart less than {STICKY}."
    else:
        first += f", and draws {mean.index[-1]} iterations apart still {mean.iloc[-1]:.2f}."
    ess = _statistics(draws, k)[1]
    lines = [first, f"Of {draws.n_kept:,} draws about {ess:,.0f} are effective."]
    shown = wide.loc[[lag for lag in LAGS_SHOWN if lag in wide.index]]
    figures = shown.rename(columns=lambda chain: f"chain {chain}").reset_index()
    return Picture(autocorrelation_chart(table), "\n".join(lines), figures)


def prior_posterior_picture(draws: Draws, k: int) -> Picture:
    """Show what was assumed of parameter k and what the data made of it.

    Errors as `tutorkit.chains.density_table`. An improper prior is drawn up to a constant.
    """
    parameter = draws.parameters[k]
    posterior = density_table(draws, k)
    low, high = float(posterior["value"].min()), float(posterior["value"].max())
    margin = MARGIN * (high - low)
    start = low - margin
    if parameter.group == VARIANCES and ": Cov(" not in parameter.name:
        start = max(start, low / 2)
    grid = np.linspace(start, high + margin, len(posterior))
    prior = prior_density(draws.model, draws.spec.priors, parameter, grid)
    tables = [posterior[["value", "density"]].assign(which="posterior")]
    if prior.values is not None:
        name = "prior" if prior.proper else "prior (shape only)"
        peak = posterior["density"].max()
        density = prior.values * (1.0 if prior.proper else IMPROPER_HEIGHT * peak)
        tables.append(pd.DataFrame({"value": grid, "density": density, "which": name}))
    median, lower, upper = posterior[["median", "lower", "upper"]].iloc[0]
    lines = [
        f"Prior of {parameter.label}: {prior.words}",
        f"Posterior: median {median:.3f}, 95% between {lower:.3f} and {upper:.3f}.",
    ]
    if prior.values is None:
        lines.append("The chart shows the posterior alone.")
    figures = pd.DataFrame(
        {"posterior": ["2.5%", "median", "97.5%"], parameter.label: [lower, median, upper]}
    )
    chart = prior_posterior_chart(pd.concat(tables), _short_label(draws, k))
    return Picture(chart, "\n".join(lines), figures)


def _short_label(draws: Draws, k: int) -> str:
    parameters = draws.parameters
    return shortened([p.label for p in parameters], MOST_LETTERS)[parameters[k].label]


def _agreement(draws: Draws, k: int) -> str:
    """Say whether the chains agree, and how many effective draws there are."""
    psr, ess = _statistics(draws, k)
    if psr != psr:
        return f"{draws.parameters[k].label} never changes: it is fixed."
    who = "The halves of the chain" if len(draws.values) == 1 else "The chains"
    verb = "agree" if psr < TARGET_PSR else "disagree"
    return f"{who} {verb}: PSR {psr:.3f}; about {ess:,.0f} effective draws."


def _statistics(draws: Draws, k: int) -> tuple[float, float]:
    """Return PSR and bulk ESS."""
    found = statistics(draws.values[:, :, k : k + 1])
    return float(found["psr"][0]), float(found["ess_bulk"][0])
