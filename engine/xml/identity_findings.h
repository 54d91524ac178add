#pragma once

#include <cstddef>
#include <string>

namespace hookjournal {

// What a comparison of two definitions of a guest finds. libvirt tells the first reason
// to refuse and no other.
struct IdentityFindings {
  std::string refusal;   // why libvirt refuses, in its words
  std::string question;  // what the two definitions alone do not tell

  void refuse(const std::string& words) {
    if (refusal.empty()) refusal = "unsupported configuration: " + words;
  }
  void ask(const std::string& words) {
    if (question.empty()) question = words;
  }
  // "Target domain virt type kvm does not match source qemu"
  void compare(const std::string& what, const std::string& target,
               const std::string& source) {
    if (target != source)
      refuse("Target " + what + " " + target + " does not match source " + source);
  }
  void compare_counts(const std::string& what, std::size_t target, std::size_t source) {
    compare(what + " count", std::to_string(target), std::to_string(source));
  }
};

}  // namespace hookjournal
