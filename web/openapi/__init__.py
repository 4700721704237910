"""The HTTP interface for programs, written down as an OpenAPI document."""
