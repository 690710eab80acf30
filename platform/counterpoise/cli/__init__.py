"""The verbs and the questions, typed at a terminal."""
