"""A mediator, a criterion and an experiment for evanesce; pyproject.toml announces them."""
