"""What is asked of students, in words, where an assignment's file says nothing else."""

from __future__ import annotations

from tutorkit.assignment.data_plan import CLUSTER, OUTCOME, PREDICTORS, PRODUCT, DataPlan
from tutorkit.wording import listed


def task_text(plan: DataPlan) -> str:
    """Return the task in the words of the chapter's exercise."""
    product = f", with the product {PRODUCT}" * plan.interaction
    believed = [f"{plan.mnar} is missing not at random"]
    by: dict[str, list[str]] = {}
    for name, cause in plan.mar.items():
        by.setdefault(cause, []).append(name)
    believed += [f"{listed(names)} {_is(names)} missing conditional on {cause}"
                 for cause, names in by.items()]  # fmt: skip
    chance = [name for name in plan.rates if name not in (plan.mnar, *plan.mar)]
    believed += [f"{listed(chance)} {_is(chance)} missing completely at random"] if chance else []
    also = (
        f" What is known of the field says that {listed([*plan.also])} "
        f"play{'s' * (len(plan.also) == 1)} a part in whether {plan.mnar} is missing, too."
        if plan.also
        else ""
    )
    return (
        f"Fit a multilevel model to your data. Regress {OUTCOME} on {listed(PREDICTORS)}{product}. "
        f"You have reason to believe that {listed(believed)}.{also} "
        f"The groups are given as {CLUSTER}. Allow the slope of {plan.random_slope} to vary "
        "across groups."
    )


def _is(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"
