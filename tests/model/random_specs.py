"""Random valid models, for properties that hold for all of them."""

from hypothesis import strategies as st

from tutorkit.model import expressions
from tutorkit.model.spec import Assignment, Equation, ModelSpec, Priors, Save, Simple, Term
from tutorkit.model.tokens import VARIANCE_SUFFIXES, is_label, name_problem

COMMON = ["y", "x1i", "x2i", "x3i", "Y", "a.b", "_z", "é", "变量", "data", "seed", "inf", "save"]
COMMON += ["stacked", "ln", "groupmean", "iter", "time"]
NAMES = st.one_of(
    st.sampled_from(COMMON), st.from_regex(r"[A-Za-z_][A-Za-z0-9_.]{0,8}", fullmatch=True)
).filter(lambda name: name_problem(name) is None)
QUANTITIES = NAMES.filter(lambda name: not name.endswith(VARIANCE_SUFFIXES))
LABELS = st.one_of(st.sampled_from(["focal", "Focal", "iter", "time", "x1i", "a.b"]), NAMES)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
POSITIVE = st.floats(min_value=0, exclude_min=True, allow_nan=False)
PRIORS = st.one_of(
    st.sampled_from([Priors(), Priors(float("inf"), 5, 1, 0.5, 1, 1), Priors(1, 5, 0, 0, 0, 0)]),
    st.builds(Priors, POSITIVE, POSITIVE, NUMBERS, NUMBERS.map(abs), NUMBERS, NUMBERS.map(abs)),
)
FILES = st.text(min_size=1).filter(lambda name: name.strip() and not set(name) & set('"\r\n\0'))
FILES |= st.sampled_from(["a b.csv", "C:\\x.csv", "a SEED: b", "'q'", "\ufeffa", " a;#", "a = b"])


