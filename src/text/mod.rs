//! Characters, words and sentences; knows nothing else.
