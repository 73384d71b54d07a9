"""What is stored after a crash, a lost connection or a long time: whole transactions, and nothing else is told."""
