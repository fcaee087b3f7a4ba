//! The `wenjian` program.

fn main() {}
