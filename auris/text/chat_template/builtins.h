#pragma once
// The names a template may use: operators as functions, methods, global functions, attributes of `loop`.

#include <string>
#include <string_view>
#include <vector>

#include "auris/text/chat_template/arguments.h"
#include "auris/text/chat_template/value.h"

namespace auris::text::jinja {

class Interpreter;

// op: == != < <= > >=
bool compare(std::string_view op, const Value& a, const Value& b, Budget& budget);

// Methods of strings, dicts and lists (methods.cpp). is_method() throws Failure for those that Python has and
// templates here may not call: what changes its object, and what no chat template uses.
bool is_method(const Value& object, std::string_view name);
Value call_method(Interpreter& interpreter, const Value& self, const std::string& name, Arguments arguments);

// Global functions (functions.cpp).
std::vector<std::string_view> function_names();
Value call_function(Interpreter& interpreter, const std::string& name, Arguments arguments);
Value loop_attribute(const LoopPtr& loop, std::string_view name);
Value cycle_loop(const Value& self, const Arguments& arguments);

}  // namespace auris::text::jinja
