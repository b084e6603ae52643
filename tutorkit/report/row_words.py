"""What the rows of a report mean: the first rule that fits counts."""

from __future__ import annotations

from tutorkit.report.words import (
    ACCEPTANCE,
    ANY,
    BURN_IN,
    CONDITIONAL,
    CORRELATIONS,
    DATA,
    GENERATED,
    IMPUTED,
    PATTERNS,
    REML,
    Rule,
    exactly,
)

OPTIONS = exactly(
    "Algorithmic options specified",
    ANY,
    {
        "Imputation method": "Missing values are drawn from the model's own equations, together "
        "with its parameters.",
        "MCMC algorithm": "How the parameters and missing values are drawn.",
        "Between-cluster imputation model": "What varies between clusters when missing values are "
        "drawn.",
        "Prior for random effect variances": "What is assumed beforehand about how much clusters "
        "differ.",
        "Prior for residual variances": "What is assumed beforehand about what the equations "
        "leave unexplained.",
        "Prior for coefficients": "What is assumed beforehand about coefficients; flat: no value "
        "is more plausible than another.",
        "Prior for probit coefficients": "What is assumed beforehand about coefficients of models "
        "of missingness and of ordinal variables; a normal prior keeps them from running off where "
        "the data say little.",
        "Prior for predictor variances": "What is assumed beforehand about the variances of "
        "equations that were added.",
        "Chain starting values": "Each chain begins elsewhere; if they end at the same place, the "
        "answer does not depend on where one starts.",
        "Seed": "Starts the random numbers: the same seed gives the same output.",
        "Chains": "How many independent runs of the sampler.",
        "Burn-in iterations per chain": "First iterations, thrown away: the chains still find "
        "their place.",
        "Iterations over all chains": "The iterations that are kept; all summaries are of these.",
    },
)

INFORMATION = (
    *exactly(
        DATA,
        "",
        {
            "Data": "The file.",
            "Level-2 identifier": "The variable that says which cluster a row belongs to.",
            "Sample size": "How many rows.",
            "Level-2 clusters": "How many clusters.",
        },
    ),
    Rule(
        ANY,
        "Percent of this variable's values that are missing.",
        "Missing data rate",
        DATA,
        "Missing data rates.*",
    ),
    *exactly(
        "Model information",
        ANY,
        {
            "Outcome models": "Parameters of the equations you wrote.",
            "Predictor models": "Parameters of the equations that were added.",
            "Fixed variables": "Taken as they are, without an equation: they must be complete.",
            "Complete, taken as fixed": "No values missing, so no equation is needed.",
            "Complete continuous": "No values missing, but with an equation that was added.",
            "Complete ordinal": "Ordinal, no values missing, with an equation that was added.",
            "Incomplete continuous": "Values missing: imputed by an equation that was added.",
            "Incomplete ordinal": "Categories missing: imputed by a probit equation that was "
            "added.",
            "Not imputed": "Only the missingness of this variable is modelled.",
            "Centered at grand mean": "Measured from its mean over all rows.",
            "Centered at group mean": "Measured from the mean of its cluster.",
            "Latent cluster means": "The clusters' true means, which are estimated: averages of a "
            "few rows would be off.",
        },
    ),
    *exactly(
        "Model fit",
        ANY,
        {
            "DIC2": "Deviance information criterion: fit with a penalty for complexity, smaller is "
            "better.",
            "WAIC": "Widely applicable information criterion: about how badly new data would be "
            "predicted, smaller is better.",
        },
    ),
)

RUN = (
    Rule(r"\d+ to \d+", "These iterations, split in two halves a chain, are compared.",
         "Iterations (burn-in)", BURN_IN),
    Rule(r".*, chain \d+", "The equation and the chain whose proposals are counted.",
         "Equation, chain", ACCEPTANCE),
    Rule("nothing", "Rows without a missing value: all that listwise deletion would keep.",
         section=PATTERNS),
    Rule(ANY, "Rows in which exactly these variables are missing.", "Missing together (row)",
         PATTERNS),
    Rule(".*, .*", "How the residuals of these two outcomes go together.", "Two outcomes",
         CORRELATIONS),
    Rule("observed", "The values in the data.", section=IMPUTED),
    Rule("imputed", "The values drawn for the missing ones.", section=IMPUTED),
)  # fmt: skip

