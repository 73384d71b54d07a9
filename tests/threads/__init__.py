"""What threads share while they work: each test does at once in 32 threads what one thread did before, and compares."""
