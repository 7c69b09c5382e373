"""Laws of the decision, tried on random cases: what holds for every case, and what no further fact may do."""
