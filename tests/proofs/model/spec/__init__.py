"""What may happen to each noun, in plain Python: states, who may, what a refusal says, what follows from facts."""