VARIANCE, COEFFICIENT = "(.*, )?Variances", "(.*, )?Coefficients|Fixed effects"
STANDARD, SHARE = "(.*, )?Standardized Coefficients", "(.*, )?Proportion Variance Explained"
VARIANCES = (
    Rule(r"L2 : Var\(Intercept\)", "How much the clusters' intercepts vary: the random "
         "intercept's variance (τ00).", group=VARIANCE),
    Rule(r"L2 : Var\(.*\)", "How much this predictor's slope varies between clusters: the random "
         "slope's variance (τ11).", "L2 : Var(predictor)", group=VARIANCE),
    Rule(r"L2 : Cov\(.*\)", "Whether clusters with a higher intercept, or slope, have the other "
         "higher too: positive if so.", "L2 : Cov(one, other)", group=VARIANCE),
    Rule(r"Residual Var\.", "What varies within clusters and is left unexplained (σ²). Of a "
         "missingness indicator or an ordinal variable it is fixed at 1.", group=VARIANCE),
    Rule(r"L2 : SD\(.*\)", "Standard deviation of a random intercept or slope, in the units of "
         "the coefficient itself.", "L2 : SD(effect)"),
    Rule(r"L2 : Cor\(.*\)", "Correlation of two random effects (ρ01).", "L2 : Cor(one, other)"),
)  # fmt: skip

COEFFICIENTS = (
    Rule("Intercept", "The outcome expected where all predictors are 0.", group=COEFFICIENT),
    Rule(r"[^*]*\^\d+", "A power: the effect of this predictor is not the same everywhere; it "
         "bends the line.", "Power of a predictor", group=COEFFICIENT),
    Rule(r".*[*^].*", "An interaction: how much the effect of one predictor changes when the other "
         "goes up by one. With it, either predictor's own coefficient holds where the other is 0.",
         "Product of predictors", group=COEFFICIENT),
    Rule(r".*\.mean", "The effect of the cluster's mean of this predictor: between clusters.",
         "Cluster mean of a predictor", group=COEFFICIENT),
    Rule(ANY, "How much the outcome changes when this predictor goes up by one and the others stay "
         "as they are. Of a missingness indicator or an ordinal variable it is the hidden tendency "
         "that changes.", "Predictor (coefficient)", group=COEFFICIENT),
    Rule(ANY, "By how many SDs the outcome changes when this predictor goes up by one SD.",
         "Predictor (standardized)", group=STANDARD),
    Rule("Tau 1", "Between the lowest two categories; fixed at 0.", group="(.*, )?Thresholds"),
    Rule(r"Tau \d+", "The hidden tendency at which the next category begins.", "Tau (threshold)",
         group="(.*, )?Thresholds"),
    Rule(ANY, "The variable's estimated mean.", "Variable (grand mean)",
         group="(.*, )?Grand Means"),
)  # fmt: skip

SHARES = exactly(
    ANY,
    SHARE,
    {
        "by Coefficients": "The share that the predictors explain, by their fixed effects.",
        "by Level-2 Random Intercepts": "The share of differences between clusters in level.",
        "by Level-2 Random Slopes": "The share of differences between clusters in slopes.",
        "by Level-1 Residual Variation": "The share left unexplained within clusters.",
        "by Residual Variation": "The share left unexplained.",
    },
)

OTHERS = (
    Rule(ANY, "Computed in every draw by a formula of the PARAMETERS command, shown above.",
         "Generated parameter", GENERATED),
    Rule("Intercept", "The outcome expected at this value of the moderator, where the predictor "
         "is 0.", "Intercept (conditional)", CONDITIONAL),
    Rule("Slope of .*", "The predictor's effect at this value of the moderator.", "Slope of",
         CONDITIONAL),
    Rule("σ²", "What varies within clusters and is left unexplained.", section=REML),
    Rule("τ00.*", "Variance of the intercepts between clusters.", "τ00", REML),
    Rule("τ.*", "Variance of a slope between clusters.", "τ11 (τ22, …)", REML),
    Rule("ρ.*", "Correlation of two random effects between clusters.", "ρ01 (ρ02, …)", REML),
    Rule("ICC", "Intraclass correlation: the share of what the predictors leave unexplained that "
         "lies between clusters.", section=REML),
    Rule("N", "How many clusters.", "N (clusters)", REML),
    Rule("Observations", "How many rows were used: those complete in the focal model's variables.",
         section=REML),
)  # fmt: skip

ROWS = (*OPTIONS, *INFORMATION, *RUN, *VARIANCES, *SHARES, *COEFFICIENTS, *OTHERS)
