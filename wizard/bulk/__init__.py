"""Many calendars at once, from a CSV file: the rows, the journal between two runs, the run itself, the invitations."""
