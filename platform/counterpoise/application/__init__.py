"""The verbs and the questions: read, decide, record; ask a view, show what the reader may see."""
