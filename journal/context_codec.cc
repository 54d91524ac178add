#include "journal/context_codec.h"

#include "journal/fields.h"

namespace hookjournal {

std::string encode_context(const Context& context) {
  FieldWriter to;
  to.bytes(1, context.host_name);
  to.bytes(2, context.machine_id);
  to.bytes(3, context.boot_id);
  to.number(4, context.pid_namespace);
  to.bytes(5, context.recorder_version);
  to.number(6, context.uid);
  to.number(7, context.gid);
  to.bytes(8, context.hooks_dir);
  to.bytes(9, context.working_directory);
  for (const std::string& variable : context.environment) to.element(10, variable);
  to.number(11, static_cast<std::uint64_t>(context.caller.process.pid));
  to.number(12, context.caller.process.start_ticks);
  to.bytes(13, context.caller.exe);
  to.number(14, context.caller.exe_inode);
  to.signed_number(15, context.caller.exe_mtime_ns);
  to.bytes(16, context.caller.exe_build_id);
  to.bytes(17, context.kernel);
  // One more than it is: a zero would be left out.
  if (context.umask) to.number(18, *context.umask + 1);
  return to.body();
}

Context decode_context(std::string_view body) {
  Context context;
  for (FieldReader from(body); from.next();) {
    switch (from.field()) {
      case 1:
        context.host_name = from.bytes();
        break;
      case 2:
        context.machine_id = from.bytes();
        break;
      case 3:
        context.boot_id = from.bytes();
        break;
      case 4:
        context.pid_namespace = from.number();
        break;
      case 5:
        context.recorder_version = from.bytes();
        break;
      case 6:
        context.uid = static_cast<uid_t>(from.number());
        break;
      case 7:
        context.gid = static_cast<gid_t>(from.number());
        break;
      case 8:
        context.hooks_dir = from.bytes();
        break;
      case 9:
        context.working_directory = from.bytes();
        break;
      case 10:
        context.environment.emplace_back(from.bytes());
        break;
      case 11:
        context.caller.process.pid = static_cast<pid_t>(from.number());
        break;
      case 12:
        context.caller.process.start_ticks = from.number();
        break;
      case 13:
        context.caller.exe = from.bytes();
        break;
      case 14:
        context.caller.exe_inode = from.number();
        break;
      case 15:
        context.caller.exe_mtime_ns = from.signed_number();
        break;
      case 16:
        context.caller.exe_build_id = from.bytes();
        break;
      case 17:
        context.kernel = from.bytes();
        break;
      case 18:
        context.umask = static_cast<mode_t>(from.number() - 1);
        break;
      default:
        break;
    }
  }
  return context;
}

std::string host_of(const Context& context) {
  return context.host_name.empty() ? context.machine_id : context.host_name;
}

}  // namespace hookjournal
