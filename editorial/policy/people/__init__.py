"""Policy: sign-in limits, tokens, account changes, passkeys and single sign-on."""
