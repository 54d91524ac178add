#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/hook_call.h"
#include "replay/scripts_tree.h"

// What a host has of a guest or network besides its scripts, made from a call's input.
namespace hookjournal {

// Where the driver keeps its definition, and that as libvirt writes it there:
// /etc/libvirt/qemu/NAME.xml. Hooks see the live XML, which says more than the
// definition; only what tells at once that it is no definition is taken out. Nothing for
// drivers that keep none, for an input that is no definition, before a migration has
// brought one, and for names that are no file names.
std::optional<ScriptsTree::File> definition_file(const HookCall& call);

// Whether a recorded name can be that of a file: no '/', neither "." nor "..".
bool is_file_name(const std::string& name);

// Links that a call's input names: those of guests' cards, bridges of networks. In order,
// each once; what the kernel would not take for a name is left out.
struct NamedLinks {
  std::vector<std::string> bridges, taps;
};
void add_links(const HookCall& call, NamedLinks& links);

}  // namespace hookjournal
