#include "auris/data/tasks/names.h"
#include "auris/base/error.h"
#include "auris/data/tasks/task.h"

namespace auris::data {

std::string_view name_of(TaskGroup group) { return name_in(kTaskGroups, group); }
std::string_view name_of(Configuration configuration) { return name_in(kConfigurations, configuration); }
std::string_view name_of(AnswerKind answer) { return name_in(kAnswerKinds, answer); }
std::string_view name_of(Metric metric) { return name_in(kMetrics, metric); }
std::string_view name_of(TextInput input) { return name_in(kTextInputs, input); }

Configuration configuration_named(std::string_view name) {
  if (const auto found = value_in(kConfigurations, name)) return *found;
  throw Error(ErrorCode::kUsage, {.where = "tasks",
                                  .expected = "a configuration: " + names_in(kConfigurations),
                                  .got = quoted(name),
                                  .hint = ""});
}

bool is_error(Metric metric) {
  switch (metric) {
    case Metric::kWordErrorRate:
    case Metric::kCharacterErrorRate:
    case Metric::kPhoneErrorRate:
    case Metric::kMeanAbsoluteError:
    case Metric::kScoreError: return true;
    case Metric::kAccuracy:
    case Metric::kTagF1:
    case Metric::kSlotF1:
    case Metric::kBleu:
    case Metric::kChrf:
    case Metric::kRougeL:
    case Metric::kJudge: return false;
  }
  return false;
}

}  // namespace auris::data
