"""The kinds of models. A new one is a file here and a line in MODELS."""

from classifiers.models.ngram import Ngram
from classifiers.models.rows import Recipe
from classifiers.models.vectors import Vectors

MODELS: dict[str, Recipe] = {recipe.name: recipe for recipe in (Vectors(), Ngram())}
