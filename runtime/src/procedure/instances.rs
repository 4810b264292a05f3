//! EC2 instances on their way to a state (spec 5.4, 5.20).
