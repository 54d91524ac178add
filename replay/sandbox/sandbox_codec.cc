#include "replay/sandbox/sandbox_codec.h"

#include "journal/fields.h"

namespace hookjournal {

namespace {

template <typename Each>
void for_each_field(std::string_view message, Each each) {
  for (FieldReader field(message); field.next();) each(field);
}

std::string text_of(const FieldReader& field) { return std::string(field.bytes()); }

void put(FieldWriter& to, unsigned field, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) to.element(field, text);
}

// A string that may be missing, which is not the same as an empty one.
void put(FieldWriter& to, unsigned field, const std::optional<std::string>& text) {
  if (text) to.element(field, *text);
}

std::string encode_call(const HookCall& call) {
  FieldWriter to;
  to.bytes(1, call.driver);
  to.bytes(2, call.object);
  to.bytes(3, call.operation);
  to.bytes(4, call.suboperation);
  to.bytes(5, call.extra);
  return to.body();
}

HookCall decode_call(std::string_view message) {
  HookCall call;
  call.suboperation.clear();
  call.extra.clear();
  for_each_field(message, [&call](const FieldReader& field) {
    switch (field.field()) {
      case 1:
        call.driver = field.bytes();
        break;
      case 2:
        call.object = field.bytes();
        break;
      case 3:
        call.operation = field.bytes();
        break;
      case 4:
        call.suboperation = field.bytes();
        break;
      case 5:
        call.extra = field.bytes();
        break;
      default:
        break;
    }
  });
  return call;
}

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
  return to.body();
}

Effects decode_effects(std::string_view message) {
  Effects effects;
  for_each_field(message, [&effects](const FieldReader& field) {
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
      default:
        break;
    }
  });
  return effects;
}

std::string encode_holder(const PipeHolder& holder) {
  FieldWriter to;
  to.number(1, static_cast<std::uint64_t>(holder.pid));
  to.bytes(2, holder.command_line);
  to.bytes(3, holder.stream);
  return to.body();
}

PipeHolder decode_holder(std::string_view message) {
  PipeHolder holder;
  for_each_field(message, [&holder](const FieldReader& field) {
    if (field.field() == 1) holder.pid = static_cast<pid_t>(field.number());
    if (field.field() == 2) holder.command_line = field.bytes();
    if (field.field() == 3) holder.stream = field.bytes();
  });
  return holder;
}

std::string encode_result(const ScriptResult& result) {
  FieldWriter to;
  to.element(1, encode_ending(result.ending));
  to.bytes(2, result.out);
  to.bytes(3, result.err);
  to.signed_number(4, result.elapsed.count());
  to.signed_number(5, result.held_open.count());
  to.signed_number(6, result.cpu.count());
  to.number(7, result.max_rss_kib);
  for (const PipeHolder& holder : result.holders) to.element(8, encode_holder(holder));
  return to.body();
}

ScriptResult decode_result(std::string_view message) {
  ScriptResult result;
  for_each_field(message, [&result](const FieldReader& field) {
    switch (field.field()) {
      case 1:
        result.ending = decode_ending(field.bytes());
        break;
      case 2:
        result.out = field.bytes();
        break;
      case 3:
        result.err = field.bytes();
        break;
      case 4:
        result.elapsed = std::chrono::nanoseconds(field.signed_number());
        break;
      case 5:
        result.held_open = std::chrono::nanoseconds(field.signed_number());
        break;
      case 6:
        result.cpu = std::chrono::microseconds(field.signed_number());
        break;
      case 7:
        result.max_rss_kib = field.number();
        break;
      case 8:
        result.holders.push_back(decode_holder(field.bytes()));
        break;
      default:
        break;
    }
  });
  return result;
}

}  // namespace

std::string encode(const SandboxedRun& run) {
  FieldWriter to;
  to.bytes(1, run.script);
  to.element(2, encode_call(run.call));
  put(to, 3, run.input);
  put(to, 4, run.environment);
  to.bytes(5, run.working_directory);
  to.number(6, run.uid);
  to.number(7, run.gid);
  return to.body();
}

