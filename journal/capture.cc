#include "journal/capture.h"

namespace hookjournal {

namespace {

// Longer than any attribute with a password.
constexpr std::size_t kOverlap = 1024;

std::string_view last_of(std::string_view bytes) {
  return bytes.substr(bytes.size() - std::min(bytes.size(), kOverlap));
}

}  // namespace

void UnkeptSecrets::pass(std::string_view kept, std::string_view unkept) {
  if (unkept.empty()) return;
  if (end_.empty()) end_ = last_of(kept);
  end_.append(unkept);
  found_.learn(end_);
  end_ = last_of(end_);
}

void CapturedStreams::take_input(std::string_view bytes) {
  const std::string_view kept = in.add(bytes);
  UnkeptSecrets unkept;
  unkept.pass(kept, bytes.substr(kept.size()));
  further_secrets.assign(unkept.all().begin(), unkept.all().end());
}

void redact(CapturedStreams& streams) {
  Redactor redactor;
  for (const std::string& secret : streams.further_secrets) redactor.add(secret);
  for (const Capture* capture : {&streams.in, &streams.out, &streams.err})
    redactor.learn(capture->stream().bytes);
  for (Capture* capture : {&streams.in, &streams.out, &streams.err}) {
    KeptStream& stream = capture->stream();
    stream.redacted += redactor.redact(stream.bytes, stream.truncated);
  }
}

}  // namespace hookjournal
