"""Traces through real name servers, in a network namespace."""
