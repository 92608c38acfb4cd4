"""Connects an external calendar to a Wix site, step by step, in the terminal."""

__version__ = "0.1.0"
