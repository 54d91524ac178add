#include "journal/capture.h"

#include "engine/redaction.h"

namespace hookjournal {

void redact(CapturedStreams& streams) {
  Redactor redactor;
  for (const Capture* capture : {&streams.in, &streams.out, &streams.err})
    redactor.learn(capture->stream().bytes);
  for (Capture* capture : {&streams.in, &streams.out, &streams.err}) {
    KeptStream& stream = capture->stream();
    stream.redacted += redactor.redact(stream.bytes, stream.truncated);
  }
}

}  // namespace hookjournal
