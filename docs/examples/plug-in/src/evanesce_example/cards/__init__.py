"""Cards of experiments: each file ending in .yaml is one, and its name is that of the file."""
