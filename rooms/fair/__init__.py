"""Durable facts of the fair: accounts, companies, products and what each may do."""
