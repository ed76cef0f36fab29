#include "auris/tensor/backend/module_loader.h"

#include <dlfcn.h>

#include <cstring>
#include <vector>

#include "auris/base/environment.h"
#include "auris/base/error.h"
#include "auris/base/program_folder.h"

namespace auris {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFile = "libauris_torch.so";
constexpr const char* kVariable = "AURIS_TORCH_MODULE";

std::vector<fs::path> usual_places() {
  const fs::path folder = program_folder();
  return {folder / kFile, (folder / AURIS_MODULE_FOLDER / kFile).lexically_normal()};
}

[[noreturn]] void fail(const fs::path& file, std::string expected, std::string got, std::string hint) {
  throw Error(ErrorCode::kUsage, {.where = file.string(),
                                  .expected = std::move(expected),
                                  .got = std::move(got),
                                  .hint = std::move(hint)});
}

[[noreturn]] void fail_missing() {
  const std::vector<fs::path> places = usual_places();
  throw Error(
      ErrorCode::kUsage,
      {.where = "device",
       .expected = std::string("the module ") + kFile + ", which computes with LibTorch",
       .got = "none in " + places[0].parent_path().string() + " or " + places[1].parent_path().string(),
       .hint = std::string("`make torch build` installs LibTorch and builds it; ") + kVariable +
               " names one elsewhere"});
}

// What the loader said, without the file's name before it.
std::string loader_error(const fs::path& file) {
  const char* told = ::dlerror();
  std::string text = told != nullptr ? told : "no reason";
  const std::string prefix = file.string() + ": ";
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

[[noreturn]] void fail_to_load(const fs::path& file) {
  const std::string error = loader_error(file);
  const bool unresolved = error.find("undefined symbol") != std::string::npos;
  fail(file, "a module that can be loaded", error,
       unresolved
           ? "the program must export the symbols of Auris: a program of your own does if it links "
             "auris::auris itself, not through a shared library"
           : "if LibTorch has moved since Auris was built, build it again (cmake -DAURIS_LIBTORCH=FOLDER) "
             "or name its lib folder in LD_LIBRARY_PATH");
}

}  // namespace

std::optional<fs::path> find_torch_module() {
  if (const char* named = environment(kVariable)) return named;
  for (const fs::path& file : usual_places()) {
    std::error_code error;
    if (fs::is_regular_file(file, error)) return file;
  }
  return std::nullopt;
}

const BackendModule& load_backend_module(const fs::path& file) {
  const fs::path path = fs::absolute(file);  // a bare name would be looked for in the system's folders
  if (std::error_code error; !fs::is_regular_file(path, error)) {
    fail(path, "a module with a backend", error ? error.message() : "what is no file",
         std::string(kVariable) + " names it");
  }
  // Lazily first: functions that are missing in a module of other headers must not hide why.
  void* library = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) fail_to_load(path);
  auto* entry = reinterpret_cast<BackendModuleEntry*>(::dlsym(library, kBackendModuleEntry));
  if (entry == nullptr) {
    ::dlclose(library);
    fail(path, std::string("a module with the function ") + kBackendModuleEntry, "a library without it", "");
  }
  const BackendModule* module = entry();
  if (module == nullptr || std::strcmp(module->interface_id, kModuleInterface) != 0) {
    const std::string got = module != nullptr ? quoted(module->interface_id, 200) : "none";
    ::dlclose(library);
    fail(path, std::string("a module for ") + kModuleInterface, "one for " + got,
         "build the program and the module together, from the same sources");
  }
  if (::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL) == nullptr) fail_to_load(path);
  return *module;
}

const BackendModule& torch_module() {
  static const BackendModule& module = []() -> const BackendModule& {
    const std::optional<fs::path> file = find_torch_module();
    if (!file) fail_missing();
    return load_backend_module(*file);
  }();
  return module;
}

}  // namespace auris
