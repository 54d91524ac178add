#include "journal/facts_codec.h"

#include "engine/error.h"
#include "journal/context_codec.h"

namespace hookjournal {

namespace {

// Append only: a number never changes its meaning.
enum StartField : unsigned {
  kUuid = 1,
  kStartBoot = 2,
  kScript = 3,
  kArgument = 4,
  kPlanned = 5,
  kOrigin = 6,
  kWithin = 7,
  kRecorderPid = 8,
  kRecorderStart = 9,
  kWriterPid = 10,
  kWriterStartDelta = 11,
  kContext = 12,
  kTree = 13,
  kStartInput = 14,  // and three more, as all streams
  kStartSpooled = 18,
};

enum EndField : unsigned {
  kEndBoot = 1,
  kEndingKind = 2,
  kEndingValue = 3,
  kCoreDumped = 4,
  kElapsed = 5,
  kHeldOpen = 6,
  kCpu = 7,
  kMaxRss = 8,
  kOut = 9,
  kErr = 13,
  kHolder = 17,
  kSignal = 18,
  kEndInput = 19,
  kRun = 23,
  kEndSpooled = 24,
};

// A stream takes four fields: its bytes, its true length if more, its marks (which also
// say that there was a stream at all), the number of secrets replaced.
constexpr unsigned kLength = 1, kMarks = 2, kRedacted = 3;
constexpr std::uint64_t kPresent = 1, kTruncated = 2;

void put_stream(FieldWriter& to, unsigned field, const KeptStream& stream, bool present) {
  to.blob(field, stream.bytes);
  to.number(field + kLength, stream.length - stream.bytes.size());
  to.number(field + kMarks,
            (present ? kPresent : 0) | (stream.truncated ? kTruncated : 0));
  to.number(field + kRedacted, stream.redacted);
}

// True when the field was one of the stream's. The length is completed by finish_stream.
bool take_stream(const FieldReader& from, unsigned field, KeptStream& stream,
                 std::int64_t& blob, bool* present = nullptr) {
  if (from.field() < field || from.field() > field + kRedacted) return false;
  switch (from.field() - field) {
    case 0:
      if (from.is_blob())
        blob = from.blob_id();
      else
        stream.bytes = from.bytes();
      break;
    case kLength:
      stream.length = from.number();
      break;
    case kMarks:
      stream.truncated = (from.number() & kTruncated) != 0;
      if (present != nullptr) *present = (from.number() & kPresent) != 0;
      break;
    case kRedacted:
      stream.redacted = from.number();
      break;
  }
  return true;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(word).push_back('\0');
  return text;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = text.find('\0');
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return words;
}

struct EndingFields {
  std::uint64_t kind;
  std::int64_t value;
  bool core_dumped;
};

EndingFields fields_of(const Ending& ending) {
  if (const auto* exited = std::get_if<Exited>(&ending)) return {0, exited->code, false};
  if (const auto* signaled = std::get_if<Signaled>(&ending))
    return {1, signaled->signal, signaled->core_dumped};
  return {2, std::get<NotStarted>(ending).error, false};
}

Ending ending_of(const EndingFields& fields) {
  const int value = static_cast<int>(fields.value);
  if (fields.kind == 0) return Exited{value};
  if (fields.kind == 1) return Signaled{value, fields.core_dumped};
  return NotStarted{value};
}

std::string encode_holder(const PipeHolder& holder) {
  FieldWriter to;
  to.number(1, static_cast<std::uint64_t>(holder.pid));
  to.bytes(2, holder.command_line);
  to.bytes(3, holder.stream);
  return to.body();
}

PipeHolder decode_holder(std::string_view body) {
  PipeHolder holder;
  for (FieldReader from(body); from.next();) {
    if (from.field() == 1) holder.pid = static_cast<pid_t>(from.number());
    if (from.field() == 2) holder.command_line = from.bytes();
    if (from.field() == 3) holder.stream = from.bytes();
  }
  return holder;
}

std::string encode_signal(const PassedSignal& signal) {
  FieldWriter to;
  to.number(1, static_cast<std::uint64_t>(signal.signal));
  to.number(2, static_cast<std::uint64_t>(signal.after.count()));
  return to.body();
}

PassedSignal decode_signal(std::string_view body) {
  PassedSignal signal;
  for (FieldReader from(body); from.next();) {
    if (from.field() == 1) signal.signal = static_cast<int>(from.number());
    if (from.field() == 2) signal.after = std::chrono::nanoseconds(from.number());
  }
  return signal;
}

}  // namespace

std::string encode_start(const RunStarted& facts, const std::optional<KeptStream>& input,
                         std::int64_t tree_blob, BlobSink* blobs) {
  FieldWriter to(blobs);
  to.bytes(kUuid, facts.uuid);
  to.number(kStartBoot, static_cast<std::uint64_t>(facts.at.boot_ns));
  to.bytes(kScript, facts.script);
  for (const std::string& argument : facts.arguments) to.element(kArgument, argument);
  to.blob(kPlanned, joined(facts.planned));
  to.number(kOrigin, static_cast<std::uint64_t>(facts.origin));
  to.bytes(kWithin, facts.within);
  to.number(kRecorderPid, static_cast<std::uint64_t>(facts.recorder.pid));
  to.number(kRecorderStart, facts.recorder.start_ticks);
  to.number(kWriterPid, static_cast<std::uint64_t>(facts.writer.pid));
  to.number(kWriterStartDelta, facts.writer.start_ticks - facts.recorder.start_ticks);
  to.blob(kContext, encode_context(facts.context));
  to.blob_reference(kTree, tree_blob);
  if (input) put_stream(to, kStartInput, *input, true);
  to.number(kStartSpooled, facts.spooled ? 1 : 0);
  return to.body();
}

DecodedStart decode_start(std::string_view body, std::int64_t wall_ns,
                          BlobSource* blobs) {
  DecodedStart start;
  RunStarted& facts = start.facts;
  facts.at.wall_ns = wall_ns;
  facts.origin = Origin{};  // a field left out is zero
  KeptStream input;
  bool has_input = false;
  std::uint64_t writer_delta = 0;
  for (FieldReader from(body); from.next();) {
    if (take_stream(from, kStartInput, input, start.input_blob, &has_input)) continue;
    switch (from.field()) {
      case kUuid:
        facts.uuid = from.bytes();
        break;
      case kStartBoot:
        facts.at.boot_ns = static_cast<std::int64_t>(from.number());
        break;
      case kScript:
        facts.script = from.bytes();
        break;
      case kArgument:
        facts.arguments.emplace_back(from.bytes());
        break;
      case kPlanned:
        facts.planned = split(from.text(blobs));
        break;
      case kOrigin:
        facts.origin = static_cast<Origin>(std::min<std::uint64_t>(from.number(), 3));
        break;
      case kWithin:
        facts.within = from.bytes();
        break;
      case kRecorderPid:
        facts.recorder.pid = static_cast<pid_t>(from.number());
        break;
      case kRecorderStart:
        facts.recorder.start_ticks = from.number();
        break;
      case kWriterPid:
        facts.writer.pid = static_cast<pid_t>(from.number());
        break;
      case kWriterStartDelta:
        writer_delta = from.number();
        break;
      case kContext:
        if (from.is_blob()) start.context_blob = from.blob_id();
        facts.context = decode_context(from.text(blobs));
        break;
      case kTree:
        start.tree_blob = from.blob_id();
        break;
      case kStartSpooled:
        facts.spooled = from.number() != 0;
        break;
      default:
        break;
    }
  }
  if (facts.uuid.size() != 16)
    throw Error("the record is damaged: a run without its UUID");
  facts.writer.start_ticks = facts.recorder.start_ticks + writer_delta;
  // Until here the length is what exceeds the kept bytes.
  if (has_input) {
    input.length += input.bytes.size();
    start.input = std::move(input);
  }
  return start;
}

std::string encode_end(const RunEnded& facts, const std::optional<KeptStream>& input,
                       std::int64_t run, BlobSink* blobs) {
  FieldWriter to(blobs);
  const EndingFields ending = fields_of(facts.ending);
  to.number(kEndBoot, static_cast<std::uint64_t>(facts.at.boot_ns));
  to.number(kEndingKind, ending.kind);
  to.signed_number(kEndingValue, ending.value);
  to.number(kCoreDumped, ending.core_dumped ? 1 : 0);
  to.number(kElapsed, static_cast<std::uint64_t>(facts.elapsed_ns));
  to.number(kHeldOpen, static_cast<std::uint64_t>(facts.held_open_ns));
  to.number(kCpu, static_cast<std::uint64_t>(facts.cpu_ns));
  to.number(kMaxRss, facts.max_rss_kib);
  put_stream(to, kOut, facts.out, false);
  put_stream(to, kErr, facts.err, false);
  for (const PipeHolder& holder : facts.holders)
    to.element(kHolder, encode_holder(holder));
  for (const PassedSignal& signal : facts.signals)
    to.element(kSignal, encode_signal(signal));
  if (input) put_stream(to, kEndInput, *input, true);
  to.number(kRun, static_cast<std::uint64_t>(run));
  to.number(kEndSpooled, facts.spooled ? 1 : 0);
  return to.body();
}

DecodedEnd decode_end(std::string_view body, std::int64_t wall_ns) {
  DecodedEnd end;
  RunEnded& facts = end.facts;
  facts.at.wall_ns = wall_ns;
  EndingFields ending{};
  KeptStream input;
  bool has_input = false;
  for (FieldReader from(body); from.next();) {
    if (take_stream(from, kOut, facts.out, end.out_blob)) continue;
    if (take_stream(from, kErr, facts.err, end.err_blob)) continue;
    if (take_stream(from, kEndInput, input, end.input_blob, &has_input)) continue;
    switch (from.field()) {
      case kEndBoot:
        facts.at.boot_ns = static_cast<std::int64_t>(from.number());
        break;
      case kEndingKind:
        ending.kind = from.number();
        break;
      case kEndingValue:
        ending.value = from.signed_number();
        break;
      case kCoreDumped:
        ending.core_dumped = from.number() != 0;
        break;
      case kElapsed:
        facts.elapsed_ns = static_cast<std::int64_t>(from.number());
        break;
      case kHeldOpen:
        facts.held_open_ns = static_cast<std::int64_t>(from.number());
        break;
      case kCpu:
        facts.cpu_ns = static_cast<std::int64_t>(from.number());
        break;
      case kMaxRss:
        facts.max_rss_kib = from.number();
        break;
      case kHolder:
        facts.holders.push_back(decode_holder(from.bytes()));
        break;
      case kSignal:
        facts.signals.push_back(decode_signal(from.bytes()));
        break;
      case kRun:
        end.run = static_cast<std::int64_t>(from.number());
        break;
      case kEndSpooled:
        facts.spooled = from.number() != 0;
        break;
      default:
        break;
    }
  }
  facts.ending = ending_of(ending);
  facts.out.length += facts.out.bytes.size();
  facts.err.length += facts.err.bytes.size();
  if (has_input) {
    input.length += input.bytes.size();
    end.input = std::move(input);
  }
  return end;
}

std::string encode_died(const RecorderDied& facts) {
  FieldWriter to;
  to.number(1, static_cast<std::uint64_t>(facts.at.boot_ns));
  to.number(2, static_cast<std::uint64_t>(facts.run));
  to.bytes(3, facts.reason);
  return to.body();
}

RecorderDied decode_died(std::string_view body, std::int64_t wall_ns) {
  RecorderDied facts;
  facts.at.wall_ns = wall_ns;
  for (FieldReader from(body); from.next();) {
    if (from.field() == 1) facts.at.boot_ns = static_cast<std::int64_t>(from.number());
    if (from.field() == 2) facts.run = static_cast<std::int64_t>(from.number());
    if (from.field() == 3) facts.reason = from.bytes();
  }
  return facts;
}

std::string encode_gap(const Gap& gap) {
  FieldWriter to;
  to.number(1, static_cast<std::uint64_t>(gap.at.boot_ns));
  to.number(2, gap.runs);
  to.bytes(3, gap.reason);
  to.bytes(4, gap.script);
  for (const std::string& argument : gap.arguments) to.element(5, argument);
  return to.body();
}

Gap decode_gap(std::string_view body, std::int64_t wall_ns) {
  Gap gap;
  gap.at.wall_ns = wall_ns;
  for (FieldReader from(body); from.next();) {
    if (from.field() == 1) gap.at.boot_ns = static_cast<std::int64_t>(from.number());
    if (from.field() == 2) gap.runs = from.number();
    if (from.field() == 3) gap.reason = from.bytes();
    if (from.field() == 4) gap.script = from.bytes();
    if (from.field() == 5) gap.arguments.emplace_back(from.bytes());
  }
  return gap;
}

}  // namespace hookjournal
