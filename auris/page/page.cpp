#include "auris/page/page.h"

#include "auris/base/json_text.h"
#include "auris/page/parts.h"
#include "auris/text/base64.h"
#include "auris/text/utf8.h"

namespace auris::page {
namespace {

// Nothing may be loaded, whatever the data say.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; media-src "
    "data:";

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text::to_valid_utf8(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string script_json(const nlohmann::ordered_json& data) {
  const std::string json = json_line(data);
  std::string out;
  out.reserve(json.size() + json.size() / 16);
  for (size_t i = 0; i < json.size(); ++i) {
    const std::string_view rest = std::string_view(json).substr(i, 3);
    if (json[i] == '<') {
      out += "\\u003c";
    } else if (json[i] == '>') {
      out += "\\u003e";
    } else if (json[i] == '&') {
      out += "\\u0026";
    } else if (rest == "\u2028" || rest == "\u2029") {
      out += rest == "\u2028" ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      out += json[i];
    }
  }
  return out;
}

std::string data_uri(std::string_view media_type, std::string_view bytes) {
  return "data:" + std::string(media_type) + ";base64," + text::to_base64(bytes);
}

std::string html_of(const Page& page) {
  std::string out = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  out += "<meta http-equiv=\"Content-Security-Policy\" content=\"" + std::string(kPolicy) + "\">\n";
  out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  out += "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n";
  out += "<title>" + escaped(page.title) + "</title>\n<style>\n" + std::string(page_style()) + "</style>\n";
  out += "</head>\n<body>\n<main id=\"content\"><noscript>This page needs JavaScript.</noscript></main>\n";
  out += "<footer>Made by Auris. Charts: Apache ECharts, Apache License 2.0.</footer>\n";
  out += "<script type=\"application/json\" id=\"data\">" + script_json(page.data) + "</script>\n";
  for (const std::string_view script : {chart_library(), page_script(), page.script}) {
    out += "<script>\n" + std::string(script) + "\n</script>\n";
  }
  return out + "</body>\n</html>\n";
}

}  // namespace auris::page
