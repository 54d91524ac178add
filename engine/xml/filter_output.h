#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hookjournal {

// Whether libvirt takes what a filter (migrate, restore) printed in the input's place.
enum class OutputVerdict {
  unchanged,  // blank: it goes on with the input
  valid,      // it takes the output
  invalid,    // it refuses the migration or the restore
  unknown,    // what is recorded does not decide
};
std::string_view to_string(OutputVerdict verdict);

struct OutputJudgement {
  OutputVerdict verdict = OutputVerdict::unknown;
  // Why it is invalid, in libvirt's words: "XML error: expecting root element of
  // 'domain', not 'network'". Why it is unknown, in ours. Else empty.
  std::string reason;

  // Nothing when it is unknown.
  std::optional<bool> valid() const;
  bool operator==(const OutputJudgement&) const = default;
};

// Judged as libvirt 10.7 does, by what a definition alone can tell: the parser, what
// every definition must have, and for qemu whether it is still the same guest: name,
// UUID, type, architecture, machine, memory, number of CPUs, and which devices there are.
// It goes further (the CPU's features, devices' addresses, what the host's QEMU can do),
// so that it may refuse what is valid here; what is invalid here it always refuses.
//
// `output` is whole: of a part nothing can be said. The input matters for qemu only;
// where that is no guest's definition, what is not refused for itself is unknown.
OutputJudgement judge_filter_output(std::string_view driver, std::string_view operation,
                                    const std::string& input, const std::string& output);

}  // namespace hookjournal
