"""The one function that runs the path from a question to an answer."""
