#include "replay/sandbox/sandbox_codec.h"

#include "replay/sandbox/effects_codec.h"
#include "replay/sandbox/message_fields.h"

namespace hookjournal {

namespace {

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
  to.number(8, run.umask);
  to.signed_number(9, run.spent.count());
  return to.body();
}

SandboxedRun decode_run(std::string_view message) {
  SandboxedRun run;
  // A field left out is empty, or zero.
  run.working_directory.clear();
  run.umask = 0;
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
      case 8:
        run.umask = static_cast<mode_t>(field.number());
        break;
      case 9:
        run.spent = std::chrono::milliseconds(field.signed_number());
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
  to.number(9, static_cast<std::uint64_t>(request.last_pid));
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
      case 8:
        request.scene.control_groups = field.number() != 0;
        break;
      case 9:
        request.last_pid = static_cast<int>(field.number());
        break;
      default:
        break;
    }
  });
  return request;
}

}  // namespace hookjournal
