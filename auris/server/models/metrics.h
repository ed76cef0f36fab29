#pragma once
// What the server counts, as Prometheus reads it. Thread-safe.

#include <memory>
#include <string>

#include "auris/server/api/router.h"
#include "auris/server/models/served_models.h"

namespace auris::server {

class Metrics {
 public:
  Metrics();
  ~Metrics();

  void count(const RouteEnd& end);
  void count(const std::string& model, const engine::ChatOutcome& outcome);
  void count(const std::string& model, const engine::TranscriptionOutcome& outcome);

  // Text format 0.0.4, with the queues and caches of the models as they are now; `models` may be null.
  std::string text(const ServedModels* models) const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace auris::server
