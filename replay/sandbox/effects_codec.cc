#include "replay/sandbox/effects_codec.h"

#include "replay/sandbox/message_fields.h"

namespace hookjournal {

namespace {

std::string encode_command(const Command& command) {
  FieldWriter to;
  to.bytes(1, command.program);
  put(to, 2, command.arguments);
  if (command.ending) to.element(3, encode_ending(*command.ending));
  to.number(4, command.replaced ? 1 : 0);
  to.number(5, static_cast<std::uint64_t>(command.depth));
  to.number(6, command.simulated ? 1 : 0);
  return to.body();
}

Command decode_command(std::string_view message) {
  Command command;
  for_each_field(message, [&command](const FieldReader& field) {
    switch (field.field()) {
      case 1:
        command.program = field.bytes();
        break;
      case 2:
        command.arguments.push_back(text_of(field));
        break;
      case 3:
        command.ending = decode_ending(field.bytes());
        break;
      case 4:
        command.replaced = field.number() != 0;
        break;
      case 5:
        command.depth = static_cast<int>(field.number());
        break;
      case 6:
        command.simulated = field.number() != 0;
        break;
      default:
        break;
    }
  });
  return command;
}

std::string encode_state(const FileState& state) {
  FieldWriter to;
  to.number(1, static_cast<unsigned char>(state.type));
  to.number(2, state.mode);
  to.number(3, state.uid);
  to.number(4, state.gid);
  to.number(5, state.size);
  to.bytes(6, state.sha256);
  to.bytes(7, state.content);
  to.number(8, state.content_kept ? 1 : 0);
  return to.body();
}

FileState decode_state(std::string_view message) {
  FileState state;
  state.content_kept = false;
  for_each_field(message, [&state](const FieldReader& field) {
    switch (field.field()) {
      case 1:
        state.type = static_cast<char>(field.number());
        break;
      case 2:
        state.mode = static_cast<unsigned>(field.number());
        break;
      case 3:
        state.uid = static_cast<std::uint32_t>(field.number());
        break;
      case 4:
        state.gid = static_cast<std::uint32_t>(field.number());
        break;
      case 5:
        state.size = field.number();
        break;
      case 6:
        state.sha256 = field.bytes();
        break;
      case 7:
        state.content = field.bytes();
        break;
      case 8:
        state.content_kept = field.number() != 0;
        break;
      default:
        break;
    }
  });
  return state;
}

std::string encode_attempt(const Attempt& attempt) {
  FieldWriter to;
  to.number(1, static_cast<std::uint64_t>(attempt.kind));
  to.bytes(2, attempt.target);
  to.bytes(3, attempt.program);
  return to.body();
}

Attempt decode_attempt(std::string_view message) {
  Attempt attempt;
  for_each_field(message, [&attempt](const FieldReader& field) {
    if (field.field() == 1) attempt.kind = static_cast<Attempt::Kind>(field.number());
    if (field.field() == 2) attempt.target = field.bytes();
    if (field.field() == 3) attempt.program = field.bytes();
  });
  return attempt;
}

}  // namespace

std::string encode_ending(const Ending& ending) {
  FieldWriter to;
  to.number(1, ending.index());
  if (const auto* exited = std::get_if<Exited>(&ending))
    to.signed_number(2, exited->code);
  if (const auto* killed = std::get_if<Signaled>(&ending)) {
    to.signed_number(2, killed->signal);
    to.number(3, killed->core_dumped ? 1 : 0);
  }
  if (const auto* refused = std::get_if<NotStarted>(&ending))
    to.signed_number(2, refused->error);
  return to.body();
}

Ending decode_ending(std::string_view message) {
  std::uint64_t kind = 0;
  int value = 0;
  bool dumped = false;
  for_each_field(message, [&](const FieldReader& field) {
    if (field.field() == 1) kind = field.number();
    if (field.field() == 2) value = static_cast<int>(field.signed_number());
    if (field.field() == 3) dumped = field.number() != 0;
  });
  if (kind == 1) return Signaled{value, dumped};
  if (kind == 2) return NotStarted{value};
  return Exited{value};
}

std::string encode_change(const FileChange& change) {
  FieldWriter to;
  to.bytes(1, change.path);
  if (change.before) to.element(2, encode_state(*change.before));
  if (change.after) to.element(3, encode_state(*change.after));
  return to.body();
}

FileChange decode_file_change(std::string_view message) {
  FileChange change;
  for_each_field(message, [&change](const FieldReader& field) {
    if (field.field() == 1) change.path = field.bytes();
    if (field.field() == 2) change.before = decode_state(field.bytes());
    if (field.field() == 3) change.after = decode_state(field.bytes());
  });
  return change;
}

std::string encode_change(const NetworkChange& change) {
  FieldWriter to;
  to.bytes(1, change.object);
  put(to, 2, change.before);
  put(to, 3, change.after);
  return to.body();
}

NetworkChange decode_network_change(std::string_view message) {
  NetworkChange change;
  for_each_field(message, [&change](const FieldReader& field) {
    if (field.field() == 1) change.object = field.bytes();
    if (field.field() == 2) change.before = text_of(field);
    if (field.field() == 3) change.after = text_of(field);
  });
  return change;
}

std::string encode_effects(const Effects& effects) {
  FieldWriter to;
  for (const Command& command : effects.commands) to.element(1, encode_command(command));
  for (const FileChange& change : effects.files) to.element(2, encode_change(change));
  for (const NetworkChange& change : effects.network)
    to.element(3, encode_change(change));
  for (const Attempt& attempt : effects.attempts) to.element(4, encode_attempt(attempt));
  put(to, 5, effects.left_running);
  to.number(6, effects.timed_out ? 1 : 0);
  put(to, 7, effects.trouble);
  if (effects.pids) {
    to.number(8, static_cast<std::uint64_t>(effects.pids->highest));
    to.number(9, static_cast<std::uint64_t>(effects.pids->lowest));
  }
  return to.body();
}

Effects decode_effects(std::string_view message) {
  Effects effects;
  PidRange pids;
  for_each_field(message, [&effects, &pids](const FieldReader& field) {
    switch (field.field()) {
      case 1:
        effects.commands.push_back(decode_command(field.bytes()));
        break;
      case 2:
        effects.files.push_back(decode_file_change(field.bytes()));
        break;
      case 3:
        effects.network.push_back(decode_network_change(field.bytes()));
        break;
      case 4:
        effects.attempts.push_back(decode_attempt(field.bytes()));
        break;
      case 5:
        effects.left_running.push_back(text_of(field));
        break;
      case 6:
        effects.timed_out = field.number() != 0;
        break;
      case 7:
        effects.trouble.push_back(text_of(field));
        break;
      case 8:
        pids.highest = static_cast<std::int64_t>(field.number());
        break;
      case 9:
        pids.lowest = static_cast<std::int64_t>(field.number());
        break;
      default:
        break;
    }
  });
  if (pids.highest > 0) effects.pids = pids;
  return effects;
}

}  // namespace hookjournal
