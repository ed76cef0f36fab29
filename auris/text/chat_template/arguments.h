#pragma once
// The arguments of a call, bound to parameter names the way Python does it.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auris/text/chat_template/value.h"

namespace auris::text::jinja {

class Arguments {
 public:
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> named;

  // Gives every argument its parameter. Throws Failure for one too many, an unknown name, a missing one among
  // the first `required`, or one given twice.
  void bind(std::string_view function, std::initializer_list<std::string_view> parameters,
            size_t required = 0);

  // After bind(): whether parameter `index` was given, and its value.
  bool has(size_t index) const { return index < given_.size() && given_[index]; }
  const Value& operator[](size_t index) const { return bound_[index]; }
  bool flag(size_t index, bool otherwise) const { return has(index) ? truthy(bound_[index]) : otherwise; }
  int64_t integer(size_t index, int64_t otherwise) const;
  // The text of a string argument; throws Failure for another type.
  const SourcedText& text(size_t index) const;

 private:
  std::string function_;
  std::vector<Value> bound_;
  std::vector<bool> given_;
};

}  // namespace auris::text::jinja
