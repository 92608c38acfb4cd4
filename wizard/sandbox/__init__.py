"""A Wix site to practise on: the calls of the external calendars and schedules APIs, with real calendars behind them.

It is a second, independent reading of the public contract, so the wizard's client is not tested against itself. Nothing
here imports the rest of the package, and only the command line imports this.
"""
