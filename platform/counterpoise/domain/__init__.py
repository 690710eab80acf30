"""What happened, what may happen, and why not: events, states and decisions in plain Python."""
