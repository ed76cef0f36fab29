#include "apps/progress_bar.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace auris::apps {
namespace {

constexpr int kBarCells = 30;
constexpr auto kRedrawInterval = std::chrono::milliseconds(100);

}  // namespace

ProgressBar::ProgressBar(const CommonOptions& common) : enabled_(!common.quiet && stderr_is_terminal()) {}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::update(double fraction, const std::string& label) {
  if (!enabled_) return;
  auto now = std::chrono::steady_clock::now();
  if (drawn_ && now - last_ < kRedrawInterval) return;
  last_ = now;
  drawn_ = true;
  if (fraction < 0) {
    fmt::print(stderr, "\r\x1b[K{}", label);
  } else {
    int filled = static_cast<int>(std::clamp(fraction, 0.0, 1.0) * kBarCells);
    fmt::print(stderr, "\r\x1b[K[{:=<{}}{:{}}] {:3.0f} %  {}", "", filled, "", kBarCells - filled,
               100 * std::clamp(fraction, 0.0, 1.0), label);
  }
  std::fflush(stderr);
}

void ProgressBar::clear() {
  if (!drawn_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace auris::apps
