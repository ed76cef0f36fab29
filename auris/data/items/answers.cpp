#include "auris/data/items/answers.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "auris/base/error.h"
#include "auris/data/items/speaking_rate.h"
#include "auris/text/language_names.h"
#include "auris/text/text_rules.h"

namespace auris::data {
namespace {

std::optional<double> number_in(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::vector<std::string> tags_of(const std::string& answer) {
  std::vector<std::string> tags;
  for (const std::string& tag : text::split_at(answer, ","))
    tags.push_back(text::substitute(tag, R"(^\s+|\s+$)", ""));
  return tags;
}

int64_t recordings_of(const Clip& clip) { return clip.second ? 2 : 1; }

}  // namespace

const Label* label_named(std::string_view name, const TaskVariant& variant) {
  const std::string wanted = text::lower(name);
  for (const Label& label : variant.labels) {
    if (text::lower(label.name) == wanted) return &label;
    for (const std::string& alias : label.aliases) {
      if (text::lower(alias) == wanted) return &label;
    }
  }
  return nullptr;
}

std::string answer_problem(const std::string& answer, const TaskVariant& variant) {
  if (text::words_of(answer).empty()) return "an answer";
  switch (variant.answer) {
    case AnswerKind::kLabel: return label_named(answer, variant) != nullptr ? "" : "a label of the task";
    case AnswerKind::kTags:
      for (const std::string& tag : tags_of(answer)) {
        if (label_named(tag, variant) == nullptr) return "labels of the task, with commas between";
      }
      return "";
    case AnswerKind::kNumber: {
      const std::optional<double> number = number_in(answer);
      const bool fits = number && *number >= variant.minimum && *number <= variant.maximum;
      return fits ? "" : fmt::format("a number from {} to {}", variant.minimum, variant.maximum);
    }
    case AnswerKind::kText:
    case AnswerKind::kPhones:
    case AnswerKind::kSlots:
    case AnswerKind::kScores:
    case AnswerKind::kOpen: break;
  }
  return "";
}

const TaskVariant* variant_for(const Task& task, const Clip& clip) {
  if (task.recordings != recordings_of(clip)) return nullptr;
  const TaskVariant* any = nullptr;
  for (const TaskVariant& variant : task.variants) {
    if (variant.id == clip.source ||
        std::find(variant.sources.begin(), variant.sources.end(), clip.source) != variant.sources.end()) {
      return &variant;
    }
    if (variant.id == "any") any = &variant;
  }
  return any;
}

std::string no_variant_text(const Task& task, const Clip& clip) {
  if (task.recordings != recordings_of(clip)) {
    return fmt::format("{} takes clips of {} recording(s), the clip has {}", task.id, task.recordings,
                       recordings_of(clip));
  }
  return fmt::format("{} has no variant for {}", task.id, quoted(clip.source));
}

std::optional<std::string> answer_for(const Task& task, const TaskVariant& variant, const Clip& clip) {
  if (const auto known = clip.labels.find(task.id); known != clip.labels.end()) {
    const Label* label = label_named(known->second, variant);
    return label != nullptr ? label->name : known->second;
  }
  const auto unless_empty = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
  };
  if (task.id == "speech_recognition") return unless_empty(clip.text);
  if (task.id == "speech_translation") {
    const auto english = clip.translations.find("en");
    return english == clip.translations.end() ? std::nullopt : std::optional(english->second);
  }
  if (task.id == "language_identification" && !clip.text.empty()) {
    const std::string name(text::language_name(clip.language));
    const Label* label = name.empty() ? nullptr : label_named(name, variant);
    return label != nullptr ? std::optional(label->name) : unless_empty(clip.language);
  }
  if (task.id == "speaking_rate") return speaking_rate_of(clip);
  return std::nullopt;
}

}  // namespace auris::data