SandboxedRun decode_run(std::string_view message) {
  SandboxedRun run;
  run.working_directory.clear();
  for_each_field(message, [&run](const FieldReader& field) {
    switch (field.field()) {
      case 1:
        run.script = field.bytes();
        break;
      case 2:
        run.call = decode_call(field.bytes());
        break;
      case 3:
        run.input = text_of(field);
        break;
      case 4:
        run.environment.push_back(text_of(field));
        break;
      case 5:
        run.working_directory = field.bytes();
        break;
      case 6:
        run.uid = static_cast<uid_t>(field.number());
        break;
      case 7:
        run.gid = static_cast<gid_t>(field.number());
        break;
      default:
        break;
    }
  });
  return run;
}

std::string encode(const ObservedRun& run) {
  FieldWriter to;
  to.bytes(1, run.script);
  to.element(2, encode_result(run.result));
  to.element(3, encode_effects(run.effects));
  return to.body();
}

ObservedRun decode_observed(std::string_view message) {
  ObservedRun run;
  for_each_field(message, [&run](const FieldReader& field) {
    if (field.field() == 1) run.script = field.bytes();
    if (field.field() == 2) run.result = decode_result(field.bytes());
    if (field.field() == 3) run.effects = decode_effects(field.bytes());
  });
  return run;
}

std::string encode(const Remains& remains) {
  FieldWriter to;
  for (const FileChange& change : remains.files) to.element(1, encode_change(change));
  for (const NetworkChange& change : remains.network)
    to.element(2, encode_change(change));
  put(to, 3, remains.processes);
  return to.body();
}

Remains decode_remains(std::string_view message) {
  Remains remains;
  for_each_field(message, [&remains](const FieldReader& field) {
    if (field.field() == 1) remains.files.push_back(decode_file_change(field.bytes()));
    if (field.field() == 2)
      remains.network.push_back(decode_network_change(field.bytes()));
    if (field.field() == 3) remains.processes.push_back(text_of(field));
  });
  return remains;
}

std::string encode(const std::vector<ScriptsTree::File>& files) {
  FieldWriter to;
  for (const ScriptsTree::File& file : files) {
    FieldWriter each;
    each.bytes(1, file.path);
    each.number(2, file.mode);
    each.bytes(3, file.bytes);
    to.element(1, each.body());
  }
  return to.body();
}

std::vector<ScriptsTree::File> decode_files(std::string_view message) {
  std::vector<ScriptsTree::File> files;
  for_each_field(message, [&files](const FieldReader& field) {
    ScriptsTree::File file;
    for_each_field(field.bytes(), [&file](const FieldReader& part) {
      if (part.field() == 1) file.path = part.bytes();
      if (part.field() == 2) file.mode = static_cast<unsigned>(part.number());
      if (part.field() == 3) file.bytes = part.bytes();
    });
    files.push_back(std::move(file));
  });
  return files;
}

std::string encode(const SceneRequest& request) {
  FieldWriter to;
  to.bytes(1, request.scene.hooks_dir);
  to.bytes(2, request.scene.tree);
  to.element(3, encode(request.scene.files));
  to.number(4, request.scene.disk);
  put(to, 5, request.bridges);
  put(to, 6, request.taps);
  to.bytes(7, request.host_name);
  to.number(8, request.scene.control_groups ? 1 : 0);
  return to.body();
}

SceneRequest decode_scene(std::string_view message) {
  SceneRequest request;
  for_each_field(message, [&request](const FieldReader& field) {
    switch (field.field()) {
      case 1:
        request.scene.hooks_dir = field.bytes();
        break;
      case 2:
        request.scene.tree = field.bytes();
        break;
      case 3:
        request.scene.files = decode_files(field.bytes());
        break;
      case 4:
        request.scene.disk = field.number();
        break;
      case 5:
        request.bridges.push_back(text_of(field));
        break;
      case 6:
        request.taps.push_back(text_of(field));
        break;
      case 7:
        request.host_name = field.bytes();
        break;
      default:
        break;
    }
  });
  return request;
}

}  // namespace hookjournal
