"""Advice on models that run, but may not do what their authors expect."""

from tutorkit.advice.advice import STEPS, Advice, Step
from tutorkit.advice.advise import advise

__all__ = ["STEPS", "Advice", "Step", "advise"]
