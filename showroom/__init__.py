"""Assembly, lifecycle, command line, demo fair and load generator."""
