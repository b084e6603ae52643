"""What titles, heads of columns and groups of a report mean: the first rule that fits counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["section", "title", "column", "group", "row"]
ANY = ".*"


@dataclass(frozen=True)
class Rule:
    """What all items mean that match a pattern, in matching sections and groups.

    Patterns are regular expressions for the whole text. ``term`` names the items together where
    the pattern fits many.
    """

    pattern: str
    words: str
    term: str = ""
    section: str = ANY
    group: str = ANY


def exactly(section: str, group: str, pairs: dict[str, str]) -> tuple[Rule, ...]:
    """Return rules for items with exactly these texts."""
    return tuple(
        Rule(re.escape(text), words, section=section, group=group) for text, words in pairs.items()
    )


BURN_IN = "Burn-in potential scale reduction.*"
ACCEPTANCE = "Metropolis-Hastings acceptance rates"
PATTERNS, CORRELATIONS = "Missing data patterns", "Correlations among residuals"
CONDITIONAL, GENERATED, IMPUTED = "Conditional Effects", "Generated parameters", "Imputed data"
REML, LIST, DATA = "Focal model by REML", "Parameter list", "Data information"

SECTIONS = exactly(
    ANY,
    ANY,
    {
        "Algorithmic options specified": "How the model was fitted: algorithm, prior "
        "distributions and settings of the run.",
        "Burn-in potential scale reduction (PSR) output": "Did the chains come to agree while "
        "they warmed up? PSR near 1 says yes. The last rows count most.",
        ACCEPTANCE: "How often the sampler accepted the moves it proposed, where it proposes any.",
        DATA: "The data that were used, and how much of them is missing.",
        PATTERNS: "Which variables are missing together, in how many rows.",
        "Parameter list": "Every parameter with its number, its prior and how its chains agree.",
        "Model information": "The equations of the model, and what becomes of each variable.",
        "Warning messages": "What limits what this run can tell. Read it first.",
        "Model fit": "Measures for comparing models of the same outcomes; smaller is better.",
        CORRELATIONS: "Whether what two equations leave unexplained goes together. Near 0 is as "
        "it should be; far from 0, something shared is missing from the model.",
        "Outcome model estimates": "The estimates of every equation you wrote.",
        "Predictor model estimates": "The estimates of equations that were added for predictors "
        "without an equation of their own.",
        "Standard deviations": "The variances and covariances of random effects as standard "
        "deviations and correlations, which are easier to read.",
        GENERATED: "Quantities that the PARAMETERS command computes from the estimates.",
        CONDITIONAL: "Simple slopes: the effect of one predictor at chosen values of another.",
        IMPUTED: "Values drawn for what is missing, beside those observed.",
        REML: "The focal model fitted by restricted maximum likelihood to rows without missing "
        "values, for comparison: nothing is done about the others.",
        "Reading this output": "What to look at first, and what no output can show.",
    },
)

TITLES = (
    Rule("Missing data rates.*", "How many values of each variable are missing, in percent."),
    Rule("NUMBER OF PARAMETERS", "How many free quantities are estimated, fixed ones left out."),
    Rule("PREDICTORS", "What becomes of variables that have no equation in the script."),
    Rule("MODELS", "The equations: outcome ~ predictors | what varies between clusters."),
    Rule(
        "INFORMATION CRITERIA.*",
        "Fit and complexity in one number, given the cluster effects and the imputed values.",
    ),
    Rule("Level-1:", "Correlations of residuals of single rows."),
    Rule("Level-2:", "Correlations of residuals of variables with one value for each cluster."),
    Rule("Single level:", "There are no clusters, so all correlations are of single rows."),
    Rule(
        "Latent variable: .*",
        "A missingness indicator: the equation explains a hidden, continuous tendency, and the "
        "value is missing where it is above 0 (probit regression).",
        "Latent variable",
    ),
    Rule("Outcome variable: .*", "The variable this equation explains.", "Outcome variable"),
    Rule("Predictor: .*", "The predictor this added equation explains.", "Predictor"),
    Rule("Random effects: .*", "The random effects of this equation.", "Random effects"),
    Rule("Effect of .*", "One predictor's effect on the outcome, by another's value.", "Effect of"),
    Rule("Grand Mean block:", "Estimated means of predictors over all rows."),
    Rule("Level 1 block:", "Equations for how predictors vary within clusters."),
    Rule("Level 2 block:", "Equations for how predictors vary between clusters."),
    Rule(".* block:", "A part of the model, named as in the script.", "Block"),
)

GROUPS = (
    Rule("(.*, )?Variances", "How much varies: between clusters (L2) and within them (residual).",
         "Variances"),
    Rule("(.*, )?Standardized Coefficients", "Coefficients in standard deviations: by how many "
         "SDs the outcome changes when the predictor goes up by one SD.",
         "Standardized Coefficients"),
    Rule("(.*, )?Coefficients", "The regression coefficients: how the outcome changes with each "
         "predictor.", "Coefficients"),
    Rule("(.*, )?Thresholds", "Where the hidden tendency behind an ordinal variable passes from "
         "one category to the next.", "Thresholds"),
    Rule("(.*, )?Proportion Variance Explained", "Which shares of the outcome's variance come "
         "from which part of the equation; they add up to 1 (R squared).",
         "Proportion Variance Explained"),
    Rule("(.*, )?Grand Means", "Estimated means over all rows.", "Grand Means"),
    Rule("Fixed effects", "Coefficients that are the same in all clusters."),
    Rule("Random effects", "How much clusters and rows vary around the fixed effects.",
         "Random effects (REML)"),
    Rule(ANY, "The value of the moderator at which the effects hold.", "Value of the moderator",
         CONDITIONAL),
    Rule(ANY, "The variable whose values are described.", "Variable with imputed values", IMPUTED),
)  # fmt: skip

COLUMNS = (
    *exactly(
        IMPUTED,
        ANY,
        {
            "Variable": "The variable, and whether its values are observed or imputed.",
            "N": "How many values.",
            "Mean": "Their average.",
            "Min": "The smallest.",
            "Max": "The largest.",
            "25%": "A quarter of the values lie below it.",
            "75%": "Three quarters of the values lie below it.",
        },
    ),
    Rule("Median", "Half of the values lie below it.", "Median (of values)", IMPUTED),
    Rule("StdDev", "Their standard deviation.", "StdDev (of values)", IMPUTED),
    Rule("SE", "Standard error: how far the estimate would vary from sample to sample.",
         section=REML),
    Rule("CI", "95% confidence interval.", section=REML),
    Rule("Parameter", "The coefficients, then variances as in the chapter's table.",
         "Parameter (REML)", REML),
    Rule(ANY, "The estimates of this fit.", "Fit", REML),
    *exactly(
        ANY,
        ANY,
        {
            "Median": "The estimate: half of the posterior draws lie below it.",
            "StdDev": "Standard deviation of the posterior draws: how uncertain the estimate is; "
            "it plays the part of a standard error.",
            "2.5%": "Lower end of the 95% interval: 2.5% of the draws lie below it.",
            "97.5%": "Upper end of the 95% interval: 2.5% of the draws lie above it.",
            "PSR": "Potential scale reduction (R-hat): near 1 if the chains agree; above 1.05 "
            "they have not run long enough.",
            "N_Eff": "Effective sample size: how many independent draws these are worth. With "
            "fewer than 100 the estimate is rough.",
            "Parameters": "What is estimated in this equation.",
            "Correlations": "The two outcomes whose residuals are correlated.",
            "Conditional effects": "Intercept and slope at a value of the moderator.",
            "Highest PSR": "The PSR of the parameter on which the chains agree least.",
            "Parameter #": "The number of that parameter in the output.",
            "Type": "The kind of move that is proposed.",
            "Probability": "Mean probability that a proposed move is accepted.",
            "Target value": "The acceptance the sampler tunes itself to.",
            "Missing together": "The variables missing in the same rows.",
            "Rows": "How many rows.",
            "%": "Share of all rows, in percent.",
            "#": "The parameter's number in the output.",
            "Prior": "What was assumed about the parameter before the data were seen.",
        },
    ),
    Rule("Parameter", "The parameter with the highest PSR.", "Parameter (burn-in)", BURN_IN),
    Rule("Parameter", "What is estimated.", section=LIST),
    Rule(r"\d+ to \d+", "The parameter's PSR in these iterations of the burn-in.",
         "PSR of iterations", LIST),
    Rule("Comparing iterations .*", "The iterations whose two halves are compared, in all chains.",
         "Comparing iterations"),
    Rule("(Selection|Probit) model", "The equation, and the chain.", section=ACCEPTANCE),
)  # fmt: skip