def written(names, functions, max_leaves=6):
    """Draw an expression, not in its tidy form."""
    leaves = st.sampled_from(["1", "2.50", ".5", "1e-3", *names])

    def grown(inner):
        signs = st.sampled_from(["+", "-", "*", "/", "^", "**", "==", "<", ">= "])
        return st.one_of(
            st.tuples(inner, signs, inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
            inner.map(lambda e: f"-({e})"),
            inner.map(lambda e: f"2*-({e})^2"),
            st.sampled_from([f for f in functions if expressions.ARITY[f] == 1]).flatmap(
                lambda f: inner.map(lambda e: f"{f.upper()}( {e} )")
            ),
            st.tuples(inner, inner, inner).map(
                lambda t: f"ifelse({t[0]},{t[1]},{t[2]})" if "ifelse" in functions else t[0]
            ),
        )

    return st.recursive(leaves, grown, max_leaves=max_leaves)


def tidy(names, functions):
    """Draw an expression in its tidy form."""
    return written(names, functions).map(lambda e: expressions.tidy(e, functions))


@st.composite
def equations(draw, outcome, inputs, cluster, ordinal):
    """Draw an equation without block and labels; often with an interaction."""
    means = [f"{v}.mean" for v in inputs if v not in ordinal] if cluster else []
    products = st.lists(st.sampled_from([*inputs, *means, *inputs]), min_size=1, max_size=4)
    terms = st.lists(
        products.map(lambda factors: Term(tuple(factors))), max_size=4, unique_by=lambda t: t.key
    )
    predictors = draw(terms) if inputs else []
    if len(inputs) > 1 and draw(st.booleans()):
        a, b = inputs[:2]
        both = [Term((a,)), Term((b,)), Term((b, a))]
        keys = {term.key for term in both}
        predictors = both + [term for term in predictors if term.key not in keys]
    slopes = draw(terms) if inputs and cluster is not None else []
    return Equation(
        outcome,
        tuple(predictors),
        tuple(slopes),
        random_intercept=bool(slopes) or draw(st.booleans()),
    )


@st.composite
def factored(draw, names, cluster, ordinal, made):
    """Draw equations in any order, with blocks and labels."""
    outcomes = draw(st.lists(st.integers(0, len(names) - 1), min_size=1, unique=True))
    found = [draw(equations(names[k], names[k + 1 :], cluster, ordinal)) for k in outcomes]
    long_form = {v for m, v in made.items() if m in ordinal}
    for name in draw(st.lists(st.sampled_from(names), max_size=2, unique=True)):
        if name not in long_form:
            found.append(draw(equations(f"{name}.missing", names, cluster, ordinal)))
    found = draw(st.permutations(found))
    n_plain = draw(st.integers(0, len(found)))
    labels = draw(st.lists(QUANTITIES, max_size=5, unique=True))
    ready = []
    for k, e in enumerate(found):
        block = "" if k < n_plain else draw(LABELS.filter(is_label))
        labelled = [str(t) for t in e.terms if labels and draw(st.booleans())][: len(labels)]
        given = tuple((labels.pop(), term) for term in labelled)
        ready.append(Equation(e.outcome, e.predictors, e.slopes, block, e.random_intercept, given))
    return tuple(ready)


@st.composite
def assignments(draw, new, known, functions):
    """Draw statements that make the names ``new`` from known ones and earlier ones."""
    found = []
    for name in new:
        indicators = st.sampled_from([f"ismissing({v})" for v in known] or ["1"])
        usual = tidy([n for n in known if n not in ("", name)], functions)
        expression = draw(usual | indicators if "ismissing" in functions else usual)
        found.append(Assignment(name, expression))
        known = [*known, name]
    return tuple(found)


@st.composite
def centred(draw, found, cluster, ordinal):
    """Draw what CENTER may centre: grand means, group means."""
    factors = sorted({f for e in found for f in e.factors if f not in ordinal})
    chosen = draw(st.lists(st.sampled_from(factors), unique=True)) if factors else []
    choices = [f for f in chosen if cluster and not f.endswith(".mean") and draw(st.booleans())]
    return tuple(f for f in chosen if f not in choices), tuple(choices)


def interactions(equation):
    """Return the pairs SIMPLE may name."""
    keys = {term.key for term in equation.predictors}
    pairs = [key for key in keys if len(set(key)) == 2 == len(key)]
    return sorted((a, b) for a, b in pairs if (a,) in keys and (b,) in keys)


@st.composite
def specs(draw):
    """Draw a model with everything that a script can say."""
    names = draw(st.lists(NAMES, min_size=2, max_size=6, unique=True))
    cluster, *names = names if draw(st.booleans()) else [None, *names]
    new = names[: draw(st.integers(0, len(names) - 1))][:3]
    old = [name for name in names if name not in new]
    transforms = draw(assignments(new, old, expressions.TRANSFORM_FUNCTIONS))
    names = draw(st.permutations(names))
    made = {t.name: v for t in transforms if (v := expressions.indicated(t.expression))}
    ordinal = draw(st.lists(st.sampled_from(names), max_size=3, unique=True))
    if len(set(made.values())) < len(made):
        ordinal = [name for name in ordinal if name not in made]
    found = draw(factored(names, cluster, ordinal, made))
    grand, group = draw(centred(found, cluster, ordinal))
    labels = [label for e in found for label, _ in e.labels]
    parameters = draw(st.lists(QUANTITIES, max_size=3, unique=True))
    parameters = [name for name in parameters if name not in labels]
    known = [*labels, *(e.outcome + suffix for e in found for suffix in VARIANCE_SUFFIXES)]
    chains = draw(st.integers(1, 9))
    iterations = draw(st.integers(chains, 10**9))
    imputations = draw(st.integers(0, iterations // chains))
    values = {
        "equations": found,
        "data": draw(st.none() | FILES),
        "cluster": cluster,
        "fixed": tuple(n for n in old if n not in {e.outcome for e in found}),
        "missing": tuple(draw(st.lists(NUMBERS, max_size=3))),
        "columns": tuple(draw(st.permutations(old)) if draw(st.booleans()) else ()),
        "ordinal": tuple(ordinal),
        "grand_mean": grand,
        "group_mean": group,
        "transforms": transforms,
        "parameters": draw(assignments(parameters, known, expressions.PARAMETER_FUNCTIONS)),
        "imputations": imputations,
        "print_parameters": draw(st.booleans()),
        "priors": draw(PRIORS),
        "seed": draw(st.none() | st.integers(0, 2**63 - 1)),
        "burn": draw(st.integers(0, 10**9)),
        "iterations": iterations,
        "chains": chains,
    }
    pairs = interactions(ModelSpec(**values).focal)
    values["simple"] = tuple(
        Simple(*(pair if draw(st.booleans()) else pair[::-1]), draw(st.lists(NUMBERS).map(tuple)))
        for pair in pairs
    )
    if imputations:
        files = {kind: draw(FILES) + f".{kind}.csv" for kind in ("stacked0", "stacked")}
        values["save"] = tuple(Save(*item) for item in files.items() if draw(st.booleans()))
    return ModelSpec(**values)
