"""The pages of the fair, one module a screen."""
