"""The fair: who takes part, what is on the air, who talks to whom. Knows no HTTP and no packets."""
