"""The sheets: an order of intent as a sealed PDF and as JSON, and the check that nothing was changed."""
