"""Typed settings, errors, logging and counters: the ground every other part stands on."""
