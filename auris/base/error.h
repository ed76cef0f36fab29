#pragma once
// The one error type of Auris. The library throws it and never ends the process; apps/ turns its code into an
// exit code, server/ into an HTTP status.
//
// Every message reads: [where] expected X, got Y. Hint: Z
//
//   throw Error(ErrorCode::kModel, {.where = "gguf", .expected = "the magic bytes GGUF", .got = "'RIFF'",
//                                   .hint = "this looks like a WAV file; pass it as the recording"});

#include <stdexcept>
#include <string>
#include <string_view>

namespace auris {

enum class ErrorCode {
  kUsage,      // the caller asked for something that makes no sense: wrong flag, impossible option
  kInput,      // an input file or buffer (audio, text, image) cannot be used
  kModel,      // a model file (weights, tokenizer, template, catalog) cannot be used
  kNetwork,    // a download failed; trying again may help
  kCancelled,  // the caller's callback or deadline stopped the work
  kInternal,   // a defect in Auris
};

std::string_view name_of(ErrorCode code);

// The parts of an error message. `hint` may stay empty.
struct ErrorParts {
  std::string where;
  std::string expected;
  std::string got;
  std::string hint;
};

class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const ErrorParts& parts);

  ErrorCode code() const { return code_; }
  const std::string& where() const { return parts_.where; }
  const std::string& hint() const { return parts_.hint; }

 private:
  ErrorCode code_;
  ErrorParts parts_;
};

// Text from a file or a user, made safe for a message: what is not UTF-8 or cannot be seen is escaped; cut.
std::string quoted(std::string_view text, size_t max_bytes = 80);
// Better matches than std::quoted, which argument-dependent lookup would choose for a std::string.
inline std::string quoted(const std::string& text, size_t max_bytes = 80) {
  return quoted(std::string_view(text), max_bytes);
}
inline std::string quoted(const char* text, size_t max_bytes = 80) {
  return quoted(std::string_view(text), max_bytes);
}
inline std::string quoted(std::string& text, size_t max_bytes = 80) {
  return quoted(std::string_view(text), max_bytes);
}

// Throws kInternal: an invariant of Auris itself is broken.
[[noreturn]] void fail_invariant(const char* condition, const char* file, int line);

}  // namespace auris

// Checks an invariant that no input may break. Always on: never put it into an inner loop.
#define AURIS_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::auris::fail_invariant(#condition, __FILE__, __LINE__))

// The same for hot places: only in builds with AURIS_ASSERTS.
#ifdef AURIS_ASSERTS
#define AURIS_ASSERT(condition) AURIS_CHECK(condition)
#else
#define AURIS_ASSERT(condition) static_cast<void>(0)
#endif
