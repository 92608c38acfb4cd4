"""Connecting without a person: where answers and passwords come from, what they mean on the site, and doing it."""
