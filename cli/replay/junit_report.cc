#include "cli/replay/junit_report.h"

#include <fmt/format.h>

#include <cerrno>

#include "cli/escape.h"
#include "cli/replay/change_words.h"
#include "cli/replay/difference_lines.h"
#include "engine/error.h"

namespace hookjournal {

namespace {

// Of visible text, which has no characters that XML forbids.
std::string escaped(std::string_view text) {
  std::string xml;
  xml.reserve(text.size());
  for (const char c : text) {
    if (c == '&')
      xml += "&amp;";
    else if (c == '<')
      xml += "&lt;";
    else if (c == '>')
      xml += "&gt;";
    else if (c == '"')
      xml += "&quot;";
    else
      xml += c;
  }
  return xml;
}

std::string attribute(std::string_view bytes) { return escaped(visible(bytes)); }
std::string content(std::string_view bytes) {
  return escaped(visible(bytes, Keep::lines));
}

std::string element(std::string_view name, std::string_view type,
                    std::string_view message, const std::string& text) {
  return fmt::format("<{0} type=\"{1}\" message=\"{2}\">{3}</{0}>", name, type,
                     attribute(message), content(text));
}

std::string remark(const std::string& text) {
  return text.empty() ? "" : "<system-out>" + content(text) + "</system-out>";
}

std::string text_of(const std::vector<Difference>& differences) {
  const DifferenceLimits limits;
  std::string text;
  for (std::size_t i = 0; i < differences.size(); ++i) {
    if (i == limits.differences) {
      text += "... " +
              counted(static_cast<std::int64_t>(differences.size() - i), "difference") +
              " more\n";
      break;
    }
    text += title_of(differences[i]) + "\n";
    for (const DifferenceLine& line : lines_of(differences[i], limits))
      text += sign_of(line.kind) + line.text + "\n";
  }
  return text;
}

std::string hints(const std::string& reproduce, const std::string& accept = "") {
  return "\nreproduce: " + reproduce + "\n" +
         (accept.empty() ? "" : "accept:    " + accept + "\n");
}

std::string notes_of(const ReplayedCall& call) {
  std::string text;
  for (const std::string& note : call.notes) text += note + "\n";
  return text;
}

}  // namespace

JUnitReport::JUnitReport(const ReportContext& context)
    : context_(context), cases_(std::tmpfile()) {
  if (!cases_)
    throw Error(with_errno("cannot make a temporary file for the JUnit report", errno));
}

void JUnitReport::test_case(const std::string& group, const std::string& name,
                            const std::string& result) {
  ++tests_;
  const std::string xml = fmt::format("    <testcase classname=\"{}\" name=\"{}\"",
                                      attribute(group), attribute(name)) +
                          (result.empty() ? "/>\n" : ">" + result + "</testcase>\n");
  std::fwrite(xml.data(), 1, xml.size(), cases_.get());
  check();
}

void JUnitReport::check() {
  if (std::ferror(cases_.get()) != 0)
    throw Error(with_errno("cannot write the JUnit report's temporary file", errno));
}

void JUnitReport::tell(Told& told, bool fails, std::string_view type,
                       const std::string& message, const std::string& text) {
  if (fails) {
    ++failures_;
    told.result = element("failure", type, message, text);
  } else {
    told.remarks += message + ":\n" + text;
  }
}

void JUnitReport::tell_change(Told& told, const ReplayedCall& replayed) {
  const CallVerdict& verdict = replayed.verdict;
  const std::string differences = text_of(verdict.differences);
  if (replayed.accepted) {
    told.remarks += "changed as accepted (" + replayed.fingerprint + ")\n" + differences;
    return;
  }
  const bool fails =
      context_.rule.fail_on != FailOn::consequence || verdict.before != verdict.after;
  tell(told, fails, "changed",
       field_words(verdict.differences) + " changed; consequence " +
           consequence_words(verdict.before, verdict.after),
       differences + hints(reproduce_command(context_, replayed),
                           accept_command(context_, replayed.fingerprint)));
}

void JUnitReport::tell_doubt(Told& told, const ReplayedCall& replayed) {
  const std::string& why = replayed.verdict.reason;
  const std::string text = hints(reproduce_command(context_, replayed));
  if (context_.rule.inconclusive_allowed) {
    ++skipped_;
    told.result = "<skipped message=\"" + attribute(why) + "\"/>";
    told.remarks += text;
  } else {
    ++errors_;
    told.result = element("error", "inconclusive", why, text);
  }
}

void JUnitReport::add(const ReplayedCall& replayed) {
  const CallRecord& call = replayed.call;
  const CallVerdict& verdict = replayed.verdict;
  Told told{.result = "", .remarks = notes_of(replayed)};
  if (const auto words = simulated_words(verdict); !words.empty())
    told.remarks += "simulated: " + words + "\n";
  if (verdict.verdict == Verdict::changed) tell_change(told, replayed);
  if (verdict.verdict == Verdict::inconclusive) tell_doubt(told, replayed);
  if (!verdict.drift.empty())
    tell(told, context_.rule.fail_on == FailOn::drift && told.result.empty(), "drift",
         "not as it was recorded",
         text_of(verdict.drift) + hints(reproduce_command(context_, replayed)));
  test_case(call.driver + "." + call.operation,
            fmt::format("call {}: {}", call.id, call_words(call)),
            told.result + remark(told.remarks));
}

void JUnitReport::add(const ReplayedLeak& leak) {
  const std::string name = fmt::format("left behind by {} after call {}",
                                       visible(leak.object), leak.last_call);
  const bool counts = !leak.accepted && context_.rule.fail_on != FailOn::consequence;
  if (counts) ++failures_;
  const std::string text = text_of(leak.differences);
  test_case(leak.driver + ".leak", name,
            counts ? element("failure", "leak", "other things are left behind",
                             text + hints(reproduce_command(context_, leak),
                                          accept_command(context_, leak.fingerprint)))
                   : remark(text));
}

void JUnitReport::finish(const ReplaySummary& summary, const Write& write) {
  const std::string counts = fmt::format(
      "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3f}\"", tests_,
      failures_, errors_, skipped_, static_cast<double>(summary.elapsed_ns) / 1e9);
  write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites " + counts + ">\n" +
        "  <testsuite name=\"hookjournal replay of " + attribute(context_.scripts) +
        "\" " + counts + ">\n");
  std::rewind(cases_.get());
  char part[65536];
  while (const std::size_t got = std::fread(part, 1, sizeof part, cases_.get()))
    write({part, got});
  check();
  write("  </testsuite>\n</testsuites>\n");
}

}  // namespace hookjournal
