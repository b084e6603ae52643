"""The model language: what a user writes, and the model as values."""
