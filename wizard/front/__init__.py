"""What the fronts share: the session, its steps and their outcomes, and how things are put in words."""
