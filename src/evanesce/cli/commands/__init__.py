"""One module a command, found by themselves: each has a function ``register(app)``."""
