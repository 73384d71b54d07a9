"""Extensions, on public names."""
