"""Recording: packets become files that can be watched while they grow, without decoding anything."""
