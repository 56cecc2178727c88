"""/v1: the same generations for OpenAI's clients."""
