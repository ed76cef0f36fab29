#include "auris/text/chat_template/arguments.h"

#include <algorithm>

#include "auris/text/chat_template/budget.h"

namespace auris::text::jinja {

void Arguments::bind(std::string_view function, std::initializer_list<std::string_view> parameters,
                     size_t required) {
  function_ = function;
  bound_.assign(parameters.size(), Value());
  given_.assign(parameters.size(), false);
  if (positional.size() > parameters.size()) {
    throw Failure{fmt::format("at most {} arguments for {}", parameters.size(), function),
                  std::to_string(positional.size())};
  }
  for (size_t i = 0; i < positional.size(); ++i) {
    bound_[i] = positional[i];
    given_[i] = true;
  }
  for (auto& [name, value] : named) {
    auto found = std::find(parameters.begin(), parameters.end(), name);
    auto index = static_cast<size_t>(found - parameters.begin());
    if (found == parameters.end() || given_[index]) {
      throw Failure{fmt::format("arguments that {} takes", function), quoted(name, 40)};
    }
    bound_[index] = value;
    given_[index] = true;
  }
  for (size_t i = 0; i < required; ++i) {
    if (!given_[i])
      throw Failure{fmt::format("argument '{}' of {}", *(parameters.begin() + i), function), "nothing"};
  }
}

int64_t Arguments::integer(size_t index, int64_t otherwise) const {
  return has(index) ? to_integer(bound_[index], function_) : otherwise;
}

const SourcedText& Arguments::text(size_t index) const {
  const SourcedText* text = has(index) ? bound_[index].string() : nullptr;
  if (!text) {
    throw Failure{fmt::format("a string for {}", function_),
                  has(index) ? std::string(type_name(bound_[index])) : std::string("nothing")};
  }
  return *text;
}

}  // namespace auris::text::jinja
