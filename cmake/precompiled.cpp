// The target whose precompiled header every room reuses needs one source.
