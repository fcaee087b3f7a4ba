//! The one test binary: each module drives the built program the way its users do.
