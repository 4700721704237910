"""Mails of the fair: what they say, what they look like, and the way they go."""
