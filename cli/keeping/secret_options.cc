#include "cli/keeping/secret_options.h"

#include <CLI/CLI.hpp>
#include <cerrno>

#include "engine/error.h"
#include "engine/redaction.h"
#include "engine/small_file.h"

namespace hookjournal {

SecretOptions::SecretOptions(CLI::App& app) {
  // Not as arguments: every process of the host can read those.
  app.add_option("--secrets", file_,
                 "Further secrets, one a line, wherever they stand; /dev/stdin is\n"
                 "another place for them")
      ->type_name("FILE");
}

RedactStream SecretOptions::redaction() const {
  Redactor known;
  if (!file_.empty()) {
    const auto text = read_small_file(file_);
    if (!text) throw Error(with_errno("cannot read the secrets in " + file_, errno));
    for (std::size_t at = 0; at < text->size();) {
      const auto end = std::min(text->find('\n', at), text->size());
      if (end > at && !known.add(text->substr(at, end - at)))
        throw UsageError(
            "--secrets: one of them is shorter than four bytes; replacing "
            "it wherever it stands would ruin the record");
      at = end + 1;
    }
  }
  return [known](std::string& bytes) {
    Redactor redactor = known;
    redactor.learn(bytes);
    return redactor.redact(bytes, false);
  };
}

}  // namespace hookjournal
