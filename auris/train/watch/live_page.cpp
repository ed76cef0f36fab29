#include "auris/train/watch/live_page.h"

#include "auris/page/page.h"

namespace auris::train {

using nlohmann::ordered_json;

std::string html_of(const LivePage& page) {
  ordered_json curves = ordered_json::object(), facts = ordered_json::array(),
               warnings = ordered_json::array();
  for (const auto& [name, curve] : page.curves) {
    ordered_json points = ordered_json::array();
    for (const CurvePoint& point : curve.points()) points.push_back({point.step, point.value});
    curves[name] = std::move(points);
  }
  for (const auto& [name, value] : page.facts) facts.push_back({name, value});
  for (const RunWarning& warning : page.warnings) warnings.push_back({warning.step, warning.text});
  ordered_json data = {{"title", page.title},
                       {"step", page.step},
                       {"steps", page.steps},
                       {"progress", page.progress},
                       {"finished", page.finished},
                       {"reload_s", page.reload_s},
                       {"facts", facts},
                       {"curves", curves},
                       {"warnings", warnings}};
  return page::html_of(
      {.title = "Training: " + page.title, .script = live_script(), .data = std::move(data)});
}

}  // namespace auris::train
