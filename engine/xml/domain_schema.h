#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace hookjournal {

// Where libvirt's own library puts its schemas (Debian: package libvirt0).
constexpr const char* kSchemas = "/usr/share/libvirt/schemas";

// Elements and attributes of a guest's definition that the schemas do not have at their
// place: "/domain/titel", "/domain/devices/disk/@tpye". libvirt drops them silently, be
// they misspelt or of a newer version. Only names are compared, no values and no numbers,
// so that each finding names what is wrong; each path once, in the order of the document.
//
// Reads some hundred KiB: for the one call somebody looks at. Nothing is found where
// there are no schemas, where they cannot be read, and in what is not well-formed.
std::vector<std::string> unknown_to_libvirt(
    const std::string& definition, const std::filesystem::path& schemas = kSchemas);

}  // namespace hookjournal
