"""The Django admin for editors. Every change is a button that runs one action."""
