"""What a run leaves behind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tutorkit.arrays import Floats
from tutorkit.data import ModelData
from tutorkit.data.joint import JointModel
from tutorkit.errors import TutorkitError
from tutorkit.model.spec import ModelSpec
from tutorkit.parameters import Parameter, monitored, recorded, residual_correlations


@dataclass(frozen=True)
class ModelFit:
    """Information criteria of the conditional likelihood, as Blimp computes them.

    Imputed values and propensities count as data, so only models with the same outcomes compare.
    """

    dic2: float
    waic: float


@dataclass(frozen=True)
class Timing:
    """Wall-clock seconds spent compiling (or loading) the kernels, and sampling."""

    compile_s: float
    sample_s: float


@dataclass(frozen=True)
class Draws:
    """Posterior draws with everything needed to report them.

    ``values`` (chain, draw, column) and ``warmup`` (chain, warm-up iteration, column) hold one
    column for each of ``parameters``, then one for each of ``residual_correlations``, then mean
    and SD of SIMPLE's moderators. ``acceptance`` (chain, probit equation) is the mean acceptance
    probability of each probit equation's proposals, nan if it is drawn without any. ``imputed``
    (imputation, missing cell) holds imputations of the ``cells`` of the data, equally spaced over
    the kept iterations and the chains.
    """

    spec: ModelSpec
    data: ModelData
    seed: int
    values: Floats
    warmup: Floats
    acceptance: Floats
    fit: ModelFit
    timing: Timing
    imputed: Floats
    cells: tuple[tuple[str, int], ...]
    """Variable of each missing cell, and its row in ``data``."""
    stopped: bool = False

    @property
    def model(self) -> JointModel:
        """The joint model: the equations as written and those implied by the data."""
        return self.data.model

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The numbered parameters; number k of the output is ``parameters[k - 1]``."""
        return monitored(self.model)

    @property
    def residual_correlations(self) -> tuple[Parameter, ...]:
        """The pairs of outcomes whose residual correlation is in the columns that follow."""
        return residual_correlations(self.model)

    @property
    def n_kept(self) -> int:
        """Kept draws of all chains together."""
        return int(self.values.shape[0] * self.values.shape[1])

    def get(self, outcome: str, name: str, group: str | None = None) -> Floats:
        """Return the draws of one parameter, shape (chain, draw).

        ``name`` is spelled as in the report, for example ``draws.get("y", "L2 : Var(Intercept)")``;
        where a name stands in several groups the first is meant unless ``group`` says otherwise.

        Raises
        ------
        TutorkitError
            If there is no such parameter.
        """
        for k, parameter in enumerate(recorded(self.model)):
            if (parameter.outcome, parameter.name) == (outcome, name) and group in (
                None,
                parameter.group,
            ):
                column: Floats = self.values[:, :, k]
                return column
        names = sorted({p.name for p in self.parameters if p.outcome == outcome})
        known = f"'{outcome}' has: {', '.join(names)}." if names else "No such outcome."
        raise TutorkitError(f"No parameter '{name}' of '{outcome}' was drawn", known)

    def frame(self) -> pd.DataFrame:
        """Return a tidy table: chain and draw (from 1), then one column per numbered parameter."""
        chains, draws, _ = self.values.shape
        names = [p.label for p in self.parameters]
        table = pd.DataFrame(
            self.values[:, :, : len(names)].reshape(chains * draws, len(names)), columns=names
        )
        table.insert(0, "chain", np.repeat(np.arange(1, chains + 1), draws))
        table.insert(1, "draw", np.tile(np.arange(1, draws + 1), chains))
        return table
