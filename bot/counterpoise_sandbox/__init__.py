"""A pretend Slack workspace in the browser that knows nothing of Counterpoise."""
