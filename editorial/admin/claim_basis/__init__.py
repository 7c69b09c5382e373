"""What is known of a claim, as its page, the forms that decide on it and its review tasks show it."""
