"""The demo fair: made-up exhibitors, pictures made by code, and three shows on the air."""
