"""Scripts beyond the chapter's, and data for them."""

import numpy as np
import pandas as pd

from tutorkit import datasets

CLUSTERS = "CLUSTERID: j;"
MAIN = "y ~ x1i x2i x3i x2i*x3i | x1i;"


def wide_data() -> pd.DataFrame:
    """Return the chapter's data with an incomplete level-2 w, level-2 z, binary b, ordinal o."""
    rng = np.random.default_rng(0)
    data = datasets.load("04_multilevel")
    j = data["j"].to_numpy()
    w = rng.standard_normal(31)[j]
    w[np.isin(j, [3, 7])] = np.nan
    b = (data["x3i"] + rng.standard_normal(600) > 0).astype(float)
    o = np.digitize(0.7 * data["x3i"] + rng.standard_normal(600), [-1, 0, 1]) + 1.0
    b[rng.permutation(600)[:50]] = np.nan
    o[rng.permutation(600)[:60]] = np.nan
    return data.assign(w=w, z=np.round(rng.standard_normal(31), 2)[j], b=b, o=o)


SCRIPTS = {
    "implicit": f"{CLUSTERS} FIXED: x3i; MODEL: {MAIN}",
    "grand mean": f"{CLUSTERS} FIXED: x3i; CENTER: x1i x2i x3i; MODEL: {MAIN}",
    "group mean": f"""{CLUSTERS} CENTER: groupmean = x1i x2i; grandmean = x1i.mean x3i;
MODEL: y ~ x1i x2i x1i.mean x3i x2i*x3i | x1i;""",
    "mean product": f"{CLUSTERS} MODEL: y ~ x1i z x1i.mean x1i.mean*z w;",
    "level-2 outcome": f"""{CLUSTERS} MODEL: y ~ x1i w z | x1i; w ~ z; z ~ intercept;
x1i ~ x2i x3i; x2i ~ x3i;""",
    "ordinal predictor": f"{CLUSTERS} ORDINAL: b o; MODEL: y ~ x1i b o x1i*b; SIMPLE: x1i | b;",
    "ordinal outcome": f"{CLUSTERS} ORDINAL: o; MODEL: o ~ x1i x2i x3i; x1i x2i ~ x3i;",
    "single level": "ORDINAL: b o; MODEL: y ~ x1i b o; y.missing ~ y x1i;",
    "single centred": "CENTER: x1i x2i; MODEL: y ~ x1i x2i x1i*x2i; SIMPLE: x1i | x2i;",
    "long form": f"""{CLUSTERS} FIXED: x3i; ORDINAL: m; TRANSFORM: m = ismissing(y);
MODEL: focal: {MAIN} auxiliary: x1i x2i ~ x3i; selection: m ~ y x1i x2i x3i x2i*x3i;""",
    "indicator only": f"""{CLUSTERS} ORDINAL: m; TRANSFORM: m = ismissing(x1i);
MODEL: y ~ x3i m; m ~ x3i; w.missing ~ z; OPTIONS: prior1;""",
    "no random intercept": f"{CLUSTERS} MODEL: y ~ x1i x3i | 0; x1i ~ x3i | 1@0;",
    "square": f"{CLUSTERS} TRANSFORM: s = x3i^2; MODEL: y ~ x1i x1i^2 s; x1i ~ s;",
    "simple": f"""{CLUSTERS} FIXED: x3i; MODEL: y ~ x1i@b1 x2i@b2 x3i x2i*x3i@b4 | x1i;
SIMPLE: x2i | x3i; x3i | x2i @ -1 0 2; OPTIONS: pinfo; NIMPS: 4;
PARAMETERS: s = b1 + b2*b4; icc = 1 - y.residvar/y.totalvar; r2 = y.coefvar/y.totalvar;""",
    "mediation": f"""{CLUSTERS} MODEL: y ~ x1i@b x2i; x1i ~ x2i@a x3i; x2i ~ x3i;
PARAMETERS: indirect = a*b; half = indirect/2; odd = ln(a - 0.33);""",
}
