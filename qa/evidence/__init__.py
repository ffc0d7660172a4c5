"""What of the library speaks of a question, and which of it is shown."""
