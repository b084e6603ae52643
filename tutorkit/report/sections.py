"""The items of the report before its estimates, in the order of the chapter's output 7.3."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np

from tutorkit.data.joint import MEAN, XPRIOR1, JointModel
from tutorkit.diagnostics import psr_windows
from tutorkit.draws import Draws
from tutorkit.kernels.hamiltonian import TARGET_ACCEPTANCE
from tutorkit.model.spec import Priors
from tutorkit.report.parts import Facts, Grid, Lines, Part, Section, figures


def banner() -> Section:
    """Name the program and whom it follows."""
    lines = (
        "-" * 75,
        f"{'tutorkit ' + version('tutorkit'):^75}".rstrip(),
        f"{'Multilevel models with missing data, for learning':^75}".rstrip(),
        "",
        f"{'Laid out like the output of Blimp (Keller & Enders), a separate program':^75}".rstrip(),
        "-" * 75,
    )
    return Section("", (Lines(lines, verbatim=True),))


def options(draws: Draws) -> Section:
    """State algorithm, priors, starting values and settings."""
    spec, priors = draws.spec, draws.spec.priors
    seed = f"{draws.seed}" + ("" if spec.seed is not None else " (chosen at random)")
    random = [("Prior for random effect variances", _random_prior(priors))]
    if not any(e.random for e in draws.model.equations):
        random = []
    rows = [
        ("Imputation method", "Fully Bayesian model-based"),
        ("MCMC algorithm", _algorithm(draws)),
        ("Between-cluster imputation model", _between(draws)),
        *random,
        ("Prior for residual variances", _residual_prior(priors)),
        ("Prior for coefficients", _coefficient_prior(priors.coefficient_variance)),
        ("Prior for probit coefficients", _coefficient_prior(priors.probit_variance)),
        ("Prior for predictor variances", _predictor_prior(draws.model)),
        ("Chain starting values", "Random starting values"),
        ("Seed", seed),
        ("Chains", f"{spec.chains}"),
        ("Burn-in iterations per chain", f"{spec.burn}"),
        ("Iterations over all chains", f"{spec.draws_per_chain * spec.chains}"),
    ]
    return Section("Algorithmic options specified", (Facts(tuple(rows)),))


def _algorithm(draws: Draws) -> str:
    model = draws.model
    steps = ["Gibbs sampler"]
    if any(e.random for e in model.equations):
        steps[0] += ", coefficients with cluster effects integrated out"
    if any(e.selects for e in model.blocks):
        steps.append("Hamiltonian steps for selection models, missing values integrated out")
    ordinal = [e for e in model.blocks if not e.selects]
    if any(len(e.categories) == 2 and e.level == 1 for e in ordinal):
        steps.append("Hamiltonian steps for binary variables, latent responses integrated out")
    if any(len(e.categories) > 2 or e.level == 2 for e in ordinal):
        steps.append("latent responses drawn for ordinal variables")
    return "; ".join(steps)


def _between(draws: Draws) -> str:
    """Say what varies between clusters."""
    if draws.spec.cluster is None:
        return "None"
    equations = draws.model.equations
    random = [bool(e.random) for e in equations]
    where = "every equation" if all(random) else "some equations (see MODELS)"
    latent = any(c.kind == MEAN for c in draws.model.columns)
    found = ["Latent cluster means (LATENT)"] if latent else []
    if any(random):
        found.append(f"{'random' if latent else 'Random'} intercepts in {where}")
    return "; ".join(found) or "None"


def _predictor_prior(model: JointModel) -> str:
    if not model.implied:
        return "None: every incomplete predictor has an equation"
    return _residual_prior(XPRIOR1).replace("PRIOR1", "XPRIOR1")


def _named(priors: Priors, text: str) -> str:
    return f"{text} ({priors.name})" if priors.name else text


def _random_prior(priors: Priors) -> str:
    scale = f"{priors.random_scale:g} times the identity" if priors.random_scale else "Zero matrix"
    sign = "-" if priors.random_df < 0 else ""
    size = abs(priors.random_df)
    df = f"{sign}{'' if size == 1 else f'{size:g} '}(p + 1)" if size else "0"
    return _named(priors, f"{scale}, df = {df}")


def _residual_prior(priors: Priors) -> str:
    squares = {0.0: "Zero", 1.0: "Unit"}.get(2 * priors.residual_scale)
    squares = squares or f"{2 * priors.residual_scale:g}"
    return _named(priors, f"{squares} sum of squares, df = {2 * priors.residual_shape:g}")


def _coefficient_prior(variance: float) -> str:
    return "Flat" if np.isinf(variance) else f"Normal, mean 0, variance {variance:g}"


def burn_in(draws: Draws) -> Section:
    """Show the potential scale reduction in 20 windows of the burn-in, and who causes it."""
    parameters = draws.parameters
    windows = psr_windows(draws.warmup[:, :, : len(parameters)])
    title = "Burn-in potential scale reduction (PSR) output"
    if not windows:
        return Section(title, (Lines(("Too few burn-in iterations for this table.",)),))
    rows = []
    for window in windows:
        known = window.parameter >= 0
        name = parameters[window.parameter].label if known else ""
        number = f"{window.parameter + 1}" if known else ""
        span = f"{window.first} to {window.last}"
        rows.append((span, *figures(window.psr), number, name))
    note = (
        "NOTE: Split chain PSR is being used. This splits each chain's iterations to create "
        "twice as many chains."
    )
    head = (
        f"Comparing iterations across {draws.spec.chains} chain{'s' * (draws.spec.chains > 1)}",
        "Highest PSR",
        "Parameter #",
        "Parameter",
    )
    return Section(title, (Lines((note,)), Grid(head, (("", tuple(rows)),), words=(3,))))


def acceptance(draws: Draws) -> Section:
    """Show how often proposals were accepted; most steps are exact draws and make none."""
    rows = []
    for s, equation in enumerate(draws.model.blocks):
        for chain, rate in enumerate(draws.acceptance[:, s]):
            if not np.isnan(rate):
                label = f"{equation.name}, chain {chain + 1}"
                rows.append((label, "Hamiltonian", *figures(rate, TARGET_ACCEPTANCE)))
    note = (
        f"{'Other m' if rows else 'M'}issing values are drawn from their exact conditional "
        "distribution, or by a slice step where a variable enters as a power: no imputation is "
        "proposed and rejected."
    )
    if not rows:
        return Section("Metropolis-Hastings acceptance rates", (Lines((note,)),))
    first = "Selection model" if all(e.selects for e in draws.model.blocks) else "Probit model"
    head = (first, "Type", "Probability", "Target value")
    parts = (Grid(head, (("", tuple(rows)),), words=(1,)), Lines((note,)))
    return Section("Metropolis-Hastings acceptance rates", parts)


def data_information(draws: Draws) -> Section:
    """State sample size, clusters and missing rates of the variables that are not fixed."""
    spec, data = draws.spec, draws.data
    rows = [("Data", spec.data)] if spec.data else []
    rows += [("Level-2 identifier", spec.cluster)] if spec.cluster else []
    rows.append(("Sample size", f"{data.values.shape[1]}"))
    rows += [("Level-2 clusters", f"{data.n_clusters}")] if spec.cluster else []
    parts: list[Part] = [Facts(tuple(rows))]
    indicators = dict(spec.indicators)
    for level, title in (
        (1, "Missing data rates (%):"),
        (2, "Missing data rates of level-2 variables (% of clusters):"),
    ):
        rates = [
            (name, f"{100 * data.missing_rate(name):05.2f}")
            for name in data.variables
            if draws.model.column(name).level == level
            and name not in spec.fixed
            and name not in indicators
        ]
        parts += [Facts(tuple(rates), title)] if rates else []
    return Section("Data information", tuple(parts))


def messages(warnings: tuple[str, ...]) -> Section:
    """List the warnings."""
    return Section("Warning messages", (Lines(warnings or ("No warning messages.",)),))


def model_fit(draws: Draws) -> Section:
    """Show DIC2 and WAIC of the conditional likelihood."""
    rows = [(name.upper(), f"{value:.3f}") for name, value in vars(draws.fit).items()]
    note = (
        "Imputed values and latent propensities count as data: compare only models with the "
        "same outcomes."
    )
    return Section(
        "Model fit",
        (Facts(tuple(rows), "INFORMATION CRITERIA, conditional likelihood"), Lines((note,))),
    )
