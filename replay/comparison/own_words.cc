#include "replay/comparison/own_words.h"

#include "replay/comparison/noise_pattern.h"

namespace hookjournal {

OwnWords::OwnWords(const HookCall& call, const std::string& object_uuid) {
  for (const std::string* text : {&call.object, &call.extra, &object_uuid})
    add(call_, *text);
  if (call.input) add(call_, *call.input);
}

void OwnWords::add(Words& words, const std::string& text) {
  for (const std::string_view token : tokens_of(text)) words.emplace(token);
}

void OwnWords::add_files(const std::vector<FileChange>& files) {
  for (const FileChange& file : files) {
    add(old_, file.path);
    if (file.before) add(old_, file.before->content);
    if (file.after) add(old_, file.after->content);
  }
}

void OwnWords::add_network(const std::vector<NetworkChange>& network) {
  for (const NetworkChange& change : network) {
    add(old_, change.object);
    if (change.before) add(old_, *change.before);
    if (change.after) add(old_, *change.after);
  }
}

void OwnWords::add_old(const ObservedCall& call) {
  if (call.output) add(old_, *call.output);
  for (const ObservedRun& run : call.runs) {
    add(old_, run.result.out);
    add(old_, run.result.err);
    for (const Command& command : run.effects.commands)
      for (const std::string& argument : command.arguments) add(old_, argument);
    add_files(run.effects.files);
    add_network(run.effects.network);
  }
}

void OwnWords::add_old(const Remains& remains) {
  add_files(remains.files);
  add_network(remains.network);
}

}  // namespace hookjournal
