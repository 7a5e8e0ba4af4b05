"""What is done in a unit: one file for each way to compete, each saying what its venue would say."""
