"""One module per command, found automatically; each has a function ``register(app)``."""
