"""Signal events: tracks that vanish, one by one, with weights that sum to the yield."""
