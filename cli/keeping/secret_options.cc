#include "cli/keeping/secret_options.h"

#include <algorithm>
#include <cerrno>
#include <functional>
#include <vector>

#include "cli/command_line.h"
#include "engine/error.h"
#include "engine/redaction.h"
#include "engine/small_file.h"

namespace hookjournal {

namespace {

std::vector<std::string> secrets_in(const std::string& file) {
  std::vector<std::string> secrets;
  if (file.empty()) return secrets;
  const auto text = read_small_file(file);
  if (!text) throw Error(with_errno("cannot read the secrets in " + file, errno));
  for (std::size_t at = 0; at < text->size();) {
    const auto end = std::min(text->find('\n', at), text->size());
    if (end > at) secrets.push_back(text->substr(at, end - at));
    at = end + 1;
  }
  return secrets;
}

// How often it stood there.
std::uint64_t starred(const std::string& secret, std::string& bytes) {
  std::uint64_t count = 0;
  for (std::size_t at = bytes.find(secret); at != std::string::npos;
       at = bytes.find(secret, at + secret.size())) {
    bytes.replace(at, secret.size(), secret.size(), '*');
    ++count;
  }
  return count;
}

}  // namespace

SecretOptions::SecretOptions(CommandLine& line) {
  // Not as arguments: every process of the host can read those.
  line.add_option("--secrets", file_,
                  "Further secrets, one a line, wherever they stand; /dev/stdin is\n"
                  "another place for them")
      .takes("FILE");
}

Redactions SecretOptions::redactions() const {
  std::vector<std::string> secrets = secrets_in(file_);
  Redactor known;
  for (const std::string& secret : secrets)
    if (!known.add(secret))
      throw UsageError(
          "--secrets: one of them is shorter than four bytes; replacing "
          "it wherever it stands would ruin the record");
  const RedactStream of_streams = [known](std::string& bytes) {
    Redactor redactor = known;
    redactor.learn(bytes);
    return redactor.redact(bytes, false);
  };
  if (secrets.empty()) return {of_streams, {}};
  // One may be the beginning of another.
  std::ranges::sort(secrets, std::greater(), &std::string::size);
  return {of_streams, [secrets](std::string& bytes) {
            std::uint64_t count = 0;
            for (const std::string& secret : secrets) count += starred(secret, bytes);
            return count;
          }};
}

}  // namespace hookjournal
