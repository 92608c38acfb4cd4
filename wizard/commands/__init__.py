"""The commands: a module each, of the command's name, with `add` for its options and `run` for what it does."""
