"""State of running shows, which can be rebuilt: who is live, on duty, chatting, and on the table."""
