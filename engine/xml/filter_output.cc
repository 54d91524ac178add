#include "engine/xml/filter_output.h"

#include <utility>
#include <variant>

#include "engine/libvirt_message.h"
#include "engine/xml/domain_identity.h"
#include "engine/xml/strict_xml.h"

namespace hookjournal {

namespace {

constexpr std::pair<OutputVerdict, std::string_view> kNames[] = {
    {OutputVerdict::unchanged, "unchanged"},
    {OutputVerdict::valid, "valid"},
    {OutputVerdict::invalid, "invalid"},
    {OutputVerdict::unknown, "unknown"},
};

OutputJudgement invalid(std::string reason) {
  return {OutputVerdict::invalid, std::move(reason)};
}
OutputJudgement unknown(std::string reason) {
  return {OutputVerdict::unknown, std::move(reason)};
}

OutputJudgement judge_for_qemu(const StrictElement& domain, std::string_view operation,
                               const std::string& input) {
  if (std::string error = qemu_definition_error(domain); !error.empty())
    return invalid(std::move(error));
  const StrictXml before = parse_strictly(as_c_string(input));
  const auto* source = std::get_if<StrictElement>(&before);
  if (source == nullptr || !definition_error(*source).empty())
    return unknown(
        "the input is no definition of a guest, to which libvirt could have "
        "compared it");
  IdentityFindings finding = compare_identity(*source, domain, operation == "restore");
  if (!finding.refusal.empty()) return invalid(std::move(finding.refusal));
  if (!finding.question.empty()) return unknown(std::move(finding.question));
  return {OutputVerdict::valid, ""};
}

}  // namespace

std::string_view to_string(OutputVerdict verdict) {
  for (const auto& [value, name] : kNames)
    if (value == verdict) return name;
  return "unknown";
}

std::optional<bool> OutputJudgement::valid() const {
  if (verdict == OutputVerdict::unknown) return {};
  return verdict != OutputVerdict::invalid;
}

OutputJudgement judge_filter_output(std::string_view driver, std::string_view operation,
                                    const std::string& input, const std::string& output) {
  if (is_blank(output)) return {OutputVerdict::unchanged, ""};
  if (driver != "qemu" && driver != "libxl")
    return unknown("what this driver takes from a filter is not known");

  const StrictXml after = parse_strictly(as_c_string(output));
  if (const auto* refused = std::get_if<NotWellFormed>(&after))
    return invalid(refused->message);
  const auto& domain = std::get<StrictElement>(after);
  if (std::string error = definition_error(domain); !error.empty())
    return invalid(std::move(error));
  // Xen's driver compares nothing (libxl_migration.c:499-507).
  if (driver == "libxl") return {OutputVerdict::valid, ""};
  return judge_for_qemu(domain, operation, input);
}

}  // namespace hookjournal
