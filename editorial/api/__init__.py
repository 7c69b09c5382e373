"""The reporters' door: REST. Translates requests into verbs and answers with the new state."""
