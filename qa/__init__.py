"""From a question to an answer: scope, evidence, quotes with their place, or honest silence."""
