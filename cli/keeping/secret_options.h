#pragma once

#include <string>

#include "journal/keeping/exporting.h"

namespace hookjournal {

class CommandLine;

struct Redactions {
  RedactStream of_streams;
  // Of scripts and environment: only what was named, for a script may well speak of
  // passwd attributes. Empty when nothing was.
  RedactStream of_others;
};

// What is a secret: the values of passwd attributes, and those a file names.
class SecretOptions {
 public:
  // This object must live as long as the parsing.
  explicit SecretOptions(CommandLine& line);

  // Throws Error when the file cannot be read, UsageError for what cannot be looked for.
  Redactions redactions() const;
  bool any() const { return !file_.empty(); }

 private:
  std::string file_;
};

}  // namespace hookjournal
