"""The Slack bot: acknowledge, ask the application, answer. Furnished when the conversation is built."""
