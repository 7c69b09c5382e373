"""What each verb asks for, by noun."""
