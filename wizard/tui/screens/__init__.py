"""One screen a state, in a module of the state's name."""
