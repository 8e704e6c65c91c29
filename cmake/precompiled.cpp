// The headers in CMake's list, and nothing else.
