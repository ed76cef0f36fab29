#pragma once
// What processes decide together. All of them call; each gets the same answer.

#include <cstdint>
#include <functional>
#include <string_view>

#include "auris/train/parallel/process_group.h"

namespace auris::train {

// Whether it is true for any process.
bool any_of(ProcessGroup& processes, bool value);
int64_t sum_of(ProcessGroup& processes, int64_t value);  // up to 2^53
double largest_of(ProcessGroup& processes, double value);
// That of the first process.
double first_of(ProcessGroup& processes, double value);

// Throws kUsage in all processes, naming `what` and the first process whose `value` is not that of process 0.
void check_same(ProcessGroup& processes, std::string_view what, std::string_view value);

// First in process 0, then, when it is done, in the others: they find what it has written.
void first_then_others(ProcessGroup& processes, const std::function<void()>& action);

}  // namespace auris::train
