"""Pure folds: decoding, results, medals, schedule. No I/O, no clock, no randomness."""
