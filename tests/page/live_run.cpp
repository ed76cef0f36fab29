// A run that is shown but not computed, for the page's test: live_run FOLDER. Its losses fall as real ones
// do, with a step that is no number, rows of sound that grow too strong, a starved stretch and names that
// would be markup.

#include <cmath>
#include <limits>

#include "auris/base/rng.h"
#include "auris/train/watch/run_monitor.h"

int main(int argc, char** argv) {
  using namespace auris::train;
  if (argc != 2) return 2;
  constexpr int64_t kSteps = 2500, kDone = 1700;
  constexpr double kLong = 3600;  // the page must not load itself while it is looked at
  auris::Rng rng(1);
  RunMonitor monitor({.folder = argv[1],
                      .title = "nano frames <img src=x onerror='window.broken = 1'>",
                      .steps = kSteps,
                      .page_every_s = kLong,
                      .facts = {{"encoder", "whisper-base"}, {"</script>", "\u202etxet"}}});
  for (int64_t step = 1; step <= kDone; ++step) {
    const double done = static_cast<double>(step) / kSteps,
                 loss = 1 + 4 * std::exp(-6 * done) + 0.1 * rng.normal();
    monitor.add(
        StepRecord{.step = step,
                   .time_s = 1.7e9 + static_cast<double>(step),
                   .loss = step == 900 ? std::numeric_limits<double>::quiet_NaN() : loss,
                   .losses = {{"answer", 0.7 * loss}, {"respond", 0.3 * loss}},
                   .token_accuracy = 1 / (1 + std::exp(4 - 10 * done)),
                   .learning_rates = {{"projector", 1e-3 * (1 - done)}, {"language_model_adapter", 1e-4}},
                   .gradient_norm = std::exp(rng.normal()),
                   .examples = 16,
                   .tokens = 4096,
                   .audio_s = 60 + 5 * rng.normal(),
                   .step_s = 1.5,
                   .wait_s = step > 1200 && step < 1300 ? 0.6 : 0.01,
                   .projector_rms = 0.1 * std::exp(2 * done),
                   .embedding_rms = 0.1});
    if (step % 100 == 0) {
      monitor.add(EvaluationRecord{.step = step,
                                   .time_s = 1.7e9 + static_cast<double>(step),
                                   .loss = loss + 0.2,
                                   .token_accuracy = done,
                                   .losses = {{"dev", loss + 0.2}, {"<b>bold</b>", loss}}});
    }
  }
  monitor.finish();
  return 0;
}
