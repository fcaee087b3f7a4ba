//! `wenjian eval`: measures how well the questions of a set are answered.
