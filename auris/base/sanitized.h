#pragma once
// For tests: whether a sanitizer watches the program, which makes it ten times slower. Tests that compare
// many recordings then take some of them: sanitizers look for faults on the way, and every recording goes the
// same way.

#include <cstddef>

namespace auris {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

#if defined(__SANITIZE_THREAD__)
inline constexpr bool kThreadSanitized = true;
#else
inline constexpr bool kThreadSanitized = false;
#endif

// How many of `count` cases to take.
constexpr size_t cases_of(size_t count, size_t when_sanitized) { return kSanitized ? when_sanitized : count; }

}  // namespace auris
