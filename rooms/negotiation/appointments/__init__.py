"""Appointments: a time for a private call, agreed on by a buyer and a member of staff."""
