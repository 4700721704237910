"""Offers: what buyer and exhibitor propose to each other, until both have signed one version."""
