"""The model in plain Python: states, permissions, reasons for refusal, consequences of facts."""
