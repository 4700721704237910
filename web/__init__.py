"""HTTP: the URL table, identity, pages, JSON and static modules. Knows no rules of its own."""
