#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "cli/call_choice.h"
#include "cli/output.h"
#include "journal/journal.h"

namespace hookjournal {

// Everything about one call, for reading. `journal_words`: what another command needs to
// find the same journal, for those that the text names.
class CallText {
 public:
  // All but the words outlive this object.
  CallText(JournalReader& journal, const CallRecord& call, Output& output,
           std::string journal_words)
      : journal_(journal),
        call_(call),
        output_(output),
        journal_words_(std::move(journal_words)) {}

  void write();

 private:
  void write_answer();
  void write_place();
  void write_environment();
  void write_input();
  void write_run(const RunRecord& run, const std::string& indent);
  void write_facts(const RunRecord& run, const std::string& indent);
  void write_troubles(const RunRecord& run, const std::string& indent);
  void write_run_input(const RunRecord& run, const std::string& indent);
  void write_printed(const RunRecord& run, RunPart part, const std::string& indent);

  void field(const std::string& indent, std::string_view name, const std::string& value);
  std::string cat_command(const RunRecord& run, RunPart part) const;

  JournalReader& journal_;
  const CallRecord& call_;
  Output& output_;
  std::string journal_words_;
};

}  // namespace hookjournal
