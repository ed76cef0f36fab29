#include "auris/train/card/loss_chart.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace auris::train {
namespace {

constexpr double kWidth = 760, kHeight = 320;
constexpr double kLeft = 64, kRight = 20, kTop = 36, kBottom = 44;  // around the curves

// 1, 2 or 5 times a power of ten: about `lines` of them fit the range.
double tidy_step(double range, int lines) {
  const double rough = range / lines, power = std::pow(10.0, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough) return factor * power;
  }
  return 10.0 * power;
}

struct Range {
  double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();

  void take(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  void widen() {  // a range of one number has no scale
    if (high > low) return;
    low -= 0.5;
    high += 0.5;
  }
};

struct Scales {
  Range steps, losses;

  double x(double step) const {
    return kLeft + (step - steps.low) / (steps.high - steps.low) * (kWidth - kLeft - kRight);
  }
  double y(double loss) const {
    return kTop + (losses.high - loss) / (losses.high - losses.low) * (kHeight - kTop - kBottom);
  }
};

std::string line(const std::vector<CurvePoint>& points, const Scales& scales, const char* kind) {
  std::string places;
  for (const CurvePoint& point : points)
    places += fmt::format("{}{:.1f},{:.1f}", places.empty() ? "" : " ", scales.x(point.step),
                          scales.y(point.value));
  return fmt::format("<polyline class=\"{}\" points=\"{}\"/>\n", kind, places);
}

std::string dots(const std::vector<CurvePoint>& points, const Scales& scales) {
  std::string out;
  for (const CurvePoint& point : points) {
    out += fmt::format("<circle class=\"dot\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\"/>\n", scales.x(point.step),
                       scales.y(point.value));
  }
  return out;
}

std::string axes(const Scales& scales) {
  std::string out;
  const double loss_step = tidy_step(scales.losses.high - scales.losses.low, 5);
  for (double loss = std::ceil(scales.losses.low / loss_step) * loss_step; loss <= scales.losses.high;
       loss += loss_step) {
    out += fmt::format(
        "<path class=\"grid\" d=\"M{} {:.1f}H{}\"/><text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{:.6g}"
        "</text>\n",
        kLeft, scales.y(loss), kWidth - kRight, kLeft - 8, scales.y(loss) + 4,
        std::abs(loss) < loss_step / 2 ? 0.0 : loss);
  }
  const double step = std::max(1.0, tidy_step(scales.steps.high - scales.steps.low, 6));
  for (double at = std::ceil(scales.steps.low / step) * step; at <= scales.steps.high; at += step) {
    out += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{:.0f}</text>\n", scales.x(at),
                       kHeight - kBottom + 20, at);
  }
  return out + fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">step</text>\n", kWidth - kRight,
                           kHeight - 6);
}

// The colours have enough contrast on either ground; a reader that knows of dark ones gets lighter lines.
constexpr const char* kStyle =
    "<style>text{font:12px sans-serif;fill:#59636e}polyline{fill:none;stroke-width:2;stroke-linejoin:round}"
    ".training{stroke:#1f6feb}.evaluation{stroke:#bc4c00;stroke-dasharray:4 3}.dot{fill:#bc4c00}"
    ".grid{stroke:#8b949e;stroke-opacity:.35}"
    "@media "
    "(prefers-color-scheme:dark){text{fill:#9da7b1}.training{stroke:#79b8ff}.evaluation{stroke:#ffa657}"
    ".dot{fill:#ffa657}}</style>\n";

}  // namespace

std::string loss_chart(const RunSummary& run) {
  const std::vector<CurvePoint> training = run.loss.points(), evaluation = run.evaluation_loss.points();
  if (training.empty() && evaluation.empty()) return "";
  Scales scales;
  for (const auto* points : {&training, &evaluation}) {
    for (const CurvePoint& point : *points) {
      scales.steps.take(point.step);
      scales.losses.take(point.value);
    }
  }
  scales.steps.widen();
  scales.losses.widen();
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
      "role=\"img\">\n"
      "<title>Loss by step</title>\n",
      kWidth, kHeight);
  out += kStyle + axes(scales);
  out += fmt::format("<text x=\"{}\" y=\"20\">loss: training (line){}</text>\n", kLeft,
                     evaluation.empty() ? "" : ", evaluation (dashed)");
  if (!training.empty()) out += line(training, scales, "training");
  if (!evaluation.empty()) out += line(evaluation, scales, "evaluation") + dots(evaluation, scales);
  return out + "</svg>\n";
}

}  // namespace auris::train
