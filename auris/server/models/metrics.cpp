#include "auris/server/models/metrics.h"

#include <vector>

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace auris::server {
namespace {

using prometheus::Histogram;
using prometheus::MetricFamily;
using prometheus::MetricType;

const Histogram::BucketBoundaries kSeconds = {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
                                              2.5,  5,     10,   30,  60,   300, 600};

prometheus::Family<prometheus::Counter>& counters(prometheus::Registry& registry, const char* name,
                                                  const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

prometheus::Family<Histogram>& histograms(prometheus::Registry& registry, const char* name,
                                          const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

// Values that somebody else counts, as they are now.
class Snapshot {
 public:
  void gauge(const char* name, const char* help, const std::string& model, double value) {
    add(name, help, MetricType::Gauge, model).gauge.value = value;
  }
  void counter(const char* name, const char* help, const std::string& model, double value) {
    add(name, help, MetricType::Counter, model).counter.value = value;
  }

  std::vector<MetricFamily> families = {};

 private:
  prometheus::ClientMetric& add(const char* name, const char* help, MetricType type,
                                const std::string& model) {
    MetricFamily* family = nullptr;
    for (MetricFamily& known : families) {
      if (known.name == name) family = &known;
    }
    if (family == nullptr) {
      family = &families.emplace_back();
      family->name = name;
      family->help = help;
      family->type = type;
    }
    prometheus::ClientMetric& metric = family->metric.emplace_back();
    metric.label.push_back({"model", model});
    return metric;
  }
};

void add_chat(const std::string& id, const engine::SchedulerCounts& counts, Snapshot& snapshot) {
  const auto number = [](auto value) { return static_cast<double>(value); };
  snapshot.gauge("auris_requests_waiting", "Requests that wait for a model.", id, number(counts.waiting));
  snapshot.gauge("auris_requests_running", "Requests that a model works on.", id, number(counts.running));
  snapshot.counter("auris_steps_total", "Batches that were run.", id, number(counts.steps));
  snapshot.gauge("auris_kv_cache_bytes", "Keys and values in memory.", id, number(counts.cache_bytes));
  snapshot.gauge("auris_kept_sequences", "Sequences kept for later prompts.", id, number(counts.kept));
  snapshot.counter("auris_hearing_cache_hits_total", "Recordings that had been heard before.", id,
                   number(counts.hearing.hits));
  snapshot.counter("auris_hearing_cache_misses_total", "Recordings that had to be heard.", id,
                   number(counts.hearing.misses));
  snapshot.gauge("auris_hearing_cache_bytes", "What was heard, in memory.", id, number(counts.hearing.bytes));
}

void add_speech(const std::string& id, const engine::TranscriptionCounts& counts, Snapshot& snapshot) {
  snapshot.gauge("auris_requests_waiting", "Requests that wait for a model.", id,
                 static_cast<double>(counts.waiting));
  snapshot.gauge("auris_requests_running", "Requests that a model works on.", id,
                 static_cast<double>(counts.running));
}

}  // namespace

struct Metrics::Families {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests =
      counters(registry, "auris_requests_total", "Answered requests by route and status.");
  prometheus::Family<Histogram>& request_seconds =
      histograms(registry, "auris_request_seconds", "From a request to the end of its answer.");
  prometheus::Family<prometheus::Counter>& prompt_tokens =
      counters(registry, "auris_prompt_tokens_total", "Tokens of prompts, those in the cache included.");
  prometheus::Family<prometheus::Counter>& cached_tokens =
      counters(registry, "auris_cached_tokens_total", "Tokens of prompts that the cache had.");
  prometheus::Family<prometheus::Counter>& sound_tokens =
      counters(registry, "auris_sound_tokens_total", "Rows of sound in prompts.");
  prometheus::Family<prometheus::Counter>& answer_tokens =
      counters(registry, "auris_answer_tokens_total", "Tokens of answers.");
  prometheus::Family<Histogram>& first_token_seconds = histograms(
      registry, "auris_time_to_first_token_seconds", "From a request to the first token of its answer.");
  prometheus::Family<Histogram>& queue_seconds =
      histograms(registry, "auris_queue_seconds", "From a request to the beginning of the work on it.");
  prometheus::Family<prometheus::Counter>& audio_seconds = counters(
      registry, "auris_transcribed_audio_seconds_total", "Seconds of recordings that were transcribed.");
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {}
Metrics::~Metrics() = default;

void Metrics::count(const RouteEnd& end) {
  families_->requests.Add({{"route", end.route}, {"status", std::to_string(end.status)}}).Increment();
  families_->request_seconds.Add({{"route", end.route}}, kSeconds).Observe(end.total_s);
}

void Metrics::count(const std::string& model, const engine::ChatOutcome& outcome) {
  const prometheus::Labels labels = {{"model", model}};
  const generate::Generation& answer = outcome.answer;
  families_->prompt_tokens.Add(labels).Increment(static_cast<double>(answer.prompt_tokens));
  families_->cached_tokens.Add(labels).Increment(static_cast<double>(answer.cached_tokens));
  families_->sound_tokens.Add(labels).Increment(static_cast<double>(outcome.sound_tokens));
  families_->answer_tokens.Add(labels).Increment(static_cast<double>(answer.tokens.size()));
  if (answer.first_token_s <= 0) return;  // it ended before it began
  families_->first_token_seconds.Add(labels, kSeconds).Observe(answer.first_token_s);
  families_->queue_seconds.Add(labels, kSeconds).Observe(outcome.queued_s);
}

void Metrics::count(const std::string& model, const engine::TranscriptionOutcome& outcome) {
  if (outcome.error) return;
  families_->audio_seconds.Add({{"model", model}}).Increment(outcome.transcript.duration_s);
  families_->queue_seconds.Add({{"model", model}}, kSeconds).Observe(outcome.queued_s);
}

std::string Metrics::text(const ServedModels* models) const {
  Snapshot snapshot{.families = families_->registry.Collect()};
  if (models != nullptr) {
    for (const ServedModel& model : models->all()) {
      if (model.chat) add_chat(model.id, model.chat->counts(), snapshot);
      if (model.speech) add_speech(model.id, model.speech->counts(), snapshot);
    }
  }
  return prometheus::TextSerializer().Serialize(snapshot.families);
}

}  // namespace auris::server
