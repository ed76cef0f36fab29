#pragma once
// The models that a server has loaded, with the schedulers that run them.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auris/engine/serving/chat_scheduler.h"
#include "auris/engine/serving/transcription_scheduler.h"

namespace auris::server {

struct ServedModel {
  std::string id;                            // as clients name it
  std::vector<std::string> inputs, outputs;  // of "text", "audio"
  // A language model, or a speech model.
  std::shared_ptr<engine::ChatScheduler> chat = {};
  std::shared_ptr<const generate::TokenTrie> tokens = {};
  std::shared_ptr<engine::TranscriptionScheduler> speech = {};
};

struct ServedModelsOptions {
  std::vector<std::string> names;  // of the catalog, or paths
  std::string device = "cpu";
  engine::SchedulerOptions chat = {};
  engine::TranscriptionLimits speech = {};
};

class ServedModels {
 public:
  // Opens them. The first speech model writes down recordings for language models that do not hear. Throws
  // kModel; kUsage for a device that is not there, for none or for two of one name.
  explicit ServedModels(const ServedModelsOptions& options);

  const std::vector<ServedModel>& all() const { return models_; }
  // Where there is one model of a kind any name means it: clients come with names of other servers. Throw
  // ApiError 404.
  const ServedModel& chat(std::string_view name) const;
  const ServedModel& speech(std::string_view name) const;
  const ServedModel* find(std::string_view name) const;  // null if there is none of just that name

 private:
  const ServedModel& find(std::string_view name, bool is_chat) const;

  std::vector<ServedModel> models_;
};

}  // namespace auris::server
