"""Fixtures for every test."""

from tests.sites import calendar_server, live_site, site

__all__ = ["calendar_server", "live_site", "site"]
