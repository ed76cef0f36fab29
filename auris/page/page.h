#pragma once
// Pages to look at in a browser, each a single HTML file: no network, no files beside it. Data lie in the
// page as JSON; a script draws them with Apache ECharts. page.js offers scripts what they share
// (`auris.element`, `auris.chart`, `auris.table`, ...): all text goes into the page as text, never as HTML,
// and what is invisible or would turn the direction of writing is shown by its code.

#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace auris::page {

struct Page {
  std::string title;            // any text
  std::string_view script;      // trusted: fills <main id="content"> from `auris.data`
  nlohmann::ordered_json data;  // any text in it; what is not UTF-8 is replaced
};

// The whole HTML file.
std::string html_of(const Page& page);

// Text as it may stand in HTML and in quoted attributes.
std::string escaped(std::string_view text);

// JSON that may stand in a <script> element: "<", ">" and "&" and line separators by their codes.
std::string script_json(const nlohmann::ordered_json& data);

// "data:audio/wav;base64,...".
std::string data_uri(std::string_view media_type, std::string_view bytes);

}  // namespace auris::page
